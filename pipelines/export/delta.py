"""A living Delta table: every export is one commit, which readers see whole or not at all.

New rows go into new files. A file that holds a changed, withdrawn or superseded row is written anew without
it. Added and removed files enter the log together: a merge and a delete would be commits of their own, with
states between them that no archive ever had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import ExportError
from pipelines.export.columns import AT_ONCE, batch_of
from pipelines.export.commit import Change, commit
from pipelines.export.formats import ROW_GROUP, parquet_writer
from pipelines.export.manifest import MANIFEST
from pipelines.export.result import ExportResult, Progress, silent
from pipelines.export.rows import ExportRow, digest_of, in_batches, month_of
from pipelines.export.scratch import scratch_folder
from pipelines.export.spool import Spool
from pipelines.export.store import Store, file_digest
from pipelines.export.table import FILE_SCHEMA, MONTH, DataFile, TableState, fixed, read_state

FILE_ROWS = 16_384
"""Rows of a data file at most, about 35 MB: what has to be written anew when one row of it changes."""

_MONTHS_AT_ONCE = 2


def write_delta(
    store: Store, rows: Iterable[ExportRow], filters: dict[str, Any], progress: Progress = silent
) -> ExportResult:
    """Make the newest version of the table hold exactly these rows, with one commit or none.

    Raises ExportError when the store refuses, holds a snapshot, or another export was faster; SchemaError
    for a table of other columns.
    """
    if store.read(MANIFEST) is not None:
        raise ExportError(f"{store.address.uri} holds a snapshot; name another address with --to")
    state = read_state(store)
    with scratch_folder() as scratch:
        spooled = scratch / "rows"
        with Spool(spooled, FILE_SCHEMA) as spool:
            comparison = _compare(state, rows, spool, progress)
        change = _written_files(store, state, comparison, spool, scratch)
    version = commit(store, state, change, filters)
    return ExportResult(
        uri=store.address.uri,
        format="delta",
        rows=comparison.rows,
        written=len(change.added),
        skipped=len(state.files) - len(change.removed) - len(change.restored),
        removed=len(change.removed),
        bytes_written=sum(file.size for file in (*change.added, *change.restored)),
        inserted=comparison.inserted,
        updated=comparison.updated,
        deleted=comparison.deleted,
        restored=len(change.restored),
        version=version,
    )


@dataclass(slots=True)
class _Comparison:
    """`stale[i]`: the i-th row of the table is not what the archive has today."""

    stale: npt.NDArray[np.bool_]
    rows: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0


def _compare(state: TableState, rows: Iterable[ExportRow], spool: Spool, progress: Progress) -> _Comparison:
    """Spool what the table does not have as it is. A row is stale until the archive turns out to have it."""
    result = _Comparison(np.ones(len(state.ids), dtype=np.bool_))
    for batch in in_batches(rows, AT_ONCE):
        digests = [digest_of(row) for row in batch]
        ids = np.array([row.id for row in batch], dtype="S32")
        left, right = np.searchsorted(state.ids, ids, "left"), np.searchsorted(state.ids, ids, "right")
        once = np.flatnonzero(right - left == 1)  # an id that stands twice is written anew, once
        same = once[state.digests[left[once]] == np.array(digests, dtype="S32")[once]]
        result.stale[left[same]] = False
        kept = set(same.tolist())
        fresh = [place for place in range(len(batch)) if place not in kept]
        _spool(spool, [batch[place] for place in fresh], [digests[place] for place in fresh])
        known = int(np.count_nonzero((right > left)[fresh]))
        result.updated += known
        result.inserted += len(fresh) - known
        result.rows += len(batch)
        progress(result.rows)
    result.deleted = len(np.unique(state.ids[result.stale])) - result.updated
    return result


def _spool(spool: Spool, rows: list[ExportRow], digests: list[str]) -> None:
    if rows:
        columns = [*batch_of(rows).columns, pa.array(digests, pa.string())]
        spool.add(pa.RecordBatch.from_arrays(columns, schema=FILE_SCHEMA), [month_of(row) for row in rows])


def _written_files(
    store: Store, state: TableState, comparison: _Comparison, spool: Spool, scratch: Path
) -> Change:
    """Put the files of the next version: spooled rows, and what is good in files that hold stale rows.

    Months are written side by side: packing and hashing leave the interpreter to the other thread.
    """
    stale = np.unique(state.file_of[comparison.stale])
    removed = [state.files[number] for number in (*stale, *state.broken)]
    broken = {state.files[number].path for number in state.broken}
    good = state.ids[~comparison.stale]

    def written(month: str) -> list[DataFile]:
        survivors = (
            _survivors(store, file, good)
            for file in removed
            if file.month == month and file.path not in broken
        )
        batches = chain(spool.batches(month), chain.from_iterable(survivors))
        return list(_files_of_month(store, month, batches, scratch / month))

    with ThreadPoolExecutor(_MONTHS_AT_ONCE) as writers:
        months = sorted({*spool.months, *(file.month for file in removed)})
        added = list(chain.from_iterable(writers.map(written, months)))
    # Written anew with the same bytes: one path may not be added and removed at once, and need not be.
    kept = {file.path for file in added} & {file.path for file in removed}
    return Change(
        tuple(file for file in added if file.path not in kept),
        tuple(file for file in removed if file.path not in kept),
        tuple(file for file in added if file.path in kept & broken),
    )


def _survivors(store: Store, file: DataFile, good: npt.NDArray[Any]) -> Iterator[pa.RecordBatch]:
    """Rows of a file whose ids are in the ascending array `good`."""
    for batch in pq.ParquetFile(store.reader(file.path, file.size)).iter_batches(ROW_GROUP):
        ids = fixed(batch.column("id"))
        places = np.minimum(np.searchsorted(good, ids), max(len(good) - 1, 0))
        mask = good[places] == ids if len(good) else np.zeros(len(ids), dtype=np.bool_)
        yield batch.filter(pa.array(mask))


def _files_of_month(
    store: Store, month: str, batches: Iterable[pa.RecordBatch], scratch: Path
) -> Iterator[DataFile]:
    """Put batches in files of at most FILE_ROWS rows, a row group at a time."""
    for tables in _in_files(batches):
        first, rows = None, 0
        with parquet_writer(scratch, FILE_SCHEMA) as writer:
            for table in tables:
                first = first or table.column("id")[0].as_py()
                rows += len(table)
                writer.write_table(table)
        digest, size = file_digest(scratch), scratch.stat().st_size
        path = f"{MONTH}={month}/{str(first)[:8]}-{digest[:32]}.parquet"
        store.put_once(path, scratch, digest)
        yield DataFile(path, month, size, rows)


def _in_files(batches: Iterable[pa.RecordBatch]) -> Iterator[Iterator[pa.Table]]:
    """Row groups, grouped by the file they belong to; each group has to be used up before the next."""
    groups = _row_groups(batches)
    for first in groups:
        yield chain((first,), islice(groups, FILE_ROWS // ROW_GROUP - 1))


def _row_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables of ROW_GROUP rows, the last one shorter."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        if len(batch):
            waiting.append(batch)
        while sum(map(len, waiting)) >= ROW_GROUP:
            table = pa.Table.from_batches(waiting).combine_chunks()
            yield table.slice(0, ROW_GROUP)
            waiting = table.slice(ROW_GROUP).to_batches()
    if waiting:
        yield pa.Table.from_batches(waiting).combine_chunks()
