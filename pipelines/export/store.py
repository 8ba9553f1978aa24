"""Objects of a destination, written once and read back.

An object store promises that a put is whole or not there. It does not promise that what it keeps is what
was sent: no S3 server checks a sha256 unless asked, and proxies change bytes. So every object is read
back and compared. Creation is conditional (If-None-Match: *, RFC 9110 13.1.2), so that two writers never
overwrite each other unseen.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from pipelines.errors import ExportError
from pipelines.export.address import Address, connect, parse_address
from pipelines.export.refusals import already_retried, is_transient, refusal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SINGLE_PUT = 16 * 2**20
"""Bytes. Larger files go up in several parts, which no store can make conditional; they are named by their
content, so that a second writer can only put the same bytes. 16 MiB keeps a single put short enough for a
slow line (one minute at 2 Mbit/s) and the memory it takes negligible."""

_CHUNK = 8 * 2**20
_FILE_CHUNK = 2**20
"""Copied into a folder one MiB after the other: three times 8 MiB at once take new memory for each piece, and
four times the processor time (files of 37 MB)."""

_ATTEMPTS = 3
_WAITS = (0.5, 2.0)
"""Seconds before the second and third attempt at a whole operation, after the store's own retries of single
requests: a body cut in the middle or bytes that came back wrong are seen only here."""

STORE_ERRORS = (BaseError, OSError, NotImplementedError, ValueError)
"""All that obstore raises: its own tree, and Python's errors where one fits."""

T = TypeVar("T")


class Store:
    """One destination. Every method raises ExportError, one line saying what to type, when it refuses."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._is_folder = address.scheme == "file"
        self._store = self._patiently(lambda: connect(address))

    @classmethod
    def open(cls, uri: str) -> Self:
        """Parse the address, connect and look once, so that a wrong key or bucket shows before any work."""
        store = cls(parse_address(uri))
        store._patiently(lambda: next(iter(obstore.list(store._store, chunk_size=1)), None))
        return store

    def sizes(self, prefix: str | None = None) -> dict[str, int]:
        """Objects under the destination: name -> bytes."""

        def listed() -> dict[str, int]:
            batches = obstore.list(self._store, prefix=prefix)
            return {meta["path"]: meta["size"] for batch in batches for meta in batch}

        return self._patiently(listed)

    def read(self, name: str) -> bytes | None:
        """A whole small object, or None when it is not there."""

        def got() -> bytes | None:
            try:
                return bytes(obstore.get(self._store, name).bytes())
            except FileNotFoundError:
                return None

        return self._patiently(got)

    def reader(self, name: str, size: int) -> io.RawIOBase:
        """A seekable reader that fetches ranges on demand, as Parquet files are read."""
        return _Ranges(self, name, size)

    def range(self, name: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`. Raises ExportError also when the object is gone."""

        def got() -> bytes:
            try:
                return bytes(obstore.get_range(self._store, name, start=start, end=end))
            except FileNotFoundError:
                raise ExportError(
                    f"{self.address.uri}: {name} is gone; type ipnews verify {self.address.uri}"
                ) from None

        return self._patiently(got)

    def digest(self, name: str) -> str | None:
        """sha256 (hex) of what the store gives back, streamed; None when it is not there."""

        def hashed() -> str | None:
            try:
                return self._local_digest(name) if self._is_folder else self._remote_digest(name)
            except FileNotFoundError:
                return None

        return self._patiently(hashed)

    def _local_digest(self, name: str) -> str:
        """Not through obstore, which reads 8 KiB at a time in another thread, in six times the time."""
        return file_digest(Path(self.address.path, name))

    def _remote_digest(self, name: str) -> str:
        digest = hashlib.sha256()
        for chunk in obstore.get(self._store, name).stream(min_chunk_size=2**20):
            digest.update(chunk)
        return digest.hexdigest()

    def put_once(self, name: str, content: bytes | Path, sha256: str) -> None:
        """Put an object named by its content and read it back.

        An object of that name with other bytes is damaged and is replaced. Raises ExportError when what
        reads back still differs after three attempts.
        """
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        for attempt in range(_ATTEMPTS):
            mode = "create" if attempt == 0 and size <= SINGLE_PUT else "overwrite"
            with suppress(AlreadyExistsError):
                self._patiently(partial(self._put, name, content, mode))
            if self.digest(name) == sha256:
                return
            time.sleep(_WAITS[min(attempt, len(_WAITS) - 1)])
        raise ExportError(
            f"{self.address.uri}: {name} reads back differently after {_ATTEMPTS} attempts; nothing of this "
            "export is visible: look at proxies and caches on the way, then the same command again"
        )

    def replace(self, name: str, content: bytes, before: bytes | None) -> None:
        """Put an object in place of the content seen before (None: nothing), and read it back.

        Raises ExportError when another writer was faster.
        """
        mode: Any = "create"
        if before is not None:
            mode = {"e_tag": self._patiently(lambda: obstore.head(self._store, name))["e_tag"]}
            if self._is_folder:
                mode = "overwrite"
        if self.read(name) == before:
            with suppress(AlreadyExistsError, PreconditionError):
                self._patiently(lambda: self._put(name, content, mode))
        if not any(self.read(name) == content for _ in range(_ATTEMPTS)):
            raise ExportError(
                f"{self.address.uri}: {name} was changed by another export meanwhile; the same command again"
            )

    def delete(self, names: Iterable[str]) -> None:
        """Delete objects; one that is gone already is no error."""
        for name in names:
            with suppress(FileNotFoundError):
                self._patiently(partial(obstore.delete, self._store, name))

    def _put(self, name: str, content: bytes | Path, mode: Any) -> None:
        chunk, at_once = (_FILE_CHUNK, 1) if self._is_folder else (_CHUNK, 3)
        obstore.put(self._store, name, content, mode=mode, chunk_size=chunk, max_concurrency=at_once)

    def _patiently(self, operation: Callable[[], T]) -> T:
        """Run an operation again when the line broke, with pauses; translate what is final."""
        for wait in (*_WAITS, None):
            try:
                return operation()
            except (AlreadyExistsError, PreconditionError, FileNotFoundError):
                raise
            except STORE_ERRORS as error:
                if wait is None or not is_transient(error) or already_retried(error):
                    raise refusal(error, self.address) from None
                time.sleep(wait)
        raise AssertionError("unreachable: the last wait is None")


def file_digest(path: Path) -> str:
    """sha256 (hex) of a local file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Ranges(io.RawIOBase):
    """One object as a file of ranges: obstore's own reader lacks what pyarrow asks of a file."""

    def __init__(self, store: Store, name: str, size: int) -> None:
        self._source, self._name, self._size, self._position = store, name, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        end = min(self._position + len(view), self._size)
        if self._position >= end:
            return 0
        content = self._source.range(self._name, self._position, end)
        view[: end - self._position] = content
        count, self._position = end - self._position, end
        return count
