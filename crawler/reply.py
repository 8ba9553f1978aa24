"""What an archived answer means: the outcome for its address and the links to follow. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from crawler.addresses import named_by
from crawler.discover import REDIRECT_DEPTH, Found, Refusal, follow
from crawler.frontier import Address
from crawler.hrefs import hrefs, refreshed
from crawler.keeper import Kept
from crawler.manners import retry_after
from crawler.outcome import Outcome, after_answer, after_failure, is_redirect
from crawler.timing import HOUR
from pipelines.reading.links import find_links
from pipelines.reading.robots import forbids, forbids_links
from pipelines.records import Capture, Link
from pipelines.sites import Site

_PAGES = ("text/html", "application/xhtml+xml", "text/plain")
_XML = ("application/xml", "text/xml", "application/rss+xml", "application/atom+xml", "application/gzip")
_MOST_FOR_REFRESH = 4096
"""Bytes. A page that only sends on is short; a longer one with a refresh is a page that reloads itself."""
_BLOCK_WORDS = ("访问过于频繁", "安全验证", "人机验证", "拖动滑块", "输入验证码")
_BLOCK_SIGNS = (
    b"captcha", b"geetest", b"slider-verify", b"_guard/", b"cf-challenge", b"cf_chl_", b"acw_sc__v2",
    b"yunsuo_session", *(said.encode(code) for said in _BLOCK_WORDS for code in ("utf-8", "gb18030")),
)  # fmt: skip
_MOST_FOR_BLOCK = 24 * 1024
"""Bytes. A block or captcha page is a form and a script; an article page that only mentions one is longer."""
_MOST_TEXT_OF_BLOCK = 750
"""Bytes of text, 250 Han characters in UTF-8: what a block page says, less than an article with its page."""
BLOCKED_WAIT = HOUR
"""Seconds until a page that showed a challenge is asked for again: whoever asks at once is blocked longer."""
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
_UNSEEN = re.compile(rb"<(/?)(script|style|noscript|head|template|svg)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")
_MOST_TEXT_OF_SHELL = 450
"""Bytes, 150 Han characters in UTF-8: navigation and footer of a shell. The shortest article of the demo's
network has 300 characters."""
_MOST_LINKS_OF_SHELL = 30


@dataclass(frozen=True, slots=True)
class Reply:
    """`slow` asks for more distance to the host; `links` holds refusals too, to be counted; `render`: the
    page has to be fetched again by a browser."""

    outcome: Outcome
    links: tuple[Found | Refusal, ...] = ()
    slow: bool = False
    render: bool = False


def interpret(address: Address, kept: Kept, site: Site, now: float) -> Reply:
    """The meaning of one answer. An unchanged payload has no new links: they are known since it was new."""
    capture, changed = kept.capture, kept.profile is None
    asked = retry_after(capture.header("Retry-After"), now)
    if is_block(capture):
        wait = max(BLOCKED_WAIT, asked or 0.0)
        put_off = after_failure("block or captcha page", address.attempts, address.interval, now, wait)
        return Reply(put_off, slow=True)
    outcome = after_answer(
        address.kind, capture.status, address.attempts, address.interval, changed, asked, now
    )
    if not changed or address.site is None:
        return Reply(outcome)
    links = tuple(_links(address, capture, site))
    if site.browser == "auto" and not address.browser and is_shell(capture, len(links)):
        return Reply(replace(outcome, state="pending", due=now), links, render=True)
    return Reply(outcome, links)


def is_page(capture: Capture) -> bool:
    """Whether an answer can be an article: a good answer in HTML (mirrors send plain text as a type too)."""
    return capture.status == 200 and _media_type(capture) in ("", *_PAGES)


def is_shell(capture: Capture, links: int) -> bool:
    """Whether a page has scripts and next to nothing else: its article, if it has one, comes with them.

    As bytes, because a look at every page must cost nothing: what is outside scripts, styles and tags.
    """
    if capture.kind != "response" or not is_page(capture) or links > _MOST_LINKS_OF_SHELL:
        return False
    return bool(_SCRIPT.search(capture.payload)) and _text_size(capture.payload) < _MOST_TEXT_OF_SHELL


def _text_size(payload: bytes) -> int:
    """Bytes of text outside tags and unseen elements, white space apart. One pass, whatever is not closed."""
    shown, start, inside = 0, 0, b""
    for edge in _UNSEEN.finditer(payload):
        closing, name = edge[1], edge[2].lower()
        if not inside and not closing:
            shown += _visible(payload[start : edge.start()])
            inside = name
        elif inside == name and closing:
            start, inside = edge.end(), b""
    return shown if inside else shown + _visible(payload[start:])


def _visible(markup: bytes) -> int:
    return len(b"".join(_TAG.sub(b"", markup).split()))


def is_block(capture: Capture) -> bool:
    """Whether a page asks for a captcha or says that we are blocked, under whatever status.

    Short, with a sign of a challenge, and with less text than an article: some have a captcha in a form.
    """
    payload = capture.payload
    if capture.status not in (200, 403, 429, 503) or not 0 < len(payload) <= _MOST_FOR_BLOCK:
        return False
    lower = payload.lower()
    return any(sign in lower for sign in _BLOCK_SIGNS) and _text_size(payload) < _MOST_TEXT_OF_BLOCK


def _links(address: Address, capture: Capture, site: Site) -> Iterable[Found | Refusal]:
    kind = address.kind if address.kind in ("article", "list", "feed", "sitemap") else "unknown"
    if is_redirect(capture.status):
        target = named_by(capture.header("Location") or "", capture.url)
        onward = (Link(target, kind),) if target else ()  # type: ignore[arg-type]
        return follow(onward, site, address.depth + REDIRECT_DEPTH - 1, kind)  # type: ignore[arg-type]
    if capture.status != 200 or _forbids_links(capture):
        return ()
    if kind not in ("feed", "sitemap") and _media_type(capture) not in ("", *_PAGES, *_XML):
        return ()  # what was named as a feed or sitemap is read whatever its server takes it for
    links = _addresses(capture) if kind == "article" else _all_links(capture)
    return follow((*_refresh(capture, kind), *links), site, address.depth, kind)  # type: ignore[arg-type]


def _addresses(capture: Capture) -> tuple[Link, ...]:
    return tuple(hrefs(capture.payload, capture.url, capture.header("Content-Type")))


def _all_links(capture: Capture) -> tuple[Link, ...]:
    """Those of a page that is too large to be read in full by their addresses alone."""
    read = find_links(capture.payload, capture.header("Content-Type"), capture.url, capture.fetched_at)
    return read or _addresses(capture)


def _refresh(capture: Capture, kind: str) -> tuple[Link, ...]:
    if len(capture.payload) > _MOST_FOR_REFRESH:
        return ()
    target = refreshed(capture.payload, capture.url, capture.header("Content-Type"))
    return (Link(target, kind),) if target else ()  # type: ignore[arg-type]


def _media_type(capture: Capture) -> str:
    return (capture.header("Content-Type") or "").partition(";")[0].strip().lower()


def _forbids_links(capture: Capture) -> bool:
    lines = [value for name, value in capture.headers if name.lower() == "x-robots-tag"]
    return forbids(lines, "nofollow") or (is_page(capture) and forbids_links(capture.payload))
