"""Files -> ranges: stretches of whole records, small enough that a kill loses little."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.frames import borders
from pipelines.archive.remote import look_at
from pipelines.archive.shelf import open_location
from pipelines.errors import SourceError
from pipelines.sources.expand import SourceFile, members

RANGE_BYTES = 2 << 20
"""Bytes of a file in one range: some 140 compressed pages, about a second of reading. That is what a kill can
lose, and what the cores may have to wait for at the end: with ranges of 8 MB two cores read a file of 37 MB
in three rounds of the time of one range, where 2.4 would do."""


@dataclass(frozen=True, slots=True)
class Range:
    """Records of one file that start in `start <= offset < end`; `end` None is the end of the file."""

    name: str
    location: str
    digest: str
    start: int
    end: int | None

    @property
    def key(self) -> str:
        """What the range is, whatever the file is called and wherever it lies."""
        return f"{self.digest.rpartition(':')[2][:24]}-{self.start:012x}"

    def in_shard(self, shard: tuple[int, int]) -> bool:
        """Whether shard (i, n), i from 0, reads this range: by its content, so that no order matters."""
        number, count = shard
        return int(hashlib.sha256(self.key.encode()).hexdigest()[:12], 16) % count == number


def fingerprint(file: SourceFile) -> tuple[str, int]:
    """(digest, size in bytes) of a source: sha256 of a local file, size and ETag of a remote one.

    Raises SourceError when it cannot be read.
    """
    try:
        if not file.is_local:
            return _remote_fingerprint(file.location)
        with Path(file.location).open("rb") as data:
            return f"sha256:{hashlib.file_digest(data, 'sha256').hexdigest()}", data.tell()
    except OSError as error:
        raise SourceError(f"{file.location}: {error.strerror or error}; check the address") from None


def ranges(file: SourceFile, name: str, digest: str) -> Iterator[Range]:
    """The ranges of a file, in order; together they hold each of its records once.

    The borders are found by walking the file's records as the reader will.
    A remote file is one range: it is not fetched twice. Raises SourceError.
    """
    with reading_from(file.location):
        yield from _ranges(file, name, digest)


@contextmanager
def reading_from(location: str) -> Iterator[None]:
    """What a source refuses, as one line: a disk that is gone, a server that ended."""
    try:
        yield
    except OSError as error:
        said = error.strerror or error
        raise SourceError(
            f"{location}: {said}; when it is back, the same command goes on from here"
        ) from None


def _ranges(file: SourceFile, name: str, digest: str) -> Iterator[Range]:
    for start, end in members(file):
        if not file.is_local:
            yield Range(name, file.location, digest, start, end)
            continue
        with open_location(file.location) as data:
            first = start
            size = (data.seek(0, os.SEEK_END) if end is None else end) - start
            for offset in borders(data, start, end) if size > RANGE_BYTES else ():
                if offset - first >= RANGE_BYTES:
                    yield Range(name, file.location, digest, first, offset)
                    first = offset
            yield Range(name, file.location, digest, first, end)


def _remote_fingerprint(location: str) -> tuple[str, int]:
    size, tag = look_at(location)
    identity = f"{location}\n{size}\n{tag}"
    return f"etag:{hashlib.sha256(identity.encode()).hexdigest()}", size
