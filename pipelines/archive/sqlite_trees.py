"""The tables of a file of SQLite, as far as it takes to know which pages hold which rows.

Source: https://www.sqlite.org/fileformat2.html, 1.6 (pages of trees: big-endian, cells sorted by number).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.dedupe.candidates import Integers

Read = Callable[[list[int]], list[bytes]]
"""Pages by their numbers."""

_DEEPEST = 20
"""Levels that SQLite goes down at most; a damaged tree may lead in a circle."""

_INSIDE = 5
"""First byte of a page of a table that leads to other pages; a leaf has 13."""

_CHILD = 4
"""Bytes of the number of a page, with which a cell begins."""

_CELL = _CHILD + 8
"""Bytes of a cell as far as it is looked at. The greatest number of a row below that page comes next, in up
to eight bytes of seven bits; the eighth bit says that it goes on."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """Pages that hold the rows of a table.

    `last`: the greatest number of a row that may be on each, ascending; `pages`: their numbers; `above`:
    those of the pages that lead to them. `top`: pages further up, by number: they change when others come.
    """

    last: Integers
    pages: Integers
    above: Integers
    top: dict[int, bytes]

    def ways_to(self, rows: Sequence[int]) -> list[int]:
        """Numbers of the pages that hold these rows, behind those that lead to them."""
        places = np.unique(np.searchsorted(self.last, rows))
        return [*np.unique(self.above[places]).tolist(), *self.pages[places].tolist()]


def leaves(read: Read, root: int, most: int) -> Leaves:
    """The leaves of a table, whose uppermost page is `root`, in a file of `most` pages.

    Rows have numbers from 0 up to 2**56. Raises struct.error, ValueError or LookupError where a page is
    damaged.
    """
    above = level = np.array([root])
    last = np.array([np.iinfo(np.int64).max])
    pages = read([root])
    inside = [{root: pages[0]}]
    for _ in range(_DEEPEST):
        if pages[0][0] != _INSIDE:
            top = {number: page for some in inside[:-1] or inside for number, page in some.items()}
            return Leaves(last, level, above, top)
        above, level, last = _below(level, pages, last)
        if len(level) > most:
            break
        pages = read(level[:1].tolist())
        if pages[0][0] == _INSIDE:
            pages = read(level.tolist())
            inside.append(dict(zip(level.tolist(), pages, strict=True)))
    raise LookupError(f"page {root} leads in a circle")


def _below(level: Integers, pages: Sequence[bytes], last: Integers) -> tuple[Integers, Integers, Integers]:
    """(page above, page, greatest number of a row) of each page below a level; `last` are that level's."""
    parts = [_cells(page) for page in pages]
    cells = np.concatenate(parts)
    sizes = np.array([len(part) for part in parts])
    ends = np.cumsum(sizes)
    rightmost = [int.from_bytes(page[8:12], "big") for page in pages]
    children = np.ascontiguousarray(cells[:, :_CHILD]).view(">u4").ravel().astype(np.int64)
    return (
        np.repeat(level, sizes + 1),
        np.insert(children, ends, rightmost),
        np.insert(_numbers(cells[:, _CHILD:]), ends, last),
    )


def _cells(page: bytes) -> npt.NDArray[np.uint8]:
    """The cells of a page inside a tree, in their order: (cells, _CELL) bytes."""
    kind, count = struct.unpack_from(">B2xH", page)
    if kind != _INSIDE:
        raise LookupError(f"a page of kind {kind} inside a tree")
    starts = np.frombuffer(page, ">u2", count, 12).astype(np.int64)
    whole = np.frombuffer(page + bytes(_CELL), np.uint8)  # a cell at the end of its page may be shorter
    return np.asarray(whole[starts[:, np.newaxis] + np.arange(_CELL)])


def _numbers(written: npt.NDArray[np.uint8]) -> Integers:
    """Numbers from their bytes, a row for each."""
    behind = np.argmin(written >> 7, axis=1)
    numbers = np.zeros(len(written), dtype=np.int64)
    for place, column in enumerate(written.T):
        numbers = np.where(place <= behind, numbers << 7 | column & 127, numbers)
    return numbers
