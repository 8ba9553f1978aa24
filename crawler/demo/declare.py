"""Site declarations of the network's hosts, as `data/sites/*.toml` holds those of the default network."""

from __future__ import annotations

import re
from pathlib import Path

from crawler.demo.hosts import PUBLISHER, Host
from crawler.demo.network import Network
from crawler.demo.render import system_of, url_of

PREFIX = "demo-"


def declarations(network: Network) -> dict[str, str]:
    """Name of the declaration -> its text, one for every host."""
    return {f"{PREFIX}{host.slug}": declaration(network, host) for host in network.hosts.values()}


def declaration(network: Network, host: Host) -> str:
    """One declaration. `demo = true` keeps it out of every crawl but the demo's; `loopback` lets the guard
    connect this host, and no other, to 127.0.0.1."""
    system = system_of(host)
    lines = [
        f"# {host.note[:1].upper()}{host.note[1:]}. Written by `python -m crawler.demo --write-sites`.",
        f'hosts = ["{host.name}"]',
        f'title = "{host.brand}"',
        "enabled = false",
        "demo = true",
        "loopback = true",
        f'start = ["{url_of(host, system.list_path(1))}"]',
        *([f'feeds = ["{url_of(host, host.feed)}"]'] if host.feed else []),
        *([f'sitemaps = ["{url_of(host, "/sitemap.xml")}"]'] if host.sitemap else []),
        *([f'origin = "{PUBLISHER}"'] if host.template == "modern" and host.parent else []),
        "",
        "[pace]",
        f"delay = {network.crawl_delay}",
        "connections = 1",
        "",
        "[urls]",
        f"article = ['{_pattern(host, system.article_pattern)}']",
    ]
    return "\n".join([*lines, ""])


def write(network: Network, folder: Path) -> None:
    """Write all declarations into a folder."""
    for name, text in declarations(network).items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def _pattern(host: Host, pattern: re.Pattern[str]) -> str:
    """The system's pattern as one over whole addresses, its groups without names."""
    path = re.sub(r"\(\?P<\w+>(.*?)\)", r"\1", pattern.pattern)
    return f"http://{re.escape(host.name)}{path}"
