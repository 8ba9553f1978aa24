"""Where things lie: the nearest `scrapy.cfg` upwards, its section `[ipnews]`, what a command line changes.

[ipnews]
archive = data/archive/main      ; folder, relative to scrapy.cfg
catalog = postgresql://...       ; instead of catalog.db in the archive folder
sites = data/sites               ; folder of declarations
contact = you@example.org        ; stands in the user agent
"""

from __future__ import annotations

import configparser
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.errors import UsageError

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout: bundled declarations and the demo's texts lie under its `data/`."""

_KEYS = {"archive", "catalog", "sites", "contact"}


@dataclass(frozen=True, slots=True)
class Config:
    """What one invocation works on. `catalog` is None for SQLite inside the archive folder."""

    archive: Path
    sites: Path
    catalog: str | None = None
    contact: str | None = None

    @property
    def catalog_location(self) -> Path | str:
        """What `Catalog.open` takes: a PostgreSQL URL, or the archive folder."""
        return self.catalog or self.archive


def load_config(archive: Path | None = None, start: Path | None = None) -> Config:
    """Read the configuration that holds in `start` (the working directory unless given).

    Raises UsageError when there is neither a scrapy.cfg nor an `archive`, or when the section has a key
    that nothing reads.
    """
    file = find_scrapy_cfg(start or Path.cwd())
    if file is None:
        if archive is None:
            raise UsageError("no scrapy.cfg here or above; go to the project's folder, or type --archive DIR")
        return Config(archive=archive.resolve(), sites=PROJECT / "data" / "sites")
    config = _from_file(file)
    return replace(config, archive=archive.resolve(), catalog=None) if archive else config


def find_scrapy_cfg(start: Path) -> Path | None:
    """The nearest scrapy.cfg in `start` or above it."""
    return next(
        (path for folder in (start, *start.parents) if (path := folder / "scrapy.cfg").is_file()), None
    )


def _from_file(file: Path) -> Config:
    parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=(";",))
    try:
        parser.read_string(file.read_text(encoding="utf-8"), source=str(file))
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file} cannot be read: {error}; mend it, or type --archive DIR") from None
    section = dict(parser["ipnews"]) if parser.has_section("ipnews") else {}
    if unknown := sorted(set(section) - _KEYS):
        raise UsageError(
            f"{file}: [ipnews] {unknown[0]}: nothing reads this key; the keys are {sorted(_KEYS)}"
        )
    return Config(
        archive=file.parent / section.get("archive", "data/archive/main"),
        sites=file.parent / section.get("sites", "data/sites"),
        catalog=section.get("catalog") or None,
        contact=section.get("contact") or None,
    )


def signed(agent: str, contact: str | None) -> str:
    """A user agent with the contact in its comment: a site's owner must be able to reach somebody."""
    return f"{agent.removesuffix(')')}; {contact})" if contact else agent
