"""The parts of one article: its pager, told from the pager of a list by the addresses it leads to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.reading.addresses import absolute
from pipelines.reading.links import base_of
from pipelines.reading.outline import Outline, clean, unescape

MAX_PAGES = 200
"""More parts than any article has; a longer pager belongs to a list."""

_TEXT = re.compile(
    r"[<‹«\[【(（]*\s*(?:第?\s*(\d{1,3})\s*[页頁]?|[上下前后後]一?[页頁]|首[页頁]|[尾末][页頁])\s*[>›»\]】)）]*"
)
_MAY_PAGE = re.compile(r"[\d页頁]")
_FIRST = frozenset("第上下前后後一首尾末")
"""The Chinese characters with which the text of a link of a pager begins."""

_SESSION = re.compile(
    r"(?<=[?&])(?:sid|s|phpsessid|jsessionid|sessionid|from|spm|mobile)=[^&]*&?|;jsessionid=[^?]*", re.I
)
_IN_QUERY = re.compile(r"(?:^|&)(?:page|pageno|currpage|p|pn)=(\d{1,3})(?=&|$)", re.I)
_IN_NAME = re.compile(r"(?<=[\da-z])[_-](\d{1,3})(\.s?html?|\.php|\.aspx?)$", re.I)
_IN_FOLDER = re.compile(r"(?<=\d)/(\d{1,2})/?$")
_DAY = re.compile(r"/(?:19|20)\d\d/(?:\d{1,2}/)?\d{1,2}/?$")


def find_pages(page: Outline, url: str, chosen: Sequence[str] = ()) -> tuple[tuple[str, ...], int | None]:
    """(addresses of all parts in order, number of this part from 1); ((), None) for an article of one part.

    A link belongs to the pager when its text is a number or 下一页 and its address is this one's but for
    the number of the part (`_2`, `-2`, `page=2`). `chosen` are addresses that a rule names.
    """
    hrefs = [
        page.elements[index].get("href") or ""
        for index, text in page.anchors.items()
        if (not "一" <= text[:1] <= "\u9fff" or text[0] in _FIRST)
        and len(text) < 40
        and _MAY_PAGE.search(text)
        and _TEXT.fullmatch(clean(unescape(text)))
    ]
    if not hrefs and not chosen:
        return (), None
    base = base_of(page, url)
    parts: dict[int, str] = {}
    own_stem, own_number = stem(url)
    for href in (*hrefs, *chosen):
        if (address := absolute(base, href)) is None:
            continue
        other_stem, number = stem(address)
        if other_stem == own_stem and number <= MAX_PAGES:
            parts.setdefault(number, address)
    parts.setdefault(own_number, url)
    if len(parts) < 2:
        return (), None
    return tuple(parts[number] for number in sorted(parts)), own_number


def stem(url: str) -> tuple[str, int]:
    """(address without the number of the part, number of the part): `/a/12_3.html` is `/a/12.html`, 3."""
    path, _, query = _SESSION.sub("", url.partition("#")[0]).rstrip("?&").partition("?")
    if query:
        found = _IN_QUERY.search(query)
        rest = _IN_QUERY.sub("", query).strip("&")
        return (f"{path}?{rest}" if rest else path), int(found[1]) if found else 1
    if (found := _IN_NAME.search(path)) and int(found[1]) > 0:
        return path[: found.start(1) - 1] + found[2], int(found[1])
    if (found := _IN_FOLDER.search(path)) and not _DAY.search(path):
        return path[: found.start()] + "/", int(found[1])
    return path, 1
