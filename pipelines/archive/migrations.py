"""Bring a catalog to the schema of this version, or refuse it with what to type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, bindparam, func, inspect, select, update

from pipelines.archive import search
from pipelines.archive.index_schema import texts
from pipelines.archive.schema import CATALOG_SCHEMA, meta
from pipelines.errors import SchemaError


def _index_in_segments(connection: Connection) -> None:
    """2: the index of texts in segments. What is derived is derived anew at the next settle."""
    sqlite = connection.dialect.name == "sqlite"
    counted = "INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "BIGSERIAL PRIMARY KEY"
    given = "INTEGER PRIMARY KEY" if sqlite else "BIGINT PRIMARY KEY"
    blob = "BLOB" if sqlite else "BYTEA"
    for statement in (
        "DROP TABLE shingles",
        "DROP TABLE texts",
        "DELETE FROM pairs",
        f"CREATE TABLE texts (number {counted}, key BIGINT NOT NULL UNIQUE, state VARCHAR NOT NULL, "
        "density INTEGER NOT NULL, length INTEGER NOT NULL, size INTEGER NOT NULL)",
        "CREATE INDEX texts_state ON texts (state, key)",
        f"CREATE TABLE text_bodies (number {given}, hashes {blob} NOT NULL, plain {blob} NOT NULL)",
        f"CREATE TABLE segments (id {counted}, state VARCHAR NOT NULL, shift INTEGER NOT NULL, "
        "postings BIGINT NOT NULL, common BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL)",
        f"CREATE TABLE posting_blocks (place {given}, postings {blob} NOT NULL)",
        "UPDATE articles SET settle_state = 'pending'",
    ):
        connection.exec_driver_sql(statement)


def _no_exports(connection: Connection) -> None:
    """3: a destination says itself what it holds; nothing was ever noted here."""
    connection.exec_driver_sql("DROP TABLE exports")


def _sizes_in_postings(_: Connection) -> None:
    """4: postings note the size of their text in bits that were 0, which says that nothing is known. A merge
    notes it; a program of before would take the bits for some of the hash."""


def _thinner_sketches(connection: Connection) -> None:
    """5: sketches of another density. What is indexed of the texts is derived anew at the next settle."""
    for table in ("posting_blocks", "segments", "text_bodies", "texts", "pairs"):
        connection.exec_driver_sql(f"DELETE FROM {table}")
    connection.exec_driver_sql("UPDATE articles SET settle_state = 'pending'")


def _hosts_and_queues(connection: Connection) -> None:
    """6: what a host asked for outlives the crawl; the orders of both queues stand in indexes."""
    for statement in (
        "CREATE TABLE hosts (host VARCHAR NOT NULL PRIMARY KEY, next_at FLOAT NOT NULL, "
        "penalty FLOAT NOT NULL)",
        "DROP INDEX addresses_host",
        "CREATE INDEX addresses_next ON addresses (host, state, priority, due, url)",
        "DROP INDEX captures_read",
        "CREATE INDEX captures_read ON captures (read_state, warc_file, warc_offset, id)",
    ):
        connection.exec_driver_sql(statement)


def _filters_of_segments(connection: Connection) -> None:
    """7: filters tell most lookups that there is nothing to read. A segment gets them when it is merged."""
    blob = "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"
    connection.exec_driver_sql(
        "CREATE TABLE segment_filters (segment INTEGER NOT NULL, lowest BIGINT NOT NULL, "
        f"present {blob} NOT NULL, repeated {blob} NOT NULL, PRIMARY KEY (segment, lowest))"
    )


STEPS: Mapping[int, Callable[[Connection], None]] = {
    2: _index_in_segments,
    3: _no_exports,
    4: _sizes_in_postings,
    5: _thinner_sketches,
    6: _hosts_and_queues,
    7: _filters_of_segments,
}
"""Number of a schema -> what turns the one before it into this one. A step states its tables in SQL of its
own: `schema.py` moves on, a step must not. Schema 1 is the first, made from `schema.py` as a whole."""

_LOCK = 0x69706E657773  # "ipnews"
_VERSION = "schema"
_NEXT_NUMBER = "next_number"


def migrate(
    connection: Connection,
    where: str,
    steps: Mapping[int, Callable[[Connection], None]] = STEPS,
    newest: int = CATALOG_SCHEMA,
) -> None:
    """Make the tables of a new catalog, or run the steps an older one still lacks, in this transaction.

    Raises SchemaError when the catalog is newer than `newest`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))  # two processes may meet a new database
    found = version(connection, where)
    if found is None:
        texts.metadata.create_all(connection)  # all tables, those of index_schema too
        search.create(connection)
        connection.execute(
            meta.insert(), [{"key": _VERSION, "value": str(newest)}, {"key": _NEXT_NUMBER, "value": "1"}]
        )
        return
    _refuse_newer(found, where, newest)
    for number in range(found + 1, newest + 1):
        steps[number](connection)
        connection.execute(update(meta).where(meta.c.key == _VERSION).values(value=str(number)))


def check_schema(connection: Connection, where: str, newest: int = CATALOG_SCHEMA) -> None:
    """Refuse a catalog that this version cannot read as it lies. Raises SchemaError."""
    found = version(connection, where)
    if found is None and not inspect(connection).get_table_names():
        raise SchemaError(
            f"{where}: empty: nothing was crawled or read into it yet; begin with: ipnews crawl --url URL, "
            "or ipnews backfill FILE"
        )
    if found is None:
        raise SchemaError(f"{where}: not a catalog of ipnews; give another --archive DIR")
    _refuse_newer(found, where, newest)
    if found < newest:
        raise SchemaError(
            f"{where}: schema {found} is older than {newest} and cannot be migrated where nothing may be "
            "written: copy the archive to a place where you may write and use --archive DIR"
        )


def is_older(connection: Connection, where: str, newest: int = CATALOG_SCHEMA) -> bool:
    """Whether this is a catalog, and one of an older schema."""
    found = version(connection, where)
    return found is not None and found < newest


def version(connection: Connection, where: str) -> int | None:
    """The number of the catalog's schema; None when there is no catalog yet. Raises SchemaError where what
    stands for the number is none."""
    if not inspect(connection).has_table(meta.name):
        return None
    value = connection.scalar(select(meta.c.value).where(meta.c.key == _VERSION))
    if value is not None and not value.isdecimal():
        raise SchemaError(f"{where}: schema {value!r} is no number: not a catalog of ipnews")
    return int(value) if value is not None else None


def take_numbers(connection: Connection, count: int) -> range:
    """Row numbers never given before, for `articles.number`. Locks the counter until the transaction ends."""
    first = int(connection.scalars(_COUNTER).one())
    connection.execute(_COUNT, {"count": str(first + count)})
    return range(first, first + count)


_COUNTER = select(meta.c.value).where(meta.c.key == _NEXT_NUMBER).with_for_update()
_COUNT = update(meta).where(meta.c.key == _NEXT_NUMBER).values(value=bindparam("count"))


def _refuse_newer(found: int, where: str, newest: int) -> None:
    if found > newest:
        raise SchemaError(
            f"{where}: schema {found}, but this version knows {newest}; update it: git pull && make setup"
        )
