"""One crawl from start to end, for the command and for tests: Scrapy inside, a result outside.

A Twisted reactor runs once in a process, so `crawl` does too; a second call in one process raises.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler import census, clock
from crawler.addresses import canonical, host_of
from crawler.browser import browser_settings, find_browser
from crawler.budget import Limits
from crawler.config import signed
from crawler.interrupt import handlers_put_back
from crawler.optin import guard_settings
from crawler.plan import Plan, choose_sites, require_sites
from crawler.session import REFUSED, Session
from pipelines.archive.catalog import Catalog
from pipelines.archive.warc import ROTATE_AT
from pipelines.errors import IpnewsError, Stopped
from pipelines.sites import Site

Progress = Callable[[Mapping[str, int]], None]
Resolve = Mapping[str, tuple[str, int]]

PROGRESS_EVERY = 0.5
"""Seconds between two calls of `progress`."""
GARBAGE = 5_000
"""Objects that may be made before those without a reader are looked for: some ten pages' worth."""
TURN = 0.0005
"""Seconds that a thread waits for a busy one to let it go on. Those that write WARC and catalog give way
at every call into the system or SQLite; at Python's own 5 ms a busy reactor had them stand still most of the
time. Beside a busy thread SQLite took in 2,200 rows a processor second, with this 4,900 (two runs each)."""
_FAILED = ("given up", "put off", "origins without robots.txt", "block pages", REFUSED)


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """What a crawl did: counts by name, and the exit code that the command ends with.

    0 done; 1 done, but no site answered or the code failed on a page; 3 stopped by a limit or a signal.
    `notes`: lines for a person about hosts of which nothing could be taken.
    """

    counts: Mapping[str, int]
    exit_code: int
    stop_reason: str | None = None
    notes: tuple[str, ...] = ()
    due: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)


def crawl(
    archive: Path,
    sites: Mapping[str, Site],
    *,
    catalog: Path | str | None = None,
    site_names: Collection[str] = (),
    urls: Collection[str] = (),
    everything: bool = False,
    watch: bool = False,
    dry_run: bool = False,
    limits: Limits | None = None,
    resolve: Resolve | None = None,
    contact: str | None = None,
    browser: bool = True,
    patience: float = 30.0,
    read: bool = True,
    progress: Progress | None = None,
    settings: Mapping[str, Any] | None = None,
    warc_bytes: int = ROTATE_AT,
) -> CrawlResult:
    """Fetch what is due. Reading goes on in the item pipelines as pages come, unless `read` is False.

    `catalog`: a PostgreSQL address instead of the file in `archive`. `resolve`: host -> (address, port) for
    the bundled network. `settings` override Scrapy's last. `warc_bytes`: where a new WARC file is begun.
    Raises UsageError (also for an archive that is busy or cannot be written) and ArchiveError; what was
    captured before is valid and will be gone on from. Raises Stopped at the second signal.
    """
    typed = tuple(canonical(url) for url in urls)
    chosen = choose_sites(sites, site_names, typed)
    require_sites(chosen)
    if dry_run:
        return _dry_run(catalog or archive, chosen, typed, everything)
    configured = _settings(chosen, resolve, contact, browser, read, settings)
    plan = Plan(
        archive, catalog or archive, chosen, typed, everything, watch, limits or Limits(),
        configured["USER_AGENT"], patience, bool(configured.get("PLAYWRIGHT_LAUNCH_OPTIONS")),
        warc_bytes,
    )  # fmt: skip
    return _run(plan, configured, progress)


def _settings(
    sites: Collection[Site],
    resolve: Resolve | None,
    contact: str | None,
    browser: bool,
    read: bool,
    overrides: Mapping[str, Any] | None,
) -> Any:
    from scrapy.settings import Settings

    from crawler import settings as module

    configured = Settings()
    configured.setmodule(module, priority="project")
    configured.setdict(guard_settings(sites), priority="cmdline")
    configured.set("IPNEWS_RESOLVE", dict(resolve or {}), priority="cmdline")
    configured.set("LOG_LEVEL", "WARNING", priority="cmdline")
    configured.set("USER_AGENT", signed(configured["USER_AGENT"], contact), priority="cmdline")
    if browser and (executable := find_browser()):
        configured.setdict(browser_settings(executable), priority="cmdline")
    if not read:
        configured.set("ITEM_PIPELINES", {}, priority="cmdline")
    configured.setdict(dict(overrides or {}), priority="cmdline")
    return configured


def _run(plan: Plan, settings: Any, progress: Progress | None) -> CrawlResult:
    from scrapy.crawler import CrawlerProcess

    from crawler.spiders.mirror import MirrorSpider

    session = Session(plan)
    exit_code = Stopped.exit_code
    try:
        process = CrawlerProcess(settings)
        # Scrapy leaves its loggers open and lets the handler drop what is below LOG_LEVEL, line by line.
        logging.getLogger("scrapy").setLevel(settings["LOG_LEVEL"])
        crawler = process.create_crawler(MirrorSpider)
        process.crawl(crawler, session=session)
        _report(session, progress)
        # What was imported stays: the collector need not look through it again and again, nor at every 700
        # objects, which is every other page (.5 ms of 6 a page of the whole job).
        gc.freeze()
        gc.set_threshold(GARBAGE, 10, 10)
        sys.setswitchinterval(TURN)
        with handlers_put_back():
            process.start()
        reason = crawler.stats.get_value("finish_reason")
        exit_code = _exit_code(session, reason, crawler.stats)
    finally:
        session.close(exit_code)
    if isinstance(session.failure, IpnewsError):
        raise session.failure
    if session.failure is not None:
        raise session.failure
    if reason is None:  # the reactor was stopped under an open spider: by a second signal
        raise Stopped("stopped; the same command goes on from here")
    stopped = session.stop_reason or ("a signal" if reason == "shutdown" else None)
    return CrawlResult(session.totals(), exit_code, stopped, tuple(session.without_robots.values()))


def _report(session: Session, progress: Progress | None) -> None:
    if progress is None:
        return
    from twisted.internet.task import LoopingCall

    LoopingCall(lambda: progress(session.totals())).start(PROGRESS_EVERY, now=False)


def _exit_code(session: Session, reason: str | None, stats: Any) -> int:
    if reason != "finished":
        return Stopped.exit_code
    nothing = session.counts["answers"] == 0 and any(session.counts[name] for name in _FAILED)
    return 1 if nothing or stats.get_value("spider_exceptions/count", 0) else 0


def _dry_run(
    location: Path | str, sites: Collection[Site], urls: Collection[str], everything: bool
) -> CrawlResult:
    """What a crawl would fetch first, starting addresses not known yet among it. Nothing is asked for."""
    hosts = [host for site in sites for host in site.hosts]
    due: list[tuple[str, str, str]] = []
    known: set[str] = set()
    if isinstance(location, str) or (location / "catalog.db").exists():
        with Catalog.open(location, read_only=True) as opened, opened.read() as connection:
            due = census.due_now(connection, hosts, clock.now(), everything)
            known = census.known_urls(connection, hosts)
    starts = [
        (host, "start", url)
        for site in sites
        for url in map(canonical, (*site.start, *site.feeds, *site.sitemaps, *urls))
        if (host := host_of(url)) in site.hosts and url not in known
    ]
    rows = tuple(dict.fromkeys((*due, *starts)))
    return CrawlResult({"due": len(rows)}, 0, due=rows)
