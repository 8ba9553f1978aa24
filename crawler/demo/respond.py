"""From a request to an answer. Pure but for what the caller passes in: the number of the visit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from crawler.demo import feeds
from crawler.demo.answer import Answer, Request, page, plain
from crawler.demo.fate import chance, lot
from crawler.demo.hosts import TRAPS, Host
from crawler.demo.network import Network
from crawler.demo.oddities import answer_oddity, links_to_oddities
from crawler.demo.render import (
    article_html,
    encode,
    home_html,
    list_html,
    list_pages,
    page_count,
    path_of,
    system_of,
    with_session,
)
from crawler.demo.traps import answer_trap

_SESSION = re.compile(r"(?P<joint>[?&])sid=[0-9a-f]*&?")
_SLOW_HOST = "www.qiyedao.test"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong on purpose. `unavailable` is the share of article pages whose first request is answered
    503 with Retry-After `retry_after` (seconds); `slow` is the wait in seconds of the one slow article;
    `drop_connections` is the share of requests whose connection is cut, half of them before the answer and
    half in its middle; `robots_503` lets every request of a robots.txt fail."""

    unavailable: float = 0.01
    retry_after: int = 1
    slow: float = 1.5
    drop_connections: float = 0.0
    robots_503: bool = False


def fault(network: Network, faults: Faults, request: Request, now: datetime) -> Answer | None:
    """The answer that a fault gives to the first request of a page, or None; robots.txt fails every time."""
    if request.path == "/robots.txt":
        return _later(network, faults, request, now) if faults.robots_503 else None
    host = network.hosts.get(request.host)
    if host is None or chance(network.seed, host.name, request.path, "503") >= faults.unavailable:
        return None
    is_article = system_of(host).article_pattern.fullmatch(request.path)
    return _later(network, faults, request, now) if is_article else None


def _later(network: Network, faults: Faults, request: Request, now: datetime) -> Answer:
    """503 with Retry-After in either of its forms (RFC 9110, 10.2.3): seconds, or a date.

    The date is rounded up to its whole second, so that it never asks for less than the seconds would.
    """
    until = (now + timedelta(seconds=faults.retry_after + 1)).replace(microsecond=0)
    dated = lot(network.seed, request.host, request.path, "form") % 2
    return plain(503, "503 稍后再试", ("Retry-After", _imf(until) if dated else str(faults.retry_after)))


def answer(network: Network, request: Request) -> Answer:
    """What the network answers when nothing goes wrong: depends on host and path alone."""
    if request.host == TRAPS:
        return answer_trap(request.path)
    host = network.hosts.get(request.host)
    if host is None:
        return plain(421, "no such host in this network")
    path = request.path
    if host.session_ids:
        path = _SESSION.sub(lambda found: found["joint"], path).rstrip("?&")
    found = (
        _machine(network, host, path)
        or _article(network, host, path, request.path)
        or _list(network, host, path, request.path)
    )
    return found or answer_oddity(network, host, path) or _home(network, host, path) or _missing(host)


def wait_of(network: Network, faults: Faults, request: Request) -> float:
    """Seconds before the answer: one article of the network is slow."""
    if request.host != _SLOW_HOST:
        return 0.0
    slow = network.slow.get(request.host)
    named = slow is not None and request.path == path_of(network, network.hosts[request.host], slow)
    return faults.slow if named else 0.0


def _imf(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _newest(network: Network, host: Host) -> str:
    """Last-Modified of lists and feeds: their newest entry, and a day later for every generation."""
    kept = network.copied[host.name]
    newest = network.copied_at(host, kept[0]) if kept else datetime(2021, 1, 1, tzinfo=UTC)
    return _imf(newest + timedelta(days=network.generation))


def _machine(network: Network, host: Host, path: str) -> Answer | None:
    made: tuple[str, str] | None = None
    if path == "/robots.txt":
        made = "text/plain", feeds.robots_txt(network, host)
    elif host.feed == path:
        made = (
            ("application/atom+xml" if path == "/atom.xml" else "application/rss+xml"),
            feeds.feed(network, host),
        )
    elif host.sitemap and path == "/sitemap.xml":
        made = "application/xml", feeds.sitemap_index(network, host)
    elif host.sitemap and (number := re.fullmatch(r"/sitemap-(\d{1,6})\.xml", path)):
        text = feeds.sitemap(network, host, int(number[1]))
        made = ("application/xml", text) if text else None
    return page(made[1].encode(), _newest(network, host), "utf-8", made[0]) if made else None


def _article(network: Network, host: Host, path: str, asked: str) -> Answer | None:
    found = system_of(host).article_pattern.fullmatch(path)
    index = int(found["number"]) - host.first_number if found else -1
    if not found or not 0 <= index < len(network.stories) or not network.has(host, index):
        return None
    copy, number = network.copy(host, index), int(found["page"] or 1)
    if not 1 <= number <= page_count(copy) or path_of(network, host, index, number) != path:
        return None
    return _page(host, article_html(network, copy, number), asked, _imf(feeds.modified(copy)))


def _list(network: Network, host: Host, path: str, asked: str) -> Answer | None:
    found = system_of(host).list_pattern.fullmatch(path)
    number = int(found["page"] or 1) if found else 0
    if found and "index_" in path and host.template == "trs":
        number += 1
    if not 1 <= number <= list_pages(network, host):
        return None
    return _page(
        host,
        list_html(network, host, number, links_to_oddities(network, host)),
        asked,
        _newest(network, host),
    )


def _home(network: Network, host: Host, path: str) -> Answer | None:
    if path != "/":
        return None
    return _page(
        host, home_html(network, host, links_to_oddities(network, host)), path, _newest(network, host)
    )


def _page(host: Host, text: str, asked: str, changed: str) -> Answer:
    if host.session_ids:
        text = with_session(asked, text)
    return page(encode(host, text), changed, host.header_label)


def _missing(host: Host) -> Answer:
    return Answer(
        404, (("Content-Type", "text/html; charset=utf-8"),), f"<h1>404</h1><p>{host.brand}</p>".encode()
    )
