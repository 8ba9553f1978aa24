"""Rows of drops: every capture that did not become an article, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, select

from pipelines.archive.schema import captures, drops
from pipelines.records import Drop, Reason, Stage

_MOVED = (drops.c.reason == Reason.HTTP_STATUS) & drops.c.detail.like("3__")
COUNTED_AS = case((_MOVED, "redirect"), else_=drops.c.reason).label("counted_as")
"""The reason of a drop where drops are counted: redirects apart, since nothing is lost with them."""


def store_drops(connection: Connection, some: Sequence[Drop]) -> None:
    """Put drops in, each in place of an earlier one of the same capture. Captures occur once in `some`."""
    remove_drops(connection, [drop.capture_id for drop in some])
    if some:
        connection.execute(_INSERT, [_values(drop) for drop in some])


def remove_drops(connection: Connection, capture_ids: Iterable[str]) -> None:
    """Take drops out: their captures have become articles, or have been withdrawn."""
    gone = [{"gone": capture_id} for capture_id in capture_ids]
    if gone:
        connection.execute(_DELETE, gone)


def find(connection: Connection, capture_id: str) -> Drop | None:
    """The drop of a capture."""
    return next(iterate(connection, where=drops.c.capture_id == capture_id), None)


def drops_of(connection: Connection, capture_ids: Sequence[str]) -> list[Drop]:
    """The drops of some captures."""
    return list(iterate(connection, where=drops.c.capture_id.in_(capture_ids)))


def lone_drops(connection: Connection) -> Iterator[Drop]:
    """The drops of records that never became a capture."""
    return iterate(connection, where=drops.c.capture_id.not_in(select(captures.c.id)))


def iterate(connection: Connection, *, where: Any = None) -> Iterator[Drop]:
    """All drops in the order of their captures' ids."""
    statement = select(drops).order_by(drops.c.capture_id)
    for row in connection.execute(statement if where is None else statement.where(where)):
        yield Drop(Stage(row.stage), Reason(row.reason), row.detail, row.url, row.capture_id)


def _values(drop: Drop) -> dict[str, str]:
    return {
        "capture_id": drop.capture_id,
        "url": drop.url,
        "stage": drop.stage,
        "reason": drop.reason,
        "detail": drop.detail,
    }


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_INSERT = drops.insert()
_DELETE = delete(drops).where(drops.c.capture_id == bindparam("gone"))
