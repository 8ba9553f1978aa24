"""Rows read ahead by several threads: SQLite waits for one page after another, a disk answers many at once.

What the threads read is thrown away; it is in the system's cache when the one who asked reads it himself, on
his own connection and in his own view of the catalog.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from functools import cache

from sqlalchemy import Connection, Engine

THREADS = 6
"""Reads under way at once. 187 blocks of one text, none in the system's cache, on a machine busy with other
work: 71 ms one after another, 47 with 4 threads and 50 with 8 (60 texts of 100,000); where all are in the
cache it costs a millisecond or two of processor time."""

MOST = 2_000
"""Rows up to which it is done: one text asks for some hundreds. A batch of texts reads most pages anyway, and
its time is the processor's."""


def read_ahead(connection: Connection, table: str, column: str, keys: Sequence[int]) -> None:
    """Bring the rows of a table with these keys (ascending, of its own order) near; nothing on PostgreSQL."""
    if connection.dialect.name != "sqlite" or not 2 * THREADS < len(keys) <= MOST:
        return
    share = -(-len(keys) // THREADS)
    parts = [keys[start : start + share] for start in range(0, len(keys), share)]
    statements = [
        f"SELECT count(*) FROM {table} WHERE {column} IN ({','.join(map(str, part))})" for part in parts
    ]
    wait([_threads().submit(_touch, connection.engine, statement) for statement in statements])


def _touch(engine: Engine, statement: str) -> None:
    with closing(engine.raw_connection()) as other:  # SQLAlchemy's own connection costs more than the reading
        other.cursor().execute(statement)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="read-ahead")
