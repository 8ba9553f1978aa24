"""Filters beside the segments of the index: which hashes a segment has, and which more than once.

They are written with the blocks and read once by a process, as a whole: 86 bytes for each text of 93
hashes. A text that is new to an archive has few hashes that another text has, so that few blocks are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, insert, select

from pipelines.archive.index_schema import segment_filters
from pipelines.archive.segment_rows import Segment
from pipelines.dedupe.candidates import Integers
from pipelines.dedupe.membership import Membership, bits_of, distinct, repeated


class Filter(NamedTuple):
    """Of one segment: hashes that may be there, and those that more than one text may have there."""

    present: Membership
    repeated: Membership


def add(connection: Connection, segment: int, hashes: Integers) -> None:
    """Note the hashes of whole blocks (sorted, not none), above those noted before."""
    row = {
        "segment": segment,
        "lowest": int(hashes[0]),
        "present": bits_of(distinct(hashes)),
        "repeated": bits_of(repeated(hashes)),
    }
    connection.execute(_ADD, row)


_ADD = insert(segment_filters)


def filters_of(connection: Connection, segments: Iterable[Segment]) -> dict[int, Filter]:
    """By id of the segment; an archive of before schema 7 has none for segments that were not merged since.

    What was read is kept as long as the engine is: a segment never changes.
    """
    asked = {segment.id: segment for segment in segments}
    before = _kept.get(connection.engine, {})
    kept = {segment: found for segment, found in before.items() if asked.get(segment.id) == segment}
    missing = [segment for segment in asked.values() if segment not in kept]
    if missing:
        kept |= {asked[id]: found for id, found in stored_filters(connection, missing)}
    _kept[connection.engine] = kept
    return {segment.id: found for segment, found in kept.items()}


_kept: WeakKeyDictionary[Engine, dict[Segment, Filter]] = WeakKeyDictionary()


def stored_filters(connection: Connection, segments: Iterable[Segment]) -> Iterator[tuple[int, Filter]]:
    """(id of the segment, its filter), as they stand in the catalog now."""
    columns = segment_filters.c
    statement = (
        select(columns.segment, columns.lowest, columns.present, columns.repeated)
        .where(columns.segment.in_([segment.id for segment in segments]))
        .order_by(columns.segment, columns.lowest)
    )
    for id, rows in groupby(connection.execute(statement), key=itemgetter(0)):
        parts = list(rows)
        present = Membership([(row.lowest, row.present) for row in parts])
        yield id, Filter(present, Membership([(row.lowest, row.repeated) for row in parts]))


def remove(connection: Connection, segment: int) -> None:
    """Take out those of one segment."""
    connection.execute(delete(segment_filters).where(segment_filters.c.segment == segment))


def clear(connection: Connection) -> None:
    """Take out everything."""
    connection.execute(delete(segment_filters))
