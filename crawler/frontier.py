"""The frontier: addresses that are due, leased to a crawler, kept until their answer is on disk.

Functions over a `Connection` of the catalog, for its one writer thread; SQLite and PostgreSQL alike. A lease
lasts until the transaction that holds the answer's rows (`visits.py`), or until it expires. On SQLite one
crawl holds the archive, so at its start every lease is a dead one's; on PostgreSQL a lease is dead when it
expired, or when its crawler's place in the archive was taken (`lock.py`), and a host with a living lease is
left to its holder, so that one host sees one crawler.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Integer, Table, Update, bindparam, func, select, text, update
from sqlalchemy.dialects import sqlite

from crawler.addresses import canonical, host_of
from crawler.census import Counts
from crawler.discover import PRIORITY, Found, Kind
from crawler.outcome import Outcome
from pipelines.archive import tombstones
from pipelines.archive.batches import in_batches
from pipelines.archive.schema import addresses
from pipelines.sites import Site

LEASE_SECONDS = 900.0
"""How long a dead crawler's addresses stay with it on PostgreSQL. Living ones renew every third of this."""


@dataclass(frozen=True, slots=True)
class Address:
    """A leased address with what its last answer left. `changed_at` is the WARC-Date of its payload."""

    url: str
    host: str
    site: str | None
    kind: str
    depth: int
    attempts: int
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    changed_at: str | None = None
    interval: float | None = None
    browser: bool = False
    referrer: str | None = None


_ADDRESS = tuple(addresses.c[name] for name in Address.__slots__)
_STANDS = addresses.c.failure.is_distinct_from(tombstones.FAILURE)
"""The address was not withdrawn."""
_DUE_AT = addresses.c.due + 0.0
"""`due` where no index is to be chosen by it: SQLite, which does not know how many rows a bound time leaves,
takes `addresses_due`, and with it reads and sorts what is pending of all hosts, not of one."""
_DUE = (
    select(*_ADDRESS)
    .where(addresses.c.state == "pending", addresses.c.host == bindparam("of"))
    .where(bindparam("now") >= _DUE_AT)
    .order_by(addresses.c.priority, addresses.c.due, addresses.c.url)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(_DUE_AT)).where(
    addresses.c.state == "pending", addresses.c.host.in_(bindparam("of", expanding=True))
)
_TAKE = (
    update(addresses)
    .where(addresses.c.url == bindparam("key"))
    .values(state="leased", lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose key is not there yet; returns how many that were."""
    if not rows:
        return 0
    dialect = connection.dialect.name
    inserted = connection.execute(_inserting(table, dialect), list(rows))
    return inserted.rowcount if dialect == "sqlite" else len(inserted.all())


@cache
def _inserting(table: Table, dialect: str) -> Insert:
    # Statements are built once: SQLAlchemy takes longer to build one than SQLite to run it.
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # 0.1 s of imports that SQLite does not need

    # psycopg does not count the rows of many statements: those that were inserted name themselves.
    return postgresql.insert(table).on_conflict_do_nothing().returning(table.primary_key.columns[0])


def seed(connection: Connection, site: Site, typed: Iterable[str], now: float) -> Counts:
    """Put the addresses that a declaration starts from, and the typed ones of its hosts, into the frontier;
    known ones stay as they are."""
    named: list[tuple[str, Kind]] = [(url, "unknown") for url in typed if host_of(url) in site.hosts]
    named += [(url, "list") for url in site.start]
    named += [(url, "feed") for url in site.feeds]
    named += [(url, "sitemap") for url in site.sitemaps]
    found = [
        Found(url, host_of(url), site.name, kind, PRIORITY[kind], 0)
        for url, kind in ((canonical(url), kind) for url, kind in named)
    ]
    return add(connection, [(each, None) for each in found], now)


def add(connection: Connection, found: Iterable[tuple[Found, str | None]], now: float) -> Counts:
    """Add addresses with the page that names each, due at once; returns how many were new by (host, whether
    they are articles). What was withdrawn is passed over."""
    withdrawn = tombstones.load(connection)
    groups: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for each, referrer in found:
        if withdrawn.cover(each.url):
            continue
        row = {
            "url": each.url, "host": each.host, "site": each.site, "kind": each.kind, "state": "pending",
            "priority": each.priority, "depth": each.depth, "due": now, "attempts": 0, "browser": False,
            "referrer": referrer, "found_at": None,
        }  # fmt: skip
        groups.setdefault((each.host, each.kind == "article"), []).append(row)
    new = {group: insert_new(connection, addresses, rows) for group, rows in groups.items()}
    return {group: count for group, count in new.items() if count}


def ask_again(connection: Connection, urls: Collection[str], now: float) -> int:
    """Make addresses due now, dead ones too, but for withdrawn ones: somebody typed them. A rendering lease
    is asked for likewise."""
    again = (
        update(addresses)
        .where(addresses.c.url.in_(bindparam("wanted", expanding=True)))
        .where(addresses.c.state != "leased", _STANDS)
        .values(state="pending", due=now, attempts=0)
    )
    return sum(connection.execute(again, {"wanted": some}).rowcount for some in in_batches(urls))


def promote(connection: Connection, hosts: Collection[str], now: float, everything: bool = False) -> int:
    """Make what is due again pending; with `everything` all but the dead."""
    due = update(addresses).where(addresses.c.host.in_(hosts), addresses.c.state.in_(("done", "failed")))
    if everything:
        due = update(addresses).where(
            addresses.c.host.in_(hosts), addresses.c.state.in_(("done", "failed", "pending"))
        )
        return connection.execute(due.values(state="pending", due=now)).rowcount
    return connection.execute(due.where(addresses.c.due <= now).values(state="pending")).rowcount


def expire(connection: Connection, now: float, all_owners: bool) -> int:
    """Return dead leases; `all_owners` when no other crawler can be alive. Returns how many."""
    dead = update(addresses).where(addresses.c.state == "leased")
    if not all_owners:
        dead = dead.where(addresses.c.lease_until < now)
    return connection.execute(dead.values(state="pending", lease_owner=None, lease_until=None)).rowcount


def lease(connection: Connection, host: str, limit: int, owner: str, now: float) -> list[Address]:
    """Lease up to `limit` due addresses of one host, the most urgent first; none while another holds it."""
    if connection.dialect.name == "postgresql" and _held_by_another(connection, host, owner, now):
        return []
    # SQLite leaves FOR UPDATE out: there is one crawl to an archive.
    rows = connection.execute(_DUE, {"of": host, "now": now, "most": limit}).all()
    if rows:
        until = now + LEASE_SECONDS
        connection.execute(_TAKE, [{"key": row.url, "owner": owner, "until": until} for row in rows])
    return [Address(*row) for row in rows]


def renew(connection: Connection, owner: str, now: float) -> int:
    """Extend all leases of a living crawler, and of no other: `owner` is one process's."""
    mine = update(addresses).where(addresses.c.state == "leased", addresses.c.lease_owner == owner)
    return connection.execute(mine.values(lease_until=now + LEASE_SECONDS)).rowcount


def release(connection: Connection, urls: Collection[str], due: float | None = None) -> int:
    """Give addresses back unvisited; `due` postpones them (seconds since the epoch)."""
    if not urls:
        return 0
    values: dict[str, Any] = {"state": "pending", "lease_owner": None, "lease_until": None}
    if due is not None:
        values["due"] = due
    back = update(addresses).where(addresses.c.url.in_(urls), addresses.c.state == "leased")
    return connection.execute(back.values(**values)).rowcount


def release_all(connection: Connection, owner: str) -> int:
    """Give back everything a crawler holds: it ends."""
    mine = update(addresses).where(addresses.c.state == "leased", addresses.c.lease_owner == owner)
    return connection.execute(mine.values(state="pending", lease_owner=None, lease_until=None)).rowcount


def conclude(connection: Connection, ends: Iterable[tuple[str, Outcome, Mapping[str, Any]]]) -> None:
    """End leases: address, outcome, and further columns that were learnt, such as validators and digest.
    Those that a withdrawal ended stay dead."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for url, outcome, learnt in ends:
        row = {
            "state": outcome.state, "due": outcome.due, "interval": outcome.interval,
            "attempts": outcome.attempts, "failure": outcome.failure, "lease_owner": None,
            "lease_until": None, **learnt,
        }  # fmt: skip
        groups.setdefault(tuple(row), []).append({"key": url, **row})
    for columns, rows in groups.items():
        connection.execute(_ending(columns), rows)


@cache
def _ending(columns: tuple[str, ...]) -> Update:
    end = update(addresses).where(addresses.c.url == bindparam("key"), _STANDS)
    return end.values({name: bindparam(name) for name in columns})


def postpone(connection: Connection, host: str, origin: str, due: float, reason: str) -> int:
    """Nothing of an origin of a host before `due`: its robots.txt cannot be had. Leases in hand are given
    back too. The other origins of the host have a robots.txt of their own."""
    rows = update(addresses).where(
        addresses.c.host == host, addresses.c.state.in_(("pending", "leased")), addresses.c.due < due,
        addresses.c.url.startswith(origin + "/", autoescape=True),
    )  # fmt: skip
    values = {"state": "pending", "due": due, "failure": reason, "lease_owner": None, "lease_until": None}
    return connection.execute(rows.values(**values)).rowcount


def next_due(connection: Connection, hosts: Collection[str]) -> float | None:
    """When the next pending address of these hosts is due; None when there is none."""
    found: float | None = connection.execute(_NEXT_DUE, {"of": list(hosts)}).scalar()
    return found


def _held_by_another(connection: Connection, host: str, owner: str, now: float) -> bool:
    # The lock makes the look and the lease one step; it ends with the transaction.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:host))"), {"host": host})
    others = select(addresses.c.url).where(
        addresses.c.host == host, addresses.c.state == "leased", addresses.c.lease_owner != owner,
        addresses.c.lease_until >= now,
    ).limit(1)  # fmt: skip
    return connection.execute(others).first() is not None
