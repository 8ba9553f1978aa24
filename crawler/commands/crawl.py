"""`ipnews crawl`: fetch what is due, read what was fetched, settle the archive."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.addresses import canonical
from crawler.config import load_config
from crawler.console import counted, emit, pairs, say, table, ticker
from crawler.plan import choose_sites, refused_starts, require_sites
from pipelines.sites import Site, load_sites

if TYPE_CHECKING:
    from crawler.run import CrawlResult

SHOWN_DUE = 40
"""Addresses that `--dry-run` lists for a person; `--json` has them all."""


def run(
    site: list[str] | None = None,
    url: list[str] | None = None,
    everything: bool = False,
    watch: bool = False,
    dry_run: bool = False,
    pages: int | None = None,
    minutes: float | None = None,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """One crawl with everything that follows from it; the worse of the two exit codes.

    That there is nothing to crawl is said before what a crawl needs is imported, which takes a second.
    """
    config = load_config(archive)
    sites = {name: site for name, site in load_sites(config.sites).items() if not site.demo}
    require_sites(choose_sites(sites, site or (), map(canonical, url or ())))
    _tell_refused(sites, site or ())
    from crawler.budget import Limits
    from crawler.commands.after import finish, settling_beside
    from crawler.run import crawl

    if not config.contact and not dry_run:
        say("No contact: put contact = you@example.org into [ipnews] of scrapy.cfg, for sites to reach you")
    with ticker("Looking" if dry_run else "Fetching") as show, settling_beside(config, watch):
        result = crawl(
            config.archive,
            sites,
            catalog=config.catalog,
            site_names=site or (),
            urls=url or (),
            everything=everything,
            watch=watch,
            dry_run=dry_run,
            limits=Limits(pages, minutes * 60 if minutes is not None else None),
            contact=config.contact,
            progress=show,
        )
    if dry_run:
        return _show_due(result, json)
    _tell_end(result, shared=config.catalog is not None)
    counts, code = finish(config)
    _show(result.counts, counts, json)
    return code or result.exit_code


def _tell_refused(sites: Mapping[str, Site], named: Collection[str]) -> None:
    for name, site in sites.items():
        if name in named or (site.enabled and not named):
            for refusal in refused_starts(site):
                say(f"{name}: {refusal}")


def _tell_end(result: CrawlResult, shared: bool) -> None:
    if result.stop_reason:
        say(f"Stopped: {result.stop_reason}. The same command goes on from here.")
    elif not any(result.counts.values()):
        held = ", or other crawlers hold its hosts" if shared else ""
        say(f"Nothing was due{held}. Take everything with: ipnews crawl --all")
    for note in result.notes:
        say(note)


def _show(fetched: Mapping[str, int], after: Mapping[str, int], json: bool) -> None:
    if json:
        emit({"fetched": fetched, "archive": after})
    elif done := {name: count for name, count in {**fetched, **after}.items() if count}:
        pairs("Crawl", done)
        say("See what is there: ipnews report, ipnews search WORDS, ipnews status")


def _show_due(result: CrawlResult, json: bool) -> int:
    if json:
        for host, why, address in result.due:
            emit({"host": host, "why": why, "url": address})
        return 0
    if result.due:
        title = counted(len(result.due), "address is due", "addresses are due")
        table(title, ("host", "why", "address"), result.due[:SHOWN_DUE])
    else:
        sys.stderr.write("Nothing is due. Take everything with: ipnews crawl --all\n")
    return 0
