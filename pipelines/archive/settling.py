"""Settling one at a time: what was worked out is stored later than what it was worked out of was read.

A second process that settles or withdraws in between would have its work undone: a withdrawn witness comes
back with a cluster that was computed before, and the text whose pairs changed is marked as done.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from pipelines.archive.catalog import Catalog
from pipelines.archive.disk_faults import unwritable

LOCK_FILE = "settle.lock"
_LOCK = 0x69706E65_77730001
"""Number of the advisory lock on PostgreSQL: "ipnews" and 1."""


@contextmanager
def settling_alone(catalog: Catalog) -> Iterator[None]:
    """Wait until no other process settles this archive or withdraws from it; keep them waiting until the end.

    Kernel and server drop the lock with the process that holds it. Not to be taken twice by one thread.
    Raises ArchiveUnwritable.
    """
    if catalog.dialect == "postgresql":
        with catalog.read() as connection:  # the lock ends with the transaction
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            yield
        return
    path = Path(catalog.where) / LOCK_FILE
    try:
        file = path.open("ab")
    except OSError as error:
        raise unwritable(error, str(path)) from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
