"""Write the archive's WARC files: a record is with the kernel before anything else looks at the page."""

from __future__ import annotations

import io
import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines.archive.codings import Headers
from pipelines.archive.record import (
    Fields,
    RevisitProfile,
    archived,
    fields_record,
    payload_digest,
    request_record,
    response_record,
    revisit_record,
    target_uri,
)
from pipelines.errors import ArchiveUnwritable, UsageError
from pipelines.records import Capture, WarcPointer

__all__ = [
    "ROTATE_AT", "RevisitProfile", "WarcWriter", "archived", "payload_digest", "target_uri", "writer_of",
]  # fmt: skip

ROTATE_AT = 1 << 30
"""Bytes. The WARC standard recommends files of about 1 GB (ISO 28500:2017, Annex C)."""

_WRITER_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_FILE_NAME = re.compile(rf"ipnews-\d{{17}}-\d{{5,}}-({_WRITER_NAME.pattern})\.warc\.gz")
_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


class WarcWriter:
    """Appends records to the WARC files of one writer in one folder.

    A record, or a request with its response, reaches the kernel before the method returns: it outlives
    SIGKILL of this process. `sync()` makes everything so far outlive a loss of power; call it before the
    transaction that names the records. A write that fails is taken back, so the file stays valid. The
    first record opens the file. One writer, one thread.
    """

    def __init__(
        self,
        folder: Path,
        writer_name: str,
        max_bytes: int = ROTATE_AT,
        *,
        info: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        """`info` adds lines to every file's warcinfo (operator, robots, http-header-user-agent ...). `new_id`
        names records."""
        if not _WRITER_NAME.fullmatch(writer_name):
            raise UsageError(f"writer name {writer_name!r}: use a-z, 0-9, '.' and '-', at most 63 characters")
        self._folder, self._name, self._max = folder, writer_name, max_bytes
        self._info, self._now, self._next_id = dict(info or {}), now, new_id
        self._file: io.FileIO | None = None
        self._path = folder
        self._offset = 0
        self._serial = 0
        self._of_file: Fields = []

    def write_exchange(
        self, capture: Capture, request_headers: Headers = (), *, method: str = "GET", ip: str | None = None
    ) -> Capture:
        """Write one answer and the request for it; returns the capture as archived, with `warc` set.

        The request goes first, so that a whole response means a whole exchange. A capture of kind
        `rendered` or `resource` becomes one `resource` record. Raises ArchiveUnwritable.
        """
        capture = archived(capture)
        self._make_ready()
        record_id = self._new_id()
        if capture.kind != "response":
            return replace(capture, warc=self._append(response_record(record_id, capture, self._of_file)))
        extra = [*self._of_file, *([("WARC-IP-Address", ip)] if ip else [])]
        request = request_record(self._new_id(), record_id, capture, method, request_headers, extra)
        return replace(capture, warc=self._append(response_record(record_id, capture, extra), request))

    def write_revisit(
        self, capture: Capture, profile: RevisitProfile, refers_to_date: str, request_headers: Headers = ()
    ) -> WarcPointer:
        """Record that an address still had the payload of an earlier capture.

        `capture` has the new time, status and headers and the *known* payload digest; its payload is not
        written. `refers_to_date` is the WARC-Date of the capture that holds it. Raises ArchiveUnwritable.
        """
        capture = replace(capture, url=target_uri(capture.url))
        self._make_ready()
        record_id = self._new_id()
        request = request_record(self._new_id(), record_id, capture, "GET", request_headers, self._of_file)
        return self._append(
            revisit_record(record_id, capture, profile, refers_to_date, self._of_file), request
        )

    def write_metadata(self, url: str, content: Mapping[str, str]) -> WarcPointer:
        """Write what is known of an address as one `metadata` record. Raises ArchiveUnwritable."""
        self._make_ready()
        fields = [("WARC-Target-URI", target_uri(url)), ("WARC-Date", self._timestamp()), *self._of_file]
        return self._append(fields_record("metadata", self._new_id(), fields, content))

    def sync(self) -> None:
        """Wait until the disk holds everything written so far (fsync). Raises ArchiveUnwritable."""
        if self._file is not None:
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                raise _unwritable(self._path, error) from None

    def close(self) -> None:
        """Sync and close the current file; a later record opens a new one."""
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def __enter__(self) -> WarcWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make_ready(self) -> None:
        if self._file is not None and self._offset >= self._max:
            self.close()
        if self._file is None:
            self._open()

    def _open(self) -> None:
        """Start a file whose name sorts by time and names its writer; never one that exists."""
        stamp = self._now().strftime("%Y%m%d%H%M%S%f")[:17]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            while self._file is None:
                self._path = self._folder / f"ipnews-{stamp}-{self._serial:05d}-{self._name}.warc.gz"
                self._serial += 1
                try:
                    self._file = self._path.open("xb", buffering=0)
                except FileExistsError:
                    continue
        except OSError as error:
            raise _unwritable(self._path, error) from None
        self._offset = 0
        record_id = self._new_id()
        fields = [("WARC-Date", self._timestamp()), ("WARC-Filename", self._path.name)]
        info = {"software": "ipnews", "format": "WARC File Format 1.1", "conformsTo": _CONFORMS_TO}
        self._append(fields_record("warcinfo", record_id, fields, info | self._info))
        self._of_file = [("WARC-Warcinfo-ID", f"<urn:uuid:{record_id}>")]

    def _append(self, member: bytes, before: bytes = b"") -> WarcPointer:
        """Write `before` and `member` in one go; the pointer is the member's."""
        assert self._file is not None
        view = memoryview(before + member)
        try:
            while view:
                view = view[self._file.write(view) or 0 :]
        except OSError as error:
            self._take_back()
            raise _unwritable(self._path, error) from None
        pointer = WarcPointer(self._path.name, self._offset + len(before), len(member))
        self._offset += len(before) + len(member)
        return pointer

    def _new_id(self) -> str:
        return str(self._next_id())

    def _take_back(self) -> None:
        """Cut a torn record off. A disk that does not even do that gets no record behind it: the next one
        begins another file, and the torn one is cut off when the archive is recovered."""
        assert self._file is not None
        try:
            os.ftruncate(self._file.fileno(), self._offset)
            self._file.seek(self._offset)
        except OSError:
            self._offset = self._max

    def _timestamp(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")


def writer_of(file_name: str) -> str | None:
    """The writer that the name of a WARC file bears; None where no WarcWriter gave it."""
    found = _FILE_NAME.fullmatch(file_name)
    return found[1] if found else None


def _unwritable(path: Path, error: OSError) -> ArchiveUnwritable:
    return ArchiveUnwritable(
        f"{path}: {error.strerror or error}; what was written before is valid: free space or mend the "
        "permissions and give the same command again"
    )
