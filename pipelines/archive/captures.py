"""Rows of captures: what was fetched, where its record lies, and the queue of captures to be read.

One row per version of an address (`Capture.id`). Where several records hold the same version, the row is
the earliest one's, so that the rows do not depend on the order in which sources came in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from pipelines.archive.batches import groups
from pipelines.archive.capture_rows import CaptureRow, row_of
from pipelines.archive.schema import captures
from pipelines.archive.spellings import host_of
from pipelines.records import Capture, WarcPointer

ReadState = Literal["pending", "leased", "article", "drop", "withdrawn"]

READ_LEASE_SECONDS = 600.0
"""A reader that has not answered by then is taken for dead. One capture takes some milliseconds."""


def insert_capture(
    connection: Connection,
    capture: Capture | CaptureRow,
    *,
    run: int | None = None,
    read_state: ReadState = "pending",
) -> bool:
    """Note a capture. True when its record is now the one that stands for this version and waits to be
    read; False when that record, or an earlier one, stands there already."""
    row = capture if isinstance(capture, CaptureRow) else row_of(capture)
    known = find(connection, row.id)
    if known is not None and known.precedence <= row.precedence:
        return False
    insert_captures(connection, [row], run=run, read_state=read_state)
    return True


def insert_captures(
    connection: Connection,
    rows: Sequence[CaptureRow],
    *,
    run: int | None,
    read_state: ReadState,
    reader: str | None = None,
    now: float = 0.0,
) -> set[str]:
    """Note captures, ids once each; returns the ids whose record in `rows` now stands for the version.

    `read_state` is given to the new ones among these; the row of a record noted before stays as it is. Those
    that a `reader` takes at once are leased to it from `now` on, seconds since the epoch.
    """
    known = find_all(connection, [row.id for row in rows])
    lease = _lease(reader, now) if reader is not None else {}
    fresh = [_values(row, run, read_state) | lease for row in rows if row.id not in known]
    earlier = [row for row in rows if row.id in known and row.precedence < known[row.id].precedence]
    if fresh:
        connection.execute(_INSERT, fresh)
    for row in earlier:
        values = _values(row, run, read_state) | lease
        connection.execute(update(captures).where(captures.c.id == row.id).values(**values))
    return {row.id for row in rows if row.id not in known or row.precedence <= known[row.id].precedence}


def find(connection: Connection, capture_id: str) -> CaptureRow | None:
    """The row of a version."""
    row = connection.execute(_FIND_ALL, {"wanted": [capture_id]}).first()
    return _capture_row(row) if row else None


def find_all(connection: Connection, ids: Sequence[str]) -> dict[str, CaptureRow]:
    """The rows of some versions by their ids; those that are there."""
    return {
        found.id: _capture_row(found)
        for some in groups(ids)
        for found in connection.execute(_FIND_ALL, {"wanted": some})
    }


def newest(connection: Connection, url: str) -> CaptureRow | None:
    """The row of an address's newest version."""
    order = (captures.c.fetched_at.desc(), captures.c.id.desc())
    row = connection.execute(select(*_COLUMNS).where(captures.c.url == url).order_by(*order)).first()
    return _capture_row(row) if row else None


def iterate(connection: Connection, *, where: Any = None, batch: int = 1000) -> Iterator[CaptureRow]:
    """All rows in the order of their ids, a batch at a time: safe to write in between."""
    after = ""
    while True:
        statement = select(*_COLUMNS).where(captures.c.id > after).order_by(captures.c.id).limit(batch)
        rows = connection.execute(statement if where is None else statement.where(where)).all()
        if not rows:
            return
        for row in rows:
            yield _capture_row(row)
        after = rows[-1].id


def count_pending(connection: Connection, now: float) -> int:
    """How many captures `claim_pending` would find free."""
    free = or_(captures.c.read_state == "pending", _expired(now))
    return int(connection.scalar(select(func.count()).select_from(captures).where(free)) or 0)


def claim_pending(connection: Connection, limit: int, owner: str, now: float) -> list[CaptureRow]:
    """Take up to `limit` captures from the reading queue, in the order of their WARC files.

    They are leased to `owner` for READ_LEASE_SECONDS; an expired lease is taken again. `now`: seconds since
    the epoch.
    """
    # Two looks, because the index holds the order of one state: for both at once everything would be sorted.
    rows = list(connection.execute(_first(limit, _expired(now))).all())
    rows += connection.execute(_first(limit, captures.c.read_state == "pending")).all()
    rows = sorted(rows, key=lambda row: (row.warc_file, row.warc_offset, row.id))[:limit]
    for some in groups([row.id for row in rows]):
        values = {"read_attempts": captures.c.read_attempts + 1, **_lease(owner, now)}
        connection.execute(update(captures).where(captures.c.id.in_(some)).values(**values))
    return [_capture_row(row) for row in rows]


def _lease(owner: str, now: float) -> dict[str, Any]:
    return {"read_state": "leased", "read_owner": owner, "read_until": now + READ_LEASE_SECONDS}


def _expired(now: float) -> ColumnElement[bool]:
    return and_(captures.c.read_state == "leased", captures.c.read_until < now)


def _first(limit: int, *where: Any) -> Any:
    place = (captures.c.warc_file, captures.c.warc_offset, captures.c.id)
    statement = select(*_COLUMNS).where(*where).order_by(*place).limit(limit)
    return statement.with_for_update(skip_locked=True)


def lease_owners(connection: Connection) -> list[str]:
    """Who holds captures to read them."""
    leased = captures.c.read_state == "leased"
    return list(connection.scalars(select(captures.c.read_owner).where(leased).distinct()))


def release_leases(connection: Connection, owners: Sequence[str]) -> None:
    """Give back what readers hold that are dead, or done with it."""
    for owner in owners:
        held = (captures.c.read_state == "leased") & (captures.c.read_owner == owner)
        connection.execute(update(captures).where(held).values(read_state="pending"))


def mark_read(connection: Connection, ids: Iterable[str], state: Literal["article", "drop"], by: str) -> None:
    """End the reading of captures. `by` is the pipeline_version that read them."""
    rows = [{"wanted": one, "state": state, "by": by} for one in ids]
    if rows:
        connection.execute(_MARK, rows)


def queue_unread_by(connection: Connection, version: str, hosts: Collection[str] = ()) -> int:
    """Queue every capture that another pipeline_version read last, and all of `hosts` and of what is below
    them, whoever read those; returns how many."""
    chosen = [captures.c.read_version.is_(None), captures.c.read_version != version]
    for host in hosts:
        chosen += [captures.c.host == host, captures.c.host.endswith("." + host, autoescape=True)]
    done = captures.c.read_state.in_(("article", "drop"))
    again = update(captures).where(done, or_(*chosen)).values(read_state="pending")
    return connection.execute(again).rowcount


def known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Which of some ids have a row."""
    return set(connection.scalars(select(captures.c.id).where(captures.c.id.in_(ids))))


_COLUMNS = (
    captures.c.id,
    captures.c.url,
    captures.c.site,
    captures.c.kind,
    captures.c.fetched_at,
    captures.c.status,
    captures.c.content_type,
    captures.c.payload_digest,
    captures.c.size,
    captures.c.warc_file,
    captures.c.warc_offset,
    captures.c.warc_length,
    captures.c.record_digest,
)
# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_INSERT = captures.insert()
_FIND_ALL = select(*_COLUMNS).where(captures.c.id.in_(bindparam("wanted", expanding=True)))
_MARK = (
    update(captures)
    .where(captures.c.id == bindparam("wanted"))
    .values(read_state=bindparam("state"), read_version=bindparam("by"), read_until=None)
)


def _capture_row(row: Any) -> CaptureRow:
    pointer = WarcPointer(row.warc_file, row.warc_offset, row.warc_length)
    return CaptureRow(
        row.id,
        row.url,
        row.site,
        row.kind,
        row.fetched_at,
        row.status,
        row.content_type,
        row.payload_digest,
        row.size,
        pointer,
        row.record_digest,
    )


def _values(row: CaptureRow, run: int | None, read_state: ReadState) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "host": host_of(row.url),
        "site": row.site,
        "kind": row.kind,
        "fetched_at": row.fetched_at,
        "status": row.status,
        "content_type": row.content_type,
        "payload_digest": row.payload_digest,
        "record_digest": row.record_digest,
        "size": row.size,
        "warc_file": row.warc.file,
        "warc_offset": row.warc.offset,
        "warc_length": row.warc.length,
        "run": run,
        "read_state": read_state,
        "read_attempts": 0,
    }
