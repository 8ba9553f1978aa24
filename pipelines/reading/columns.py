"""Columns side by side that have no names, cells and floats: which of them is the article's."""

from __future__ import annotations

import re

from pipelines.reading.outline import Element, Outline
from pipelines.reading.weight import DATED, names_origin

_MARKS = re.compile("[，。！？；]")

_SIDED = re.compile(r"\bwidth\b|\bfloat\b", re.I)
"""What sets columns beside each other that have no names."""

NEARLY_ALL = 0.86
"""Share of the text that columns hold together where there is no other text; as for the body in `body`."""

SHORTER = 0.3

NEAR_TEXT = 4
"""Share of the heaviest column's weight from which on a shorter one is the article where its text has a dated
line within so many lines above: news of three sentences beside three advertisements."""


def column(page: Outline, sums: list[float], around: Element) -> Element:
    """Of columns side by side that hold nearly all text of an element, the one in which text stands below a
    dated line of origin, where it is one alone: in tables and floats no name tells an article from the news
    beside it, which may be longer."""
    sided = [e for e in page.filled if around.first <= e.first and e.last <= around.last and _is_column(e)]
    columns = [e for e in sided if sided[0].parent == e.parent and sums[e.last] - sums[e.first] > 0]
    if len(columns) < 2:
        return around
    held = [sums[e.last] - sums[e.first] for e in columns]
    dated = [(weight, e) for weight, e in zip(held, columns, strict=True) if _opens_dated(page, sums, e)]
    if len(dated) != 1 or sum(held) < NEARLY_ALL * (sums[around.last] - sums[around.first]):
        return around
    return dated[0][1] if dated[0][0] >= SHORTER * max(held) else around


def _is_column(element: Element) -> bool:
    return element.tag in ("td", "div") and _SIDED.search(element.attributes) is not None


def _opens_dated(page: Outline, sums: list[float], column: Element) -> bool:
    """Whether a dated line of origin stands over the first text of a column."""
    text = next(i for i in range(column.first, column.last) if sums[i + 1] > sums[i])
    above = page.lines[max(column.first, text - NEAR_TEXT) : text]
    return any(
        (dated := DATED.search(line.text)) is not None
        and (names_origin(line.text) or (dated[0][:4].isdigit() and not _MARKS.search(line.text)))
        for line in above
    )
