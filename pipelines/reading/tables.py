"""Tables that hold data, told from those that serve the layout."""

from __future__ import annotations

import re

from pipelines.reading.outline import Element, Outline
from pipelines.reading.phrases import both

IN_TABLE = -0.5
"""Weight of a cell in a table of data: it neither makes an article nor parts one."""
CELLS, MOST_CELLS = 6, 2_000
"""Cells from which on a table of short ones without links is data, and up to which it is looked at: tables
may stand in tables."""
_PARTICULARS = re.compile(
    both(r"索\s*引\s*号|发[布文](?:机构|单位|机关|日期|字号)|成文日期|(?:主题|信息)分类|有效性")
)
"""What a document says of itself in a table beside its text."""

MOST_SHORT = 0.8
SHORT_CELL = (-8.0, -5.0, -3.0, -2.0)
"""Share of the cells that are short (a figure, a date, a name), and what such a line weighs."""


def is_data(page: Outline, table: Element, found: list[float]) -> bool:
    """Whether a table holds data: rows of short cells, none a link. `found` are the weights of the page's
    lines."""
    cells = page.lines[table.first : min(table.last, table.first + MOST_CELLS + 1)]
    if not CELLS <= len(cells) <= MOST_CELLS or any(line.linked for line in cells):
        return False
    if sum(_PARTICULARS.match(line.text) is not None for line in cells) > 1:
        return False
    short = sum(
        weight in SHORT_CELL and page.cell_of(line) >= 0
        for line, weight in zip(cells, found[table.first : table.last], strict=True)
    )
    return short >= MOST_SHORT * len(cells)
