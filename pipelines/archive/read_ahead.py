"""Blocks of postings read by several threads: SQLite waits for one page after another, a disk answers many at
once.

Each thread has a connection and so a view of the catalog of its own, which may be newer. It makes no
difference while the segments stand: their blocks never change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Engine

THREADS = 6
"""Reads under way at once. 187 blocks of one text, none in the system's cache, on a machine busy with other
work: 71 ms one after another, 47 with 4 threads and 50 with 8 (60 texts of 100,000)."""

MOST = 2_000
"""Blocks up to which it is done: one text asks for some hundreds. A batch of texts reads most pages anyway,
and its time is the processor's."""

Block = tuple[int, bytes]
"""(place, postings)."""


def read_blocks(connection: Connection, segments: Set[int], places: Sequence[int]) -> list[Block] | None:
    """The blocks at these places (ascending) of segments that are whole in the view of `connection`.

    None where they are not for threads to read: on PostgreSQL, few of them or very many, when a thread meets
    a catalog in which one of the segments is replaced already, or not yet there, or when it cannot read (a
    damaged page): whoever asks then reads with `connection`, whose errors are explained.
    """
    if connection.dialect.name != "sqlite" or not 2 * THREADS < len(places) <= MOST:
        return None
    share = -(-len(places) // THREADS)
    parts = [places[start : start + share] for start in range(0, len(places), share)]
    blocks: list[Block] = []
    try:
        told = list(_threads().map(partial(_read, connection.engine), parts))
    except sqlite3.Error:
        return None
    for rows in told:
        standing = {number for number, postings in rows if postings is None}
        if not segments <= standing:
            return None
        blocks += (row for row in rows if row[1] is not None)
    return blocks


def _read(engine: Engine, places: Sequence[int]) -> list[Any]:
    """Blocks, and (segment, None) of each that is whole: in one statement, hence in one view."""
    statement = (
        f"SELECT place, postings FROM posting_blocks WHERE place IN ({','.join(map(str, places))})"
        " UNION ALL SELECT id, NULL FROM segments WHERE state = 'whole'"
    )
    with closing(engine.raw_connection()) as other:  # SQLAlchemy's own connection costs more than the reading
        cursor = other.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall())


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="read-ahead")
