"""CDXJ indexes of WARC files, as pywb reads them: sorted lines `key timestamp {json}`, in ASCII."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.archive import tombstones
from pipelines.archive.catalog import Catalog
from pipelines.archive.disk_faults import unwritable
from pipelines.archive.frames import Record, frames
from pipelines.archive.reader import Found, Revisit, interpret
from pipelines.archive.shelf import WARC_FOLDER
from pipelines.archive.tombstones import Tombstones
from pipelines.records import version_id

CDX_FOLDER = "cdx"
_WWW = re.compile(r"www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def index_path(archive: Path, name: str) -> Path:
    """Where the index of a WARC file stands."""
    return archive / CDX_FOLDER / f"{name}.cdxj"


def write_indexes(archive: Path, catalog: Catalog) -> int:
    """Index every WARC file of the archive that is newer than its index; returns how many that were.

    What is withdrawn is left out, whether or not its record is still there: an index that names it is made
    anew. Raises ArchiveUnwritable.
    """
    with catalog.read() as connection:
        barred = tombstones.load(connection)
    count = 0
    for path in sorted((archive / WARC_FOLDER).glob("*.warc.gz")):
        index = index_path(archive, path.name)
        try:
            if _is_good(index, path, barred):
                continue
            index.parent.mkdir(parents=True, exist_ok=True)
            draft = index.with_suffix(".tmp")
            lines = sorted(line for line in cdxj_lines(path) if not _names_barred(line, barred))
            draft.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
            draft.replace(index)
        except OSError as error:
            raise unwritable(error, str(index)) from None
        count += 1
    return count


def forget_indexes(archive: Path, names: Iterable[str]) -> None:
    """Remove the indexes of WARC files, so that they are made anew with what is let in again. Raises
    ArchiveUnwritable."""
    for name in names:
        try:
            index_path(archive, name).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(error, str(index_path(archive, name))) from None


def _is_good(index: Path, path: Path, barred: Tombstones) -> bool:
    if not index.exists() or index.stat().st_mtime_ns < path.stat().st_mtime_ns:
        return False
    if barred == Tombstones():
        return True
    try:
        with index.open(encoding="ascii") as lines:
            return not any(_names_barred(line, barred) for line in lines)
    except (ValueError, KeyError):  # lines that nobody here wrote
        return False


def _names_barred(line: str, barred: Tombstones) -> bool:
    about = json.loads(line[line.index(" {") :])
    return barred.cover(about["url"], version_id(about["url"], about["digest"]))


def cdxj_lines(path: Path) -> Iterator[str]:
    """One line for each response, resource and revisit of a WARC file, in the order of the file."""
    with path.open("rb") as file:
        for frame in frames(file):
            item = interpret(frame, path.name)
            if isinstance(frame, Record) and isinstance(item, Found | Revisit):
                yield _line(frame, item, path.name)


def surt(url: str) -> str:
    """Sort-friendly form of an address: `com,example)/path?a=1`.

    Host reversed without `www.`, no default port, lower case, query parameters sorted: the canonical form of
    the Internet Archive's tools for the addresses that news sites have.
    """
    parts = urlsplit(url.lower())
    host = (
        _WWW.sub("", parts.hostname or "", count=1)
        if (parts.hostname or "").startswith("www")
        else parts.hostname
    )
    try:
        port = parts.port
    except ValueError:
        port = None
    ending = f":{port}" if port and port != _DEFAULT_PORTS.get(parts.scheme) else ""
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{','.join(reversed((host or '').split('.')))}{ending}){path}{'?' + query if query else ''}"


def _line(frame: Record, item: Found | Revisit, name: str) -> str:
    about: dict[str, str] = {"url": item.url if isinstance(item, Revisit) else item.capture.url}
    if isinstance(item, Revisit):
        about["mime"] = "warc/revisit"
        about["digest"] = frame.header("WARC-Payload-Digest") or ""
        date = item.fetched_at
    else:
        kind = (item.capture.header("Content-Type") or "unk").partition(";")[0].strip()
        about |= {"mime": kind, "status": str(item.capture.status), "digest": item.capture.payload_digest}
        date = item.capture.fetched_at
    about |= {"length": str(frame.length), "offset": str(frame.offset), "filename": name}
    timestamp = re.sub(r"\D", "", date)[:14]
    return f"{surt(about['url'])} {timestamp} {json.dumps(about)}"
