"""Which words stand beside which: a memory-mapped table of pairs, made by `bench/build_language_table.py`.

From the bigrams of libime's language model (Katz back-off: a pair that was never seen costs what its first
word says). It is kept apart from the words' own costs: what it holds is how much likelier the second word is
behind the first than anywhere, so a word that it does not know costs as before.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipelines.repair.language import TABLES, mapped

HEADER: Final = struct.Struct("<4sIII")
GAIN_SCALE: Final = 8
"""Gains are stored in 1/8 nat, a signed byte."""
BACKOFF_SCALE: Final = 64
"""What an unseen pair loses is stored in 1/64 nat, a byte."""


class WordPairs:
    """Gains by the numbers of two words (their nodes in the `WordTable` that was made with this table).

    Layout after the header: first words (u32, sorted), where each one's pairs begin and a sentinel (u32),
    second words (u32, sorted for each first), gains (i8), losses of unseen pairs by first word (u8).
    """

    def __init__(self, path: Path = TABLES / "pairs.bin") -> None:
        self._map = mapped(path)
        _, _, heads, count = HEADER.unpack_from(self._map)
        view, at = memoryview(self._map), HEADER.size
        self._heads = view[at : at + 4 * heads].cast("I")
        at += 4 * heads
        self._starts = view[at : at + 4 * heads + 4].cast("I")
        at += 4 * heads + 4
        self._seconds = view[at : at + 4 * count].cast("I")
        at += 4 * count
        self._gains = view[at : at + count].cast("b")
        self._backoffs = view[at + count : at + count + heads]
        self.row = lru_cache(maxsize=4096)(self._row)

    def _row(self, first: int) -> tuple[int, int, float]:
        """(where the pairs of a word begin, where they end, nats that an unseen pair gains, at most 0)."""
        at = bisect_left(self._heads, first)
        if at == len(self._heads) or self._heads[at] != first:
            return 0, 0, 0.0
        return self._starts[at], self._starts[at + 1], -self._backoffs[at] / BACKOFF_SCALE

    def gain(self, first: int, second: int) -> float:
        """Nats by which the second word is likelier behind the first than anywhere; 0 where one is
        unknown (0)."""
        if not first or not second:
            return 0.0
        start, end, unseen = self.row(first)
        at = bisect_left(self._seconds, second, start, end)
        return self._gains[at] / GAIN_SCALE if at < end and self._seconds[at] == second else unseen
