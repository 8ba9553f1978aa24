"""Downloader middlewares: guard, manners, capture. Thin classes over the modules of the same names.

On the way out: guard first, so that nothing else touches a refused address. On the way in: manners, then
capture, so that an answer stands in the WARC before anything looks at its content.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response, TextResponse

from crawler import clock
from crawler.addresses import host_of
from crawler.guard import Refused, check_url
from crawler.keeper import Answer, Unkeepable
from crawler.manners import retry_after
from crawler.messages import header_pairs
from crawler.optin import LOOPBACK, hosts_opted_in
from crawler.scheduler import FrontierScheduler
from crawler.session import Session
from pipelines.archive.codings import CodingError, TooLarge, identity_payload
from pipelines.awaiting import result_of
from pipelines.errors import IpnewsError


class NotFetched(IgnoreRequest):
    """A request that came to nothing for a reason that is ours: guard, size, coding, archive."""


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        return cls(crawler)

    @property
    def session(self) -> Session | None:
        """The open crawl; None under `scrapy shell` and `scrapy check`."""
        return getattr(self.crawler.spider, "session", None)


class GuardMiddleware(_Middleware):
    """Refuses written addresses that must not be fetched; the resolver refuses the resolved ones."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._loopback = hosts_opted_in(crawler.settings, LOOPBACK)

    def process_request(self, request: Request) -> None:
        """Raises NotFetched."""
        try:
            check_url(request.url, loopback=host_of(request.url) in self._loopback)
        except Refused as error:
            raise NotFetched(f"guard: {error}") from None


class MannersMiddleware(_Middleware):
    """Tells the manners of a host what came back, so that its next request waits for the right time."""

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer's status and Retry-After count."""
        if (manners := self._manners(request)) is not None:
            asked = retry_after(_text(response.headers.get("Retry-After")), clock.now())
            manners.answered(request.url, response.status, asked, clock.now())
            # The host's next request need not wait until this answer is on disk.
            cast("FrontierScheduler", self.crawler.engine.scheduler).wake()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """No answer: the host is given time, unless it was not asked, or we hung up on it."""
        if (manners := self._manners(request)) is not None:
            if isinstance(exception, IgnoreRequest | DownloadCancelledError):
                manners.active = max(0, manners.active - 1)
            else:
                manners.failed(request.url, clock.now())

    def _manners(self, request: Request) -> Any:
        host = request.meta.get("host")
        return self.session.manners.get(host) if self.session and host else None


class CaptureMiddleware(_Middleware):
    """Writes every answer to the WARC before anything above looks at it, and undoes its codings."""

    async def process_response(self, request: Request, response: Response) -> Response:
        """The response with its identity-coded body; `request.meta["kept"]` is what stands in the WARC."""
        answer = Answer(
            request.url, response.status, header_pairs(response), response.body, header_pairs(request),
            str(response.ip_address) if response.ip_address else None,
            site=getattr(request.meta.get("address"), "site", None),
        )  # fmt: skip
        if request.meta.get("playwright"):
            answer = _as_rendered(answer, response)
        if self.session is None:
            return (
                response.replace(body=_undone(answer)) if "Content-Encoding" in response.headers else response
            )
        try:
            kept = await result_of(self.session.keeper.keep(answer, request.meta.get("address")))
        except Unkeepable as error:
            raise NotFetched(str(error)) from None
        except IpnewsError as error:
            self.session.stop("archive", error)
            raise NotFetched(str(error)) from None
        request.meta["kept"] = kept
        return response


def _as_rendered(answer: Answer, response: Response) -> Answer:
    """The DOM as an answer of its own: text, which scrapy-playwright encodes as it takes the page to be."""
    if response.status != 200:
        raise NotFetched(f"HTTP {response.status} for a page to be rendered")
    body = response.text.encode("utf-8", "replace") if isinstance(response, TextResponse) else response.body
    return replace(
        answer, kind="rendered", headers=(("Content-Type", "text/html; charset=utf-8"),), body=body
    )


def _undone(answer: Answer) -> bytes:
    try:
        return identity_payload(answer.headers, answer.body)
    except (CodingError, TooLarge) as error:
        raise NotFetched(str(error)) from None


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None
