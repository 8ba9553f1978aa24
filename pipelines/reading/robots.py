"""What a page asks of robots about itself: `X-Robots-Tag` lines, and `meta` elements that name robots.

There is no standard; this is what the large search engines document for both. `none` stands for everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

EVERYONE: Final = frozenset(("*", "robots", "ipnews"))
"""Names under which everyone is spoken to, and our product token."""
ROBOTS: Final = EVERYONE | {"googlebot", "baiduspider"}
"""Names of `meta` elements whose wish not to be archived counts: it is the copy that search engines keep."""
_AGENT = re.compile(r"[a-z*][a-z0-9*_.-]*")
_VALUED = frozenset(("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"))
"""Directives that are written with a colon, as the name of a robot is."""
_META = re.compile(rb"<meta\b[^<>]{0,1000}>")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ATTRIBUTE = rb"\b%s\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s\"'>]+))"
_NAME, _CONTENT = re.compile(_ATTRIBUTE % b"name"), re.compile(_ATTRIBUTE % b"content")
_NAMED = (b"robots", b"ipnews")


def forbids(values: Iterable[str], directive: str) -> bool:
    """Whether one of the values, each of one header line or element, has a directive ("nofollow" ...) or
    "none" for everyone or for us. The name of a robot holds for what follows it, up to the next name."""
    said = (each for value in values for each in _directives(value))
    return any(agent in EVERYONE and word in (directive, "none") for agent, word in said)


def _directives(value: str) -> Iterator[tuple[str, str]]:
    """(robot, directive) each."""
    agent = "*"
    for part in value.lower().split(","):
        name, colon, rest = (piece.strip() for piece in part.partition(":"))
        if colon and name not in _VALUED and _AGENT.fullmatch(name):
            agent, name = name, rest
        yield agent, name


def forbids_links(payload: bytes) -> bool:
    """Whether a page's `meta` elements say `nofollow`. As bytes, because every page is looked at."""
    lower = payload.lower()
    if not any(name in lower for name in _NAMED):
        return False
    return any(_says_nofollow(found[0]) for found in _META.finditer(_COMMENT.sub(b"", lower)))


def _says_nofollow(element: bytes) -> bool:
    return _value(_NAME, element) in EVERYONE and forbids([_value(_CONTENT, element)], "nofollow")


def _value(attribute: re.Pattern[bytes], element: bytes) -> str:
    found = attribute.search(element)
    written = next((group for group in found.groups() if group is not None), b"") if found else b""
    return written.decode("latin-1").strip()
