"""`ipnews status`: runs, backlog, failures."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Connection, func, select

from crawler.config import load_config
from crawler.console import emit, table
from pipelines.archive import runs
from pipelines.archive.catalog import Catalog
from pipelines.archive.drops import COUNTED_AS
from pipelines.archive.schema import (
    DISALLOWED,
    addresses,
    articles,
    captures,
    drops,
    parts,
    settled,
    tombstones,
)


def run(archive: Path | None = None, json: bool = False) -> int:
    """Show the state of the archive."""
    config = load_config(archive)
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        facts = gather(connection, time.time())
        history = runs.latest(connection, 10)
    if json:
        emit(facts | {"runs": history})
        return 0
    rows = [(name.replace("_", " "), value) for name, value in facts.items() if isinstance(value, int)]
    table(f"Archive {config.archive}", ("", "now"), rows)
    reasons = facts["dropped_because"]
    if isinstance(reasons, dict) and reasons:
        table("Dropped", ("reason", "captures"), list(reasons.items()))
    shown = [(r.id, r.command, r.started_at, r.ended_at or "not ended", _code(r.exit_code)) for r in history]
    table("Latest runs", ("run", "command", "started", "ended", "exit"), shown)
    return 0


def gather(connection: Connection, now: float) -> dict[str, int | dict[str, int]]:
    """Counts of everything that waits, is there, or failed."""
    by_state = select(addresses.c.state, func.count().label("number")).group_by(addresses.c.state)
    states = {row.state: row.number for row in connection.execute(by_state)}
    due = select(func.count()).where(
        addresses.c.state.in_(("pending", "done", "failed")), addresses.c.due <= now
    )
    by_robots = addresses.c.state.in_(("failed", "dead")) & (addresses.c.failure == DISALLOWED)
    disallowed = connection.execute(select(func.count()).where(by_robots)).scalar_one()
    reading = captures.c.read_state.in_(("pending", "leased"))
    reasons = select(COUNTED_AS, func.count()).group_by(COUNTED_AS).order_by(func.count().desc(), COUNTED_AS)
    return {
        "addresses": sum(states.values()),
        "addresses_due": connection.execute(due).scalar_one(),
        "addresses_leased": states.get("leased", 0),
        "addresses_failed": states.get("failed", 0) + states.get("dead", 0) - disallowed,
        "addresses_disallowed": disallowed,
        "captures": _count(connection, captures),
        "captures_to_read": connection.execute(select(func.count()).where(reading)).scalar_one(),
        "articles": _count(connection, articles),
        "articles_current": connection.execute(select(func.count()).where(articles.c.current)).scalar_one(),
        "articles_to_settle": connection.execute(
            select(func.count()).where(articles.c.settle_state != "settled")
        ).scalar_one(),
        "stories": connection.execute(select(func.count()).where(settled.c.canonical)).scalar_one(),
        "drops": _count(connection, drops),
        "parts_taken_in": _count(connection, parts),
        "withdrawn": _count(connection, tombstones),
        "dropped_because": {row[0]: row[1] for row in connection.execute(reasons)},
    }


def _count(connection: Connection, table_of: object) -> int:
    count: int = connection.execute(select(func.count()).select_from(table_of)).scalar_one()  # type: ignore[arg-type]
    return count


def _code(exit_code: int | None) -> str:
    return "" if exit_code is None else str(exit_code)
