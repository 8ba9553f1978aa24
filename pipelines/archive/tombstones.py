"""Tombstones: what was withdrawn, so that it is never taken in again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipelines.archive.capture_rows import host_of
from pipelines.archive.schema import tombstones

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

    def cover(self, url: str, capture_id: str = "") -> bool:
        """Whether an address, its host (a subdomain counts as its host's), or a version was withdrawn."""
        if url in self.urls or capture_id in self.ids:
            return True
        if not self.hosts:
            return False
        host = host_of(url)
        return any(host == gone or host.endswith("." + gone) for gone in self.hosts)


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
