"""The heads of tags as they stand in a page: what each does to the walk."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.reading.outline import IN_FAVOUR, tells_origin, words

_BLOCK = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup html legend li main "
    "menu nav ol optgroup option p pre section summary table tbody td tfoot th thead tr ul"
)
_VOID = "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
_UNREAD = "title select option button textarea object applet map video audio canvas datalist template"
_UNREAD += " noscript svg math"
_INLINE = "span b strong i em u s font small big sup sub label"

PASSED, BLOCK, END, BREAK, UNREAD_BLOCK, LINK, LINK_END, NOTED, UNREAD, TOLD = range(10)
"""What a tag does to the walk, those that end a line before those that do not. Inline elements leave no
trace but for those named after an origin. The text of unread elements is an operating control or a fallback,
never part of an article."""

ENDS_LINE = UNREAD_BLOCK
_BLOCKS, VOIDS, _UNREADS = frozenset(_BLOCK.split()), frozenset(_VOID.split()), frozenset(_UNREAD.split())
STEPS: dict[str, int] = dict.fromkeys(_INLINE.split(), PASSED) | dict.fromkeys(VOIDS, PASSED)
STEPS |= dict.fromkeys(("meta", "link", "base", "frame", "time"), NOTED) | dict.fromkeys(("br", "hr"), BREAK)
STEPS |= dict.fromkeys(_UNREADS, UNREAD) | dict.fromkeys(_BLOCKS, BLOCK)
STEPS |= dict.fromkeys(_BLOCKS & _UNREADS, UNREAD_BLOCK) | {"a": LINK, "/a": LINK_END}
STEPS |= {f"/{name}": END for name in _BLOCKS} | {f"/{name}": PASSED for name in _INLINE.split()}

Head = tuple[int, str, str]
MANY_HEADS = 4096
_HEADS: dict[str, Head] = {name: (step, name, "") for name, step in STEPS.items()}
KNOWN: dict[str, Head] = dict(_HEADS)
"""Heads of tags as they stand in a page -> step, tag, attributes. The templates of a site repeat most of
them; links and pictures, which they do not, are left out."""

_HIDDEN = re.compile(
    r"display\s*:\s*none|font-size\s*:\s*1px|(?:^|\s)hidden=|text-indent\s*:\s*-\d{3}|"
    r"(?<![\w-])(?:left|top)\s*:\s*-\d{4}|class=\"jammer\b|"
    r"(?P<unseen>visibility\s*:\s*hidden)|(?P<sizeless>font-size\s*:\s*0(?![.\d]))"
)
"""What hides an element: its style, or the class that the style sheets of forums (Discuz) hide."""

_BOXES = frozenset(("body", "main", "div", "section", "article", "table", "tbody", "tr", "td", "ul", "ol"))
"""Elements that a size of 0 does not hide: it closes the gaps between children, which have a size of their
own."""

_HIDING = ("style=", "hidden", "jammer")
"""One of these stands in attributes that may hide."""

_SET_AS_BLOCK = re.compile(r"[\";\s]display\s*:\s*block")


_CUSTOM_BLOCK = re.compile(
    r"/?[a-z]+-(?:[a-z]+-)*(?:article|title|headline|body|content|text|block|paragraph|para|section|header|footer|meta|info|main|page|list|item|card|nav)"
)
"""Elements that a site made up and that hold blocks of a page, by their names."""


def learnt(head: str) -> Head:
    """What the head of a tag is, kept for the next one like it."""
    tag, _, attributes = head.partition(" ")
    step = STEPS.get(tag, PASSED)
    if "-" in tag and _CUSTOM_BLOCK.fullmatch(tag):
        step = END if tag[0] == "/" else BLOCK
    if tag in ("meta", "link"):
        return step, tag, attributes
    if any(map(attributes.__contains__, _HIDING)) and tag not in VOIDS and _hides(tag, attributes):
        step = UNREAD_BLOCK if tag in _BLOCKS else UNREAD
    elif step == PASSED and "block" in attributes and _SET_AS_BLOCK.search(attributes):
        step = BREAK
    elif step == PASSED and attributes and tells_origin(attributes):
        step = TOLD
    found = step, tag, attributes
    if step != LINK and tag not in VOIDS:
        if len(KNOWN) > MANY_HEADS:
            forget()
        KNOWN[head] = found
    return found


def forget() -> None:
    """Begin anew with the heads of tags that are known."""
    KNOWN.clear()
    KNOWN.update(_HEADS)


@lru_cache(maxsize=1 << 12)
def _hides(tag: str, attributes: str) -> bool:
    """Whether the attributes hide an element. One named as the article's that only is not visible is shown by
    a script when its pictures have come."""
    for found in _HIDDEN.finditer(attributes):
        if not (found["sizeless"] and tag in _BOXES):
            return not (found["unseen"] and IN_FAVOUR.search(words(attributes)))
    return False
