"""Rows of runs and the ledger of parts: which commands ran, and which parts the catalog has taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select, update

from pipelines.archive.schema import parts, runs


@dataclass(frozen=True, slots=True)
class Run:
    """One command given to an archive; `exit_code` None while it runs, or when it was killed."""

    id: int
    command: str
    started_at: str
    ended_at: str | None
    exit_code: int | None
    counts: Mapping[str, int]


def start(connection: Connection, command: str, started_at: str) -> int:
    """Note that a command begins; returns the number of the run."""
    values = {"command": command, "started_at": started_at, "counts": "{}"}
    key = connection.execute(runs.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def finish(
    connection: Connection, run: int, ended_at: str, exit_code: int, counts: Mapping[str, int]
) -> None:
    """Note how a run ended."""
    values = {"ended_at": ended_at, "exit_code": exit_code, "counts": msgspec.json.encode(counts).decode()}
    connection.execute(update(runs).where(runs.c.id == run).values(**values))


def latest(connection: Connection, limit: int = 10) -> list[Run]:
    """The newest runs, newest first."""
    rows = connection.execute(select(runs).order_by(runs.c.id.desc()).limit(limit))
    return [
        Run(
            row.id,
            row.command,
            row.started_at,
            row.ended_at,
            row.exit_code,
            msgspec.json.decode(row.counts, type=dict[str, int]),
        )
        for row in rows
    ]


def is_taken(connection: Connection, part: str) -> bool:
    """Whether the catalog has taken a part in."""
    return connection.scalar(select(parts.c.name).where(parts.c.name == part)) is not None


def note_part(
    connection: Connection, part: str, source: str, articles: int, drops: int, taken_at: str
) -> None:
    """Note a part as taken in; belongs in the transaction that stores its rows."""
    values = {"source": source, "articles": articles, "drops": drops, "taken_at": taken_at}
    connection.execute(parts.insert().values(name=part, **values))
