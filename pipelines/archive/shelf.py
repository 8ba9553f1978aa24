"""Where the WARC files of an archive stand: its own in `warc/`, foreign ones where they were read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, select

from pipelines.archive.schema import sources
from pipelines.errors import SourceError

WARC_FOLDER = "warc"
_REMOTE = ("s3", "gs", "az", "azure", "http", "https")


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

    def place(self, name: str) -> str:
        """Path or address of a file."""
        return self._elsewhere.get(name) or str(self._own / name)

    def open(self, name: str) -> BinaryIO:
        """A seekable file. Raises OSError."""
        return open_location(self.place(name))


def open_location(location: str) -> BinaryIO:
    """Open a path, a `file://` address or an address of an object store, seekable and unbuffered by us.

    Raises OSError where it is not there or may not be read, SourceError where its kind is not known here.
    """
    scheme = urlsplit(location).scheme.lower() if "://" in location else ""
    if scheme in ("", "file"):
        path = unquote(urlsplit(location).path) if scheme else location
        return Path(path).open("rb")
    if scheme not in _REMOTE:
        raise SourceError(
            f"{location}: {scheme}:// is not known; use a path, s3://, az://, gs:// or https://"
        )
    return _open_remote(location)


def _open_remote(location: str) -> BinaryIO:
    try:
        import obstore
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError:
        raise SourceError(f"{location}: object stores need the extra: pip install 'ipnews[export]'") from None
    base, _, name = location.rpartition("/")
    try:
        return cast(BinaryIO, obstore.open_reader(from_url(base), unquote(name), buffer_size=1 << 22))
    except (BaseError, ValueError) as error:
        raise OSError(" ".join(str(error).split())[:300]) from None
