"""Names of sources -> files: WARC, WACZ, folders, globs, addresses of object stores, lists of paths."""

from __future__ import annotations

import gzip
import zipfile
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.archive.remote import list_below
from pipelines.archive.shelf import open_location
from pipelines.errors import SourceError

SUFFIXES = (".warc", ".warc.gz", ".wacz")
_SEARCHED = (*SUFFIXES, ".warc.zst", ".arc", ".arc.gz")
"""Endings of files that a folder is searched for: what is not read is refused by name, not passed over."""

COMMON_CRAWL = "https://data.commoncrawl.org/"
_LISTS = (".paths", ".paths.gz")
_ENCRYPTED = 0x1
"""Bit of a zip entry's flags (APPNOTE 6.3.10, 4.4.4)."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to read: a path or an address, and the name that pointers will give it."""

    location: str
    name: str

    @property
    def is_local(self) -> bool:
        """Whether it lies in the file system."""
        return "://" not in self.location


class RefusedSource(SourceError):
    """A source that is there and is not what its name says; others beside it can be read."""


def expand(names: Iterable[str]) -> list[SourceFile]:
    """The files that some names stand for, sorted by location, each once.

    A name is a file, a folder (searched deeply), a glob, a `.paths` list as Common Crawl publishes them, or
    an address (s3://, az://, gs://, https://, file://) of a file or, ending in `/`, of everything below it.
    Raises SourceError for a name that stands for nothing.
    """
    found: dict[str, SourceFile] = {}
    for name in names:
        files = list(_expand_one(name)) if name else []
        if not files:
            raise SourceError(f"{name}: no {_wanted(name)}; name a file, a folder or a glob")
        found.update((file.location, file) for file in files)
    return [found[location] for location in sorted(found)]


def _wanted(name: str) -> str:
    """What was looked for below a name that stands for nothing."""
    if Path(name).is_file():
        return "path in it"
    several = has_magic(name) or Path(name).is_dir()
    return f"{', '.join(SUFFIXES)} file there" if several else "such file"


def is_address_list(name: str) -> bool:
    """Whether a source is a list of addresses to fetch: a text file whose first line is a web address."""
    path = Path(name)
    if path.suffix not in (".txt", ".urls", ".lst") or not path.is_file():
        return False
    with path.open("rb") as file:
        first = next((line for line in file if line.strip() and not line.startswith(b"#")), b"")
    return first.removeprefix(BOM_UTF8).strip().lower().startswith((b"http://", b"https://"))


def read_addresses(path: Path) -> list[tuple[int, str]]:
    """The addresses of a list with the numbers of their lines, from 1: one a line, `#` begins a comment.
    Raises SourceError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {error}; give a text file with one address a line") from None
    numbered = ((number, line.strip()) for number, line in enumerate(lines, start=1))
    return [(number, line) for number, line in numbered if line and not line.startswith("#")]


def _expand_one(name: str) -> Iterator[SourceFile]:
    if name.lower().startswith("file://"):
        name = urlsplit(name).path
    if "://" in name:
        yield from _remote(name)
    elif name.endswith(_LISTS):
        yield from _listed(name)
    elif Path(name).is_dir():
        yield from _below(Path(name))
    elif Path(name).is_file():
        yield _file(str(Path(name).resolve()))
    elif has_magic(name):
        for match in glob(name, recursive=True):  # noqa: PTH207 - Path.glob takes no absolute pattern
            yield from _below(Path(match)) if Path(match).is_dir() else [_file(str(Path(match).resolve()))]


def _below(folder: Path) -> Iterator[SourceFile]:
    for path in folder.rglob("*"):
        if path.name.lower().endswith(_SEARCHED) and path.is_file():
            yield _file(str(path.resolve()))


def _file(location: str) -> SourceFile:
    return SourceFile(location, location.rpartition("/")[2])


def _listed(name: str) -> Iterator[SourceFile]:
    """The files of a Common Crawl list: addresses, or paths below COMMON_CRAWL."""
    try:
        data = Path(name).read_bytes()
        lines = (gzip.decompress(data) if name.endswith(".gz") else data).decode("ascii").split()
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise SourceError(f"{name}: {error}; give a list of paths, one a line") from None
    for line in lines:
        yield _file(line if "://" in line else COMMON_CRAWL + line)


def _remote(address: str) -> Iterator[SourceFile]:
    if not address.endswith("/"):
        yield _file(address)
        return
    try:
        yield from (_file(found) for found in list_below(address) if found.lower().endswith(_SEARCHED))
    except OSError as error:
        raise SourceError(f"{address}: {error}; check the address and the credentials") from None


def members(file: SourceFile) -> Iterator[tuple[int, int | None]]:
    """The stretches of a file that hold WARC records: (start, end); end None means its end.

    A WACZ is a zip whose WARC files are stored as they are, so their records lie in it at fixed offsets
    (WACZ 1.1, 5.1). Raises RefusedSource for one that compresses them once more or is no whole zip, OSError.
    """
    if not file.name.lower().endswith(".wacz"):
        yield 0, None
        return
    with open_location(file.location) as data:
        try:
            for entry in zipfile.ZipFile(data).infolist():
                if entry.filename.lower().endswith((".warc", ".warc.gz")):
                    yield _stretch(file, data, entry)
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise RefusedSource(f"{file.location}: not a whole WACZ: {error}; fetch it again") from None


def _stretch(file: SourceFile, data: object, entry: zipfile.ZipInfo) -> tuple[int, int]:
    if entry.flag_bits & _ENCRYPTED:
        raise RefusedSource(f"{file.location}: {entry.filename} is encrypted; unzip it and name it")
    if entry.compress_type != zipfile.ZIP_STORED:
        raise RefusedSource(
            f"{file.location}: {entry.filename} is compressed inside the zip; unzip it and name it"
        )
    data.seek(entry.header_offset + 26)  # type: ignore[attr-defined]
    lengths = data.read(4)  # type: ignore[attr-defined]
    start = (
        entry.header_offset
        + 30
        + int.from_bytes(lengths[:2], "little")
        + int.from_bytes(lengths[2:], "little")
    )
    return start, start + entry.compress_size
