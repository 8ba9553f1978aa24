"""Which words stand behind which: memory-mapped tables of pairs and of triples of words.

Made by `bench/build_language_table.py` from the n-grams of libime's language model (Katz back-off: what was
never seen costs what the words before it say). They are kept apart from the words' own costs: what they hold
is how much likelier a word is behind one than anywhere, and behind two than behind the last of them, so a
word that they do not know costs as before.
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
"""What an unseen sequence loses is stored in 1/64 nat, a byte."""
SECOND: Final = 32
"""Bits by which the number of the word before the last is shifted in a history."""
_LAST: Final = (1 << SECOND) - 1
NO_HISTORY: Final = 0


class Sequences:
    """Gains of one order: by a history, one word number or two packed into one, and the word behind it.

    Layout after the header: histories (u64, sorted), where the words of each begin and a sentinel (u32),
    words (u32, sorted for each history), gains (i8), losses of unseen words by history (u8).
    """

    def __init__(self, path: Path) -> None:
        self._map = mapped(path)
        _, _, heads, count = HEADER.unpack_from(self._map)
        view, at = memoryview(self._map), HEADER.size
        self._heads = view[at : at + 8 * heads].cast("Q")
        at += 8 * heads
        self._starts = view[at : at + 4 * heads + 4].cast("I")
        at += 4 * heads + 4
        self._words = view[at : at + 4 * count].cast("I")
        at += 4 * count
        self._gains = view[at : at + count].cast("b")
        self._losses = view[at + count : at + count + heads]
        self.row = lru_cache(maxsize=4096)(self._row)

    def _row(self, history: int) -> tuple[int, int, float] | None:
        """(where the words of a history begin, where they end, nats that an unseen one gains, at most 0)."""
        at = bisect_left(self._heads, history)
        if at == len(self._heads) or self._heads[at] != history:
            return None
        return self._starts[at], self._starts[at + 1], -self._losses[at] / BACKOFF_SCALE

    def gain(self, history: int, word: int) -> float:
        """Nats by which a word is likelier behind this history than behind a shorter one; 0 for a history
        that the table does not hold."""
        row = self.row(history)
        if row is None:
            return 0.0
        start, end, unseen = row
        at = bisect_left(self._words, word, start, end)
        return self._gains[at] / GAIN_SCALE if at < end and self._words[at] == word else unseen


class Neighbours:
    """Gains by what was printed before a word. Words are numbered by their nodes in the `WordTable` that was
    made with these tables; 0 is the number of what is no word of it.

    A history is the last word's number, or the last two packed into one where triples begin with them.
    """

    def __init__(self, folder: Path = TABLES) -> None:
        self._pairs = Sequences(folder / "pairs.bin")
        self._triples = Sequences(folder / "triples.bin")
        self.step = lru_cache(maxsize=1 << 15)(self._step)

    def _step(self, history: int, word: int) -> tuple[float, int]:
        """(nats that a word gains behind a history, the history behind the word)."""
        if not word:
            return 0.0, NO_HISTORY
        last = history & _LAST
        if not last:
            return 0.0, word
        gain = self._pairs.gain(last, word)
        if history != last:
            gain += self._triples.gain(history, word)
        packed = last << SECOND | word
        return gain, packed if self._triples.row(packed) else word
