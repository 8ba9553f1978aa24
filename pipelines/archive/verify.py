"""What is damaged in an archive, where, and what to type. Reads everything, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Column, Connection, Table, select
from sqlalchemy.exc import DatabaseError

from pipelines.archive import articles as article_rows
from pipelines.archive import captures as capture_rows
from pipelines.archive import tombstones
from pipelines.archive.captures import CaptureRow
from pipelines.archive.catalog import Catalog
from pipelines.archive.faults import REBUILD
from pipelines.archive.frames import frames
from pipelines.archive.parts import DRAFT, PARTS_FOLDER
from pipelines.archive.reader import Found, interpret
from pipelines.archive.schema import articles, captures, drops, edits, revisits, settled, sketches
from pipelines.archive.shelf import WARC_FOLDER, Shelf
from pipelines.records import Drop, Reason, replay


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where, what was seen, and what to type or do."""

    where: str
    seen: str
    remedy: str

    def line(self) -> str:
        """The problem in one line."""
        return f"{self.where}: {self.seen}; {self.remedy}"


_READ_AGAIN = "put the file back, or read what is left of it: ipnews backfill --own"
_TAKE_IN = "take it in: ipnews backfill ARCHIVE/warc"
_REREAD = "read it again: ipnews backfill --own"


def verify(archive: Path, catalog: Catalog) -> Iterator[Problem]:
    """The problems of an archive: database, WARC files, pointers, digests, orphans, edits, leftovers."""
    with catalog.read() as connection:
        if damage := list(_database(connection, catalog.where)):
            yield from damage
            return  # what a damaged database says of the rest means nothing
        shelf = Shelf.of(archive, connection)
        withdrawn = tombstones.load(connection)
        named = set(connection.scalars(select(captures.c.warc_file).distinct()))
        named |= set(connection.scalars(select(revisits.c.warc_file).distinct()))
        for name in sorted(named | {path.name for path in (archive / WARC_FOLDER).glob("*.warc.gz")}):
            yield from _warc(connection, shelf, name, withdrawn, own=(archive / WARC_FOLDER / name).exists())
        yield from _orphans(connection)
        yield from _unreplayable(connection)
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
                again.pop(frame.offset, None)
                if isinstance(item, Drop) and (own or pointing):
                    yield from _refused(item, pointing)
                elif isinstance(item, Found):
                    yield from _mismatches(item, frame.length, pointing)
                    if own and not pointing and not _is_known(connection, item, withdrawn):
                        yield Problem(
                            f"{name}, byte {frame.offset:,}", "a capture that no row names", _TAKE_IN
                        )
    except OSError as error:
        lost = len(rows) + len(again)
        yield Problem(shelf.place(name), f"{error.strerror or error}: {lost:,} rows point there", _READ_AGAIN)
        return
    for offset in sorted({*rows, *again}):
        yield Problem(f"{name}, byte {offset:,}", "no record starts where a row points", _READ_AGAIN)


def _refused(drop: Drop, pointing: list[CaptureRow]) -> Iterator[Problem]:
    if drop.reason is not Reason.BAD_RECORD and not pointing:
        return  # too large, or coded beyond undoing: whole on disk, and counted as a drop
    where, _, seen = drop.detail.partition(": ")
    remedy = _READ_AGAIN if pointing else "no row points there; the next ipnews crawl cuts a clipped end off"
    yield Problem(where, seen, remedy)


def _mismatches(item: Found, length: int, pointing: list[CaptureRow]) -> Iterator[Problem]:
    for row in pointing:
        where = f"{row.warc.file}, byte {row.warc.offset:,}"
        if row.payload_digest != item.capture.payload_digest:
            yield Problem(where, f"payload has another digest than row {row.id}", _READ_AGAIN)
        elif row.warc.length != length:
            yield Problem(
                where, f"record has {length:,} bytes, row {row.id} says {row.warc.length:,}", _TAKE_IN
            )


def _is_known(connection: Connection, item: Found, withdrawn: tombstones.Tombstones) -> bool:
    """Whether a capture has its row, or needs none: a crawl keeps each robots.txt it obeyed, as no page."""
    capture = item.capture
    if urlsplit(capture.url).path == "/robots.txt":
        return True
    return withdrawn.cover(capture.url, capture.id) or capture_rows.find(connection, capture.id) is not None


def _orphans(connection: Connection) -> Iterator[Problem]:
    article_ids, capture_ids = select(articles.c.id), select(captures.c.id)
    numbers = select(articles.c.number)
    # A drop of a record that never became a capture has no row there; that is in order.
    bare = (Reason.BAD_RECORD, Reason.TOO_LARGE, Reason.TRUNCATED, Reason.WITHDRAWN)
    checks = [
        (articles, articles.c.id.not_in(capture_ids), "an article without its capture", _TAKE_IN),
        (edits, edits.c.article_id.not_in(article_ids), "edits of no article", _REREAD),
        (sketches, sketches.c.number.not_in(numbers), "a sketch of no article", _REREAD),
        (settled, settled.c.id.not_in(article_ids), "settled, but no article", "settle again: ipnews crawl"),
        (
            drops,
            drops.c.capture_id.not_in(capture_ids) & drops.c.reason.not_in(bare),
            "a drop of no capture",
            _TAKE_IN,
        ),
        (
            captures,
            (captures.c.read_state == "article") & captures.c.id.not_in(article_ids),
            "read as an article that is not there",
            _REREAD,
        ),
        (
            captures,
            (captures.c.read_state == "drop") & captures.c.id.not_in(select(drops.c.capture_id)),
            "dropped without a reason",
            _REREAD,
        ),
    ]
    for table, wrong, seen, remedy in checks:
        for key in connection.scalars(select(_key(table)).where(wrong).order_by(_key(table))):
            yield Problem(f"table {table.name}, {key}", seen, remedy)


def _key(table: Table) -> Column[Any]:
    (column,) = table.primary_key
    return column


def _unreplayable(connection: Connection) -> Iterator[Problem]:
    for article in article_rows.iterate(connection, whole=True):
        try:
            for field, found in (
                ("headline", article.headline_raw),
                ("article_body", article.article_body_raw),
                ("origin", article.origin_raw),
            ):
                replay(found, article.edits, field)
        except ValueError as error:
            yield Problem(f"article {article.id}", str(error), _REREAD)
