"""How an article closes: what a site tells of itself, or sets behind the editors' line, is none of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from pipelines.reading.body import Body
from pipelines.reading.outline import Outline, unglossed
from pipelines.reading.phrases import both
from pipelines.reading.weight import weigh

_ABOUT = re.compile(both(r"\W*关于\s*(?P<named>[^\W_][\w\s.-]{1,14}?)\W*"))
"""The heading over what a site or account tells of itself: 「关于某某」."""

_SIGNED = re.compile(
    both(
        r"[（(【\[]?(?:责任?编辑?|(?:本[文期])?(?:执行|值班|网络)?(?:编辑|编审|校对|审核|监制))"
        r"(?:[/／]校对)?\s*[:：]"
    )
)
"""The line of those who edited, with which an article is signed."""

SIGNED_OFF = 1 / 3
"""Share of a text's characters that may stand behind its editors' line, to be left out: accounts, addresses
for contributions. What is more is the article, or another one."""

SHORT_NEWS = 0.4
"""Share of the heaviest text's weight from which on a text under the headline and its date is the article:
between a summary over a text of three sentences, and two sentences beside a column of as many."""

HEADING = 24
"""Characters below which a line is a heading."""


def unadvertised(page: Outline, body: Body, title: str) -> Body:
    """The body up to the heading under which the site that the document's title ends with tells of itself."""
    for place, index in enumerate(body.lines[1:], 1):
        line = page.lines[index]
        about = _ABOUT.fullmatch(unglossed(line.text)) if line.size < HEADING else None
        if about and title.endswith(about["named"]):
            before, behind = _size(page, body.lines[:place]), _size(page, body.lines[place:])
            return replace(body, lines=body.lines[:place]) if before >= behind else body
    return body


def signed_off(page: Outline, body: Body) -> Body:
    """The body up to the line of its editors, where little text stands behind that."""
    whole, before = _size(page, body.lines), 0
    for place, (index, following) in enumerate(pairwise(body.lines), 1):
        before += page.lines[index].size
        if before < (1 - SIGNED_OFF) * whole or following == index + 1:
            continue
        if any(_SIGNED.match(unglossed(line.text)) for line in page.lines[index + 1 : following]):
            return replace(body, lines=body.lines[:place])
    return body


def within_box(page: Outline, body: Body, head: int) -> Body:
    """The body without what a site advertises in a box beside that of headline, date and text: it opens with
    a heading, and leads on with a link."""
    first = body.lines[0]
    box = page.elements[page.lines[first].element]
    while box.first > head and box.parent >= 0:
        box = page.elements[box.parent]
    outside = [i for i in body.lines if i >= box.last]
    if not outside or page.lines[outside[0]].tag not in ("h2", "h3", "h4", "h5"):
        return body
    other = page.elements[page.elements[page.lines[outside[0]].element].parent]
    leads = any(page.lines[i].linked * 2 > page.lines[i].size for i in range(other.first, other.last))
    heavy = _weight(page, [i for i in body.lines if i < box.last]) >= SHORT_NEWS * _weight(page, outside)
    if other.first != outside[0] or outside[-1] >= other.last or not (leads and heavy):
        return body
    return replace(body, lines=tuple(i for i in body.lines if i < box.last))


def _size(page: Outline, lines: Iterable[int]) -> int:
    return sum(page.lines[i].size for i in lines)


def _weight(page: Outline, lines: Iterable[int]) -> float:
    return sum(max(weigh(page.lines[i]), 0.0) for i in lines)
