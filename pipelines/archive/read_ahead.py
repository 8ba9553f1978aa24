"""Pages of a catalog in SQLite, asked of the disk before they are read: SQLite waits for one page after
another, a disk answers many at once.

It is advice to the system (posix_fadvise) and nothing else. Which pages they are is told by the tree of the
table as it stands in the file, which a process reads once and keeps: 8 bytes for each text indexed, 15 ms for
200,000 texts. A tree that changed since, or whose newest pages are in the log, only means advice in vain.

Beside six threads that each read a part, by turns among 200,000 texts, a tenth in groups of 17 copies: a text
waits at 5 places in the median, not 12 to 19, where nothing was in memory; from disk the 99th percentile is
.50 to .75 of theirs in processor time and .45 to 1.19 in all, on a busy machine (1,000 texts, five times).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table

from pipelines.archive.sqlite_trees import Leaves, leaves

LEAST = 4
"""Rows from which it is done: to wait for three takes no longer than to ask. There is no upper bound: the
7,800 blocks of 500 texts take .75 to .78 of the time where nothing is in memory, and as long as before where
all is (200,000 texts, three turns each)."""

_LEAVES_A_ROW = 8
"""A tree that has changed is read anew when a row was asked for to every eight of its leaves: that costs
.25 us a leaf, 2 us a row. Every batch of a crawl changes it, by few pages: to read it each time is 2 % of the
processor time of batches among 200,000 texts, and would be more among more."""

_DESCRIPTORS = Path("/proc/self/fd")
_CAN_ADVISE = hasattr(os, "posix_fadvise")


def ask_ahead(connection: Connection, table: Table, rows: Sequence[int]) -> None:
    """Have the disk read the pages of rows (by number) that are about to be read."""
    if connection.dialect.name != "sqlite" or not _CAN_ADVISE or len(rows) < LEAST:
        return
    # A damaged page: whoever reads the rows will tell. A system that names no descriptors has no advice.
    with suppress(OSError, struct.error, ValueError, LookupError):
        file = _file_of(connection)
        tree = file.tree_of(table.name)
        tree.asked += len(rows)
        file.ask(tree.leaves.ways_to(rows))


@dataclass
class _Tree:
    """The leaves of a table as they were read, and how many rows have been asked for since."""

    leaves: Leaves
    asked: int = 0


@dataclass
class _File:
    """What is known of the file of a catalog."""

    status: os.stat_result
    page_size: int
    roots: dict[str, int]
    trees: dict[str, _Tree] = field(default_factory=dict)
    descriptor: int = -1

    def ask(self, pages: Iterable[int]) -> None:
        """Tell the system that these pages will be read, by number."""
        for page in pages:
            start = (page - 1) * self.page_size
            os.posix_fadvise(self.descriptor, start, self.page_size, os.POSIX_FADV_WILLNEED)

    def tree_of(self, table: str) -> _Tree:
        """The tree of a table, read anew from time to time when it has changed near the top."""
        known = self.trees.get(table)
        if known is None or self._is_old(known):
            most = os.fstat(self.descriptor).st_size // self.page_size
            known = self.trees[table] = _Tree(leaves(self._read, self.roots[table], most))
        return known

    def _is_old(self, tree: _Tree) -> bool:
        top = tree.leaves.top
        enough = tree.asked * _LEAVES_A_ROW >= len(tree.leaves.pages)
        return enough and self._read(list(top)) != list(top.values())

    def _read(self, pages: list[int]) -> list[bytes]:
        self.ask(pages)
        size = self.page_size
        return [os.pread(self.descriptor, size, (page - 1) * size) for page in pages]

    def find(self) -> None:
        """Find the descriptor by which SQLite reads the file. OSError where the system does not tell.

        No other is opened: to close it would take SQLite's locks away, which are the process's
        (https://www.sqlite.org/howtocorrupt.html, 2.2). One that is closed meanwhile, and given to another
        file, makes advice about that file and no more.
        """
        if not self._is(self.descriptor):
            numbers = sorted(int(entry.name) for entry in _DESCRIPTORS.iterdir())
            self.descriptor = next((number for number in numbers if self._is(number)), -1)

    def _is(self, number: int) -> bool:
        try:
            return os.path.samestat(os.fstat(number), self.status)
        except OSError:
            return False


def _file_of(connection: Connection) -> _File:
    """What is known is kept as long as the engine is."""
    if connection.engine not in _files:
        (size,) = connection.exec_driver_sql("PRAGMA page_size").one()
        path = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
        roots = connection.exec_driver_sql("SELECT name, rootpage FROM sqlite_schema").all()
        _files[connection.engine] = _File(Path(path).stat(), size, dict(map(tuple, roots)))
    _files[connection.engine].find()
    return _files[connection.engine]


_files: WeakKeyDictionary[Engine, _File] = WeakKeyDictionary()
