"""What more than one area's tests need: Hypothesis without deadlines (machines are shared, and a time is no
property of the code), and a real PostgreSQL, one server for all of a process's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from bench.postgres import postgresql

settings.register_profile("ipnews", deadline=None)
settings.load_profile("ipnews")


@pytest.fixture(scope="session")
def database() -> Iterator[Callable[[str], str]]:
    """Makes an empty database whose name begins with a given one; its address."""
    numbers = count(1)
    with postgresql() as (_server, first):
        engine = create_engine(
            first.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
        )

        def make(area: str) -> str:
            name = f"{area}_{next(numbers)}"
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return first.replace("@/postgres", f"@/{name}")

        yield make
        engine.dispose()
