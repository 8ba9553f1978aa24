"""The ends of an article's run of lines: short lines set as its own are, spam, links and scraps."""

from __future__ import annotations

import re

from pipelines.reading.noise import is_noise
from pipelines.reading.outline import Element, Line, Outline, words
from pipelines.reading.phrases import both
from pipelines.reading.tables import IN_TABLE
from pipelines.reading.weight import DATED, OUTSIDE, is_spam

_ENDED = re.compile(r"[。！？：:][”」』）)]?$")
"""How a line of text ends: a label or a name set in a `div` of its own does not."""

_SUBHEADS = ("h2", "h3", "h4", "h5")
_LETTER = re.compile(r"[^\W_]")

_STAMP = re.compile(r"[\[【(（]?\d{1,2}[-/.]\d{1,2}\s+\d{1,2}:\d\d")
"""A day without its year and a time of day, with which a line of origin begins."""

_ENDS_DATED = re.compile(rf"^[^:：]*(?:{DATED.pattern})[\d\s日:：]*[\]】]?$")
_CAPTION = re.compile(both(r"(?:图为|图[一二三四五\d]{1,2}[:：\s]|[▲△].)[^|丨｜]*$"))
"""What a picture shows: below the last paragraph it is the article's, however it is set."""

HEADING = 10
"""Characters up to which the heading of a box of links is taken out with them."""

_HEADS_PART = re.compile(
    r"【[^【】]{2,14}】|(?:[一二三四五六七八九十]{1,2}、|[（(][一二三四五六七八九十]{1,2}[)）]|\d{1,2}[.．、\s])\s*[^，。；]{2,24}"
)
"""A heading that says so by itself, over the first paragraph."""

_ALIGNED = re.compile(r'align(?:="|\s*:\s*)(?:center|right)', re.I)
ROWS = 3
"""Paragraphs set as elements side by side from which on a short one behind them is the article's, too."""


def widened(page: Outline, found: list[float], element: Element, first: int, last: int) -> tuple[int, int]:
    """The run with the short lines before and behind it that are set as its own lines are: headings at the
    start, lists and signatures at the end have no sentence marks to weigh."""
    lines = page.lines

    def alike(line: Line, core: Line) -> bool:
        own, around = page.elements[line.element], page.elements[core.element].parent
        if (line.tag, core.tag) in (("dt", "dd"), ("th", "td")):
            return own.parent == around
        if line.tag == core.tag:
            return line.element == core.element or (
                own.parent == around
                and line.tag != "td"
                and (
                    line.tag != "div"
                    or _ENDED.search(line.text) is not None
                    or own.attributes == page.elements[core.element].attributes != ""
                )
            )
        if core.tag == "li" and line.tag == "p":
            return own.parent == page.elements[around].parent and _ENDED.search(line.text) is not None
        return core.tag == "p" and line.element == around

    def beside(line: Line, core: Line) -> bool:
        return rows >= ROWS and _set_alike(page, line, core)

    def heads(line: Line, core: Line) -> bool:
        own, other = page.elements[line.element], page.elements[core.element]
        alone = own.last - own.first == 1 and (own.parent, own.tag) == (other.parent, other.tag)
        return alone and _HEADS_PART.fullmatch(line.text) is not None

    start, end = lines[first], lines[last - 1]
    if end.tag in ("td", "th") and page.elements[end.element] is not element:
        end = next((line for line in reversed(lines[first:last]) if line.tag not in ("td", "th")), end)
    if element.parent >= 0 and (element.tag == "p" or _is_one_of_several(page, element)):
        element = page.elements[element.parent]
    rows = sum(_set_alike(page, line, end) for line in lines[first:last])
    while (
        first > element.first
        and found[first - 1] > -5.5
        and (
            alike(lines[first - 1], start)
            or (beside(lines[first - 1], end) and _is_aligned(page, lines[first - 1]))
            or heads(lines[first - 1], end)
        )
        and _LETTER.search(lines[first - 1].text)
        and not DATED.match(lines[first - 1].text)
        and not _STAMP.match(lines[first - 1].text)
        and not _ENDS_DATED.search(lines[first - 1].text)
    ):
        first -= 1
    while last < element.last and (
        found[last] == IN_TABLE
        or (
            found[last] > -5.5
            and _LETTER.search(lines[last].text)
            and (
                alike(lines[last], end)
                or beside(lines[last], end)
                or _CAPTION.match(lines[last].text)
                or _closes(page, lines[last], end)
            )
        )
    ):
        last += 1
    return first, _behind_boxes(page, found, element, end, last)


def _behind_boxes(page: Outline, found: list[float], element: Element, end: Line, last: int) -> int:
    """The end of the run with the sentences behind boxes in the text (相关阅读, an advertisement) that are
    paragraphs set as its last one, `end`: a box weighs more than a short sentence."""
    own = page.elements[end.element]
    if end.tag != "p" or own.last - own.first != 1:
        return last
    for index in range(last, element.last):
        other = page.elements[page.lines[index].element]
        if other.parent == own.parent:
            if found[index] <= 0 or (other.tag, other.attributes) != (own.tag, own.attributes):
                break
            last = index + 1
    return last


def _is_one_of_several(page: Outline, element: Element) -> bool:
    """Whether an element of one line stands right beside one with a sentence that is set as it is: both are
    paragraphs."""
    if element.last - element.first != 1:
        return False
    core = page.lines[element.first]
    beside = (i for i in (element.first - 1, element.last) if 0 <= i < len(page.lines))
    return any(_set_alike(page, page.lines[i], core) and _ENDED.search(page.lines[i].text) for i in beside)


def _closes(page: Outline, line: Line, core: Line) -> bool:
    """Whether a line without a link stands in a list or figure right beside the paragraphs."""
    around, own = page.elements[core.element].parent, page.elements[line.element]
    box = page.elements[own.parent] if own.parent >= 0 else own
    return (
        core.tag == "p"
        and line.tag in ("li", "dt", "dd", "figcaption")
        and box.tag in ("ul", "ol", "dl", "figure")
        and box.parent == around
        and not any(page.lines[i].linked for i in range(box.first, box.last))
    )


def _set_alike(page: Outline, line: Line, core: Line) -> bool:
    """Whether a line is all of an element beside that of another one, of the same tag and names but for being
    set in the middle or to the right."""
    own, other = page.elements[line.element], page.elements[core.element]
    if own.last - own.first != 1 or (own.parent, own.tag) != (other.parent, other.tag):
        return False
    return own.attributes == other.attributes or (
        _is_aligned(page, line) and words(own.attributes) == words(other.attributes)
    )


def _is_aligned(page: Outline, line: Line) -> bool:
    return _ALIGNED.search(page.elements[line.element].attributes) is not None


def kept_lines(page: Outline, found: list[float], first: int, last: int) -> list[int]:
    """The lines of a run without links, labels, scraps of controls; a heading over text may be a link."""
    kept = []
    for i in range(first, last):
        line = page.lines[i]
        if line.linked and line.tag in _SUBHEADS and i + 1 < last and found[i + 1] > 0:
            kept.append(i)
            continue
        if (
            found[i] <= OUTSIDE
            or _heads_links(page, i)
            or line.linked * 2 > line.size
            or not _LETTER.search(line.text)
            or is_noise(line.text)
        ):
            continue
        kept.append(i)
    return kept


def _heads_links(page: Outline, index: int) -> bool:
    """Whether a line without a link is the heading of a box in which nothing is but links."""
    line = page.lines[index]
    box = page.elements[page.elements[line.element].parent]
    inside = range(max(box.first, index + 1), box.last)
    return (
        line.size <= HEADING
        and not line.linked
        and box.first == index
        and len(inside) > 1
        and all(page.lines[i].linked * 2 > page.lines[i].size for i in inside)
    )


def without_spam(page: Outline, kept: list[int]) -> list[int]:
    """The lines without spam at either end, where mirrors put it; inside it would be a quotation."""
    first, last = 0, len(kept)
    while last - first > 1 and is_spam(page.lines[kept[first]].text):
        first += 1
    while last - first > 1 and is_spam(page.lines[kept[last - 1]].text):
        last -= 1
    return kept[first:last]
