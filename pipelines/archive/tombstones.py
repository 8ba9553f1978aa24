"""Tombstones: what was withdrawn, so that it is never taken in again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from pipelines.archive.schema import tombstones
from pipelines.archive.spellings import host_of, page_of, rough_path

HOST_PREFIX = "host:"

FAILURE = "withdrawn"
"""`addresses.failure` of what a tombstone covers."""

LIFTED = "lifted"
"""`tombstones.kind` of one that bars nothing any more and stays as the audit line."""


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Everything withdrawn, for quick asking."""

    ids: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    _pages: dict[tuple[str, str], frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pages", _by_place(self.urls))

    def cover(self, url: str, capture_id: str = "") -> bool:
        """Whether an address in any spelling, its host (a subdomain counts as its host's), or a version was
        withdrawn."""
        if url in self.urls or capture_id in self.ids:
            return True
        if not self.hosts and not self._pages:
            return False
        host = host_of(url)
        if any(host == gone or host.endswith("." + gone) for gone in self.hosts):
            return True
        pages = self._pages.get((host, rough_path(url))) if self._pages else None
        return pages is not None and page_of(url) in pages


def _by_place(urls: Iterable[str]) -> dict[tuple[str, str], frozenset[str]]:
    """The withdrawn pages by host and rough path: what most addresses are told by not to be one of them."""
    places: dict[tuple[str, str], frozenset[str]] = {}
    for url in urls:
        place = host_of(url), rough_path(url)
        places[place] = places.get(place, frozenset()) | {page_of(url)}
    return places


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_STANDING = select(tombstones.c.target, tombstones.c.kind).where(tombstones.c.kind != LIFTED)


def of(kind: str, value: str) -> Tombstones:
    """One tombstone alone."""
    one = frozenset({value})
    return Tombstones(
        ids=one if kind == "id" else frozenset(),
        urls=one if kind == "url" else frozenset(),
        hosts=one if kind == "host" else frozenset(),
    )


def load(connection: Connection) -> Tombstones:
    """All tombstones that stand."""
    kinds: dict[str, set[str]] = {"id": set(), "url": set(), "host": set()}
    for row in connection.execute(_STANDING):
        kinds[row.kind].add(row.target.removeprefix(HOST_PREFIX))
    return Tombstones(frozenset(kinds["id"]), frozenset(kinds["url"]), frozenset(kinds["host"]))
