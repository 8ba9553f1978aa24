"""Where the WARC files of an archive stand: its own in `warc/`, foreign ones where they were read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, select, update

from pipelines.archive.remote import open_remote
from pipelines.archive.schema import sources
from pipelines.errors import SourceError

WARC_FOLDER = "warc"
COPY_MARK = "-copy-"
"""In the names of WARC files that hold copies of foreign records."""


class Shelf:
    """Opens the WARC files that pointers name."""

    def __init__(self, archive: Path, elsewhere: Mapping[str, str] | None = None) -> None:
        """`elsewhere`: name -> path or address of files that lie outside the archive."""
        self._own, self._elsewhere = archive / WARC_FOLDER, dict(elsewhere or {})

    @classmethod
    def of(cls, archive: Path, connection: Connection) -> Shelf:
        """The shelf of an archive with the foreign files that its catalog has noted."""
        rows = connection.execute(select(sources.c.name, sources.c.location))
        return cls(archive, {row.name: row.location for row in rows})

    @property
    def elsewhere(self) -> dict[str, str]:
        """Name -> path or address of the foreign files."""
        return dict(self._elsewhere)

    def place(self, name: str) -> str:
        """Path or address of a file."""
        return self._elsewhere.get(name) or str(self._own / name)

    def open(self, name: str) -> BinaryIO:
        """A seekable file. Raises OSError."""
        return open_location(self.place(name))


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


def open_location(location: str) -> BinaryIO:
    """Open a path, a `file://` address or an address of an object store, seekable and unbuffered by us.

    Raises OSError where it is not there or may not be read, SourceError where its kind is not known here.
    """
    scheme = urlsplit(location).scheme.lower() if "://" in location else ""
    if scheme in ("", "file"):
        path = unquote(urlsplit(location).path) if scheme else location
        return Path(path).open("rb")
    return open_remote(location)
