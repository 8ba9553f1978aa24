"""Rows of `sources`: the WARC files of others that captures lie in, and where they were met last."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select, update

from pipelines.archive.schema import sources
from pipelines.archive.shelf import Shelf
from pipelines.errors import SourceError


def shelf_of(archive: Path, connection: Connection) -> Shelf:
    """The shelf of an archive with the foreign files that its catalog has noted."""
    rows = connection.execute(select(sources.c.name, sources.c.location))
    return Shelf(archive, {row.name: row.location for row in rows})


def note_source(
    connection: Connection, name: str, location: str, digest: str, size: int, noted_at: str
) -> str:
    """Note a foreign file as a home of captures; returns the name that pointers into it bear.

    That is its own name, or one with its digest in front where another file bears it already. A file met
    again keeps its name and is looked for where it was met last.
    """
    for candidate in (name, f"{digest.rpartition(':')[2][:12]}-{name}"):
        known = connection.execute(select(sources).where(sources.c.name == candidate)).first()
        values = {"location": location, "digest": digest, "size": size, "noted_at": noted_at}
        if known is None:
            connection.execute(sources.insert().values(name=candidate, **values))
            return candidate
        if known.digest == digest:
            connection.execute(update(sources).where(sources.c.name == candidate).values(location=location))
            return candidate
    raise SourceError(f"{location}: two files of this name begin with the same digest; rename one of them")
