"""Snapshots: Parquet or JSON lines in parts named by their content, and a manifest that is put last.

Rows come in the order of their ids and are cut into parts by their ids (`parts.ends_part`), so the bytes
depend on the rows alone: not on the order in which articles were read, nor on what was exported before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipelines.export.columns import AT_ONCE
from pipelines.export.formats import FORMATS, FileWriter, SnapshotFormat
from pipelines.export.manifest import MANIFEST, manifest_of
from pipelines.export.parts import Parts, check_same_format, commit_manifest, ends_part
from pipelines.export.result import ExportResult, Progress, silent
from pipelines.export.rows import SCHEMA, ExportRow
from pipelines.export.scratch import scratch_folder
from pipelines.export.store import Store

_AHEAD = 4
"""Batches waiting for the writing thread, which compresses while the next rows are made."""


def publish(
    store: Store, form: SnapshotFormat, filters: dict[str, Any], make: Callable[[Parts], object]
) -> ExportResult:
    """Make the destination hold exactly the parts that `make` puts (by way of `make_parts`).

    Nothing is written when it does already. Raises ExportError when the store refuses or holds something
    else, SchemaError for a damaged or newer manifest.
    """
    before = store.read(MANIFEST)
    check_same_format(store, before, form)
    parts = Parts(store)
    make(parts)
    fields = {field.name: str(field.type) for field in SCHEMA}
    manifest = manifest_of(form, parts.made.kept, filters, fields)
    removed = commit_manifest(store, before, manifest)
    return ExportResult(
        uri=store.address.uri,
        format=form,
        rows=manifest.rows,
        written=parts.made.written + (before != manifest.encoded()),
        skipped=parts.made.skipped,
        removed=removed,
        bytes_written=parts.made.bytes_written,
    )


def make_parts(
    parts: Parts, rows: Iterable[ExportRow], form: SnapshotFormat, progress: Progress = silent
) -> None:
    """Put rows, given in ascending order of id, as parts. Raises ValueError when ids do not ascend."""
    with scratch_folder() as scratch, ThreadPoolExecutor(1) as worker:
        _feed(_Sink(parts, form, scratch), rows, worker, progress)


def _feed(sink: _Sink, rows: Iterable[ExportRow], worker: ThreadPoolExecutor, progress: Progress) -> None:
    """Turn rows into batches here, compress and store them in the worker; stop at the first failure."""
    waiting: deque[Future[None]] = deque()
    done = 0
    try:
        for batch, ends in batches(rows):
            waiting.append(
                worker.submit(sink.add, sink.form.prepare(batch), batch[0].id, batch[-1].id, len(batch), ends)
            )
            if len(waiting) > _AHEAD:
                waiting.popleft().result()
            done += len(batch)
            progress(done)
        while waiting:
            waiting.popleft().result()
        worker.submit(sink.finish).result()
    finally:
        for future in waiting:
            future.cancel()


def batches(rows: Iterable[ExportRow]) -> Iterator[tuple[list[ExportRow], bool]]:
    """(rows, whether a part ends behind them): at most AT_ONCE rows each."""
    batch: list[ExportRow] = []
    last = ""
    for row in rows:
        if row.id <= last:
            raise ValueError(f"rows must ascend by id: {row.id} came after {last}")
        last = row.id
        batch.append(row)
        ends = ends_part(row.id)
        if ends or len(batch) == AT_ONCE:
            yield batch, ends
            batch = []
    if batch:
        yield batch, False


class _Sink:
    """Makes files of prepared batches and hands finished ones to the store. Used by one thread."""

    def __init__(self, parts: Parts, form: SnapshotFormat, scratch: Path) -> None:
        self.form = FORMATS[form]
        self._parts, self._path = parts, scratch / "part"
        self._file: FileWriter | None = None
        self._failed = False
        self._first, self._last, self._rows = "", "", 0

    def add(self, prepared: Any, first: str, last: str, rows: int, ends: bool) -> None:
        """Append a batch; behind the last one of a part, store the part. After a failure, nothing more."""
        if self._failed:
            return
        self._failed = True
        if self._file is None:
            self._file, self._first, self._rows = self.form.open(self._path), first, 0
        self._file.write(prepared)
        self._last = last
        self._rows += rows
        if ends:
            self.finish()
        self._failed = False

    def finish(self) -> None:
        """Store what is open, if anything is."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        self._parts.keep(self._path, self.form.suffix, self._rows, self._first, self._last)
