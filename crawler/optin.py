"""What declarations opt into, as settings that the resolver, the guard and TLS read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crawler.config import load_config
from pipelines.sites import Site, load_sites

LOOPBACK, UNVERIFIED = "IPNEWS_LOOPBACK", "IPNEWS_UNVERIFIED"


def guard_settings(sites: Iterable[Site]) -> dict[str, list[str]]:
    """Hosts that may resolve to this machine, and hosts whose certificates are not verified."""
    chosen = tuple(sites)
    return {
        LOOPBACK: [host for site in chosen if site.loopback for host in site.hosts],
        UNVERIFIED: [host for site in chosen if not site.verify_tls for host in site.hosts],
    }


def hosts_opted_in(settings: Any, name: str) -> frozenset[str]:
    """The hosts of one opt-in: those set, else those of the declarations (Scrapy's own commands set none)."""
    if settings.get(name) is None:
        return frozenset(guard_settings(declared_sites(settings).values())[name])
    return frozenset(settings.getlist(name))


def declared_sites(settings: Any) -> dict[str, Site]:
    """The declarations: of the folder in `IPNEWS_SITES`, else of the one that scrapy.cfg names."""
    folder = settings.get("IPNEWS_SITES")
    return load_sites(Path(folder) if folder else load_config(Path.cwd()).sites)
