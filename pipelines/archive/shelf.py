"""Where the WARC files of an archive stand: its own in `warc/`, foreign ones where they were read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from pipelines.archive.remote import open_remote

WARC_FOLDER = "warc"
COPY_MARK = "-copy-"
"""In the names of WARC files that hold copies of foreign records."""


class Shelf:
    """Opens the WARC files that pointers name."""

    def __init__(self, archive: Path, elsewhere: Mapping[str, str] | None = None) -> None:
        """`elsewhere`: name -> path or address of files that lie outside the archive."""
        self._own, self._elsewhere = archive / WARC_FOLDER, dict(elsewhere or {})

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


def open_location(location: str) -> BinaryIO:
    """Open a path, a `file://` address or an address of an object store, seekable and unbuffered by us.

    Raises OSError where it is not there or may not be read, SourceError where its kind is not known here.
    """
    scheme = urlsplit(location).scheme.lower() if "://" in location else ""
    if scheme in ("", "file"):
        path = unquote(urlsplit(location).path) if scheme else location
        return Path(path).open("rb")
    return open_remote(location)
