"""The lines around an article that may name its origin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.reading.body import Body
from pipelines.reading.outline import Line, Outline, clean, tells_origin, unescape, words
from pipelines.reading.phrases import both
from pipelines.reading.records import OriginLine, Place
from pipelines.reading.teasers import SCRAP, SIGNED, is_title
from pipelines.reading.weight import DATED, names_origin
from pipelines.text import count_han

ABOVE, BELOW = 12, 14
"""Lines looked at for the origin before the body and behind it; on 126 reference pages no line of source or
date stands farther off."""


TABLE = 24
"""Cells over the headline that may be a table of a document's particulars: twelve labels, their values."""

ORIGIN_CHARS = 240
"""Longer lines are text, not labels."""

EDGE_CHARS = 120
"""Of the first and last blocks of the body this much is looked at for datelines and closing bylines."""

NAME_CHARS = 16
"""Characters of a line that may be a name and nothing else."""

_TELLING = re.compile(
    both(
        r"[:：/／丨｜|©\d]|[（(][\u3400-\u9fff]{0,3}《|[文摄图][\s)）]|来源|编[辑审]|[一二三初复终]审|审[核校]|监制|作者|记者|责|标题|综合|[转原刊]载|首发|[转摘]自|声明|版权|源|编|者|发[布文]"
    )
)
"""What a line below the body must have to say anything of its origin; labels may be damaged in part."""

_DAY = re.compile(rf"{DATED.pattern}|(?<!\d)\d{{1,2}}[-/.]\d{{1,2}}(?!\d)")
_HEADINGS = ("h1", "h2", "h3", "h4")
_COMMENTS = re.compile(both("评论|跟[贴帖]|留言"))
_BY = re.compile(both(r"(?:本文|文章)作者\s*[:：]?"))
_LABEL_CELL = re.compile(both(r"(?:信息|文章|稿件)?来源|发[布文](?:机构|单位|机关)"))
"""A cell that is a label; its value stands in the next one."""

_COLUMN = re.compile(
    r"\bside(?:bar)?\b|side[-_]?(?:bar|left|right|col)|(?:right|left)[-_]?(?:bar|col|side)|related|comment"
)


def origin_lines(page: Outline, body: Body, head_line: int) -> tuple[OriginLine, ...]:
    """Lines around headline and body that may say where the article is from, nearest places first."""
    first, last = body.lines[0], body.lines[-1]
    head = head_line if 0 <= head_line < first else max(0, first - 4)
    found: list[OriginLine] = []
    told: dict[int, list[tuple[int, str]]] = {}
    for attributes, index, piece in page.told:
        told.setdefault(index, []).append((piece, attributes))
    end = min(len(page.lines), last + BELOW)
    passed = {*body.lines, *_answers(page, last, range(head, first)), *_of_next(page, range(last + 1, end))}
    for index in range(_over(page, head), end):
        line = page.lines[index]
        if index == head_line or line.size > ORIGIN_CHARS or index in passed:
            continue
        if index < first and (line.links or index in told or _names_origin(page, line)):
            found += _told(page, line, told.get(index, []))
        elif index > last:
            found += _signed_by_link(page, line)
        text = _spaced(line)
        if place := _place(page, body, head, index, text):
            found.append(OriginLine(place, text))
    found += (OriginLine("start", page.lines[index].text[:EDGE_CHARS]) for index in body.lines[:2])
    found += (OriginLine("end", page.lines[index].text[-EDGE_CHARS:]) for index in body.lines[-3:])
    return tuple(found)


def _place(page: Outline, body: Body, head: int, index: int, text: str) -> Place | None:
    """Where a line (its text as slots) stands to the headline and to the body; None for one too far off, and
    for one below that says nothing of the origin."""
    first, last = body.lines[0], body.lines[-1]
    if index < head:
        return "over"
    if index < first:
        return "above" if index - head <= ABOVE or first - index <= ABOVE else None
    if index > last:
        tells = _tells_below(page, index, text) and not _beside(page, page.lines[index], last)
        return "below" if tells else None
    return "above" if index - first < 3 else "end"


def _answers(page: Outline, last: int, above: range) -> list[int]:
    """The lines behind the body (which ends on line `last`) that say who answered when: several, or one where
    the lines `above` the body are signed too."""
    behind = range(last + 1, min(len(page.lines), last + BELOW))
    signed = [i for i in behind if SIGNED.match(page.lines[i].text)]
    return signed if len(signed) > 1 or any(SIGNED.match(page.lines[i].text) for i in above) else []


def _of_next(page: Outline, behind: range) -> list[int]:
    """The labelled and dated lines under the heading of another article behind the body, and what comments
    say of who wrote them."""
    found: list[int] = []
    headed = commented = False
    for index in behind:
        line = page.lines[index]
        if (headed and names_origin(line.text)) or (commented and SIGNED.match(line.text)):
            found.append(index)
        headed = headed or (line.tag in _HEADINGS and count_han(line.text) >= 8)
        commented = commented or (line.size < SCRAP and _COMMENTS.search(line.text) is not None)
    return found


def _tells_below(page: Outline, index: int, text: str) -> bool:
    """Whether a line below the body (its text as slots) may say anything of the origin. One dated that holds
    the linked title of another page, or stands right below it, is that page's."""
    line, before = page.lines[index], page.lines[index - 1].text
    beside = line.size < SCRAP or names_origin(text)
    if _DAY.search(text) and (is_title(page, index) or (beside and _titled(page, index))):
        return False
    valued = (_is_cell(line) and _LABEL_CELL.fullmatch(before)) or _BY.fullmatch(before)
    return (valued or _TELLING.search(text)) is not None


def _titled(page: Outline, index: int) -> bool:
    """Whether the linked title of another page stands over a line, or over the summary above it."""
    summed = page.lines[index - 1]
    return is_title(page, index - 1) or (
        not summed.linked and summed.size >= SCRAP and is_title(page, index - 2)
    )


def _beside(page: Outline, line: Line, last: int) -> bool:
    """Whether a line below the body (which ends on line `last`) stands in a column of its own: what is said
    there of author and date is another article's."""
    index = line.element
    while index >= 0 and page.elements[index].first > last:
        if page.elements[index].tag == "aside" or _names_column(page.elements[index].attributes):
            return True
        index = page.elements[index].parent
    return False


def _over(page: Outline, head: int) -> int:
    """The first line looked at over the headline (line `head`): four, and a whole table of a document's
    particulars (索引号, 发布机构)."""
    first = max(0, head - 4)
    while first > 0 and head - first < TABLE and _is_cell(page.lines[first - 1]):
        first -= 1
    return first


def _is_cell(line: Line) -> bool:
    return line.tag in ("td", "th", "li") and not line.linked


def _names_origin(page: Outline, line: Line) -> bool:
    return tells_origin(page.elements[line.element].attributes) != ""


def _told(page: Outline, line: Line, pieces: list[tuple[int, str]]) -> Iterator[OriginLine]:
    """What stands on a line in elements named after an origin: all of it, a link, a piece."""
    named = [(tells_origin(page.elements[line.element].attributes), line.text)]
    for link in line.links:
        if place := tells_origin(page.elements[link].attributes):
            named.append((place, page.link_text(link)))
        elif "/author/" in (page.elements[link].get("href") or ""):
            named.append(("byline", page.link_text(link)))
    for n, attributes in pieces:
        if n < len(line.pieces):
            named.append((tells_origin(attributes), clean(unescape(line.pieces[n]))))
    return (OriginLine(place, text) for place, text in named if place and 0 < len(text) <= NAME_CHARS)


def _signed_by_link(page: Outline, line: Line) -> Iterator[OriginLine]:
    """The names in the links of a line that the page marks as the author's (HTML standard, 4.6.7.3)."""
    for link in line.links:
        if "author" in (page.elements[link].get("rel") or "").split():
            yield OriginLine("byline", page.link_text(link))


def _spaced(line: Line) -> str:
    """A line with a blank between the pieces that stand in elements of their own: they are slots."""
    return clean(unescape(" ".join(line.pieces)))


@lru_cache(maxsize=1 << 12)
def _names_column(attributes: str) -> bool:
    return _COLUMN.search(words(attributes)) is not None
