"""What several commands take in: a file or standard input, declared sites, a clock."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from crawler.config import PROJECT, Config, find_scrapy_cfg, load_config
from pipelines.archive import captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.foreign import shelf_of
from pipelines.archive.reader import read_at
from pipelines.errors import UsageError
from pipelines.records import Capture
from pipelines.sites import Site, load_sites

_SLIP = re.compile(r"(?:s3|az|gs|file|https?):", re.IGNORECASE)
"""`s3:/bucket` would be a folder called `s3:`."""


def read_bytes(file: str) -> bytes:
    """The whole of a file, or of standard input for `-`."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; name a readable file, or - for standard input") from None


def destination(typed: str) -> str:
    """The address of an export: a folder becomes one. Raises UsageError for an address with a slip in it."""
    if "://" in typed:
        return typed
    if _SLIP.match(typed):
        raise UsageError(f"{typed}: an address has two slashes behind the colon; a folder is typed ./{typed}")
    return Path(typed).resolve().as_uri()


def declared_sites(archive: Path | None = None) -> dict[str, Site]:
    """The declarations that hold here; the bundled ones outside any project."""
    known = archive or find_scrapy_cfg(Path.cwd())
    return load_sites(load_config(archive).sites if known else PROJECT / "data" / "sites")


def existing(archive: Path | None) -> Config:
    """The configuration, its archive being there: a mistyped name is no new archive to change."""
    config = load_config(archive)
    require_archive(config.catalog_location)
    return config


def require_archive(location: Path | str) -> None:
    """Raises UsageError where there is no archive, before anything is made elsewhere."""
    Catalog.open(location, read_only=True).close()


def now() -> str:
    """This second, as WARC-Date writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def newest_capture(config: Config, url: str) -> Capture | None:
    """The newest version of an address that the archive holds, payload included."""
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        row = captures.newest(connection, url)
        return read_at(row.warc, shelf_of(config.archive, connection)) if row else None
