"""What a crawl is to do, and the way to it from names, addresses and settings."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from crawler.addresses import canonical
from crawler.budget import Limits
from crawler.config import load_config
from crawler.guard import Refused, check_url
from crawler.optin import declared_sites
from pipelines.archive.warc import ROTATE_AT
from pipelines.errors import IpnewsError, UsageError
from pipelines.reading.addresses import without_credentials
from pipelines.sites import Site, nearest, site_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What a crawl is to do. `urls` are addresses that were typed and are asked for at once.

    `patience`: seconds that the crawl waits for addresses that are due again soon (a Retry-After, a stumbling
    server) before it ends and leaves them to the next one. `warc_bytes`: size at which a new file is begun.
    """

    archive: Path
    catalog: Path | str
    sites: tuple[Site, ...]
    urls: tuple[str, ...] = ()
    everything: bool = False
    watch: bool = False
    limits: Limits = field(default_factory=Limits)
    agent: str = ""
    patience: float = 30.0
    browser: bool = True
    warc_bytes: int = ROTATE_AT

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that may be crawled."""
        return tuple(host for site in self.sites for host in site.hosts)


def choose_sites(declared: Mapping[str, Site], names: Iterable[str], urls: Iterable[str]) -> tuple[Site, ...]:
    """The sites of a crawl: those named, else those of the addresses, else all that are enabled.

    An address with no declaration gets a site of its own, with the manners of a default declaration. What a
    declaration starts from is left out where it has a password, which would stand in the frontier for good.
    Raises UsageError for a name that nothing declares and for an address that the guard refuses.
    """
    return tuple(_without_passwords(site) for site in _chosen(declared, names, urls))


def _chosen(declared: Mapping[str, Site], names: Iterable[str], urls: Iterable[str]) -> Iterable[Site]:
    chosen: dict[str, Site] = {}
    for name in names:
        if name not in declared:
            raise UsageError(f"no site is declared as {name!r}; there are {nearest(name, declared)}")
        chosen[name] = declared[name]
    for url in urls:
        _refuse_password(url)
        site = site_of(declared.values(), url) or undeclared(url)
        chosen[site.name] = site
    return chosen.values() or [site for site in declared.values() if site.enabled]


def _without_passwords(site: Site) -> Site:
    def kept(urls: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(url for url in urls if url == without_credentials(url))

    return msgspec.structs.replace(
        site, start=kept(site.start), feeds=kept(site.feeds), sitemaps=kept(site.sitemaps)
    )


def _refuse_password(url: str) -> None:
    if (shown := without_credentials(url)) != url:
        raise UsageError(f"{shown} was given with a name or password; those are never sent: leave them out")


def require_sites(sites: Collection[Site]) -> None:
    """Raises UsageError where there is nothing to crawl: an empty success would go unnoticed for years."""
    if not sites:
        raise UsageError(
            "no declared site is enabled; enable one: ipnews sites enable NAME, or give an address: "
            "ipnews crawl --url https://www.example.org/"
        )


def refused_starts(site: Site) -> Iterator[str]:
    """The declared addresses that no crawl of the site fetches, each with the reason."""
    for url in (*site.start, *site.feeds, *site.sitemaps):
        try:
            check_url(canonical(url), site.loopback)
        except Refused as error:
            yield f"{without_credentials(url)} is never fetched: {error}"


def undeclared(url: str) -> Site:
    """A site for one address: its host with and without www. Raises UsageError when the guard refuses it."""
    try:
        host = check_url(canonical(url))
    except Refused as error:
        raise UsageError(f"{url}: {error}; give a public http or https address") from None
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    return Site(hosts=(host, other), name=f"url-{host.replace('.', '-')}"[:63], start=(canonical(url),))


def plan_from_settings(settings: Any, site: str, url: str) -> Plan:
    """The plan of `scrapy crawl mirror -a site=NAME -a url=URL`; the rest comes from scrapy.cfg.
    What cannot be planned is a line and SystemExit: of any other exception Scrapy prints a traceback."""
    try:
        return _planned(settings, site, url)
    except IpnewsError as error:
        sys.stderr.write(f"ipnews: {error}\n")
        raise SystemExit(error.exit_code) from None


def _planned(settings: Any, site: str, url: str) -> Plan:
    config = load_config(archive=Path(settings["IPNEWS_ARCHIVE"]) if settings.get("IPNEWS_ARCHIVE") else None)
    urls = tuple(canonical(one) for one in url.split())
    sites = choose_sites(declared_sites(settings), site.split(), urls)
    require_sites(sites)
    return Plan(
        config.archive, config.catalog_location, sites, urls, agent=settings["USER_AGENT"],
        browser=bool(settings.get("PLAYWRIGHT_LAUNCH_OPTIONS")),
    )  # fmt: skip
