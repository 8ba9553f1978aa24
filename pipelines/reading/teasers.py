"""What a page shows behind an article in boxes of its own: summaries of other articles, comments."""

from __future__ import annotations

from itertools import islice

from pipelines.reading.outline import Element, Outline, unglossed
from pipelines.reading.weight import ENDING, TAIL
from pipelines.text import count_han

SCRAP = 16
"""Characters below which a line is a date, a name, a count."""

LONGEST = 200
"""Characters from which on a paragraph below a linked title is text that is read here."""

HEADING = 16
"""Characters up to which a line is a heading."""

NEAR = 16
"""Elements looked at behind a heading for the box that it stands over."""

BOXES = ("div", "section", "ul", "ol", "dl", "table")

FEWEST = 2
"""Teasers on a page from which on they are a list: one alone may be a paragraph behind a link to a source."""


def is_title(page: Outline, index: int) -> bool:
    """Whether a line is the linked title of another page."""
    line = page.lines[index]
    if line.linked * 2 <= line.size or count_han(line.text) < 8:
        return False
    return len(line.links) == 1 or any(count_han(page.anchors.get(link, "")) >= 8 for link in line.links)


def teasers(page: Outline, found: list[float]) -> list[int]:
    """The lines that summarise other articles, on a page whose lines weigh `found`.

    An article made of linked titles with texts below (a digest) has them beside its other paragraphs; a list
    of related articles has an element of its own.
    """
    below = [i for i in range(1, len(found)) if found[i] > 0 and below_title(page, i)]
    if len(below) < FEWEST:
        return []
    parent = {i: page.elements[page.lines[i].element].parent for i in below}
    others = {
        page.elements[line.element].parent
        for i, line in enumerate(page.lines)
        if found[i] > 0 and i not in parent
    }
    return [i for i in below if parent[i] not in others] if others else []


def headed(page: Outline, found: list[float], before: float) -> list[int]:
    """The lines of boxes under a heading behind which an article is over (全部评论, 猜你喜欢).

    Text that weighs at least `before` stands before them: over an article it is the name of a section.
    """
    inside: list[int] = []
    text, end = 0.0, 0
    for i, line in enumerate(page.lines):
        if found[i] > 0:
            text += found[i]
        if i < end or found[i] != ENDING or line.size > HEADING or text < before:
            continue
        if TAIL.match(unglossed(line.text)) and (box := _box(page, line.element)):
            end = box.last
            inside += [j for j in range(i + 1, end) if found[j] > 0]
    return inside


def _box(page: Outline, heading: int) -> Element | None:
    """The element that a heading (the place of its element) opens, or the one beside it that follows."""
    opened = page.elements[heading]
    first = opened.first
    while opened.parent >= 0 and opened.last == first + 1 and page.elements[opened.parent].first == first:
        heading, opened = opened.parent, page.elements[opened.parent]
    if opened.first == first and opened.last > first + 1:
        return opened
    behind = islice(page.elements, heading + 1, heading + 1 + NEAR)
    follower = next((element for element in behind if element.parent <= opened.parent), None)
    beside = follower is not None and follower.parent == opened.parent and follower.tag in BOXES
    return follower if beside else None


def below_title(page: Outline, index: int) -> bool:
    """Whether a line stands below a linked title, with at most a date between them."""
    if page.lines[index].size >= LONGEST:
        return False
    return is_title(page, index - 1) or (
        index > 1 and page.lines[index - 1].size < SCRAP and is_title(page, index - 2)
    )
