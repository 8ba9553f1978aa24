"""What hosts asked for, kept beyond the crawl: when each may be asked next, and its back-off.

Functions over a `Connection` of the catalog, for its writer thread. Noted in the transaction that ends a
lease, read in the one that begins the next: a crawl that was killed, and on PostgreSQL the other crawler that
leases the host then, go on in the pace of the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import sqlite

from crawler.manners import HostManners
from pipelines.archive.schema import hosts

_OF = select(hosts.c.next_at, hosts.c.penalty).where(hosts.c.host == bindparam("of"))


def note(connection: Connection, manners: Mapping[str, HostManners], names: Iterable[str]) -> None:
    """Note what some hosts ask for now."""
    rows = [
        {"host": name, "next_at": manners[name].next_at, "penalty": manners[name].penalty}
        for name in sorted(set(names))
    ]
    if rows:
        connection.execute(_noting(connection.dialect.name), rows)


def asked_for(connection: Connection, host: str) -> tuple[float, float] | None:
    """(seconds since the epoch before which a host is not asked, its back-off in seconds), as noted last."""
    row = connection.execute(_OF, {"of": host}).first()
    return (row.next_at, row.penalty) if row else None


@cache
def _noting(dialect: str) -> Any:
    insert: Any
    if dialect == "sqlite":
        insert = sqlite.insert(hosts)
    else:
        from sqlalchemy.dialects import postgresql  # 0.1 s of imports that SQLite does not need

        insert = postgresql.insert(hosts)
    learnt = {"next_at": insert.excluded.next_at, "penalty": insert.excluded.penalty}
    return insert.on_conflict_do_update(index_elements=[hosts.c.host], set_=learnt)
