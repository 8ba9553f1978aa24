"""A large snapshot made by several processes: each makes the parts of its ranges of ids.

Parts are cut by ids alone, so that every split into ranges gives the same files. The processes read the
catalog each for itself; when another program wrote to it meanwhile, their states may differ and the export
is made again in one process, which sees one state throughout.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing, contextmanager
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.processes import end_with_parent
from pipelines.export.filters import Filters
from pipelines.export.formats import SnapshotFormat
from pipelines.export.parts import Made, Parts
from pipelines.export.result import Progress
from pipelines.export.selection import EVERY_ID, count, selected
from pipelines.export.snapshot import make_parts
from pipelines.export.store import Store

PARALLEL_FROM = 100_000
"""Articles from which processes pay: each takes a second to start, and reads half a part for nothing."""

RANGES_PER_PROCESS = 2
"""Few, because each range begins by passing over the rest of its neighbour's last part."""


def processes_for(catalog: Catalog) -> int:
    """How many processes should make a snapshot: 1 for small ones and for PostgreSQL, whose
    address (with its password) a process would have to be told."""
    if catalog.dialect != "sqlite" or count(catalog) < PARALLEL_FROM:
        return 1
    return min(len(os.sched_getaffinity(0)), 8)


def make_parts_in_processes(
    parts: Parts,
    folder: Path,
    uri: str,
    form: SnapshotFormat,
    filters: Filters,
    processes: int,
    progress: Progress,
) -> bool:
    """Put all parts; False when the catalog changed meanwhile: what was put must not be published then."""
    bounds = ranges(processes * RANGES_PER_PROCESS)
    context = get_context("spawn")
    helpers = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin)
    with _watched(folder) as version, helpers as pool:
        before = next(version)
        futures = [pool.submit(_make_range, folder, uri, form, filters, between) for between in bounds]
        made = []
        for future in as_completed(futures):
            made.append(future.result())
            progress(sum(part.rows for one in made for part in one.kept))
        if next(version) != before:
            return False
    for one in made:
        parts.take(one)
    return True


def ranges(number: int) -> list[tuple[str, str]]:
    """Ranges of ids side by side, of equal width: ids are hash digits, hence evenly spread."""
    bounds = ["", *(f"{n * 16**8 // number:08x}" for n in range(1, number)), EVERY_ID[1]]
    return list(pairwise(bounds))


def _begin() -> None:
    """Make a process ready. Without Python's collector of cycles: rows make none, and looking through a batch
    of them at every 700 objects takes a twentieth of the time."""
    end_with_parent()
    gc.disable()


def _make_range(
    folder: Path, uri: str, form: SnapshotFormat, filters: Filters, between: tuple[str, str]
) -> Made:
    with Catalog.open(folder, read_only=True) as catalog:
        parts = Parts(Store.open(uri))
        make_parts(parts, selected(catalog, filters, between), form)
    return parts.made


@contextmanager
def _watched(folder: Path) -> Iterator[Iterator[int]]:
    """Numbers of the catalog's state, a new one after each commit (SQLite, PRAGMA data_version)."""
    address = f"{(folder / CATALOG_FILE).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        yield (connection.execute("PRAGMA data_version").fetchone()[0] for _ in iter(int, 1))
