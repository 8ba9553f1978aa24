"""`export`: from an archive's catalog to a destination, in one of the formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from pipelines.archive.catalog import Catalog
from pipelines.archive.shelf import Shelf
from pipelines.errors import ExportError, UsageError
from pipelines.export.captures import write_captures
from pipelines.export.delta import write_delta
from pipelines.export.filters import Filters
from pipelines.export.formats import SnapshotFormat
from pipelines.export.parallel import make_parts_in_processes, processes_for
from pipelines.export.parts import Parts
from pipelines.export.result import ExportResult, Progress, silent
from pipelines.export.selection import selected
from pipelines.export.snapshot import make_parts, publish
from pipelines.export.store import Store

Format = Literal["delta", "parquet", "jsonl", "warc"]


def export(
    catalog: Catalog,
    shelf: Shelf,
    uri: str,
    form: Format = "parquet",
    filters: Filters | None = None,
    progress: Progress = silent,
) -> ExportResult:
    """Make the destination hold what the filters take of the archive; nothing is written when it does.

    `shelf` opens the WARC files (for `warc` only). Raises UsageError for an unknown format, ExportError when
    the destination refuses or this machine has no room to work in, SchemaError for a destination of a newer
    or foreign schema.
    """
    filters = filters or Filters()
    if form not in get_args(Format):
        raise UsageError(f"--format {form}: type --format with one of {', '.join(get_args(Format))}")
    store = Store.open(uri)
    with _room_to_work():
        if form == "warc":
            return write_captures(store, selected(catalog, filters), shelf, filters.as_json(), progress)
        if form == "delta":
            return write_delta(store, selected(catalog, filters), filters.as_json(), progress)
        return publish(store, form, filters.as_json(), partial(_make, catalog, uri, form, filters, progress))


def _make(
    catalog: Catalog, uri: str, form: SnapshotFormat, filters: Filters, progress: Progress, parts: Parts
) -> None:
    """Make a snapshot's parts, on all cores when there are many and nobody else writes."""
    processes = processes_for(catalog)
    if processes > 1:
        folder = Path(catalog.where)
        if make_parts_in_processes(parts, folder, uri, form, filters, processes, progress):
            return
    make_parts(parts, selected(catalog, filters), form, progress)


@contextmanager
def _room_to_work() -> Iterator[None]:
    """Parts are made in the folder for temporary files before they go up; it may be full or closed to us."""
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"no room to prepare the export ({error.strerror or error}); "
            "set TMPDIR to a folder with free space, then the same command again"
        ) from None
