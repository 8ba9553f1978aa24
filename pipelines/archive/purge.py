"""Take the records of withdrawn captures out of the archive's own WARC files; the files stay valid.

A file is written anew under another name, then one transaction moves all its pointers, then the old file is
removed: whenever that is cut off, every pointer resolves, and giving the command again finishes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from pipelines.archive import tombstones
from pipelines.archive.articles import move
from pipelines.archive.captures import iterate
from pipelines.archive.catalog import Catalog
from pipelines.archive.cdxj import index_path
from pipelines.archive.disk_faults import unwritable
from pipelines.archive.frames import Record, frames
from pipelines.archive.record import named_uri
from pipelines.archive.schema import captures, revisits
from pipelines.archive.schema import tombstones as stones
from pipelines.archive.shelf import WARC_FOLDER
from pipelines.archive.withdraw import Target, covered_places
from pipelines.errors import ArchiveError
from pipelines.records import WarcPointer

_NAMING = ("WARC-Concurrent-To", "WARC-Refers-To")
_NAME = re.compile(r"(.+?)(?:-p(\d+))?\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did. `foreign`: files that hold such records but are not the archive's to change.
    `needed_by`: addresses that stay, and whose page stands in a record under the target: that stays too."""

    records: int
    files: tuple[str, ...]
    foreign: tuple[str, ...]
    needed_by: tuple[str, ...] = ()


def purge(archive: Path, catalog: Catalog, target: Target) -> Purged:
    """Remove the records under a withdrawn target from `archive`/warc, and their rows from the catalog.

    Gone are its captures and revisits, and the requests, metadata and other records of the same addresses.
    A record in which the page of another address stands too (a revisit said that it is the same) stays.
    Nobody else may write to the archive meanwhile. Raises ArchiveUnwritable, ArchiveError for a file that is
    damaged (`ipnews verify`).
    """
    with catalog.read() as connection:
        places = covered_places(connection, target)
    folder = archive / WARC_FOLDER
    _finish_interrupted(folder, catalog)
    foreign = tuple(sorted(name for name in places if not (folder / name).exists()))
    changed: list[str] = []
    needed_by: set[str] = set()
    records = 0
    for path in sorted(folder.glob("*.warc.gz")):
        standing = _standing(catalog, path.name)
        doomed = _doomed(path, places.get(path.name, set()), standing.keys(), target)
        needed_by |= {standing[offset] for offset in places.get(path.name, set()) & standing.keys()}
        if doomed:
            _replace(archive, catalog, path, doomed)
            changed.append(path.name)
            records += len(doomed)
    marked = update(stones).where(stones.c.target == target.key).values(purged=not needed_by)

    def end(connection: Connection) -> None:
        _forget_revisits(connection)
        connection.execute(marked)

    catalog.write(end).result()
    return Purged(records, tuple(changed), foreign, tuple(sorted(needed_by)))


def _finish_interrupted(folder: Path, catalog: Catalog) -> None:
    """Remove files that an earlier purge has replaced, pointers moved, and was killed before removing."""
    with catalog.read() as connection:
        named = {
            *connection.scalars(select(captures.c.warc_file).distinct()),
            *connection.scalars(select(revisits.c.warc_file).distinct()),
        }
    for old in folder.glob("*.warc.gz"):
        if old.name not in named and old.with_name(_next_name(old.name)).exists():
            old.unlink()


def _standing(catalog: Catalog, name: str) -> dict[int, str]:
    """Offset -> address of the captures of one file that nothing covers."""
    with catalog.read() as connection:
        withdrawn = tombstones.load(connection)
        rows = iterate(connection, where=captures.c.warc_file == name)
        return {row.warc.offset: row.url for row in rows if not withdrawn.cover(row.url, row.id)}


def _doomed(path: Path, offsets: set[int], standing: Set[int], target: Target) -> set[int]:
    """Offsets of the records to go: those given, what belongs to them, and all of a withdrawn address; never
    those `standing`."""
    covered = tombstones.of(target.kind, target.value)
    by_id: dict[str, int] = {}
    named: list[tuple[int, str]] = []
    doomed = offsets - standing
    with path.open("rb") as file:
        for frame in frames(file, blocks=False):
            if isinstance(frame, Record):
                by_id[frame.header("WARC-Record-ID") or ""] = frame.offset
                named += [(frame.offset, frame.header(name) or "") for name in _NAMING]
                of_target = covered.cover(named_uri(frame.header("WARC-Target-URI") or ""))
                if of_target and frame.offset not in standing:
                    doomed.add(frame.offset)
    return doomed | {offset for offset, named_id in named if by_id.get(named_id) in doomed} - standing


def _forget_revisits(connection: Connection) -> None:
    """Forget withdrawn revisits that stand in foreign files, and whose captures a purge has removed."""
    withdrawn = tombstones.load(connection)
    lone = revisits.c.capture_id.not_in(select(captures.c.id))
    for url in connection.scalars(select(revisits.c.url).where(lone).distinct()).all():
        if withdrawn.cover(url):
            connection.execute(delete(revisits).where(lone, revisits.c.url == url))


def _replace(archive: Path, catalog: Catalog, old: Path, doomed: set[int]) -> None:
    new = old.with_name(_next_name(old.name))
    draft = new.with_suffix(".tmp")  # cut off midway, it must not be taken for a file of the archive
    try:
        moved = _rewrite(old, draft, doomed)
        draft.replace(new)
        catalog.write(lambda connection: _move_pointers(connection, old.name, new.name, moved)).result()
        old.unlink()
        index_path(archive, old.name).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(error, str(old)) from None


def _rewrite(old: Path, new: Path, doomed: set[int]) -> dict[int, int]:
    """Copy all records but those to go, byte for byte: old offset -> new offset."""
    moved: dict[int, int] = {}
    with old.open("rb") as source, old.open("rb") as records, new.open("wb") as copy:
        for frame in frames(source, blocks=False):
            if not isinstance(frame, Record) or not frame.alone:
                raise ArchiveError(f"{old}, byte {frame.offset:,}: not a whole record; see: ipnews verify")
            if frame.offset not in doomed:
                moved[frame.offset] = copy.tell()
                records.seek(frame.offset)
                copy.write(records.read(frame.length))
        copy.flush()
        os.fsync(copy.fileno())
    return moved


def _move_pointers(connection: Connection, old: str, new: str, moved: dict[int, int]) -> None:
    for row in list(iterate(connection, where=captures.c.warc_file == old)):
        if row.warc.offset in moved:
            move(connection, row.id, WarcPointer(new, moved[row.warc.offset], row.warc.length))
    for table in (captures, revisits):
        of_file = table.c.warc_file == old
        for offset in list(connection.scalars(select(table.c.warc_offset).where(of_file))):
            this = of_file & (table.c.warc_offset == offset)
            if offset in moved:
                place = {"warc_file": new, "warc_offset": moved[offset]}
                connection.execute(update(table).where(this).values(**place))
            else:
                connection.execute(delete(table).where(this))


def _next_name(name: str) -> str:
    """`x.warc.gz` -> `x-p1.warc.gz` -> `x-p2.warc.gz`: beside the old one, and nobody's to append to."""
    match = _NAME.fullmatch(name)
    stem, number = (match[1], int(match[2] or 0)) if match else (name, 0)
    return f"{stem}-p{number + 1}.warc.gz"
