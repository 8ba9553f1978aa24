"""The reading queue of an archive: captures that stand in its WARC files and wait to be read."""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection

from pipelines.archive import captures
from pipelines.archive.capture_rows import CaptureRow
from pipelines.archive.catalog import Catalog
from pipelines.archive.foreign import shelf_of
from pipelines.archive.intake import Counts, take_in
from pipelines.archive.parts import read_part, remove_part, sweep
from pipelines.archive.processes import is_dead, process_name
from pipelines.runner.backfill import timestamp
from pipelines.runner.engines import run_tasks
from pipelines.runner.reading import STANDARD, Reading
from pipelines.runner.work import Order, Task
from pipelines.sites import Site

BATCH = 200
"""Captures in one task: most of a second of reading, and what a kill has to read again."""


def read_pending(
    catalog: Catalog,
    archive: Path,
    sites: Mapping[str, Site] | None = None,
    *,
    workers: int | None = None,
    reading: Reading = STANDARD,
    on_progress: Callable[[Counts], None] = lambda _: None,
) -> Counts:
    """Read every capture that waits, and what readers that died on this machine held.

    A reader on another machine that died is waited for: its leases end by themselves. Records that cannot
    be had stay in the queue and are counted as `unread`. Raises ArchiveUnwritable, ArchiveBusy.
    """
    sweep(archive)
    waiting = catalog.write(_released).result()
    if not waiting:
        return Counts()
    with catalog.read() as connection:
        elsewhere = shelf_of(archive, connection).elsewhere
    if workers is None:  # never this process: nobody would end a page that keeps it busy for ever
        workers = min(len(os.sched_getaffinity(0)), math.ceil(waiting / BATCH))
    order = Order(archive, reading.read, reading.version, tuple((sites or {}).values()), elsewhere=elsewhere)
    counts = Counts()
    for name in run_tasks(_tasks(catalog), order, "local", workers):
        part = read_part(archive, name)
        assert part is not None
        counts += take_in(catalog, part, run=None, taken_at=timestamp(), ledger=False).result()
        remove_part(archive, name)
        on_progress(counts)
    if counts.unread:
        catalog.write(lambda connection: captures.release_leases(connection, [process_name()])).result()
    return counts


def queue_again(catalog: Catalog, version: str, hosts: Collection[str] = ()) -> int:
    """Put every capture that another version read back into the reading queue (`ipnews backfill --own`), and
    all captures of `hosts`; returns how many. Ids stay; what was read before stands until it is replaced.

    A declaration that changed is no other version: whoever changed it names its hosts.
    """
    return catalog.write(lambda connection: captures.queue_unread_by(connection, version, hosts)).result()


def _released(connection: Connection) -> int:
    """Free what dead readers held; how many captures wait."""
    dead = [owner for owner in captures.lease_owners(connection) if is_dead(owner)]
    captures.release_leases(connection, dead)
    return captures.count_pending(connection, time.time())


def _tasks(catalog: Catalog) -> Iterator[Task]:
    while rows := _claim(catalog):
        key = hashlib.sha256("\n".join(row.id for row in rows).encode()).hexdigest()[:24]
        yield Task(f"pending-{key}", rows=tuple(rows))


def _claim(catalog: Catalog) -> list[CaptureRow]:
    owner, now = process_name(), time.time()
    return catalog.write(lambda c: captures.claim_pending(c, BATCH, owner, now)).result()
