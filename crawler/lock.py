"""The lock on an archive: held by a living process only, because the kernel drops it with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

from pipelines.errors import ArchiveBusy, ArchiveUnwritable

MAX_CRAWLERS = 64
"""Crawlers of one machine on one PostgreSQL frontier."""
MOST_OF_NAME = 256
"""Bytes of the name of a crawler: a label of a host, the number of a place, a token."""


class CrawlLock:
    """One crawler's place in an archive folder; `slot` is its number there.

    With SQLite there is one place. With PostgreSQL many crawlers may share folder and frontier; each takes
    the first free place, and so takes over the WARC files of a dead crawler that had it before. `last_owner`
    is the name that that one has noted here, "" for the first: it is dead, or it would hold the place. A file
    with a process id in it would stay behind a killed process and would have to be judged; flock does not.
    """

    def __init__(self, folder: Path, shared: bool) -> None:
        """Take a place. Raises ArchiveBusy when there is none, ArchiveUnwritable."""
        for slot in range(MAX_CRAWLERS if shared else 1):
            path = folder / f"crawl-{slot}.lock"
            if (descriptor := _try(path)) is not None:
                self.slot, self._path, self._descriptor = slot, path, descriptor
                self.last_owner = os.pread(descriptor, MOST_OF_NAME, 0).decode("ascii", "replace")
                return
        raise ArchiveBusy(
            f"{folder}: another crawl is at work here; wait for it, or stop it with Ctrl-C in its terminal "
            "(backfill, export and report may run beside it)"
        )

    def note(self, owner: str) -> None:
        """Leave the name under which leases are taken to whoever has this place next. Raises
        ArchiveUnwritable."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, owner.encode("ascii"), 0)
        except OSError as error:
            raise _unwritable(self._path, error) from None

    def remove_unused(self) -> None:
        """Take the file of a place away that no crawler has ever had; while the place is held."""
        if self.slot and not os.fstat(self._descriptor).st_size:
            self._path.unlink(missing_ok=True)

    def release(self) -> None:
        """Let go; again does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> CrawlLock:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.release()


@contextmanager
def without_crawlers(folder: Path, shared: bool) -> Iterator[None]:
    """Hold every place: no crawler of this machine is at work in the folder, and none begins. Raises
    ArchiveBusy, ArchiveUnwritable."""
    with ExitStack() as held:
        for _ in range(MAX_CRAWLERS if shared else 1):
            place = held.enter_context(CrawlLock(folder, shared))
            held.callback(place.remove_unused)
        yield


def _try(path: Path) -> int | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not os.fstat(descriptor).st_nlink:  # taken away between the two: whoever comes next makes another
        os.close(descriptor)
        return _try(path)
    return descriptor


def _unwritable(path: Path, error: OSError) -> ArchiveUnwritable:
    return ArchiveUnwritable(
        f"{path}: {error.strerror}; free space or mend the permissions, or give another --archive DIR"
    )
