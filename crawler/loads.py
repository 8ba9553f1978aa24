"""What a rendered page loads, asked for as its host wants it: robots.txt first, then one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from scrapy import Request, exceptions
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler import clock
from crawler.addresses import host_of, named_by
from crawler.guard import Refused
from crawler.keeper import Unkeepable
from crawler.manners import ROBOTS_HOPS, HostManners, Robots, origin_of, read_robots, retry_after
from crawler.messages import header_pairs
from crawler.outcome import is_redirect
from crawler.session import Session
from pipelines.archive.codings import CodingError, TooLarge, identity_payload
from pipelines.errors import IpnewsError

NOT_HAD = (
    exceptions.CannotResolveHostError,
    exceptions.DownloadCancelledError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.DownloadFailedError,
    exceptions.DownloadTimeoutError,
    exceptions.ResponseDataLossError,
    ConnectionClosed,
    ConnectError,
    Unkeepable,
    IpnewsError,
)
"""What can become of a request inside a page."""


class Page(Protocol):
    """The page that loads something."""

    def request(self, url: str) -> Request:
        """A request with the headers of the page's own."""

    def check(self, url: str) -> None:
        """Raises Refused for an address that the guard does not let through."""

    async def turn(self, manners: HostManners) -> None:
        """Wait until a host may be asked. Raises Refused where the page does not last as long."""

    async def keep(self, url: str, answer: Response) -> None:
        """Write an answer to the WARC."""


class Loads:
    """The requests of all rendered pages of a crawl."""

    def __init__(self, download: Callable[[Request], Awaitable[Response]]) -> None:
        self._download = download
        self._turns: dict[str, asyncio.Lock] = {}
        self._robots: dict[str, asyncio.Lock] = {}

    async def fetch(self, request: Request, page: Page, session: Session | None) -> Response:
        """One request of a page. Raises Refused for what robots.txt of its origin forbids, for anything where
        that cannot be had (RFC 9309, 2.3.1.4), and for what has its turn after the page, or would have."""
        if session is None:
            return await self._download(request)
        robots = await self._robots_of(request.url, page, session)
        if not robots.allows(request.url):
            session.counts["disallowed inside pages"] += 1
            raise Refused("robots.txt")
        return await self._in_turn(request, page, session)

    async def _robots_of(self, url: str, page: Page, session: Session) -> Robots:
        origin, manners = origin_of(url), session.manners_of(host_of(url))
        async with self._robots.setdefault(origin, asyncio.Lock()):
            robots = manners.robots_for(url, clock.now())
            if robots is None:
                status, body = await self._asked_for_robots(origin, page, session)
                now = clock.now()
                robots = read_robots(status, body, now, manners.robots_failures(origin))
                manners.learn_robots(origin, robots, now)
        return robots

    async def _asked_for_robots(self, origin: str, page: Page, session: Session) -> tuple[int | None, bytes]:
        """Status, None for no answer, and body of an origin's robots.txt, its redirects followed. Raises
        Refused when the page is over before that is known."""
        url = f"{origin}/robots.txt"
        for _ in range(ROBOTS_HOPS + 1):
            try:
                answer = await self._in_turn(page.request(url), page, session)
                body = identity_payload(header_pairs(answer), answer.body)
                await page.keep(url, answer)
            except (*NOT_HAD, CodingError, TooLarge):
                return None, b""
            location = dict(header_pairs(answer)).get("Location", "")
            target = named_by(location, url) if is_redirect(answer.status) else None
            if target is None:
                break
            url = target
            with suppress(Refused):
                page.check(url)
                continue
            return None, b""
        return answer.status, body

    async def _in_turn(self, request: Request, page: Page, session: Session) -> Response:
        host = host_of(request.url)
        manners = session.manners_of(host)
        async with self._turns.setdefault(host, asyncio.Lock()):
            await page.turn(manners)
            manners.started(request.url, clock.now())
            try:
                response = await self._download(request)
            except NOT_HAD:
                manners.failed(request.url, clock.now())
                raise
            asked = dict(header_pairs(response)).get("Retry-After")
            manners.answered(request.url, response.status, retry_after(asked, clock.now()), clock.now())
        return response
