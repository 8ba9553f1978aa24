"""What the head of a page and its JSON-LD say: names and values, no judgement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import msgspec

from pipelines.reading.outline import Outline, clean, unescape

MAX_VALUE = 2_000
"""Characters of one value that are kept: longer ones are data, not a description."""

_SCRIPTED_TIME = re.compile(r"\bvar (?:ct|createTime|publish_time) ?= ?[\"']([\d :-]{10,19})[\"']")
_LD_KEYS = (
    "headline",
    "datePublished",
    "dateModified",
    "author",
    "publisher",
    "articleSection",
    "mainEntityOfPage",
    "url",
)
_CAMBRIAN = "/cambrian.jsonld"
_CAMBRIAN_DATES = (("pubDate", "datePublished"), ("upDate", "dateModified"))
"""The vocabulary of a search engine (ziyuan.baidu.com/contexts/cambrian.jsonld), which has no types."""

_ARTICLE_TYPES = re.compile("[A-Za-z]*Article|[A-Za-z]+Posting|WebPage|Report")
"""The types of schema.org below Article, and the page that holds one."""


def read_meta(page: Outline, url: str) -> tuple[tuple[str, str], ...]:
    """(name, content) of meta tags, canonical and licence links, html[lang], time[datetime] and JSON-LD."""
    found: list[tuple[str, str]] = []
    root = page.elements[0] if page.elements else None
    if root is not None and (lang := root.get("lang") or root.get("xml:lang")):
        found.append(("lang", lang))
    for element in (page.elements[index] for index in page.noted):
        if element.tag == "meta":
            name = element.get("name") or element.get("property") or element.get("itemprop")
            content = element.get("content")
            if name and content:
                found.append((name.strip().lower(), clean(content)[:MAX_VALUE]))
        elif element.tag == "link" and "rel=" in element.attributes:
            rel, href = (element.get("rel") or "").lower(), element.get("href")
            if rel in ("canonical", "license", "amphtml") and href:
                found.append((rel, _joined(url, href)))
        elif element.tag == "time" and (stamp := element.get("datetime")):
            found.append(("time", stamp))
    found += [pair for script in page.scripts for pair in _json_ld(script)]
    return tuple(found)


def scripted_times(html: str) -> Iterator[tuple[str, str]]:
    """The time of publication that a script of the page fills in."""
    return (("publish_time", found[1]) for found in _SCRIPTED_TIME.finditer(html))


def _joined(url: str, href: str) -> str:
    try:
        return urljoin(url, href.strip())
    except ValueError:
        return ""


def _json_ld(script: str) -> Iterator[tuple[str, str]]:
    """Article values of a JSON-LD script; none from one that is no JSON."""
    try:
        data = msgspec.json.decode(unescape(script).strip().encode())
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return
    for node in _nodes(data):
        kind = node.get("@type")
        kinds = kind if isinstance(kind, list) else [kind]
        if kind is None and _CAMBRIAN in str(node.get("@context")):
            stamps = ((name, node.get(key)) for key, name in _CAMBRIAN_DATES)
            yield from ((f"ld:{name}", stamp) for name, stamp in stamps if isinstance(stamp, str))
        if not any(isinstance(one, str) and _ARTICLE_TYPES.fullmatch(one) for one in kinds):
            continue
        prefix = "ld:" if any(one != "WebPage" for one in kinds) else "ld:page:"
        for key in _LD_KEYS:
            for value in _strings(node.get(key)):
                yield prefix + key, clean(value)[:MAX_VALUE]


def _nodes(data: object) -> Iterator[dict[str, object]]:
    """The top objects of a JSON-LD document: the root, the members of a list, of @graph."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            if isinstance(graph, list):
                yield from (node for node in graph if isinstance(node, dict))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        name = value.get("name") or value.get("@id")
        if isinstance(name, str):
            yield name
    elif isinstance(value, list):
        for item in value[:10]:
            if isinstance(item, (str, dict)):
                yield from _strings(item)
