"""What one crawl holds open, from its lock to its counts, and the steps that a visit takes through it."""

from __future__ import annotations

import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from crawler import census, clock, frontier, hosts, visits
from crawler.addresses import host_of
from crawler.adopt import adopt
from crawler.budget import DISK_STEP, HostBudgets, disk_refusal
from crawler.discover import Found, Refusal
from crawler.frontier import Address
from crawler.guard import Refused, check_url
from crawler.keeper import Keeper
from crawler.lock import CrawlLock
from crawler.manners import HostManners, Robots
from crawler.outcome import Outcome, refused
from crawler.plan import Plan
from crawler.recorder import Recorder
from crawler.rendering import Rendering
from crawler.timing import DAY
from pipelines.archive import captures, runs, tombstones
from pipelines.archive.catalog import Catalog
from pipelines.archive.processes import process_name
from pipelines.archive.shelf import WARC_FOLDER
from pipelines.archive.warc import WarcWriter
from pipelines.errors import ArchiveUnwritable
from pipelines.sites import Pace, Site

T = TypeVar("T")

PASSING = Pace(delay=1.0)
"""Towards hosts that scripts of a page and redirects of a robots.txt lead to: twenty scripts of one of them
are had within the 30 s that the browser gives a page."""
REFUSED = "refused by the guard"
"""Count of the addresses that were not asked for, whatever names them."""


class Session:
    """An open crawl. Every method but `close` returns at once; what takes time is behind a Future."""

    def __init__(self, plan: Plan) -> None:
        """Lock the archive, mend what a killed crawl left, put the starting addresses into the frontier.

        Raises UsageError, ArchiveBusy, ArchiveUnwritable, ArchiveError, SchemaError.
        """
        self.plan = plan
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.started = clock.now()
        self.on_stop: Callable[[str], None] = lambda _: None
        self.on_found: Callable[[str], None] = lambda _: None
        self.stop_reason: str | None = None
        self.failure: BaseException | None = None
        self.without_robots: dict[str, str] = {}
        self._site_of = {host: site for site in plan.sites for host in site.hosts}
        self.manners: dict[str, HostManners] = {
            host: HostManners(site.pace) for host, site in self._site_of.items()
        }
        self._disk_seen = 0
        self._lock = CrawlLock(plan.archive, shared=isinstance(plan.catalog, str))
        try:
            self._open(plan)
        except BaseException:
            self._lock.release()
            raise

    def _open(self, plan: Plan) -> None:
        writer = f"{_machine()}-{self._lock.slot}"
        # Of this process alone: a crawler that is started again, or one of the same name elsewhere (two
        # containers of one image), would renew and release the leases of the other.
        self.owner = f"{writer}-{secrets.token_hex(8)}"
        self._warc_folder = plan.archive / WARC_FOLDER
        self.catalog = Catalog.open(plan.catalog)
        try:
            self.counts["adopted"] += adopt(self.catalog, plan.archive, writer, self.site_of)
            self._prepare(plan)
            self._lock.note(self.owner)
        except BaseException:
            self.catalog.close()
            raise
        info = {"http-header-user-agent": plan.agent, "robots": "obeyed, RFC 9309", "hostname": writer}
        self.keeper = Keeper(WarcWriter(self._warc_folder, writer, plan.warc_bytes, info=info))
        self._disk_before = sum(file.stat().st_size for file in self._warc_folder.glob("*.warc.gz"))

    def _prepare(self, plan: Plan) -> None:
        now = self.started

        def prepare(connection: Connection) -> tuple[int, census.Counts, census.Counts]:
            frontier.expire(connection, now, all_owners=self.catalog.dialect == "sqlite")
            frontier.release_all(connection, self._lock.last_owner)
            # Of a dead crawl of this name: in a container all have one number.
            captures.release_leases(connection, [process_name()])
            for site in plan.sites:
                frontier.seed(connection, site, plan.urls, now)
            frontier.promote(connection, plan.hosts, now, plan.everything)
            frontier.ask_again(connection, plan.urls, now)
            run = runs.start(connection, "crawl", _iso(now))
            return run, census.known(connection, plan.hosts), census.rendered(connection, plan.hosts)

        self.run, known, pages = self.catalog.write(prepare).result()
        self.rendering = Rendering(pages)
        self.budgets = HostBudgets(known)
        self.recorder = Recorder(self.write, self.run, self._noted, self.manners)
        with self.catalog.read() as connection:
            self._tombstones = tombstones.load(connection)

    def site_of(self, url: str) -> Site | None:
        """The site of this crawl that an address belongs to."""
        return self._site_of.get(host_of(url))

    def admit(self, found: Iterable[Found | Refusal], site: Site) -> tuple[Found, ...]:
        """The links that fit the budgets and were not withdrawn; the others are counted by reason."""
        admitted = []
        for each in self.budgets.within(found, site):
            if isinstance(each, Refusal):
                self.refusals[each.reason.partition(":")[0]] += 1
            elif self._tombstones.cover(each.url):
                self.refusals["withdrawn"] += 1
            else:
                admitted.append(each)
        return tuple(admitted)

    def write(self, work: Callable[[Connection], T]) -> Future[T]:
        """A place in the catalog's next transaction."""
        return self.catalog.write(work)

    def record(self, visit: visits.Visit) -> Future[bool]:
        """End a lease with its answer; the Future says whether its version is new."""
        return self.recorder.record(visit)

    def read_here(self) -> None:
        """What comes from now on is read by this process: no other takes it out of the reading queue."""
        self.recorder.reader = process_name()

    def fail(self, address: Address, outcome: Outcome) -> Future[None]:
        """End a lease without an answer."""
        if outcome.state in ("dead", "pending"):
            self.counts["given up" if outcome.state == "dead" else "put off"] += 1

        def end(connection: Connection) -> None:
            frontier.conclude(connection, [(address.url, outcome, {})])
            hosts.note(connection, self.manners, (address.host,))

        return self.write(end)

    def refusal_of(self, address: Address) -> str | None:
        """Why the guard lets nobody ask for an address, not even its robots.txt; None where it does."""
        site = self.site_of(address.url)
        try:
            check_url(address.url, loopback=site is not None and site.loopback)
        except Refused as error:
            return str(error)
        return None

    def refuse(self, address: Address, reason: str, counted: str) -> Future[None]:
        """End the lease of an address that must not be fetched: by robots.txt, or by the guard."""
        self.counts[counted] += 1
        return self.fail(address, refused(reason, address.interval, clock.now()))

    def give_up(self, visit: visits.Visit) -> None:
        """End a lease on whose answer our own code has failed. The answer has its row all the same, and is
        read; unless it is the row that our code fails on."""

        def ended(recorded: Future[bool]) -> None:
            if recorded.exception() is not None:
                self.fail(visit.address, visit.outcome)

        self.record(visit).add_done_callback(ended)

    def manners_of(self, host: str) -> HostManners:
        """The manners towards a host, one that no declaration names included: a script's, a redirect's."""
        return self.manners.setdefault(host, HostManners(PASSING))

    def note_robots(self, origin: str, robots: Robots, why: str) -> None:
        """Keep in `without_robots` which origins are waited for, why, and until when: "nothing was taken" is
        said of a server in trouble, not of one that has no robots.txt."""
        self.without_robots.pop(origin, None)
        if robots.verdict == "disallow":
            self.without_robots[origin] = (
                f"{origin}: robots.txt could not be had ({why}), so nothing is taken from there; "
                f"it is asked for again from {_iso(robots.until)} on"
            )

    def wants_browser(self, address: Address) -> bool:
        """Whether there is a browser, and an address is to be rendered at once."""
        site = self.site_of(address.url)
        return self.plan.browser and site is not None and self.rendering.wanted(address, site)

    def without_browser(self, outcome: Outcome) -> Outcome:
        """The outcome of a page that has to be rendered; where there is no browser it waits for one."""
        if self.plan.browser:
            return outcome
        self.counts["waiting for a browser"] += 1
        return replace(outcome, state="failed", due=clock.now() + DAY, failure="waiting for a browser")

    def stop(self, reason: str, failure: BaseException | None = None) -> None:
        """End the crawl: what is in flight is finished, nothing new is started. The first reason stands."""
        if self.stop_reason is None:
            self.stop_reason, self.failure = reason, failure
            self.on_stop(reason)

    def _noted(self, added: dict[tuple[str, bool], int]) -> None:
        self.budgets.note(added)
        for host, _ in added:
            self.on_found(host)

    def _disk_refusal(self) -> str | None:
        try:
            return disk_refusal(self.plan.archive, self._disk_before + self.keeper.written, self.plan.limits)
        except ArchiveUnwritable as error:
            self.stop("archive", error)
            return str(error)

    def limit_reached(self, now: float) -> str | None:
        """Which bound of the crawl is reached, in words, or None."""
        limits = self.plan.limits
        if limits.pages is not None and self.counts["answers"] >= limits.pages:
            return f"{limits.pages:,} pages"
        if limits.seconds is not None and now - self.started >= limits.seconds:
            return f"{limits.seconds / 60:g} minutes"
        if self.keeper.written - self._disk_seen >= DISK_STEP or not self._disk_seen:
            self._disk_seen = max(1, self.keeper.written)
            return self._disk_refusal()
        return None

    def close(self, exit_code: int) -> Mapping[str, int]:
        """Finish what was queued, give leases back, note how the run ended. Again does nothing."""
        if self._lock_released:
            return self.counts
        self.keeper.close()
        owner, ended = self.owner, _iso(clock.now())

        def finish(connection: Connection) -> None:
            frontier.release_all(connection, owner)
            captures.release_leases(connection, [process_name()])
            runs.finish(connection, self.run, ended, exit_code, self.totals())

        try:
            self.catalog.write(finish).result()
        finally:
            self.catalog.close()
            self._lock.release()
            self._lock_released = True
        return self.counts

    _lock_released = False

    def totals(self) -> dict[str, int]:
        """The counts of this crawl, refused links by reason among them."""
        refused = {f"refused: {reason}": count for reason, count in sorted(self.refusals.items())}
        return dict(sorted(self.counts.items())) | refused


def _machine() -> str:
    name = "".join(
        c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in socket.gethostname().lower()
    )
    return name.strip("-")[:48] or "crawler"


def _iso(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
