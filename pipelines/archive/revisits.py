"""Rows of revisits: an address was asked again and still had the payload of an earlier capture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from pipelines.archive.capture_rows import CaptureRow
from pipelines.archive.captures import insert_capture, iterate
from pipelines.archive.reader import Revisit
from pipelines.archive.schema import captures, revisits
from pipelines.records import version_id


def insert_revisit(connection: Connection, revisit: Revisit, capture_id: str | None = None) -> bool:
    """Note a revisit, with the capture that holds the payload where it is known. False when noted before."""
    same = (revisits.c.url == revisit.url) & (revisits.c.fetched_at == revisit.fetched_at)
    if connection.scalar(select(revisits.c.url).where(same)) is not None:
        return False
    values = {
        "url": revisit.url,
        "fetched_at": revisit.fetched_at,
        "capture_id": capture_id,
        "profile": revisit.profile,
        "refers_to_url": revisit.refers_to_url,
        "refers_to_date": revisit.refers_to_date,
        "payload_digest": revisit.record_digest,
        "warc_file": revisit.warc.file,
        "warc_offset": revisit.warc.offset,
        "warc_length": revisit.warc.length,
    }
    connection.execute(revisits.insert().values(**values))
    return True


def resolve_revisits(connection: Connection) -> tuple[int, int]:
    """Find the captures that noted revisits refer to: (resolved, still without one).

    A revisit of another address's payload makes a capture of its own, to be read: same payload, its own
    address and time, the other's record.
    """
    unresolved = revisits.c.capture_id.is_(None)
    rows = connection.execute(select(revisits).where(unresolved).order_by(*revisits.primary_key)).all()
    resolved = 0
    for row in rows:
        original = _original(connection, row)
        if original is None:
            continue
        capture_id = version_id(row.url, original.payload_digest)
        if original.url != row.url:
            insert_capture(
                connection, replace(original, id=capture_id, url=row.url, fetched_at=row.fetched_at)
            )
        this = (revisits.c.url == row.url) & (revisits.c.fetched_at == row.fetched_at)
        connection.execute(update(revisits).where(this).values(capture_id=capture_id))
        resolved += 1
    return resolved, len(rows) - resolved


def _original(connection: Connection, row: Any) -> CaptureRow | None:
    """By digest where there is one, of the address referred to first; else by the date referred to."""
    of_url = captures.c.url == row.refers_to_url
    if row.payload_digest is not None:
        labelled = captures.c.record_digest == row.payload_digest
        if row.payload_digest.startswith("sha256:"):
            labelled |= captures.c.payload_digest == row.payload_digest
        return _earliest(connection, labelled & of_url) or _earliest(connection, labelled)
    if row.refers_to_date is not None:
        return _earliest(connection, of_url & (captures.c.fetched_at == row.refers_to_date))
    return None


def _earliest(connection: Connection, where: Any) -> CaptureRow | None:
    return min(iterate(connection, where=where), key=lambda row: row.precedence, default=None)
