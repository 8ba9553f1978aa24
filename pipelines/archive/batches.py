"""Ids in groups, for statements that name many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

GROUP = 500
"""PostgreSQL takes 65,535 parameters in a statement, SQLite 32,766; a plan for 500 is as quick per id."""

AT_ONCE = 5_000
"""Values in one IN list: under the 32,766 variables of SQLite and the 65,535 of PostgreSQL."""


def groups(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """`ids` in runs of at most GROUP."""
    for first in range(0, len(ids), GROUP):
        yield ids[first : first + GROUP]


def in_batches(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Lists of at most `size` values."""
    left = iter(values)
    while batch := list(islice(left, size)):
        yield batch


def rows_in(connection: Connection, statement: str, numbers: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement that ends with a column, for all of these numbers.

    They stand in the statement: to name and bind 5,000 of them costs more than to look them up.
    """
    for batch in in_batches(numbers):
        found: Any = connection.exec_driver_sql(f"{statement} IN ({','.join(map(str, batch))})").all()
        yield from found
