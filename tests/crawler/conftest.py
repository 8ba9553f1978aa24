"""A small bundled network on loopback, and declarations with no pause."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest

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
