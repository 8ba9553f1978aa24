"""Speed and memory of exports, from the catalog to the disk, beside the plain way of doing it.

`python -m bench.bench_export SIZE` measures with another number of articles than a million.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from sqlalchemy import Connection, Update, select, update

from bench.figures import Figure, floors, report
from bench.made_catalog import fill_catalog
from bench.peak import HelpersWatched, peak_memory
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import pack, unpack
from pipelines.archive.schema import articles
from pipelines.archive.shelf import Shelf
from pipelines.export.filters import Filters
from pipelines.export.formats import SnapshotFormat
from pipelines.export.job import Format, export
from pipelines.records import Article

FULL, SHORT = 1_000_000, 50_000
RUNS = 3
PEER_ROWS = 10_000
CHANGED_YEAR = "2020"
"""Of publication, of the rows that are changed: twelve of the table's months."""

T = TypeVar("T")


class Measured(NamedTuple):
    """Rows per second by the clock, rows per second of processor time (whatever else ran), peak in MB; files
    that were written or removed."""

    rate: float
    core_rate: float
    memory: float
    touched: int = 0


def run(full: bool) -> list[Figure]:
    """Snapshots and Delta over a catalog of made articles, each step in a process of its own."""
    return measured(FULL if full else SHORT)


def measured(size: int) -> list[Figure]:
    """The same at any size."""
    bounds = floors("bench_export")
    with tempfile.TemporaryDirectory(prefix="ipnews-bench-") as folder:
        archive, out = Path(folder, "archive"), Path(folder, "out")
        fill_catalog(archive, size)
        figures: list[Figure] = []
        for form in get_args(SnapshotFormat):
            figures += snapshots(archive, out, form, size, bounds[f"{form}_rate"], bounds["snapshot_memory"])
        figures += delta(archive, out / "delta", size, bounds["delta_memory"])
        plain = _alone(_plain_way, archive, out / "plain.parquet", PEER_ROWS)
        title = "peer: json, from_pylist, write_table"
        figures.append(Figure("export", title, plain.rate, PEER_ROWS, unit="rows/s"))
        figures.append(Figure("export", f"{title}, of one core", plain.core_rate, PEER_ROWS, unit="rows/s"))
    return figures


def snapshots(
    archive: Path, out: Path, form: SnapshotFormat, size: int, floor: float, ceiling: float
) -> Iterator[Figure]:
    """Snapshots in new folders, and the last one once more; median, lowest and highest rate of the runs."""
    runs = [_alone(_timed_export, archive, out / f"{form}-{number}", form) for number in range(RUNS)]
    again = _alone(_timed_export, archive, out / f"{form}-{RUNS - 1}", form)
    rates, of_a_core = sorted(one.rate for one in runs), sorted(one.core_rate for one in runs)
    title, middle, ends = f"{form} snapshot", RUNS // 2, itemgetter(0, -1)
    memory = max(one.memory for one in runs)
    yield Figure("export", title, rates[middle], size, ends(rates), unit="rows/s", floor=floor)
    yield Figure("export", f"{title}, of one core", of_a_core[middle], size, ends(of_a_core), unit="rows/s")
    yield Figure("export", f"{title}, nothing changed", again.rate, size, unit="rows/s")
    yield Figure("export", f"{form} memory", memory, size, unit="MB", ceiling=ceiling)
    yield Figure("export", f"{form} again: files written", again.touched, size, ceiling=0)
    for number in range(RUNS):
        shutil.rmtree(out / f"{form}-{number}")


def delta(archive: Path, out: Path, size: int, ceiling: float) -> Iterator[Figure]:
    """A table made, 1 % of its rows changed in the months of one year, and the same once more."""
    for step in ("first", "1 % changed", "nothing changed"):
        if step == "1 % changed":
            _alone(_change, archive, size // 100)
        before = _files(out)
        table = _alone(_timed_export, archive, out, "delta")
        yield Figure("export", f"delta, {step}", table.rate, size, unit="rows/s")
        yield Figure("export", f"delta, {step}, of one core", table.core_rate, size, unit="rows/s")
        yield Figure("export", f"delta memory, {step}", table.memory, size, unit="MB", ceiling=ceiling)
        if step == "1 % changed":
            others = {path for path in before ^ _files(out) if f"month={CHANGED_YEAR}-" not in path}
            yield Figure(
                "export", "delta, 1 % changed: files of other months touched", len(others), ceiling=0
            )
            yield Figure("export", "delta, 1 % changed: files written or removed", table.touched, len(before))
        if step == "nothing changed":
            yield Figure("export", "delta again: files written or removed", table.touched, ceiling=0)


def _files(out: Path) -> set[str]:
    """The data files of a table's newest version."""
    return set(DeltaTable(str(out)).file_uris()) if out.exists() else set()


def _change(folder: Path, rows: int) -> None:
    """Give `rows` articles of one year another headline, as reading them anew might."""
    with Catalog.open(folder) as catalog, catalog.read() as connection:
        query = select(articles.c.id, articles.c.record).where(
            articles.c.date_published.like(f"{CHANGED_YEAR}-%")
        )
        found = connection.execute(query.order_by(articles.c.id).limit(rows)).all()
    with Catalog.open(folder) as catalog:
        for row in found:
            catalog.write(partial(_execute, statement=_changed(row.id, row.record)))


def _execute(connection: Connection, statement: Update) -> None:
    connection.execute(statement)


def _changed(article_id: str, record: bytes) -> Update:
    values = {"record": pack(replace(unpack(record, Article), headline="改过的标题"))}
    return update(articles).where(articles.c.id == article_id).values(**values)


def _alone(work: Callable[..., T], *arguments: Any) -> T:
    """The answer of a function from a fresh process: an earlier peak of memory would hide its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _timed_export(archive: Path, out: Path, form: Format) -> Measured:
    with Catalog.open(archive, read_only=True) as catalog:
        start, busy = time.perf_counter(), _busy()
        with HelpersWatched() as watched:
            result = export(catalog, Shelf(archive), out.as_uri(), form, Filters())
        seconds, busy = time.perf_counter() - start, _busy() - busy
    touched = result.written + result.removed
    # As if every core had a helper as large as the largest.
    memory = peak_memory() + watched.largest * len(os.sched_getaffinity(0))
    return Measured(result.rows / seconds, result.rows / busy, memory, touched)


def _plain_way(archive: Path, out: Path, rows: int) -> Measured:
    """What a script would do: load the JSON, hand the dictionaries to pyarrow, write one file."""
    with Catalog.open(archive, read_only=True) as catalog, catalog.read() as connection:
        start, busy = time.perf_counter(), _busy()
        query = select(articles.c.record).order_by(articles.c.id).limit(rows)
        records = [json.loads(zlib.decompress(row.record)) for row in connection.execute(query)]
        pq.write_table(pa.Table.from_pylist(records), out, compression="zstd")
        seconds, busy = time.perf_counter() - start, _busy() - busy
    return Measured(len(records) / seconds, len(records) / busy, peak_memory())


def _busy() -> float:
    """Seconds of processor time of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    sys.exit(report(measured(int(sys.argv[1]))))
