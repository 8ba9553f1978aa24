"""The parts of one article: its pager, told from the pager of a list by the addresses it leads to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.reading.links import absolute, base_of
from pipelines.reading.tree import Outline

MAX_PAGES = 200
"""More parts than any article has; a longer pager belongs to a list."""

_TEXT = re.compile(r"[<‹«\[【(（]*\s*(?:第?\s*(\d{1,3})\s*[页頁]?|[上下前后後]一?[页頁]|首[页頁]|[尾末][页頁])\s*[>›»\]】)）]*")
_PART = re.compile(r"^(?P<stem>.*?)(?:[_-](?P<n>\d{1,3}))?(?P<ext>\.s?html?|\.php|\.aspx?|/?)$")
_QUERY = re.compile(r"^(?P<stem>[^?]*\?(?:.*?[?&])?)(?:&?(?P<key>page|pageno|p|PageNo|currpage)=(?P<n>\d{1,3}))?(?P<ext>(?:&.*)?)$")


def find_pages(page: Outline, url: str, chosen: Sequence[object] | None = None) -> tuple[tuple[str, ...], int | None]:
    """(addresses of all parts in order, number of this part from 1); ((), None) for an article of one part.

    A link belongs to the pager when its text is a number or 下一页 and its address is this one's but for
    the number of the part (`_2`, `-2`, `page=2`).
    """
    base = base_of(page, url)
    parts: dict[int, str] = {}
    own_stem, own_number = stem(url)
    candidates = [(text, page.elements[index].get("href") or "") for index, text in page.anchors.items()]
    candidates += [("下一页", str(getattr(element, "getattr")("href") or "")) for element in chosen or ()]
    for text, href in candidates:
        if not _TEXT.fullmatch(text) or not (address := absolute(base, href)):
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
    address = url.partition("#")[0]
    if "?" in address:
        found = re.search(r"[?&](?:page|pageno|PageNo|currpage|p)=(\d{1,3})(?=&|$)", address)
        if not found:
            return address, 1
        return address[: found.start()] + address[found.end() :].replace("&", "?", "?" not in address[: found.start()]), int(found[1])
    found = re.search(r"(?<=[\w])[_-](\d{1,3})(\.s?html?|\.php|\.aspx?)$", address)
    if found and re.search(r"\d[_-]\d{1,3}\.\w+$|[a-z][_-]\d{1,3}\.\w+$", address) and int(found[1]) > 0:
        return address[: found.start()] + found[2], int(found[1])
    found = re.search(r"(?<=\d)/(\d{1,2})/?$", address)
    if found and not re.search(r"/(?:19|20)\d\d/\d{1,2}/?$|/\d{1,2}/\d{1,2}/?$", address):
        return address[: found.start()] + "/", int(found[1])
    return address, 1
