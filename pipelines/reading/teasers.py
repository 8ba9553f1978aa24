"""What a page shows behind an article in boxes of its own: summaries of other articles, comments."""

from __future__ import annotations

import re

from pipelines.reading.outline import Outline, unglossed
from pipelines.reading.phrases import both
from pipelines.reading.weight import ENDING, TAIL, names_origin
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

SIGNED = re.compile(
    both(
        r"^(?:作者|网友|用户|楼主|层主|发表[人于]|评论人|回[复覆][人于]|\d{1,4}\s*[楼#])[\s:：].{0,60}\d{1,2}[:：]\d\d|"
        r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s+\d{1,2}:\d\d(?::\d\d)?$"
    )
)
"""How the answers of a thread begin: who wrote, and at what time of day; or this alone."""

_OF_AUTHOR = re.compile(both(r"(?:简介|介绍)\W*$|^\W*关于(?:我们|作者)\W*$"))

_VALUED = re.compile(r"[:：]\s*[^\W_]")
"""A label with its value (关键词：某某；某某), which heads no box."""

FEWEST = 2
"""Teasers on a page from which on they are a list: one alone may be a paragraph behind a link to a source."""


def is_title(page: Outline, index: int) -> bool:
    """Whether a line is the linked title of another page; its date beside it may be longer."""
    line = page.lines[index]
    if line.size < 8 or not line.linked:
        return False
    letters = count_han(line.text)
    if letters < 8 or (line.linked * 2 <= line.size and line.linked < letters):
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
    """The lines of boxes under a heading behind which an article is over (全部评论, 猜你喜欢), and
    those behind one of the author's that has no box.

    Text that weighs at least `before` stands before them: over an article it is the name of a section.
    """
    inside: list[int] = []
    text, end = 0.0, 0
    for i, line in enumerate(page.lines):
        if found[i] > 0:
            text += found[i]
        if i < end or found[i] != ENDING or line.size > HEADING or text < before:
            continue
        if not TAIL.match(unglossed(line.text)) or _VALUED.search(line.text):
            continue
        if (box := _box(page, line.element)) is not None:
            end = _last_alike(page, box)
        elif _OF_AUTHOR.search(line.text):
            behind = page.elements[page.elements[line.element].parent].last
            end = behind if sum(weight for weight in found[i:behind] if weight > 0) < text else i
        inside += [j for j in range(i + 1, end) if found[j] > 0]
    return inside


def answers(page: Outline, found: list[float], before: float) -> list[int]:
    """The lines of a thread behind its first post: from the first of several lines that say who wrote at what
    time of day and are set alike, where text that weighs at least `before` stands over it.

    Where what follows it weighs more than what stands over it, it is the head of the first post itself.
    """
    over, post, first, signed = 0.0, 0.0, 0, ("", -1)
    for i, line in enumerate(page.lines):
        if found[i] > 0:
            over, post = (over, post + found[i]) if first else (over + found[i], post)
        elif over >= before and line.size < LONGEST and SIGNED.match(line.text):
            here = page.elements[line.element].attributes, len(line.pieces)
            if here == signed:
                start = first if post <= over else i
                return [j for j in range(start, len(found)) if found[j] > 0]
            over, post, first, signed = over + post, 0.0, i, here
    return []


def _box(page: Outline, heading: int) -> int | None:
    """The place of the element that a heading (the place of its own) opens, or of the one beside it that
    follows."""
    opened = page.elements[heading]
    first = opened.first
    while opened.parent >= 0 and opened.last == first + 1 and page.elements[opened.parent].first == first:
        heading, opened = opened.parent, page.elements[opened.parent]
    if opened.first == first and opened.last > first + 1:
        return heading
    behind = range(heading + 1, min(heading + 1 + NEAR, len(page.elements)))
    follower = next((place for place in behind if page.elements[place].parent <= opened.parent), None)
    if follower is None or page.elements[follower].parent != opened.parent:
        return None
    return follower if page.elements[follower].tag in BOXES else None


def _last_alike(page: Outline, place: int) -> int:
    """The end of the lines of a box (its place), and of those behind it that are set as it is: a box a
    comment."""
    box = page.elements[place]
    end = box.last
    set_so = (box.parent, box.tag, box.attributes)
    before = (e for e in page.elements[box.parent + 1 : place] if e.last > e.first)
    if any((e.parent, e.tag, e.attributes) == set_so for e in before):  # the paragraphs are set so, too
        return end
    for behind in range(place + 1, len(page.elements)):
        element = page.elements[behind]
        if element.parent > box.parent:
            continue
        if (element.parent, element.tag, element.attributes) != set_so:
            break
        end = element.last
    return end


def below_title(page: Outline, index: int) -> bool:
    """Whether a line stands below a linked title, with at most a line of origin between them."""
    if page.lines[index].size >= LONGEST:
        return False
    if is_title(page, index - 1):
        return True
    between = page.lines[index - 1]
    return index > 1 and is_title(page, index - 2) and (between.size < SCRAP or names_origin(between.text))
