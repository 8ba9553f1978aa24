"""Links of list pages, pagers, feeds and sitemaps, with the titles and dates printed beside them.

Pure: bytes in, links out; which of them to follow is the crawler's decision. Feeds and sitemaps are read
with patterns, not with an XML parser: no entity is ever expanded, no document type is looked at.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from pipelines.reading.addresses import absolute, as_sent
from pipelines.reading.dates import date_in_url, parse_date
from pipelines.reading.decode import MAX_BYTES, decode
from pipelines.reading.feeds import links_of_feed, root_of
from pipelines.reading.outline import Outline
from pipelines.reading.tree import outline
from pipelines.records import Drop, Link
from pipelines.text import count_han, squeeze

MAX_LINKS = 50_000
"""The bound of the sitemap protocol (sitemaps.org) for one file; more on one page are left."""

LinkKind = Literal["article", "list", "feed", "sitemap", "page", "unknown"]
_FEED_TYPE = re.compile(r"(?:rss|atom|rdf)\+xml")
_OPENED = re.compile(r"(?:javascript:|\blocation\b|\bopen)[^'\"]*['\"]([^'\"\s<>]+)['\"]", re.I)
_NOT_PAGES = re.compile(
    r"/.*\.(?:jpe?g|png|gif|webp|bmp|svg|ico|css|js|zip|rar|7z|gz|exe|apk|pdf|docx?|xlsx?|pptx?|mp[34]|avi|flv|swf|wmv)$",
    re.I,
)
_PAGER_TEXT = re.compile(
    r"[<‹«\[【(（]*\s*(?:\d{1,4}|第?\s*\d{1,4}\s*[页頁]|[上下前后後][一]?[页頁]|首[页頁]|[尾末]页|[尾末]頁|最[后後]一?[页頁]|next|prev(?:ious)?|last|first|[<>‹›«»]{1,2}|\.{2,3}\s*\d+)\s*[>›»\]】)）]*",
    re.I,
)
_PAGER_URL = re.compile(
    r"(?:list|index|page|forum)[-_]?\d+(?:[-_]\d+)*\.s?html?$|[?&](?:page|p|pageno|paged|TotalResult|PageNo)=\d+|/page/\d+/?$|/p\d+/?$",
    re.I,
)
_ARTICLE_URL = re.compile(
    r"(?=[/?&vatnscdp])(?:/\d{4}[-/]?\d{2}[-/]?\d{0,2}/|/t\d{8}_\d+|/c\d+a\d+/page|/info/\d+/\d+|/a/[\w/]+\d+\.html|view\.php\?aid=\d|"
    r"[?&](?:mod=view&aid|a=show|aid|id|p|newsid|articleid)=\d|(?:article|thread|news|show|content|detail|post|archives?)[-_/]\w*\d|"
    r"/\d{3,}(?:[-_]\d+)*\.s?html?$|/[\w-]*\d{4,}[\w-]*(?:\.s?html?|\.aspx?|\.php)?$)",
    re.I,
)
_LIST_URL = re.compile(
    r"/(?:list|index|category|tag|channel|columns?|node)[-_/\w]*|/$|[?&](?:cid|catid|tid|classid|typeid)=\d+|list\.php",
    re.I,
)
_FEED_URL = re.compile(r"(?:rss|feed|atom)(?:\.xml|/)?$|\.rss$", re.I)
_SITEMAP_URL = re.compile(r"sitemap[^/]*\.xml", re.I)
MOST_OF_PAGER = 4
"""Han characters in the longest text of a pager, 最后一页."""

_DIGIT = re.compile(r"\d")
_MAY_BE_LIST = re.compile("/(?:category|tag|channel|column|node)")
_EVERY_SIGN = "rss sitemap ? /p /tag"
_LINE_DATE = re.compile(r"\d{1,4}\s*[-./年月]\s*\d{1,2}|\d\s*(?:小时|小時|分钟|分鐘|天)前|[昨前今]天")


def find_links(
    payload: bytes, content_type: str | None, url: str, captured: str | None = None
) -> tuple[Link, ...]:
    """All links of a page, feed or sitemap, absolute, without fragment, each address once, in order.

    `captured` (ISO 8601) completes dates without a year. Undecodable or empty payloads have no links.
    """
    if payload[:2] == b"\x1f\x8b":
        payload = _inflate(payload)
    page = decode(payload, content_type)
    if isinstance(page, Drop):
        return ()
    root = root_of(page.text)
    found = links_of_feed(page.text, root, url, captured) if root else _from_html(page.text, url, captured)
    unique: dict[str, Link] = {}
    for link in found if root else (_as_sent(one, page.encoding) for one in found):
        known = unique.get(link.url)
        if known is None or (link.title and len(link.title) > len(known.title or "")):
            unique[link.url] = link if known is None else _merged(known, link)
        if len(unique) >= MAX_LINKS:
            break
    return tuple(unique.values())


def _as_sent(link: Link, encoding: str) -> Link:
    return link if link.url.isascii() else replace(link, url=as_sent(link.url, encoding))


def _merged(first: Link, second: Link) -> Link:
    kind = first.kind if first.kind != "unknown" else second.kind
    return Link(first.url, kind, second.title, first.date or second.date)


def _inflate(payload: bytes) -> bytes:
    """A gzipped sitemap, at most MAX_BYTES of it; what a clipped one still gives."""
    try:
        return zlib.decompressobj(31).decompress(payload, MAX_BYTES)
    except zlib.error:
        return b""


def base_of(page: Outline, url: str) -> str:
    """The address that relative links hang on: base[href] (HTML standard, 4.2.3), else the page's own."""
    bases = (page.elements[index] for index in page.noted if page.elements[index].tag == "base")
    href = next((href for base in bases if (href := base.get("href"))), None)
    return (absolute(url, href) if href else None) or url


def _from_html(text: str, url: str, captured: str | None) -> Iterator[Link]:
    page = outline(text)
    if isinstance(page, Drop):
        return
    base = base_of(page, url)
    for element in (page.elements[index] for index in page.noted):
        if element.tag == "link" and _FEED_TYPE.search(element.attributes):
            if feed := absolute(base, element.get("href") or ""):
                yield Link(feed, "feed", element.get("title"))
        elif element.tag == "frame" and (address := absolute(base, element.get("src") or "")):
            yield Link(address, "unknown")
    dates = _dates_of_lines(page, captured)
    for index in page.anchors:
        title = page.link_text(index)
        element = page.elements[index]
        href = element.get("href") or ""
        address = absolute(base, href) or _opened(base, f"{href} {element.get('onclick') or ''}")
        if address is None or _NOT_PAGES.match((path := _path(address)).partition("?")[0]):
            continue
        full = _whole_title(title, squeeze(shown) if (shown := element.get("title")) else "")
        kind = _kind(path, full)
        date = dates.get(index) if kind in ("article", "unknown") else None
        if date is None and kind == "article" and (dated := date_in_url(address, captured)):
            date = dated.iso
        yield Link(address, kind, full or None, date)


def _opened(base: str, script: str) -> str | None:
    """The article that the script of a link opens: `javascript:show('/a/1.html')`, an `onclick` beside "#".
    Only what looks like one: buttons to share, to save and to count clicks are written alike."""
    found = _OPENED.search(script)
    address = absolute(base, found[1]) if found else None
    return address if address and kind_of_address(address) == "article" else None


def _whole_title(printed: str, shown: str) -> str:
    """The title of a link: what its `title` attribute says where the printed text is cut short."""
    start = printed.rstrip(".…")
    return shown if start and shown.startswith(start) else printed


def _dates_of_lines(page: Outline, captured: str | None) -> dict[int, str]:
    """The date printed on the line of a link, or on the neighbouring line of the same item (li, tr, dl)."""
    dates: dict[int, str] = {}
    for number, line in enumerate(page.lines):
        if not _LINE_DATE.search(line.text) or line.size - line.linked < 4:
            continue
        if (dated := parse_date(line.text, captured)) is None:
            continue
        item = _item(page, line.element)
        around = range(max(0, number - 4), min(len(page.lines), number + 5))
        for other in around:
            if other == number or _item(page, page.lines[other].element) == item:
                for anchor in page.lines[other].links:
                    dates.setdefault(anchor, dated.iso)
    return dates


def _item(page: Outline, element: int) -> int:
    """The list item, row or entry around a block, itself outside any."""
    index = element
    for _ in range(6):
        if index < 0:
            break
        if page.elements[index].tag in ("li", "tr", "dl", "article"):
            return index
        index = page.elements[index].parent
    return element


def kind_of_address(address: str) -> LinkKind:
    """What a link leads to, judged by its address alone."""
    return _kind(_path(address), "")


def _path(address: str) -> str:
    """What stands behind the host of an address, from the slash on; "" without any."""
    return "".join(address.split("://", 1)[-1].partition("/")[1:])


def _kind(path: str, title: str) -> LinkKind:
    """What a link leads to, judged by its text and the part of its address behind the host."""
    named = count_han(title)
    if named <= MOST_OF_PAGER and _PAGER_TEXT.fullmatch(title):
        return "page"
    # Beyond ASCII, letters have more forms than two. To look for the patterns alone takes twice the time.
    shown = path.lower() if path.isascii() else _EVERY_SIGN
    if ("rss" in shown or "feed" in shown or "atom" in shown) and _FEED_URL.search(path):
        return "feed"
    if "sitemap" in shown and _SITEMAP_URL.search(path):
        return "sitemap"
    listed = "?" in shown or "list" in shown or "index" in shown or "&" in shown
    if (listed or "/p" in shown or "page" in shown or "forum" in shown) and _PAGER_URL.search(path):
        return "list"
    if (named >= 5 or not title) and _DIGIT.search(path) and _ARTICLE_URL.search(path):
        return "article"
    if (
        named <= 10
        and (listed or path.endswith(("/", "/\n")) or _MAY_BE_LIST.search(shown))
        and _LIST_URL.search(path)
    ):
        return "list"
    return "article" if named >= 9 else "unknown"
