"""Rows of the segments that are the index: what is in them is in `postings`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, insert, select, update

from pipelines.archive.index_schema import segments
from pipelines.dedupe.candidates import Integers

BLOCK = 32
"""Postings in a block, on average: about 400 bytes, ten blocks a page. Larger ones make a lookup decode more
than it asked for, smaller ones cost more in rows than in postings."""

HASHES = 48
"""Bits of an indexed hash."""

EVERY = 44
"""Hashes of fewer bits are sampled at every density (at most 2**4): there texts of all lengths are equally
frequent. Blocks are sized by that range; where only dense sketches reach they are smaller."""

BLOCK_BITS = 40
"""Bits of a block's number in a place: the shift is 8 at least."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A row of `segments`: see its columns."""

    id: int
    shift: int
    postings: int
    common: int
    first: int
    last: int

    def place(self, value: int) -> int:
        """The place of the block that has a hash."""
        return self.id << BLOCK_BITS | value >> self.shift

    def places(self, hashes: Integers) -> list[int]:
        """The places of the blocks that have these hashes, ascending."""
        places: list[int] = (np.unique(hashes >> self.shift) | self.id << BLOCK_BITS).tolist()
        return places


def whole(connection: Connection) -> list[Segment]:
    """The segments that are the index, largest first."""
    return [Segment(*row) for row in connection.execute(_WHOLE)]


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_WHOLE = (
    select(
        segments.c.id,
        segments.c.shift,
        segments.c.postings,
        segments.c.common,
        segments.c.first,
        segments.c.last,
    )
    .where(segments.c.state == "whole")
    .order_by(segments.c.postings.desc(), segments.c.id)
)


def begin(connection: Connection, postings: int, common: int, first: int, last: int) -> Segment:
    """A segment to be built, for about so many postings."""
    blocks = max(1, common // BLOCK)
    shift = max(HASHES - BLOCK_BITS, EVERY + 1 - blocks.bit_length())
    values = {"shift": shift, "postings": postings, "common": common, "first": first, "last": last}
    row = connection.execute(insert(segments).values(state="building", **values).returning(segments.c.id))
    return Segment(int(row.scalar_one()), **values)


def set_state(connection: Connection, ids: Sequence[int], state: str) -> None:
    """building, whole or old."""
    connection.execute(update(segments).where(segments.c.id.in_(ids)).values(state=state))


def replace(connection: Connection, made: Segment, chosen: Sequence[Segment], kept: int) -> bool:
    """Let a segment that was built, of `kept` postings, stand for others. False where another process has
    replaced one of these, or has taken this one for a dead process's: it is discarded later."""
    standing = {segment.id for segment in whole(connection)}
    own = (segments.c.id == made.id) & (segments.c.state == "building")
    if not standing.issuperset(segment.id for segment in chosen):
        return False
    if not connection.execute(update(segments).where(own).values(state="whole", postings=kept)).rowcount:
        return False
    set_state(connection, [segment.id for segment in chosen], "old")
    return True
