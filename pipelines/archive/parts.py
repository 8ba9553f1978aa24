"""Part files: what a worker read from one range of one source, whole or not there at all."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

import msgspec
from isal import isal_zlib

from pipelines.archive.article_rows import ArticleRow
from pipelines.archive.capture_rows import CaptureRow
from pipelines.archive.codec import InflateError
from pipelines.archive.disk_faults import unwritable
from pipelines.archive.processes import is_dead
from pipelines.archive.reader import Revisit
from pipelines.records import Drop

PARTS_FOLDER = "parts"
_SUFFIX = ".part"
DRAFT = ".draft"
"""Ends the names of files and folders in the making; they begin with the number of their process."""
_LEVEL = 1  # the records inside are deflated already; this is for the text of the search index


@dataclass(frozen=True, slots=True)
class Part:
    """The yield of one range, ready for the catalog's tables. Every capture id occurs once.

    `drops` holds captures that became no article and records that became no capture; `unread` says which
    records of the catalog could not be had, and why. `records`: whole WARC records in the range, of any kind.
    """

    name: str
    source: str
    pipeline_version: str
    captures: tuple[CaptureRow, ...] = ()
    articles: tuple[ArticleRow, ...] = ()
    drops: tuple[Drop, ...] = ()
    revisits: tuple[Revisit, ...] = ()
    unread: tuple[str, ...] = ()
    records: int = 0


def part_path(archive: Path, name: str) -> Path:
    """Where the part of a name stands."""
    return archive / PARTS_FOLDER / f"{name}{_SUFFIX}"


def write_part(archive: Path, part: Part) -> Path:
    """Write a part under another name, sync, rename: its name never stands for half of it.

    Raises ArchiveUnwritable.
    """
    path = part_path(archive, part.name)
    draft = path.with_name(f"{os.getpid()}-{part.name}{DRAFT}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(isal_zlib.compress(msgspec.msgpack.encode(part), _LEVEL))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise unwritable(error, str(draft)) from None
    return path


def read_part(archive: Path, name: str) -> Part | None:
    """The part of a name; None where there is none, or where a loss of power left a torn one."""
    try:
        data = part_path(archive, name).read_bytes()
        return msgspec.msgpack.decode(isal_zlib.decompress(data), type=Part)
    except (FileNotFoundError, InflateError, msgspec.DecodeError):
        return None


def remove_part(archive: Path, name: str) -> None:
    """Forget a part that the catalog has taken in."""
    part_path(archive, name).unlink(missing_ok=True)


def sweep(archive: Path) -> None:
    """Remove what processes that are dead left unfinished."""
    for draft in (archive / PARTS_FOLDER).glob(f"*{DRAFT}"):
        if not is_dead(f"{socket.gethostname()}:{draft.name.partition('-')[0]}"):
            continue
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)
