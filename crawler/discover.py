"""Which links of an answer are followed, as what, and how soon. Pure policy over `reading.links`.

A trap is an address space without end that holds nothing new: calendars, session ids, pagers, link farms.
None can be told from one page alone, so each has its own bound here, and the budget of the host bounds all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

from crawler.addresses import canonical
from crawler.guard import Refused, check_url
from pipelines.records import Link
from pipelines.sites import Site

Kind = Literal["article", "list", "feed", "sitemap", "unknown"]

_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|ico|svg|tiff?|mp[34]|avi|mov|mkv|flv|wmv|webm|m3u8|ts|wav|ogg|flac|swf|"
    r"zip|rar|7z|gz|tgz|bz2|xz|tar|exe|msi|apk|dmg|iso|bin|docx?|xlsx?|pptx?|pdf|ps|epub|mobi|"
    r"css|js|mjs|json|woff2?|ttf|eot|map|torrent)$",
    re.IGNORECASE,
)
"""Files that hold no article. Known by their name: the point is not to ask for them at all."""
_NO_PAGE = re.compile(
    r"/(?:login|logout|signin|signup|register|reg|cart|checkout|wp-admin|wp-login\.php|wp-json|xmlrpc\.php|"
    r"feedback|plus/(?:recommend|stow|feedback|diy)\.php|misc\.php|home\.php|member\.php|comment[s-]?\w*\.php|"
    r"print\.(?:php|aspx?)|cgi-bin|admin)(?:/|$)|[?&](?:action|do|mod)=(?:login|register|logging|report|print|"
    r"reply|post|search|space)\b|[?&](?:replytocom|print)=",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"/(?:calendar|rili|wannianli|events?/calendar)(?:[/.?]|$)|[?&](?:year|nian)=\d{4}&", re.I
)
_REPEATED = re.compile(r"/([^/]+)(?:/[^/]+)*?/\1(?:/[^/]+)*?/\1(?:/|$)")
_PAGE_NUMBER = re.compile(r"(?:[?&](?:page|pn|pageno|pageindex|curpage)=|/page/)(\d+)", re.IGNORECASE)

MAX_PAGE = 2_000
"""No list of the 47 hosts of the field notes has more pages; at 20 links each it names 40,000 articles."""
MAX_SEGMENTS = 12
"""Path segments. Real article paths have up to 7 (field notes); relative links gone wrong grow for ever."""
MAX_PARAMETERS = 6
"""Query parameters. `ShowInfo.php?classid=&id=` and its like need 2 to 4; faceted searches breed more."""
MAX_LINKS = 1_000
"""Links taken from one page: a list has tens, a site map page hundreds, a link farm any number."""
MAX_SITEMAP_LINKS = 50_000
"""The sitemap protocol's own bound on one file."""

PRIORITY = {"feed": 0, "sitemap": 0, "list": 2, "article": 5, "unknown": 7}
"""Smaller is sooner: lists and feeds show what is new, but a list many steps deep only what is old."""
REDIRECT_DEPTH = 5
"""Steps that a redirect counts for: a loop of ever new addresses ends after ten at the usual depth of 50."""
BARREN_DEPTH = 10
"""Steps that a list page counts for that named nothing new: an endless pager ends after five of them."""


@dataclass(frozen=True, slots=True)
class Found:
    """An address to be kept in the frontier, with what the page that names it says."""

    url: str
    host: str
    site: str
    kind: Kind
    priority: int
    depth: int
    title: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A link that is not followed, and the reason, which is counted in the report."""

    url: str
    reason: str


def follow(
    links: Iterable[Link], site: Site, depth: int, source: Kind = "unknown"
) -> Iterator[Found | Refusal]:
    """The policy: every distinct link as Found or as Refusal. `depth` is that of the page that has them; a
    pager leads to more of its own kind, `source`."""
    bound = MAX_SITEMAP_LINKS if source == "sitemap" else MAX_LINKS
    judged, depth = _judge_of(site, source), depth + 1
    seen: set[str] = set()
    for link in links:
        url = canonical(link.url)
        if url in seen:
            continue
        if len(seen) >= bound:
            yield Refusal(url, "too many links on one page")
            return
        seen.add(url)
        verdict = judged(url, link.kind)
        if isinstance(verdict, Refusal):
            yield verdict
        elif depth > site.pace.depth:
            yield Refusal(url, "too deep")
        else:
            host, kind = verdict
            first = priority(kind, depth)
            yield Found(url, host, site.name, kind, first, depth, link.title, link.date)


@lru_cache(maxsize=32)
def _judge_of(site: Site, source: Kind) -> Callable[[str, str], tuple[str, Kind] | Refusal]:
    """What a site's declaration makes of an address that a page of kind `source` names.

    Cached, because a site's navigation stands on every one of its pages; by site, because hashing a
    declaration takes longer than the look-up.
    """

    @lru_cache(maxsize=2_048)
    def judged(url: str, kind: Kind | Literal["page"]) -> tuple[str, Kind] | Refusal:
        return judge(url, source if kind == "page" else kind, site)

    return judged


def judge(url: str, kind: Kind, site: Site) -> tuple[str, Kind] | Refusal:
    """One canonical address: its host and what it is followed as, or refused why."""
    try:
        host = check_url(url, site.loopback)
    except Refused as error:
        return Refusal(url, f"guard: {error}")
    if host not in site.hosts:
        return Refusal(url, "other site")
    if not _names_port(site, url):
        return Refusal(url, "undeclared port")
    if _matches(site.urls.ignore, url):
        return Refusal(url, "ignored by declaration")
    if _matches(site.urls.article, url):
        return host, "article"
    if _matches(site.urls.list, url):
        return host, "list"
    trap = trap_of(url)
    return Refusal(url, trap) if trap else (host, kind)


_SCHEME: Final = len("https:")


def _names_port(site: Site, url: str) -> bool:
    """Whether an address has the port of its scheme, or one that the declaration starts from: every other is
    an origin of its own, with a robots.txt to ask for and to keep, and a page may name sixty thousand."""
    if ":" not in url[_SCHEME:]:
        return True  # nearly all: to split an address takes ten times as long as to look for a colon
    port = urlsplit(url).port
    if port in (None, 80, 443):
        return True
    return any(urlsplit(named).port == port for named in (*site.start, *site.feeds, *site.sitemaps))


def priority(kind: Kind, depth: int) -> int:
    """Lists near the start come before articles, deep ones after them."""
    return PRIORITY[kind] + (min(depth, 20) // 2 if kind in ("list", "unknown") else 0)


def trap_of(url: str) -> str | None:
    """Why an address looks like one of an endless space, or None. A declared pattern overrides it."""
    parts = urlsplit(url)
    path = parts.path
    if _MEDIA.search(path):
        return "media"
    if _NO_PAGE.search(url):
        return "no page for readers"
    if _CALENDAR.search(url):
        return "calendar"
    if path.count("/") > MAX_SEGMENTS or _REPEATED.search(path):
        return "path repeats or is too deep"
    if parts.query.count("&") >= MAX_PARAMETERS:
        return "too many parameters"
    pager = _PAGE_NUMBER.search(url)
    if pager and (len(pager[1]) > 9 or int(pager[1]) > MAX_PAGE):
        return "pager without end"
    return None


@lru_cache(maxsize=1_024)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


def _matches(patterns: tuple[str, ...], url: str) -> bool:
    pattern = _compiled(patterns)
    return bool(pattern and pattern.search(url))
