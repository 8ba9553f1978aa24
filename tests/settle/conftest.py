"""A database for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def postgres(database: Callable[[str], str], request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    return database(f"of_{request.node.originalname}"[:55].lower())
