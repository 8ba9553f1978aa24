from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from crawler.demo import truth
from crawler.demo.answer import Request
from crawler.demo.declare import PREFIX, declarations
from crawler.demo.network import Network
from crawler.demo.respond import answer
from pipelines.sites import load_sites, parse_site

SITES = Path(__file__).resolve().parents[2] / "data" / "sites"


def test_the_files_are_what_the_network_declares(network: Network) -> None:
    stored = {path.stem: path.read_text("utf-8") for path in SITES.glob(f"{PREFIX}*.toml")}
    assert stored == declarations(network), "run `python -m crawler.demo --write-sites data/sites`"


def test_only_demo_hosts_may_be_reached_on_loopback() -> None:
    for site in load_sites(SITES).values():
        assert site.demo == site.loopback == site.name.startswith(PREFIX)
        assert not (site.demo and site.enabled)
        assert all(host.endswith(".test") for host in site.hosts) == site.demo


def test_declared_addresses_answer_and_patterns_fit_all_articles(network: Network) -> None:
    facts = list(truth.truths(network))
    for name, text in declarations(network).items():
        site = parse_site(name, text)
        for url in (*site.start, *site.feeds, *site.sitemaps):
            parts = urlsplit(url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            assert answer(network, Request(parts.hostname or "", path)).status == 200, url
        own = [fact.url for fact in facts if fact.host in site.hosts]
        assert own
        assert all(re.fullmatch(site.urls.article[0], url) for url in own)


def test_scaled_networks_declare_their_mirrors_too() -> None:
    network = Network(articles=80, mirrors=20)
    sites = [parse_site(name, text) for name, text in declarations(network).items()]
    assert {host for site in sites for host in site.hosts} == set(network.hosts)
