"""Archives into one: shards of a backfill, crawls of several machines."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, select

from pipelines.archive import captures as capture_rows
from pipelines.archive import tombstones
from pipelines.archive.article_rows import with_pointer
from pipelines.archive.articles import packed_rows
from pipelines.archive.batches import GROUP, in_batches
from pipelines.archive.capture_rows import CaptureRow
from pipelines.archive.catalog import Catalog
from pipelines.archive.disk_faults import unwritable
from pipelines.archive.drops import drops_of, lone_drops
from pipelines.archive.foreign import note_source
from pipelines.archive.intake import Counts, take_in
from pipelines.archive.parts import Part
from pipelines.archive.reader import Revisit
from pipelines.archive.revisits import resolve_revisits
from pipelines.archive.schema import addresses, captures, links, revisits, sources
from pipelines.archive.schema import parts as ledger
from pipelines.archive.schema import tombstones as stones
from pipelines.archive.settling import settling_alone
from pipelines.archive.shelf import WARC_FOLDER
from pipelines.archive.withdraw import DEAD, Target, withdraw
from pipelines.errors import UsageError
from pipelines.records import WarcPointer


def merge(archives: Iterable[Path], into: Path, target: Catalog, *, at: str) -> Counts:
    """Take whole archives into the one at `into`, whose catalog is `target`; settle is due afterwards.

    WARC files are linked where the file system can, else copied. Of one version held by several, the
    earliest record stands, so the order of `archives` does not matter; doing it again changes nothing.
    Raises UsageError for an archive merged into itself, ArchiveError, ArchiveUnwritable.
    """
    total = Counts()
    for archive in archives:
        if archive.resolve() == into.resolve():
            raise UsageError(
                f"{archive}: an archive cannot be merged into itself; "
                f"name another to take it in: ipnews merge {archive} --archive OTHER"
            )
        with Catalog.open(archive, read_only=True) as source, source.read() as connection:
            _bring_files(archive, into)
            renamed = _note_foreign(connection, target, at)
            _bring_tombstones(connection, target, at)
            for part in _parts(connection, renamed):
                total += take_in(target, part, run=None, taken_at=at, ledger=False).result()
            for table in (addresses, links, ledger):
                _bring_rows(connection, target, table)
    target.write(resolve_revisits).result()
    return total


def _bring_files(archive: Path, into: Path) -> None:
    """All of them or, where one cannot be had, none: what was linked would stand here without rows."""
    folder = into / WARC_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = {path: folder / path.name for path in sorted((archive / WARC_FOLDER).glob("*.warc.gz"))}
        for path, here in files.items():
            if here.exists() and not filecmp.cmp(path, here, shallow=False):
                raise UsageError(
                    f"{path} and {here} share a name and differ: one is damaged, or was copied while a crawl "
                    "wrote it. `ipnews verify` says which archive is whole; copy the file from there"
                )
        for path, here in files.items():
            if not here.exists():
                _link(path, here)
    except OSError as error:
        raise unwritable(error, str(folder)) from None


def _link(path: Path, here: Path) -> None:
    try:
        os.link(path, here)
    except OSError:  # another file system, or one without links
        draft = here.with_suffix(".tmp")
        shutil.copyfile(path, draft)
        draft.replace(here)


def _note_foreign(connection: Connection, target: Catalog, at: str) -> dict[str, str]:
    """Note the foreign files; old name -> new name of those whose name another file bears here."""
    renamed: dict[str, str] = {}
    for row in connection.execute(select(sources)).all():
        name = target.write(partial(_note, row=row, at=at)).result()
        if name != row.name:
            renamed[row.name] = name
    return renamed


def _note(connection: Connection, row: Any, at: str) -> str:
    return note_source(connection, row.name, row.location, row.digest, row.size, at)


def _bring_tombstones(connection: Connection, target: Catalog, at: str) -> None:
    for row in connection.execute(select(stones).where(stones.c.kind != tombstones.LIFTED)).all():
        withdrawal = Target(row.kind, row.target.removeprefix(tombstones.HOST_PREFIX))
        with settling_alone(target):
            target.write(partial(withdraw, target=withdrawal, reason=row.reason, at=at)).result()


def _parts(connection: Connection, renamed: Mapping[str, str]) -> Iterator[Part]:
    """Everything read, as parts: a part holds what one version of the pipeline read."""
    version_of = select(captures.c.id, captures.c.read_version)
    for rows in in_batches(capture_rows.iterate(connection), GROUP):
        versions = dict(connection.execute(version_of.where(captures.c.id.in_([r.id for r in rows]))).all())
        for version in sorted({versions[row.id] or "" for row in rows}):
            yield _part(connection, [r for r in rows if (versions[r.id] or "") == version], version, renamed)
    again = tuple(_again(connection, renamed))
    yield Part("merge", "merge", "", drops=tuple(lone_drops(connection)), revisits=again)


def _part(connection: Connection, rows: list[CaptureRow], version: str, renamed: Mapping[str, str]) -> Part:
    ids = [row.id for row in rows]
    moved = {row.id: _renamed(row.warc, renamed) for row in rows}
    read = packed_rows(connection, ids)
    return Part(
        "merge",
        "merge",
        version,
        tuple(replace(row, warc=moved[row.id]) for row in rows),
        tuple(with_pointer(row, moved[row.id]) if renamed else row for row in read),
        tuple(drops_of(connection, ids)),
    )


def _again(connection: Connection, renamed: Mapping[str, str]) -> Iterator[Revisit]:
    """Without the captures that were found for them: the original may be in another of the archives."""
    for row in connection.execute(select(revisits)):
        pointer = _renamed(WarcPointer(row.warc_file, row.warc_offset, row.warc_length), renamed)
        yield Revisit(
            row.url,
            row.fetched_at,
            row.profile,
            row.refers_to_url,
            row.refers_to_date,
            row.payload_digest,
            pointer,
        )


def _bring_rows(connection: Connection, target: Catalog, table: Table) -> None:
    """Rows whose key is not there yet; of an address, also the row that was fetched later. What was withdrawn
    here comes as a dead address, as it is where it was known before, and without what lists said of it."""
    for rows in in_batches((row._asdict() for row in connection.execute(select(table))), GROUP):
        target.write(partial(_put_rows, table=table, rows=rows)).result()


def _put_rows(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    for row in _without_withdrawn(table, rows, tombstones.load(connection)):
        this = and_(*(column == row[column.name] for column in table.primary_key))
        known = connection.execute(select(table).where(this)).first()
        if known is None:
            connection.execute(table.insert().values(**row))
        elif table is addresses and (row["fetched_at"] or "") > (known.fetched_at or ""):
            connection.execute(table.update().where(this).values(**row))


def _without_withdrawn(
    table: Table, rows: list[dict[str, Any]], withdrawn: tombstones.Tombstones
) -> Iterator[dict[str, Any]]:
    for row in rows:
        if "url" not in row or not withdrawn.cover(row["url"]):
            yield row
        elif table is addresses:
            yield row | DEAD


def _renamed(pointer: WarcPointer, renamed: Mapping[str, str]) -> WarcPointer:
    return replace(pointer, file=renamed.get(pointer.file, pointer.file))
