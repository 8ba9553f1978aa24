"""Put an archive's own WARC files right after a kill or a loss of power, before anything is written.

A record that was cut off while it was written is taken away; a whole record that no row of the catalog
names is adopted: its page was fetched and must not be fetched again.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, select

from pipelines.archive import tombstones
from pipelines.archive.captures import insert_capture
from pipelines.archive.catalog import Catalog
from pipelines.archive.disk_faults import unwritable
from pipelines.archive.frames import Damage, frames
from pipelines.archive.reader import Found, Revisit, interpret
from pipelines.archive.revisits import insert_revisit
from pipelines.archive.schema import captures, revisits
from pipelines.archive.shelf import COPY_MARK, WARC_FOLDER
from pipelines.archive.warc import writer_of
from pipelines.errors import IpnewsError
from pipelines.records import Capture

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done: bytes cut off per file, and how many captures and revisits were adopted."""

    cut: tuple[tuple[str, int], ...]
    captures: int
    revisits: int


def adopt_capture(connection: Connection, capture: Capture) -> None:
    """Give a capture its row, to be read."""
    insert_capture(connection, capture)


def adopt_revisit(connection: Connection, revisit: Revisit) -> None:
    """Note a revisit; the capture that holds its payload is found when the archive is settled."""
    insert_revisit(connection, revisit)


def recover(
    archive: Path,
    catalog: Catalog,
    *,
    writer_name: str = "",
    adopt: Callable[[Connection, Capture], None] = adopt_capture,
    adopt_again: Callable[[Connection, Revisit], None] = adopt_revisit,
    give_up: Callable[[Connection, Capture | Revisit], None] | None = None,
) -> Recovered:
    """Recover the WARC files in `archive`/warc that `writer_name` wrote (all by default).

    Only for one who knows that nobody else writes to those files. `adopt` is called in a transaction for
    every capture behind the last one of its file that the catalog knows, `adopt_again` for every revisit; a
    crawl passes its own, which also end the address's lease. What it is that these fail on is given to
    `give_up`, so that one page of which our code makes nothing does not keep the archive shut. Raises
    ArchiveUnwritable.
    """
    with catalog.read() as connection:
        known = _last_known(connection)
        withdrawn = tombstones.load(connection)
    cut: list[tuple[str, int]] = []
    adopted: list[tuple[Capture | Revisit, Future[bool]]] = []
    for path in sorted((archive / WARC_FOLDER).glob("*.warc.gz")):
        if COPY_MARK in path.name or (writer_name and writer_of(path.name) != writer_name):
            continue  # a copy was whole before it got its name; its captures come with its part
        clipped = _clipped(path, known.get(path.name, 0))
        if clipped is not None:
            cut.append((path.name, path.stat().st_size - clipped))
            _truncate(path, clipped)
        for item in _behind(path, known.get(path.name, 0)):
            if isinstance(item, Revisit):
                adopted.append((item, catalog.write(_adopting(item, adopt_again, False))))
            elif not withdrawn.cover(item.url, item.id):
                adopted.append((item, catalog.write(_adopting(item, adopt, True))))
    if give_up is not None:
        adopted = [(item, _or_given_up(catalog, item, future, give_up)) for item, future in adopted]
    was_capture = [future.result() for _, future in adopted]
    return Recovered(tuple(cut), sum(was_capture), len(was_capture) - sum(was_capture))


def _or_given_up(
    catalog: Catalog,
    item: Capture | Revisit,
    adopted: Future[bool],
    give_up: Callable[[Connection, Capture | Revisit], None],
) -> Future[bool]:
    """The adoption; where our own code has failed on the item, another that gives it up."""
    failure = adopted.exception()
    if failure is None or isinstance(failure, IpnewsError):
        return adopted
    _LOG.error("%s: our own code failed on its record, which is left to be read", item.url, exc_info=failure)
    return catalog.write(_adopting(item, give_up, isinstance(item, Capture)))


def _last_known(connection: Connection) -> dict[str, int]:
    """File name -> offset of its last record that has a row. Rows come in the order of the records."""
    last: dict[str, int] = {}
    for table in (captures, revisits):
        columns = (table.c.warc_file, func.max(table.c.warc_offset))
        for file, offset in connection.execute(select(*columns).group_by(table.c.warc_file)):
            last[file] = max(last.get(file, 0), offset)
    return last


def _clipped(path: Path, start: int) -> int | None:
    """Where a damage that reaches the end of the file starts; None when the file ends with a whole record."""
    with path.open("rb") as file:
        last = deque(frames(file, start, blocks=False), maxlen=1)
    if last and isinstance(last[0], Damage) and last[0].offset + last[0].length >= path.stat().st_size:
        return last[0].offset
    return None


def _truncate(path: Path, size: int) -> None:
    """Cut a file, or remove it when nothing whole is left of it."""
    try:
        if size == 0:
            path.unlink()
            return
        os.truncate(path, size)
        with path.open("rb") as file:
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(error, str(path)) from None


def _behind(path: Path, start: int) -> Iterator[Capture | Revisit]:
    """The captures and revisits behind the record at `start` (from the beginning for 0)."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for frame in frames(file, start):
            item = interpret(frame, path.name) if frame.offset > start or start == 0 else None
            if isinstance(item, Found):
                yield item.capture
            elif isinstance(item, Revisit):
                yield item


def _adopting(
    item: T, adopt: Callable[[Connection, T], None], is_capture: bool
) -> Callable[[Connection], bool]:
    def work(connection: Connection) -> bool:
        adopt(connection, item)
        return is_capture

    return work
