"""Pages whose article only a browser sees: Chromium, through scrapy-playwright, without a network of its own.

Every request of a page is intercepted and answered from our own guarded connection; whatever is not
intercepted meets names that do not resolve and a proxy that is not there. So the guard holds inside the
browser as it does outside, each answer stands in the WARC, and the pace of the host is kept.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler import clock
from crawler.addresses import host_of
from crawler.connect import BoundedHTTPHandler
from crawler.guard import Refused, check_url
from crawler.keeper import Answer
from crawler.loads import NOT_HAD, Loads
from crawler.manners import HostManners
from crawler.messages import header_pairs
from pipelines.archive.codings import CodingError, TooLarge, identity_headers, identity_payload
from pipelines.awaiting import result_of

TABS = 4
"""Pages rendered at once. A rendered page costs about 110 plain ones, and a tab 100 to 200 MB."""
MOST_REQUESTS = 100
"""Requests that one page may make. Pages of the field notes make fewer than 60, images apart."""
TIMEOUT = 30.0
"""Seconds for a page, to which come the pauses that the host's manners ask for between its requests."""

_EXECUTABLES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_WANTED = frozenset(("document", "script", "xhr", "fetch"))
"""What an article can depend on. Images, media, fonts and styles are never fetched."""

LAUNCH = (
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name resolves: connections of its own lead nowhere
    "--proxy-server=http://127.0.0.1:9",  # nor do addresses written as numbers: port 9 is the discard port
    "--proxy-bypass-list=<-loopback>",  # Chromium would spare loopback the proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # WebRTC asks no resolver and no proxy
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have 64 MB of /dev/shm
    "--js-flags=--max-old-space-size=256",
)
CONTEXT = {
    "accept_downloads": False,
    "service_workers": "block",
    "permissions": [],
    "locale": "zh-CN",
    "viewport": {"width": 1024, "height": 768},
}


def find_browser() -> str | None:
    """The path of a Chromium: the system's, else one that `playwright install` has fetched.

    None where there is none, or where the extra `ipnews[browser]` is not installed.
    """
    if find_spec("scrapy_playwright") is None:
        return None
    for name in _EXECUTABLES:
        if path := shutil.which(name):
            return path
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(found[-1]) if found else None


def browser_settings(executable: str) -> dict[str, Any]:
    """Settings for scrapy-playwright. Chromium's sandbox does not start as root; pages then run without."""
    return {
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": executable,
            "headless": True,
            "chromium_sandbox": os.geteuid() != 0,
            "args": list(LAUNCH),
        },
        "PLAYWRIGHT_MAX_CONTEXTS": TABS,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
    }


class RenderingHandler(BoundedHTTPHandler):
    """The plain handler; for requests with `playwright` in their meta a browser, started when needed."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._browser: Any = None
        self._starting = asyncio.Lock()
        self._contexts = 0
        self.loads = Loads(super().download_request)

    async def download_request(self, request: Request) -> Response:
        """One answer; rendered ones come from a context of their own, closed behind them."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        inner = await self._started()
        self._contexts += 1
        name = f"page-{self._contexts}"
        visitor = _Visitor(self, request)
        request.meta.update(
            playwright_context=name,
            playwright_context_kwargs={**CONTEXT, "user_agent": _agent(request)},
            playwright_page_init_callback=visitor.prepare,
            playwright_page_goto_kwargs={"wait_until": "networkidle", "timeout": visitor.timeout * 1000},
        )
        try:
            rendered: Response = await asyncio.wait_for(inner.download_request(request), visitor.timeout + 10)
            return rendered
        finally:
            visitor.ended = True
            if (wrapper := inner.context_wrappers.get(name)) is not None:
                await wrapper.context.close()

    async def close(self) -> None:
        """Close browser and connections."""
        if self._browser is not None:
            await self._browser.close()
        await super().close()

    async def _started(self) -> Any:
        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

        async with self._starting:
            if self._browser is None:
                handler = ScrapyPlaywrightDownloadHandler(self._crawler)
                await handler._launch()
                self._browser = handler
        return self._browser


class _Visitor:
    """What one rendered page may ask for, and the answers it gets."""

    def __init__(self, handler: RenderingHandler, request: Request) -> None:
        self.session = getattr(handler._crawler.spider, "session", None)
        self.origin = request.url.partition("/")[0] + "//" + urlsplit(request.url).netloc
        self.requests = 0
        self.ended = False
        self._loads, self._request = handler.loads, request
        self._site = self.session.site_of(request.url) if self.session else None
        manners = self.session.manners.get(host_of(request.url)) if self.session else None
        self.timeout = TIMEOUT + 20 * (manners.delay(self.origin) if manners else 0.0)

    async def prepare(self, page: Any, _: Request) -> None:
        """Put ourselves between a new page and the network, and close whatever it opens beside itself."""
        await page.route("**", self._answer)
        page.on("popup", lambda popup: asyncio.ensure_future(popup.close()))

    async def turn(self, manners: HostManners) -> None:
        """Wait until a host may be asked. Raises Refused where the page does not last as long."""
        # For the page itself the scheduler has waited.
        wait = max(0.0, manners.next_at - clock.now()) if self.requests > 1 else 0.0
        if not self.ended and wait <= self.timeout:
            await asyncio.sleep(wait)
            if not self.ended:
                return
        raise Refused("the page is over before its host may be asked")

    async def _answer(self, route: Any) -> None:
        wanted = route.request
        self.requests += 1
        try:
            self._check(wanted)
            inner = self.request(wanted.url, wanted.headers.get("accept", "*/*"))
            answer = await self._loads.fetch(inner, self, self.session)
            payload = identity_payload(header_pairs(answer), answer.body)
            await self.keep(wanted.url, answer)
        except (Refused, CodingError, TooLarge):
            await self._abort(route, "blockedbyclient")
        except NOT_HAD:
            # A script that cannot be had does not fail the page; the page itself would show as an empty one.
            await self._abort(route, "failed")
        else:
            if self.ended:
                return
            lines = identity_headers(header_pairs(answer), len(payload))
            await route.fulfill(status=answer.status, headers=dict(lines), body=payload)

    async def _abort(self, route: Any, reason: str) -> None:
        if not self.ended:  # with a page that is closed its requests are too
            await route.abort(reason)

    def _check(self, wanted: Any) -> None:
        """Raises Refused for what no article needs, hosts out of bounds, and pages that ask without end."""
        if wanted.resource_type not in _WANTED or wanted.method != "GET" or self.requests > MOST_REQUESTS:
            raise Refused(f"{wanted.method} {wanted.resource_type} inside a page")
        self.check(wanted.url)
        if wanted.resource_type != "script" and not self._is_own(wanted.url):
            raise Refused(f"{wanted.url}: only scripts may come from other hosts")

    def check(self, url: str) -> None:
        """Raises Refused for an address that the guard does not let through."""
        check_url(url, loopback=self._is_own(url) and bool(self._site and self._site.loopback))

    def request(self, url: str, accept: str = "*/*") -> Request:
        """A request with the headers of the page's own."""
        request = Request(url, headers=self._request.headers)
        request.headers["Accept"] = accept
        return request

    def _is_own(self, url: str) -> bool:
        return bool(self._site and host_of(url) in self._site.hosts)

    async def keep(self, url: str, answer: Response) -> None:
        """Write an answer to the WARC."""
        if self.session is not None:
            received = Answer(url, answer.status, header_pairs(answer), answer.body)
            await result_of(self.session.keeper.keep(received))


def _agent(request: Request) -> str:
    return (request.headers.get("User-Agent") or b"").decode("latin-1")
