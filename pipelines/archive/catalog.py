"""The catalog: one SQLite file in the archive's folder, or a PostgreSQL database, behind one writer thread.

Functions that take a `Connection` live in the modules beside this one (`captures`, `articles`, `runs` ...);
here is only how they get one: `read()` for a snapshot, `write(function)` for a place in the next
transaction. Another process may do the same at the same time (a backfill beside a crawl).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from pipelines.archive.disk_faults import unwritable
from pipelines.archive.faults import explained
from pipelines.archive.migrations import check_schema, is_older, migrate
from pipelines.archive.writer import IMMEDIATE, Writer
from pipelines.errors import UsageError

T = TypeVar("T")

CATALOG_FILE = "catalog.db"
_SQLITE = "sqlite+pysqlite"
BUSY_SECONDS = 30
"""How long a transaction waits for another process's. Ours take less than a tenth of a second each; only
a stopped process (SIGSTOP, a suspended machine) holds one longer."""


class Catalog:
    """One open catalog. Use as a context manager, or call `close()`: it waits for what was queued."""

    def __init__(self, engine: Engine, where: str, *, read_only: bool) -> None:
        self._engine, self.where, self.read_only = engine, where, read_only
        self._writer: Writer | None = None

    @classmethod
    def open(cls, location: Path | str, *, read_only: bool = False) -> Catalog:
        """Open the catalog of an archive folder (made when missing) or of a `postgresql://` address.

        An older schema is migrated first. Raises SchemaError for a newer one, UsageError for a missing
        one (read only), ArchiveError for a damaged one, ArchiveUnwritable, ArchiveBusy.
        """
        if isinstance(location, str) and "://" in location:
            engine, where = _postgres(location), _without_password(location)
        else:
            engine, where = _sqlite(Path(location), read_only), str(location)
        try:
            if read_only:
                _migrate_before_reading(engine, Path(location))
            begin = "BEGIN" if read_only else IMMEDIATE
            with engine.connect().execution_options(begin=begin) as connection, connection.begin():
                (check_schema if read_only else migrate)(connection, where)
        except SQLAlchemyError as error:
            engine.dispose()
            raise explained(error, where) from None
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, where, read_only=read_only)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def write(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue `work` for the next transaction; the Future has its result after the commit.

        Many pieces of work share a transaction, each in its own savepoint: one that raises undoes only
        itself. `work` may run twice (a lost connection), so it touches nothing but its connection.
        """
        if self.read_only:
            raise UsageError(f"{self.where}: opened for reading only")
        if self._writer is None:
            self._writer = Writer(self._engine, self.where)
        return self._writer.submit(work)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the catalog until it is left. Database errors are explained."""
        try:
            with self._engine.connect() as connection:  # its transaction begins by itself, and is rolled back
                yield connection
        except SQLAlchemyError as error:
            raise explained(error, self.where) from None

    def close(self) -> None:
        """Finish what was queued, then let go of the database."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._engine.dispose()

    def __enter__(self) -> Catalog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _sqlite(folder: Path, read_only: bool) -> Engine:
    path = folder / CATALOG_FILE
    if read_only:
        if not path.is_file():
            raise UsageError(
                f"{folder}: no archive here; name the folder of one, or make one: "
                f"ipnews crawl --archive {folder}, or of WARC files: ipnews backfill FILE --archive {folder}"
            )
        # A database with a WAL cannot be opened where its -shm file cannot be made; where there is one,
        # somebody may be writing, and what he wrote last is in the WAL, which `immutable` passes over.
        still = not os.access(folder, os.W_OK) and not path.with_name(f"{CATALOG_FILE}-shm").exists()
        query = {"immutable": "1"} if still else {"mode": "ro"}
        database = f"file:{quote(str(path))}"
        engine = create_engine(URL.create(_SQLITE, database=database, query=query | {"uri": "true"}))
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(error, str(folder)) from None
        engine = create_engine(URL.create(_SQLITE, database=str(path)))
    event.listen(engine, "connect", _prepare_sqlite if not read_only else _prepare_sqlite_reader)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _migrate_before_reading(engine: Engine, folder: Path) -> None:
    """Bring an archive that may be written to today's schema, so that a reader never meets an old one. A file
    that is no catalog stays as it is: whoever reads makes no tables."""
    if os.access(folder / CATALOG_FILE, os.W_OK) and os.access(folder, os.W_OK):
        with engine.connect() as connection:
            older = is_older(connection, str(folder))
        if older:
            Catalog.open(folder).close()


def _prepare_sqlite_reader(connection: Any, _: object) -> None:
    # The driver's own idea of transactions begins them late and without IMMEDIATE: switch it off.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA cache_size = -32000")


def _prepare_sqlite(connection: Any, _: object) -> None:
    _prepare_sqlite_reader(connection, _)
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL: a kill of the process loses nothing; a loss of power may lose the last transactions, never
    # their consistency. The WARC is synced first, so that rows lost this way are adopted at the next start.
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _postgres(address: str) -> Engine:
    scheme, _, rest = address.partition("://")
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise UsageError(f"{scheme}://...: a catalog is a folder or a postgresql:// address")
    try:
        return create_engine(f"postgresql+psycopg://{rest}", pool_pre_ping=True)
    except ImportError:
        raise UsageError("PostgreSQL needs the extra: pip install 'ipnews[postgres]'") from None


def _without_password(address: str) -> str:
    scheme, _, rest = address.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{host}"
