"""Links of list pages, pagers, feeds and sitemaps, with the titles and dates printed beside them.

Pure: bytes in, links out; which of them to follow is the crawler's decision. Feeds and sitemaps are read
with patterns, not with an XML parser: no entity is ever expanded, no document type is looked at.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from pipelines.reading.dates import date_in_url, parse_date
from pipelines.reading.decode import MAX_BYTES, decode
from pipelines.reading.tree import Outline, outline
from pipelines.records import Drop, Link
from pipelines.text import count_han, squeeze

MAX_LINKS = 50_000
"""The bound of the sitemap protocol (sitemaps.org) for one file; more on one page are left."""

_HEAD = re.compile(r"<(rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.I)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_TAG = re.compile(r"<[^>]*>")
_CHAR_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));")
_NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|svg|ico|css|js|zip|rar|7z|gz|exe|apk|pdf|docx?|xlsx?|pptx?|mp[34]|avi|flv|swf|wmv)$",
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
    r"/\d{4}[-/]?\d{2}[-/]?\d{0,2}/|/t\d{8}_\d+|/c\d+a\d+/page|/info/\d+/\d+|/a/[\w/]+\d+\.html|view\.php\?aid=\d|"
    r"[?&](?:mod=view&aid|a=show|aid|id|p|newsid|articleid)=\d|(?:article|thread|news|show|content|detail|post|archives?)[-_/]\w*\d|"
    r"/\d{3,}(?:[-_]\d+)*\.s?html?$|/[\w-]*\d{4,}[\w-]*(?:\.s?html?|\.aspx?|\.php)?$",
    re.I,
)
_LIST_URL = re.compile(
    r"/(?:list|index|category|tag|channel|columns?|node)[-_/\w]*|/$|[?&](?:cid|catid|tid|classid|typeid)=\d+|list\.php",
    re.I,
)
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
    head = _HEAD.search(page.text[:2048])
    found = (
        _from_xml(page.text, head[1].lower(), url, captured) if head else _from_html(page.text, url, captured)
    )
    unique: dict[str, Link] = {}
    for link in found:
        known = unique.get(link.url)
        if known is None or (link.title and len(link.title) > len(known.title or "")):
            unique[link.url] = link if known is None else _merged(known, link)
        if len(unique) >= MAX_LINKS:
            break
    return tuple(unique.values())


def _merged(first: Link, second: Link) -> Link:
    kind = first.kind if first.kind != "unknown" else second.kind
    return Link(first.url, kind, second.title, first.date or second.date)


def _inflate(payload: bytes) -> bytes:
    """A gzipped sitemap, at most MAX_BYTES of it; what a clipped one still gives."""
    try:
        return zlib.decompressobj(31).decompress(payload, MAX_BYTES)
    except zlib.error:
        return b""


def absolute(base: str, address: str) -> str | None:
    """The http(s) address that a link means, without fragment; None for anything else."""
    address = address.strip().replace("\n", "").replace("\t", "").replace("\r", "")
    if (
        not address
        or address[0] == "#"
        or address[:11].lower() in ("javascript:",)
        or address[:7].lower() == "mailto:"
    ):
        return None
    try:
        joined = urljoin(base, address).partition("#")[0]
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None


def base_of(page: Outline, url: str) -> str:
    """The address that relative links hang on: base[href] (HTML standard, 4.2.3), else the page's own."""
    for element in page.elements:
        if element.tag == "base" and (href := element.get("href")):
            return absolute(url, href) or url
        if element.tag == "body":
            break
    return url


def _from_html(text: str, url: str, captured: str | None) -> Iterator[Link]:
    page = outline(text)
    if isinstance(page, Drop):
        return
    base = base_of(page, url)
    for element in page.elements:
        if element.tag == "link" and re.search(r"rss\+xml|atom\+xml|rdf\+xml", element.attributes):
            if feed := absolute(base, element.get("href") or ""):
                yield Link(feed, "feed", element.get("title"))
        elif element.tag in ("iframe", "frame") and (address := absolute(base, element.get("src") or "")):
            yield Link(address, "unknown")
    dates = _dates_of_lines(page, captured)
    for index in page.anchors:
        title = page.link_text(index)
        element = page.elements[index]
        address = absolute(base, element.get("href") or "")
        if address is None or _NOT_PAGES.search(urlsplit(address).path):
            continue
        shown = element.get("title") or ""
        full = (
            squeeze(shown) if title.rstrip(".…") and squeeze(shown).startswith(title.rstrip(".…")) else title
        )
        kind = _kind(address, full, url)
        date = dates.get(index) if kind in ("article", "unknown") else None
        if date is None and kind == "article":
            date = (dated := date_in_url(address, captured)) and dated.iso
        yield Link(address, kind, full or None, date)


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


def kind_of_address(address: str) -> str:
    """What a link leads to, judged by its address alone."""
    return _kind(address, "", "")


def _kind(address: str, title: str, url: str) -> str:
    """What a link leads to, judged by its text and address."""
    if _PAGER_TEXT.fullmatch(title):
        return "page"
    tail = address.split("://", 1)[-1].partition("/")[1:]
    path = "".join(tail)
    if re.search(r"(?:rss|feed|atom)(?:\.xml|/)?$|\.rss$", path, re.I):
        return "feed"
    if re.search(r"sitemap[^/]*\.xml", path, re.I):
        return "sitemap"
    if _PAGER_URL.search(path):
        return "list"
    if _ARTICLE_URL.search(path) and (count_han(title) >= 5 or not title):
        return "article"
    if _LIST_URL.search(path) and count_han(title) <= 10:
        return "list"
    return "article" if count_han(title) >= 9 else "unknown"


def _from_xml(text: str, root: str, url: str, captured: str | None) -> Iterator[Link]:
    if root in ("urlset", "sitemapindex"):
        kind, entry = ("unknown", "url") if root == "urlset" else ("sitemap", "sitemap")
        for item in _blocks(text, entry):
            if address := absolute(url, _first(item, "loc")):
                date = _iso(
                    _first(item, "news:publication_date")
                    or (_first(item, "lastmod") if kind == "sitemap" else ""),
                    captured,
                )
                yield Link(
                    address, "article" if "<news:" in item else kind, _first(item, "news:title") or None, date
                )  # type: ignore[arg-type]
        return
    for item in (*_blocks(text, "item"), *_blocks(text, "entry")):
        address = absolute(url, _first(item, "link") or _atom_link(item) or _permalink(item))
        if address:
            printed = next(
                (d for name in ("pubDate", "published", "dc:date", "updated") if (d := _first(item, name))),
                "",
            )
            yield Link(address, "article", _first(item, "title") or None, _iso(printed, captured))


def _blocks(text: str, name: str) -> list[str]:
    return re.findall(rf"<{name}(?:\s[^>]*)?>(.*?)</{name}>", text, re.S | re.I)


def _first(block: str, name: str) -> str:
    """The text of the first element of a name, character data and references undone; "" without one."""
    found = re.search(rf"<{name}(?:\s[^>]*)?>(.*?)</{name}>", block, re.S | re.I)
    return plain_text(found[1]) if found else ""


def plain_text(markup: str) -> str:
    """The text of a piece of XML: CDATA taken as it is, tags out, the five named references and numbers undone."""
    if "<![CDATA[" in markup:
        return squeeze(_TAG.sub("", _CDATA.sub(lambda found: found[1], markup)))
    text = _CHAR_REFERENCE.sub(_character, _TAG.sub("", markup))
    for name, char in _NAMED:
        text = text.replace(name, char)
    return squeeze(text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _atom_link(item: str) -> str:
    links = re.findall(r"<link\s([^>]*)>", item, re.I)
    chosen = next((link for link in links if "alternate" in link or "rel=" not in link), "")
    found = re.search(r"href\s*=\s*[\"']([^\"']*)", chosen)
    return plain_text(found[1]) if found else ""


def _permalink(item: str) -> str:
    guid = _first(item, "guid")
    return guid if guid.startswith("http") else ""


def _iso(printed: str, captured: str | None) -> str | None:
    dated = parse_date(printed, captured) if printed else None
    return dated.iso if dated else None
