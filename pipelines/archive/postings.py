"""The inverted index over shingles, in the catalog: segments of sorted postings, in blocks that lookups read.

A tree with a row for each posting writes a page for nearly every one (hashes are spread evenly: 93,000
postings of 500 texts among a million pages). So a batch of texts is one segment, written in one go, and
segments are merged when they are of a size (a log-structured merge tree: O'Neil et al. 1996). A posting names
its text by a number that is never given twice; those of texts that were taken out mean nothing, and a merge
leaves them out. All postings of a text are in one segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, update

from pipelines.archive.batches import AT_ONCE, in_batches, rows_in
from pipelines.archive.index_schema import posting_blocks, segments
from pipelines.archive.read_ahead import read_blocks
from pipelines.dedupe.candidates import Flags, Integers, is_in

POSTING = np.dtype([("hash", "<u8"), ("text", "<u4")])
"""12 bytes a posting. Above the 48 bits of the hash stand 12 of the size of the text (hashes indexed, at most
4,095) and 4 of its density (at most 16, less one), so that a lookup asks for no row of a text that shares too
little."""

_LARGEST = (1 << 12) - 1

BLOCK = 32
"""Postings in a block, on average: about 400 bytes, ten blocks a page. Larger ones make a lookup decode more
than it asked for, smaller ones cost more in rows than in postings."""

HASHES = 48
"""Bits of an indexed hash."""

EVERY = 44
"""Hashes of fewer bits are sampled at every density (at most 2**4): there texts of all lengths are equally
frequent. Blocks are sized by that range; where only dense sketches reach they are smaller."""

_TERMS = 250
"""Parts of one statement; SQLite takes 500."""

_BLOCKS = 40
"""Bits of a block's number in a place: the shift is 8 at least."""


class Postings(NamedTuple):
    """Hashes, ascending, the number of the text that has each, and what is `noted` of that text."""

    hashes: Integers
    texts: Integers
    noted: Integers


def noted(sizes: Integers, densities: Integers) -> Integers:
    """16 bits for each text: of 0 hashes none are indexed, so that 0 is never noted."""
    bits: Integers = np.minimum(sizes, _LARGEST) << 4 | densities - 1
    return np.where(sizes > 0, bits, 0)


def sizes_noted(noted: Integers) -> tuple[Integers, Integers]:
    """(size at least, density) of texts."""
    return noted >> 4, (noted & 15) + 1


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
        return self.id << _BLOCKS | value >> self.shift


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


def add(connection: Connection, postings: Postings) -> None:
    """Put the postings of new texts in, as a segment of their own; in any order."""
    if not len(postings.hashes):
        return
    ordered = _by_hash(postings)
    common = int(np.searchsorted(ordered.hashes, 1 << EVERY))
    span = (int(postings.texts.min()), int(postings.texts.max()))
    segment = begin(connection, len(ordered.hashes), common, *span)
    append(connection, segment, ordered)
    set_state(connection, [segment.id], "whole")


def begin(connection: Connection, postings: int, common: int, first: int, last: int) -> Segment:
    """A segment to be built, for about so many postings."""
    blocks = max(1, common // BLOCK)
    shift = max(HASHES - _BLOCKS, EVERY + 1 - blocks.bit_length())
    values = {"shift": shift, "postings": postings, "common": common, "first": first, "last": last}
    row = connection.execute(insert(segments).values(state="building", **values).returning(segments.c.id))
    return Segment(int(row.scalar_one()), **values)


def append(connection: Connection, segment: Segment, postings: Postings) -> None:
    """Write postings, sorted by hash: whole blocks, above those written before."""
    rows = np.empty(len(postings.hashes), dtype=POSTING)
    rows["hash"], rows["text"] = postings.hashes | postings.noted << HASHES, postings.texts
    blocks = postings.hashes >> segment.shift
    starts = np.flatnonzero(np.diff(blocks, prepend=-1))
    ends = np.append(starts, len(blocks))[1:] * POSTING.itemsize
    places = (blocks[starts] | segment.id << _BLOCKS).tolist()
    data = rows.tobytes()
    slices = zip(places, (starts * POSTING.itemsize).tolist(), ends.tolist(), strict=True)
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    # The driver's own bulk call: ten times the rate of the statement compiler's.
    statement = f"INSERT INTO posting_blocks (place, postings) VALUES ({sign}, {sign})"
    if len(places):
        connection.exec_driver_sql(statement, [(place, data[start:end]) for place, start, end in slices])


def set_state(connection: Connection, ids: Sequence[int], state: str) -> None:
    """building, whole or old."""
    connection.execute(update(segments).where(segments.c.id.in_(ids)).values(state=state))


def lookup(connection: Connection, wanted: Integers) -> Iterator[Postings]:
    """The postings of these hashes (sorted), by hash, perhaps with others. Those of a text come together;
    where few are looked up all come at once."""
    chosen = whole(connection)
    places = [(np.unique(wanted >> one.shift) | one.id << _BLOCKS).tolist() for one in chosen]
    for near in _few_at_once(places):
        every = sorted(chain.from_iterable(near))
        blocks = read_blocks(connection, {one.id for one in chosen}, every)
        rows = sorted(rows_in(connection, _BLOCKS_AT, every) if blocks is None else blocks, key=itemgetter(0))
        found = _decoded(map(itemgetter(1), rows))
        yield found if len(near) == 1 else _by_hash(_of(found, is_in(found.hashes, wanted)))


def _few_at_once(places: Iterable[list[int]]) -> Iterator[list[list[int]]]:
    """Places of several segments together up to `AT_ONCE`: what is done with postings costs by the call where
    they are few."""
    together: list[list[int]] = []
    for of_segment in places:
        if sum(map(len, together), len(of_segment)) > AT_ONCE and together:
            yield together
            together = []
        together.append(of_segment)
    if together:
        yield together


def _by_hash(found: Postings) -> Postings:
    return _of(found, np.argsort(found.hashes, kind="stable"))


def _of(found: Postings, places: Integers | Flags) -> Postings:
    return Postings(*(column[places] for column in found))


_BLOCKS_AT = "SELECT place, postings FROM posting_blocks WHERE place"


def scan(connection: Connection, chosen: Sequence[Segment], piece: int) -> Iterator[Postings]:
    """All postings of these segments, by hash, in ranges of about `piece`; every hash is in one range."""
    ranges = Ranges(connection, chosen, piece)
    for low, high in ranges:
        found = between(connection, chosen, low, high)
        ranges.had(len(found.hashes))
        yield found


class Ranges:
    """(low, high): ranges of hashes, ascending, that hold about `piece` postings of these segments.

    They become wider where only short texts, of dense sketches, reach: told how many the last one `had`.
    """

    def __init__(self, connection: Connection, chosen: Sequence[Segment], piece: int) -> None:
        total = sum(segment.common for segment in chosen)
        self._piece = piece
        # The narrowest is a multiple of a block of what is made of these: whole blocks are appended.
        self._width = 1 << max(HASHES - _BLOCKS, EVERY - max(0, total // piece).bit_length())
        self._top = max((_top(connection, segment) for segment in chosen), default=0)

    def had(self, count: int) -> None:
        """Widen the ranges to come where this one had few postings."""
        if count < self._piece // 2:
            self._width *= 2

    def __iter__(self) -> Iterator[tuple[int, int]]:
        low = 0
        while low < self._top:
            high = low + self._width
            yield low, high
            low = high


def between(connection: Connection, chosen: Sequence[Segment], low: int, high: int) -> Postings:
    """The postings of these segments in a range of hashes, by hash."""
    found = _decoded(_blocks_between(connection, chosen, low, high))
    inside = np.flatnonzero((found.hashes >= low) & (found.hashes < high))
    return _of(found, inside[np.argsort(found.hashes[inside])])


def _blocks_between(
    connection: Connection, chosen: Sequence[Segment], low: int, high: int
) -> Iterator[bytes]:
    for batch in in_batches(chosen, _TERMS):
        # One statement for many segments: a backfill leaves thousands, and most of a statement is overhead.
        rows = connection.exec_driver_sql(
            " UNION ALL ".join(
                "SELECT postings FROM posting_blocks"
                f" WHERE place BETWEEN {segment.place(low)} AND {segment.place(high - 1)}"
                for segment in batch
            )
        )
        yield from (row[0] for row in rows.all())


def _top(connection: Connection, segment: Segment) -> int:
    """A bound above the hashes of a segment: where all texts are long, there is nothing further up."""
    inside = posting_blocks.c.place.between(segment.place(0), segment.place((1 << HASHES) - 1))
    last = connection.scalar(select(func.max(posting_blocks.c.place)).where(inside))
    return 0 if last is None else ((last & (1 << _BLOCKS) - 1) + 1) << segment.shift


def _decoded(blocks: Iterable[bytes]) -> Postings:
    rows = np.frombuffer(b"".join(blocks), dtype=POSTING)
    hashes = (rows["hash"] & np.uint64((1 << HASHES) - 1)).astype(np.int64)
    return Postings(
        hashes, rows["text"].astype(np.int64), (rows["hash"] >> np.uint64(HASHES)).astype(np.int64)
    )


def discard(connection: Connection, limit: int) -> bool:
    """Take out up to `limit` blocks of a segment that was replaced or left half built; False for none."""
    id = connection.scalar(select(segments.c.id).where(segments.c.state != "whole").order_by(segments.c.id))
    if id is None:
        return False
    set_state(connection, [id], "old")
    inside = posting_blocks.c.place.between(id << _BLOCKS, (id + 1 << _BLOCKS) - 1)
    some = select(posting_blocks.c.place).where(inside).order_by(posting_blocks.c.place).limit(limit)
    gone = connection.execute(delete(posting_blocks).where(posting_blocks.c.place.in_(some))).rowcount
    if gone < limit:
        connection.execute(delete(segments).where(segments.c.id == id))
    return True


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


def clear(connection: Connection) -> None:
    """Take out everything."""
    for table in (posting_blocks, segments):
        connection.execute(delete(table))
