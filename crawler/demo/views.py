"""What a template is given: one article page or one list page, every text already as this host shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawler.demo.hosts import Host


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as printed: address, text, and a date where the list shows one."""

    href: str
    text: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What the address of an article is made of."""

    number: int
    date: datetime
    page: int = 1


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One page of one article. `info`, `after` and `body` are HTML; the rest is text, already escaped.

    `say` turns the host's own words (labels, navigation) into what this host shows. `shown` is the date that
    the page gives, `place.date` that of its address. `info` stands over the body, `after` behind it. `pages`
    are the links to all pages of the article, none where it has one. `json_ld` and `canonical` are "" on all
    but the publisher.
    """

    host: Host
    say: Callable[[str], str]
    place: Place
    shown: datetime
    headline: str
    info: str
    body: str
    after: str
    section: str
    tags: tuple[str, ...]
    keywords: str
    hot_tags: tuple[str, ...]
    related: tuple[Anchor, ...]
    pages: tuple[Anchor, ...]
    comments: tuple[str, ...]
    lists: str
    robots: str
    json_ld: str
    canonical: str
    description: str


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of the list of a host. `entries` are articles, `extras` other links, `pager` the list's pages.

    `following` is the address of the next list page, "" on the last.
    """

    host: Host
    say: Callable[[str], str]
    title: str
    entries: tuple[Anchor, ...]
    extras: tuple[Anchor, ...]
    pager: tuple[Anchor, ...]
    following: str
    number: int


@dataclass(frozen=True, slots=True)
class System:
    """A content system: its addresses and its two kinds of pages.

    `article_pattern` has the groups `number` and `page` (missing on page 1), `list_pattern` the group `page`.
    `paged` systems split long articles, `machine_dated` ones give the date in markup too. `paragraph` and
    `subhead` are their markup, `info_shapes` the shapes of their origin line.
    """

    article_path: Callable[[Place], str]
    article_pattern: re.Pattern[str]
    list_path: Callable[[int], str]
    list_pattern: re.Pattern[str]
    article: Callable[[ArticleView], str]
    listing: Callable[[ListView], str]
    paragraph: str = "<p>　　{}</p>"
    subhead: str = "<p><strong>　　{}</strong></p>"
    info_shapes: tuple[str, ...] = ()
    paged: bool = True
    machine_dated: bool = False


def anchors(
    links: tuple[Anchor, ...], item: str = '<li><a href="{href}">{text}</a><span>{date}</span></li>'
) -> str:
    """Links as HTML, one a line."""
    return "\n".join(item.format(href=link.href, text=link.text, date=link.date) for link in links)


def head(host: Host, title: str, more: str = "") -> str:
    """`<head>` with the label that this host gives, right or wrong."""
    label = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={host.meta_label}" />\n'
        if host.meta_label
        else ""
    )
    return f"<head>\n{label}<title>{title}</title>\n{more}</head>"


def shell(head_html: str, body_html: str, lang: str = "zh-CN") -> str:
    """A whole page."""
    return f'<!DOCTYPE html>\n<html lang="{lang}">\n{head_html}\n<body>\n{body_html}\n</body>\n</html>\n'
