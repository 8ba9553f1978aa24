"""One spider for every mirror: what is due comes from the frontier, what is found goes back into it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import clock
from crawler.addresses import host_of, named_by
from crawler.browser import browser_settings, find_browser
from crawler.config import find_scrapy_cfg, load_config, signed
from crawler.failures import reason_of
from crawler.frontier import Address
from crawler.items import Capture
from crawler.manners import ROBOTS_HOPS, origin_of, read_robots
from crawler.outcome import after_failure, is_redirect
from crawler.plan import plan_from_settings
from crawler.reply import interpret, is_page
from crawler.scheduler import FrontierScheduler
from crawler.session import REFUSED, Session
from crawler.settings import CRAWL
from crawler.timing import HOUR
from crawler.visits import Visit
from pipelines.awaiting import result_of
from pipelines.errors import IpnewsError, Stopped


class MirrorSpider(Spider):
    """`scrapy crawl mirror -a site=NAME`; `site` and `url` take several, separated by blanks.

    Under `scrapy check` and `scrapy parse` it has no session: nothing is archived, nothing is due.
    """

    name = "mirror"
    custom_settings = CRAWL

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> MirrorSpider:
        own = "session" not in kwargs and not os.environ.get("SCRAPY_CHECK")
        if own:
            plan = plan_from_settings(crawler.settings, kwargs.get("site", ""), kwargs.get("url", ""))
            kwargs["session"] = Session(plan)
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.session is not None:
            spider.session.on_stop = spider._close
            crawler.signals.connect(spider._bug, signals.spider_error)
            if own:
                crawler.signals.connect(spider._closed, signals.spider_closed)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """CRAWL, the browser where there is one, the contact; `ipnews crawl` may have set them already."""
        super().update_settings(settings)
        if find_scrapy_cfg(Path.cwd()) is not None:
            agent = signed(settings["USER_AGENT"], load_config().contact)
            settings.set("USER_AGENT", agent, priority="spider")
        if executable := find_browser():
            settings.setdict(browser_settings(executable), priority="default")

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the scheduler takes what is due from the frontier."""
        for request in self._nothing:
            yield request

    _nothing: tuple[Request, ...] = ()

    def page_request(self, address: Address) -> Request:
        """The request for a leased address, conditional where the last answer left validators."""
        headers: dict[str, str] = {}
        if address.payload_digest and address.etag:
            headers["If-None-Match"] = address.etag
        if address.payload_digest and address.last_modified:
            headers["If-Modified-Since"] = address.last_modified
        meta: dict[str, Any] = {"address": address, "host": address.host}
        if self.session is not None and self.session.wants_browser(address):
            headers, meta["playwright"] = {}, True
        return Request(
            address.url, self.parse, headers=headers, meta=meta, errback=self.failed, dont_filter=True
        )

    def robots_request(self, url: str, host: str, origin: str | None = None, hops: int = 0) -> Request:
        """The request for the robots.txt of an origin of `host`, or for what it was redirected to: that waits
        for the host of its own."""
        asked = host if origin is None else host_of(url)
        meta = {
            "robots_of": origin or origin_of(url), "robots_host": host, "robots_hops": hops, "host": asked
        }  # fmt: skip
        return Request(
            url, self.parse_robots, meta=meta, errback=self.robots_failed, dont_filter=True, priority=1
        )

    async def parse(self, response: Response, **_: Any) -> AsyncIterator[Capture]:
        """Record an answer and its links in one transaction; a new page goes to the pipelines."""
        session = self.session
        if session is None:
            return
        address, kept = response.meta["address"], response.meta["kept"]
        session.counts["answers"] += 1
        site = session.site_of(address.url)
        if site is None:
            return
        reply = interpret(address, kept, site, clock.now())
        if reply.slow:
            session.manners[address.host].slow_down()
            session.counts["block pages"] += 1
        found = session.admit(reply.links, site)
        outcome = session.without_browser(reply.outcome) if reply.render else reply.outcome
        browser = reply.render or kept.capture.kind == "rendered"
        if address.kind == "article" and kept.capture.status == 200:
            session.rendering.note(address.host, browser)
        visit = Visit(address, kept, outcome, found, site.pace.depth, browser)
        try:
            is_new = await result_of(session.record(visit))
        except IpnewsError as error:
            session.stop("archive", error)
            return
        if outcome.state == "pending":
            self._scheduler.host_has_more(address.host)
        session.counts["new versions" if is_new else "unchanged"] += 1
        if is_new and is_page(kept.capture) and not reply.slow:
            yield kept.capture

    async def failed(self, failure: Failure) -> None:
        """No answer, or one that could not be kept: the address is tried again later."""
        session = self.session
        address = _request(failure).meta["address"]
        if session is None or session.stop_reason == "archive":
            return
        now, reason = clock.now(), reason_of(failure)
        if reason.startswith("guard"):
            ended = session.refuse(address, reason, REFUSED)
        else:
            ended = session.fail(address, after_failure(reason, address.attempts, address.interval, now))
        await result_of(ended)
        self._scheduler.host_has_more(address.host)

    async def parse_robots(self, response: Response) -> AsyncIterator[Request]:
        """Learn an origin's robots.txt; its redirects are followed, five of them (RFC 9309, 2.3.1.2)."""
        meta = response.meta
        location = (response.headers.get("Location") or b"").decode("latin-1")
        target = named_by(location, response.url) if is_redirect(response.status) else None
        # Of `javascript:...` Scrapy makes no request: it raises.
        askable = (target or "").lower().startswith(("http://", "https://"))
        if target and askable and meta["robots_hops"] < ROBOTS_HOPS:
            yield self.robots_request(target, meta["robots_host"], meta["robots_of"], meta["robots_hops"] + 1)
            return
        self._learn(meta, response.status, meta["kept"].capture.payload, f"HTTP {response.status}")

    async def robots_failed(self, failure: Failure) -> None:
        """No answer to robots.txt: nothing is taken until there is one."""
        self.robots_missed(_request(failure), reason_of(failure))

    def robots_missed(self, request: Request, why: str) -> None:
        """Learn that a robots.txt, or what it was redirected to, could not be asked for."""
        self._learn(request.meta, None, b"", why)

    def _learn(self, meta: dict[str, Any], status: int | None, body: bytes, why: str) -> None:
        if self.session is None:
            return
        host, origin, now = meta["robots_host"], meta["robots_of"], clock.now()
        manners = self.session.manners[host]
        robots = read_robots(status, body, now, manners.robots_failures(origin))
        manners.learn_robots(origin, robots, now)
        self.session.note_robots(origin, robots, why)
        self._scheduler.robots_learnt(host)

    def _bug(self, response: Response) -> None:
        """Our own code failed on a page: its neighbours go on, and it is not tried again at once. Nor is
        anything taken from a host whose robots.txt it failed on."""
        if "robots_of" in response.meta:
            self._learn(response.meta, None, b"", "our bug")
        address = response.meta.get("address")
        if self.session is not None and address is not None:
            outcome = after_failure("our bug", address.attempts, address.interval, clock.now(), HOUR)
            self.session.give_up(Visit(address, response.meta["kept"], outcome))

    def _closed(self, reason: str) -> None:
        if self.session is not None:
            self.session.close(0 if reason == "finished" else Stopped.exit_code)

    @property
    def _scheduler(self) -> FrontierScheduler:
        return cast("FrontierScheduler", self.crawler.engine.scheduler)

    def _close(self, reason: str) -> None:
        # Kept on the spider: the event loop itself holds tasks weakly.
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))


def _request(failure: Failure) -> Request:
    # Scrapy hangs the request on the failure that an errback gets.
    return cast("Request", failure.request)  # type: ignore[attr-defined]
