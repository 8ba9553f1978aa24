"""What is damaged in an archive, where, and what to type. Reads everything, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from pipelines.archive import captures as capture_rows
from pipelines.archive import tombstones
from pipelines.archive.capture_rows import CaptureRow
from pipelines.archive.catalog import Catalog
from pipelines.archive.faults import REBUILD
from pipelines.archive.foreign import shelf_of
from pipelines.archive.frames import frames
from pipelines.archive.parts import DRAFT, PARTS_FOLDER
from pipelines.archive.problems import PUT_BACK, TAKE_IN, Problem
from pipelines.archive.reader import Found, Revisit, interpret
from pipelines.archive.row_faults import faults_of_rows
from pipelines.archive.schema import captures, revisits
from pipelines.archive.shelf import WARC_FOLDER, Shelf
from pipelines.records import Drop, Reason


def verify(archive: Path, catalog: Catalog) -> Iterator[Problem]:
    """The problems of an archive: database, WARC files, pointers, digests, orphans, edits, leftovers."""
    with catalog.read() as connection:
        if damage := list(_database(connection, catalog.where)):
            yield from damage
            return  # what a damaged database says of the rest means nothing
        shelf = shelf_of(archive, connection)
        withdrawn = tombstones.load(connection)
        named = set(connection.scalars(select(captures.c.warc_file).distinct()))
        named |= set(connection.scalars(select(revisits.c.warc_file).distinct()))
        for name in sorted(named | {path.name for path in (archive / WARC_FOLDER).glob("*.warc.gz")}):
            yield from _warc(connection, shelf, name, withdrawn, own=(archive / WARC_FOLDER / name).exists())
        yield from faults_of_rows(connection, withdrawn)
    for draft in sorted((archive / PARTS_FOLDER).glob(f"*{DRAFT}")):
        yield Problem(str(draft), "left by a process that was killed", "the next ipnews backfill removes it")


def _database(connection: Connection, where: str) -> Iterator[Problem]:
    if connection.dialect.name != "sqlite":
        return
    try:
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if said != "ok":
                yield Problem(where, " ".join(str(said).split()), REBUILD)
    except DatabaseError as error:
        yield Problem(where, str(error.orig), REBUILD)


def _warc(
    connection: Connection, shelf: Shelf, name: str, withdrawn: tombstones.Tombstones, *, own: bool
) -> Iterator[Problem]:
    """One file against the rows that point into it. Of a foreign file only what the rows name matters."""
    of_file = captures.c.warc_file == name
    rows: dict[int, list[CaptureRow]] = {}
    for row in capture_rows.iterate(connection, where=of_file):
        rows.setdefault(row.warc.offset, []).append(row)
    again = dict(
        connection.execute(
            select(revisits.c.warc_offset, revisits.c.url).where(revisits.c.warc_file == name)
        ).all()
    )
    try:
        with shelf.open(name) as file:
            for frame in frames(file):
                item = interpret(frame, name)
                pointing = rows.pop(frame.offset, [])
                if isinstance(item, Found | Revisit) or (own and isinstance(item, Drop)):
                    again.pop(frame.offset, None)
                if pointing and not isinstance(item, Found | Drop):
                    seen = f"row {pointing[0].id} points to a record that holds no page"
                    yield Problem(f"{name}, byte {frame.offset:,}", seen, PUT_BACK)
                if isinstance(item, Drop) and (own or pointing):
                    yield from _refused(item, pointing)
                elif isinstance(item, Found):
                    yield from _mismatches(connection, item, frame.length, pointing)
                    if own and not pointing and not _is_known(connection, item, withdrawn):
                        yield Problem(
                            f"{name}, byte {frame.offset:,}", "a capture that no row names", TAKE_IN
                        )
    except OSError as error:
        lost = len(rows) + len(again)
        yield Problem(shelf.place(name), f"{error.strerror or error}: {lost:,} rows point there", PUT_BACK)
        return
    for offset in sorted({*rows, *again}):
        seen = "no record starts where a row points" if offset in rows else "a revisit points to no answer"
        yield Problem(f"{name}, byte {offset:,}", seen, PUT_BACK)


def _refused(drop: Drop, pointing: list[CaptureRow]) -> Iterator[Problem]:
    if drop.reason is not Reason.BAD_RECORD and not pointing:
        return  # too large, or coded beyond undoing: whole on disk, and counted as a drop
    where, _, seen = drop.detail.partition(": ")
    remedy = PUT_BACK if pointing else "no row points there; the next ipnews crawl cuts a clipped end off"
    yield Problem(where, seen, remedy)


def _mismatches(
    connection: Connection, item: Found, length: int, pointing: list[CaptureRow]
) -> Iterator[Problem]:
    for row in pointing:
        where = f"{row.warc.file}, byte {row.warc.offset:,}"
        if row.payload_digest != item.capture.payload_digest:
            yield Problem(where, f"payload has another digest than row {row.id}", PUT_BACK)
        elif row.warc.length != length:
            yield Problem(
                where, f"record has {length:,} bytes, row {row.id} says {row.warc.length:,}", PUT_BACK
            )
        elif row.url != item.capture.url and not _is_revisit(connection, row):
            yield Problem(where, f"record of {item.capture.url}, row {row.id} says {row.url}", PUT_BACK)


def _is_revisit(connection: Connection, row: CaptureRow) -> bool:
    """Whether a capture has another address's record because a revisit said that it has its payload."""
    of_row = (revisits.c.capture_id == row.id) & (revisits.c.url == row.url)
    return connection.scalar(select(revisits.c.url).where(of_row).limit(1)) is not None


def _is_known(connection: Connection, item: Found, withdrawn: tombstones.Tombstones) -> bool:
    """Whether a capture has its row, or needs none: a crawl keeps each robots.txt it obeyed, as no page."""
    capture = item.capture
    if urlsplit(capture.url).path == "/robots.txt":
        return True
    return withdrawn.cover(capture.url, capture.id) or capture_rows.find(connection, capture.id) is not None
