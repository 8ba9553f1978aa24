"""What is asked of very many texts, kept in arrays by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from mmap import mmap

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import shingle_index
from pipelines.archive.shingle_index import Fact
from pipelines.dedupe.candidates import Integers


class Facts:
    """Sizes, densities and keys of texts by number, read when first asked for; size 0 where there is none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._beyond = shingle_index.last_number(connection) + 1  # postings outlive texts: none is there
        # As large as it will ever be: to copy it where it had to grow took 40 ms of a query among a million.
        self._table = _untouched(self._beyond + 1)

    def note(self, facts: Sequence[Fact]) -> None:
        """Keep what was read already."""
        if facts:
            rows = np.array(facts, dtype=np.int64)
            self._table[rows[:, 0]] = rows[:, 1:]

    def __call__(self, numbers: Integers) -> tuple[Integers, Integers, Integers]:
        """(key, size, density) of each."""
        numbers = np.minimum(numbers, self._beyond)
        missing = np.unique(numbers[self._table[numbers, 2] == 0])
        self._table[missing] = (0, 0, 1)
        self.note(list(shingle_index.facts_of(self._connection, missing.tolist())))
        found = self._table[numbers]
        return found[:, 0], found[:, 1], found[:, 2]


def _untouched(rows: int) -> Integers:
    """Rows of zeros that take no memory and no time until they are touched: a single query touches few.

    `np.zeros` writes them where the memory had been used before, 30 MB for a million texts: 2 ms of a query.
    """
    return np.frombuffer(mmap(-1, rows * 24), dtype=np.int64).reshape(-1, 3)
