"""Feeds (RSS, Atom, RDF) and sitemaps: entries with address, title and date.

Read with patterns, not with an XML parser: no entity is ever expanded, no document type is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.reading.addresses import absolute
from pipelines.reading.dates import parse_date
from pipelines.records import Link
from pipelines.text import squeeze

_HEAD = re.compile(r"<(?:([\w.-]{1,32}):)?(rss|feed|RDF|urlset|sitemapindex)[\s>]", re.I)
_ADDRESSES = re.compile(r"\s*https?://[^\s<>]+(?:\s+https?://[^\s<>]+)*\s*", re.I)
_CDATA = re.compile(r"<!\[CDATA\[((?:[^\]<]|\](?!\]>)|<(?!!\[CDATA\[))*)\]\]>")
_TAG = re.compile(r"<[^<>]*>")
_CHAR_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));")
_NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_DATES = ("pubDate", "published", "dc:date", "updated")


def root_of(text: str) -> str:
    """The root element of a feed or sitemap in lower case, without its prefix; "text" for a sitemap that is a
    list of addresses (sitemaps.org, "Other Sitemap formats"); "" for anything else."""
    if head := _HEAD.search(text[:2048]):
        return head[2].lower()
    return "text" if _ADDRESSES.fullmatch(text) else ""


def links_of_feed(text: str, root: str, url: str, captured: str | None) -> Iterator[Link]:
    """The entries of a feed or sitemap whose root element is `root`."""
    if root == "text":
        yield from (Link(address, "unknown") for line in text.split() if (address := absolute(url, line)))
        return
    text = _without_prefix(text)
    if root in ("urlset", "sitemapindex"):
        yield from _of_sitemap(text, root, url, captured)
        return
    for item in (*_blocks(text, "item"), *_blocks(text, "entry")):
        if address := absolute(url, _first(item, "link") or _atom_link(item) or _permalink(item)):
            printed = next((date for name in _DATES if (date := _first(item, name))), "")
            yield Link(address, "article", _first(item, "title") or None, _iso(printed, captured))


def _without_prefix(text: str) -> str:
    """Elements of the root's namespace by their bare names: a prefix is the author's choice."""
    head = _HEAD.search(text[:2048])
    if head is None or head[1] is None or head[2] == "RDF":  # in RDF the prefix is not that of the items
        return text
    return re.sub(rf"(</?){re.escape(head[1])}:", r"\1", text)


def _of_sitemap(text: str, root: str, url: str, captured: str | None) -> Iterator[Link]:
    """Pages of a sitemap, sitemaps of an index. A page's `lastmod` is when a template changed as often as
    when the article did, so only the date of the news extension counts."""
    index = root == "sitemapindex"
    for item in _blocks(text, "sitemap" if index else "url"):
        if address := absolute(url, _first(item, "loc")):
            date = _iso(_first(item, "lastmod" if index else "news:publication_date"), captured)
            if index:
                yield Link(address, "sitemap", None, date)
            else:
                title = _first(item, "news:title") or None
                yield Link(address, "article" if title else "unknown", title, date)


def _blocks(text: str, name: str) -> Iterator[str]:
    """What stands between the tags of a name. One pattern for both would look through all that follows from
    every start tag that nothing ends: minutes for a megabyte of them."""
    opening, closing = _tags(name)
    end = 0
    while (opened := opening.search(text, end)) and (closed := closing.search(text, opened.end())):
        yield text[opened.end() : closed.start()]
        end = closed.end()


@lru_cache(maxsize=64)
def _tags(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(rf"<{name}(?:\s[^<>]*)?>", re.I), re.compile(f"</{name}>", re.I)


def _first(block: str, name: str) -> str:
    """The text of the first element of a name, character data and references undone; "" without one."""
    found = next(_blocks(block, name), "")
    return plain_text(found) if found else ""


def plain_text(markup: str) -> str:
    """The text of a piece of XML: CDATA as it is, tags out, named and numbered references undone."""
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
    links = re.findall(r"<link\s([^<>]*)>", item, re.I)
    chosen = next((link for link in links if "alternate" in link or "rel=" not in link), "")
    found = re.search(r"href\s*=\s*[\"']([^\"']*)", chosen)
    return plain_text(found[1]) if found else ""


def _permalink(item: str) -> str:
    guid = _first(item, "guid")
    return guid if guid.startswith("http") else ""


def _iso(printed: str, captured: str | None) -> str | None:
    dated = parse_date(printed, captured) if printed else None
    return dated.iso if dated else None
