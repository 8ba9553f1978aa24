"""Hypothesis without deadlines (shared machines), and a database for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

settings.register_profile("copies", deadline=None)
settings.load_profile("copies")


@pytest.fixture
def postgres(database: Callable[[str], str], request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    return database(f"of_{request.node.originalname}"[:55].lower())
