"""Scrapy's SCHEDULER over the durable frontier: hands out what its host's manners allow, never blocks.

Addresses are leased ahead into short queues, one a host, by the catalog's writer thread; `next_request`
only looks into memory. Hosts take turns, so that a large or slow one does not keep the others waiting.
Nothing is remembered here that a kill could lose.
"""

from __future__ import annotations

import math
from collections import deque
from concurrent.futures import Future
from typing import Any, cast

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from sqlalchemy import Connection
from twisted.internet.defer import Deferred

from crawler import clock, frontier, hosts
from crawler.frontier import LEASE_SECONDS
from crawler.host_queue import HostQueue, Refill, refill
from crawler.manners import Robots, origin_of
from crawler.session import REFUSED, Session
from pipelines.archive.schema import DISALLOWED

QUEUE = 64
"""Addresses leased ahead for one host: at 900 pages/s over ten hosts a refill is asked for every 0.4 s, long
before a queue is empty."""
WATCH_EVERY = 30.0
"""Seconds between two looks for addresses that have become due, under --watch; IPNEWS_WATCH_EVERY sets it."""

MOST_HOSTS = 16
"""Hosts that one crawler of several holds at a time: enough to keep it busy at one connection each, and the
others find some too."""
NOTED_PAUSE = 5.0
"""Seconds. A pause as long as this is noted as soon as the request goes out, so that a crawl that is killed
before the answer leaves word of it; a shorter one is over before another crawl has started."""


class FrontierScheduler(BaseScheduler):
    """One crawl's turn-taking. Requests from elsewhere (`scrapy shell`, a robots.txt redirect) go first."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._foreign: deque[Request] = deque()
        self._turns: deque[HostQueue] = deque()
        self._by_host: dict[str, HostQueue] = {}
        self._session: Session | None = None
        self._spider: Any = None
        self._refilling = False
        self._timer: Any = None
        self._renewed = self._promoted = clock.now()
        self._watch_every = crawler.settings.getfloat("IPNEWS_WATCH_EVERY", WATCH_EVERY)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        return cls(crawler)

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Take the session that the spider has opened; a spider without one has no frontier."""
        self._session = getattr(spider, "session", None)
        if self._session is not None:
            self._by_host = {
                host: HostQueue(host, manners) for host, manners in self._session.manners.items()
            }
            self._turns = deque(self._by_host.values())
            self._spider = spider
            self._session.on_found = self.host_has_more
            self._refill()
        return None

    def close(self, reason: str) -> Deferred[None] | None:  # noqa: ARG002 (Scrapy's name)
        """Leases are given back when the session is closed."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        return None

    def enqueue_request(self, request: Request) -> bool:
        self._foreign.append(request)
        return True

    def has_pending_requests(self) -> bool:
        """Whether there is, or will be within the crawl's patience, something to fetch."""
        if self._foreign or self._refilling:
            return True
        if self._session is None or self._session.stop_reason:
            return False
        if self._session.plan.watch or any(queue.addresses or not queue.exhausted for queue in self._turns):
            return True
        return (
            min((q.due_at for q in self._turns), default=math.inf)
            <= clock.now() + self._session.plan.patience
        )

    def next_request(self) -> Request | None:
        if self._session is None:
            return self._foreign.popleft() if self._foreign else None
        if self._session.stop_reason:
            return None
        now = clock.now()
        if (bound := self._session.limit_reached(now)) is not None:
            self._session.stop(f"limit: {bound}")
            return None
        request = self._next_foreign(self._session, now) or self._next_turn(self._session, now)
        self._refill_where_low(now)
        if request is None:
            self._wake_when_ready(self._session, now)
        return request

    def host_has_more(self, host: str) -> None:
        """New addresses of a host stand in the frontier, or a lease of it ended."""
        if (queue := self._by_host.get(host)) is not None:
            queue.exhausted = False

    def robots_learnt(self, host: str) -> None:
        """The answer to a host's robots.txt is known."""
        if (queue := self._by_host.get(host)) is not None:
            queue.asking_robots = False

    def _next_foreign(self, session: Session, now: float) -> Request | None:
        """A redirect of a robots.txt: it waits for the host of its target as any request does."""
        for request in tuple(self._foreign):
            manners = session.manners_of(request.meta["host"])
            if manners.rests(now, session.plan.patience):
                self._foreign.remove(request)
                self._spider.robots_missed(request, "its host asks to be left alone")
            elif manners.wait(now) <= 0:
                self._foreign.remove(request)
                manners.started(request.url, now)
                return request
        return None

    def _next_turn(self, session: Session, now: float) -> Request | None:
        for _ in range(len(self._turns)):
            queue = self._turns[0]
            self._turns.rotate(-1)
            if queue.addresses and queue.manners.rests(now, session.plan.patience):
                self._give_back(session, queue)
            while queue.addresses and queue.manners.wait(now) <= 0 and not queue.asking_robots:
                if (request := self._from_queue(session, queue, now)) is not None:
                    # Here and not where it is sent: the engine may ask for the next one before that.
                    queue.manners.started(request.url, now)
                    if queue.manners.next_at >= now + NOTED_PAUSE:
                        self._note(session, queue)
                    return request
        return None

    def _from_queue(self, session: Session, queue: HostQueue, now: float) -> Request | None:
        """The next request of a host that may be asked now; None when its first address may not."""
        address = queue.addresses[0]
        if (refusal := session.refusal_of(address)) is not None:
            queue.addresses.popleft()
            session.refuse(address, f"guard: {refusal}", REFUSED)
            return None
        robots = queue.manners.robots_for(address.url, now)
        if robots is None:
            queue.asking_robots = True
            robots_url = origin_of(address.url) + "/robots.txt"
            return cast("Request", self._spider.robots_request(robots_url, queue.host))
        if robots.verdict == "disallow":
            self._put_off(session, queue, origin_of(address.url), robots)
            return None
        queue.addresses.popleft()
        if not robots.allows(address.url):
            session.refuse(address, DISALLOWED, "disallowed")
            return None
        return cast("Request", self._spider.page_request(address))

    def _put_off(self, session: Session, queue: HostQueue, origin: str, robots: Robots) -> None:
        """Nothing may be taken from an origin whose robots.txt cannot be had (RFC 9309, 2.3.1.4)."""
        host, until, reason = queue.host, robots.until, "robots.txt cannot be had"
        queue.put_off(origin, until)
        if robots.failures == 1:
            session.counts["origins without robots.txt"] += 1
        session.write(lambda connection: frontier.postpone(connection, host, origin, until, reason))

    def _give_back(self, session: Session, queue: HostQueue) -> None:
        """A host wants to be left alone for longer than this crawl waits: another crawl goes on with it."""
        host, urls = queue.host, queue.give_back()
        due = queue.due_at
        session.counts["hosts left alone"] += 1

        def give_back(connection: Connection) -> None:
            frontier.release(connection, urls, due)
            hosts.note(connection, session.manners, (host,))

        session.write(give_back)

    def _note(self, session: Session, queue: HostQueue) -> None:
        session.write(lambda connection: hosts.note(connection, session.manners, (queue.host,)))

    def _refill_where_low(self, now: float) -> None:
        if self._refilling:
            return
        watch = self._session is not None and self._session.plan.watch
        watching = watch and now - self._promoted >= self._watch_every
        # What a look for due addresses finds belongs to hosts that had nothing left: all of them are asked.
        low = self._fair_share(
            [
                queue for queue in self._turns
                if len(queue.addresses) < QUEUE // 2
                and (watching or not queue.exhausted or queue.due_at <= now)
            ]
        )  # fmt: skip
        overdue = now - self._renewed > LEASE_SECONDS / 3
        if low or overdue or watching:
            self._refill(low, overdue, watching)

    def _fair_share(self, low: list[HostQueue]) -> list[HostQueue]:
        """On a frontier shared with other crawlers only so many hosts are held at a time."""
        if self._session is None or self._session.catalog.dialect == "sqlite":
            return low
        room = MOST_HOSTS - sum(1 for queue in self._turns if queue.busy)
        return [q for q in low if q.busy] + [q for q in low if not q.busy][: max(0, room)]

    def _refill(self, low: list[HostQueue] | None = None, renew: bool = False, promote: bool = False) -> None:
        session = self._session
        assert session is not None
        now, owner = clock.now(), session.owner
        chosen = self._fair_share(list(self._turns)) if low is None else low
        wanted = {queue.host: QUEUE - len(queue.addresses) for queue in chosen}
        for host in wanted:
            # Set before the look, so that what is found while it is under way asks for another.
            self._by_host[host].exhausted = True
        self._refilling = True
        self._renewed = now if renew else self._renewed
        self._promoted = now if promote else self._promoted

        def work(connection: Connection) -> dict[str, Refill]:
            if renew:
                frontier.renew(connection, owner, now)
                frontier.expire(connection, now, all_owners=False)
            if promote:
                frontier.promote(connection, session.plan.hosts, now)
            # In one order for all crawlers: each host is locked until the transaction ends, and two crawlers
            # that held one each and wanted the other's would wait for each other.
            return {host: refill(connection, host, wanted[host], owner, now) for host in sorted(wanted)}

        session.write(work).add_done_callback(self._from_writer_thread)

    def _from_writer_thread(self, done: Future[Any]) -> None:
        _reactor().callFromThread(self._refilled, done)

    def _refilled(self, done: Future[dict[str, Refill]]) -> None:
        self._refilling = False
        assert self._session is not None
        if (failure := done.exception()) is not None:
            self._session.stop("archive", failure)
            return
        for host, refilled in done.result().items():
            self._by_host[host].fill(refilled, clock.now())
        self.wake()

    def _wake_when_ready(self, session: Session, now: float) -> None:
        """Come back when the first host may be asked, or has something due, again."""
        moments = [now + q.manners.wait(now) for q in self._turns if q.addresses and not q.asking_robots]
        moments += [q.due_at for q in self._turns if not q.addresses]
        moments += [now + session.manners_of(one.meta["host"]).wait(now) for one in self._foreign]
        if session.plan.watch:
            moments.append(self._promoted + self._watch_every)
        soonest = min(moments, default=math.inf)
        if math.isinf(soonest):
            return
        reactor, wait = _reactor(), soonest - now
        if self._timer is not None and self._timer.active():
            if self._timer.getTime() - reactor.seconds() <= wait:
                return
            self._timer.cancel()
        self._timer = reactor.callLater(min(max(0.001, wait), self._watch_every), self.wake)

    def wake(self) -> None:
        """Have the engine ask again. Its own heartbeat comes every 5 seconds only; the slot is private."""
        slot = self._crawler.engine._slot
        if slot is not None:
            slot.nextcall.schedule()


def _reactor() -> Any:
    # Imported when it runs: importing it installs one, and Scrapy chooses which.
    from twisted.internet import reactor

    return reactor
