"""Ids in groups, for statements that name many of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

GROUP = 500
"""PostgreSQL takes 65,535 parameters in a statement, SQLite 32,766; a plan for 500 is as quick per id."""


def groups(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """`ids` in runs of at most GROUP."""
    for first in range(0, len(ids), GROUP):
        yield ids[first : first + GROUP]
