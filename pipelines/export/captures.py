"""The captures themselves: their WARC records as they lie in the archive, each part with a CDXJ index.

Records are copied byte for byte, in the order of their ids, behind a `warcinfo` record that is the same in
every export: the same captures give the same files. A record that does not match its digest is not passed
on; it is counted, and `ipnews verify` names it.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from pipelines.archive.cdxj import cdxj_lines
from pipelines.archive.reader import Found, read_captures
from pipelines.archive.record import fields_record
from pipelines.archive.shelf import Shelf
from pipelines.export.manifest import MANIFEST, manifest_of
from pipelines.export.parts import (
    Parts,
    check_same_format,
    commit_manifest,
    ends_part,
    part_name,
)
from pipelines.export.result import ExportResult, Progress, silent
from pipelines.export.rows import ExportRow
from pipelines.export.scratch import scratch_folder
from pipelines.export.store import Store, file_digest

_INFO = fields_record(
    "warcinfo",
    str(UUID(int=0)),
    [("WARC-Date", "1970-01-01T00:00:00Z")],
    {"format": "WARC File Format 1.1", "software": "ipnews", "description": "captures chosen by an export"},
)
"""No time and no random id: either would make equal exports differ."""

_GZIP = b"\x1f\x8b"


def write_captures(
    store: Store,
    rows: Iterable[ExportRow],
    shelf: Shelf,
    filters: dict[str, Any],
    progress: Progress = silent,
) -> ExportResult:
    """Make the destination hold the records of these articles, given in ascending order of id.

    Raises ExportError when the store refuses or holds something else.
    """
    before = store.read(MANIFEST)
    check_same_format(store, before, "warc")
    parts = Parts(store)
    damaged = 0
    with scratch_folder() as scratch, closing(_Files(shelf)) as files:
        part = _WarcPart(scratch, parts)
        for done, row in enumerate(rows, start=1):
            record = files.record(row)
            if record is None:
                damaged += 1
            else:
                part.add(row.id, record)
            progress(done)
        part.finish()
    manifest = manifest_of("warc", parts.made.kept, filters, {})
    removed = commit_manifest(store, before, manifest)
    return ExportResult(
        uri=store.address.uri,
        format="warc",
        rows=manifest.rows,
        written=parts.made.written + (before != manifest.encoded()),
        skipped=parts.made.skipped,
        removed=removed,
        bytes_written=parts.made.bytes_written,
        damaged=damaged,
    )


class _Files:
    """Reads records; the file read last stays open, since neighbours often lie in one file."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._name = shelf, ""
        self._file: BinaryIO | None = None

    def record(self, row: ExportRow) -> bytes | None:
        """One record as a gzip member; None when it is gone or not what was read."""
        if row.warc_file is None or row.warc_offset is None or row.warc_length is None:
            return None
        try:
            file = self._opened(row.warc_file)
            file.seek(row.warc_offset)
            data = file.read(row.warc_length)
        except OSError:
            return None
        found = next(iter(read_captures(io.BytesIO(data), row.warc_file)), None)
        if not isinstance(found, Found) or found.capture.payload_digest != row.payload_digest:
            return None
        # WARC 1.1, Annex D: one record, one member. Plain files are foreign ones, referenced in place.
        return data if data.startswith(_GZIP) else gzip.compress(data, 6, mtime=0)

    def _opened(self, name: str) -> BinaryIO:
        if self._file is None or self._name != name:
            self.close()
            self._file, self._name = self._shelf.open(name), name
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class _WarcPart:
    """The part being made. Its index is made when it has its name, which every line of the index holds."""

    def __init__(self, scratch: Path, parts: Parts) -> None:
        self._path, self._parts = scratch / "part", parts
        self._file: io.BufferedWriter | None = None
        self._first, self._last, self._rows = "", "", 0

    def add(self, capture_id: str, record: bytes) -> None:
        if self._file is None:
            self._file, self._first, self._rows = self._path.open("wb"), capture_id, 0
            self._file.write(_INFO)
        self._file.write(record)
        self._last = capture_id
        self._rows += 1
        if ends_part(capture_id):
            self.finish()

    def finish(self) -> None:
        """Put the open part and its index."""
        if self._file is None:
            return
        self._file.close()
        self._file = None
        named = self._path.with_name(part_name(self._first, file_digest(self._path), "warc.gz"))
        self._path.rename(named)
        self._path.write_text("".join(f"{line}\n" for line in sorted(cdxj_lines(named))), encoding="ascii")
        self._parts.keep(named, "warc.gz", self._rows, self._first, self._last)
        self._parts.keep(self._path, "cdxj", 0, self._first, self._last)
