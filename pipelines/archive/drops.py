"""Rows of drops: every capture that did not become an article, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from pipelines.archive.schema import drops
from pipelines.records import Drop, Reason, Stage


def store_drop(connection: Connection, drop: Drop) -> None:
    """Put a drop in, in place of an earlier one of the same capture."""
    remove_drop(connection, drop.capture_id)
    values = {"url": drop.url, "stage": drop.stage, "reason": drop.reason, "detail": drop.detail}
    connection.execute(_INSERT, {"capture_id": drop.capture_id, **values})


def remove_drop(connection: Connection, capture_id: str) -> None:
    """Take a drop out: its capture has become an article, or has been withdrawn."""
    connection.execute(_DELETE, {"gone": capture_id})


def find(connection: Connection, capture_id: str) -> Drop | None:
    """The drop of a capture."""
    return next(iterate(connection, where=drops.c.capture_id == capture_id), None)


def iterate(connection: Connection, *, where: Any = None) -> Iterator[Drop]:
    """All drops in the order of their captures' ids."""
    statement = select(drops).order_by(drops.c.capture_id)
    for row in connection.execute(statement if where is None else statement.where(where)):
        yield Drop(Stage(row.stage), Reason(row.reason), row.detail, row.url, row.capture_id)


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_INSERT = drops.insert()
_DELETE = delete(drops).where(drops.c.capture_id == bindparam("gone"))
