"""The inverted index over shingles, in the catalog: segments of sorted postings, in blocks.

A tree with a row for each posting writes a page for nearly every one (hashes are spread evenly: 93,000
postings of 500 texts among a million pages). So a batch of texts is one segment, written in one go, and
segments are merged when they are of a size (a log-structured merge tree: O'Neil et al. 1996). A posting names
its text by a number that is never given twice; those of texts that were taken out mean nothing, and a merge
leaves them out. All postings of a text are in one segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, delete, func, select

from pipelines.archive import segment_filters
from pipelines.archive.batches import in_batches
from pipelines.archive.index_schema import posting_blocks, segments
from pipelines.archive.segment_rows import BLOCK_BITS, EVERY, HASHES, Segment, begin, set_state
from pipelines.dedupe.candidates import Flags, Integers

POSTING = np.dtype([("hash", "<u8"), ("text", "<u4")])
"""12 bytes a posting. Above the 48 bits of the hash stand 12 of the size of the text (hashes indexed, at most
4,095) and 4 of its density (at most 16, less one), so that a lookup asks for no row of a text that shares too
little."""

_LARGEST = (1 << 12) - 1

_TERMS = 250
"""Parts of one statement; SQLite takes 500."""


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


def add(connection: Connection, postings: Postings) -> None:
    """Put the postings of new texts in, as a segment of their own; in any order."""
    if not len(postings.hashes):
        return
    ordered = by_hash(postings)
    common = int(np.searchsorted(ordered.hashes, 1 << EVERY))
    span = (int(postings.texts.min()), int(postings.texts.max()))
    segment = begin(connection, len(ordered.hashes), common, *span)
    append(connection, segment, ordered)
    set_state(connection, [segment.id], "whole")


def append(connection: Connection, segment: Segment, postings: Postings) -> None:
    """Write postings, sorted by hash: whole blocks, above those written before."""
    rows = np.empty(len(postings.hashes), dtype=POSTING)
    rows["hash"], rows["text"] = postings.hashes | postings.noted << HASHES, postings.texts
    blocks = postings.hashes >> segment.shift
    starts = np.flatnonzero(np.diff(blocks, prepend=-1))
    ends = np.append(starts, len(blocks))[1:] * POSTING.itemsize
    places = (blocks[starts] | segment.id << BLOCK_BITS).tolist()
    data = rows.tobytes()
    slices = zip(places, (starts * POSTING.itemsize).tolist(), ends.tolist(), strict=True)
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    # The driver's own bulk call: ten times the rate of the statement compiler's.
    statement = f"INSERT INTO posting_blocks (place, postings) VALUES ({sign}, {sign})"
    if len(places):
        connection.exec_driver_sql(statement, [(place, data[start:end]) for place, start, end in slices])
        segment_filters.add(connection, segment.id, postings.hashes)


def by_hash(found: Postings) -> Postings:
    """The same, sorted by hash."""
    return rows_of(found, np.argsort(found.hashes, kind="stable"))


def rows_of(found: Postings, places: Integers | Flags) -> Postings:
    """Some of them."""
    return Postings(*(column[places] for column in found))


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
        self._width = 1 << max(HASHES - BLOCK_BITS, EVERY - max(0, total // piece).bit_length())
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
    found = decoded(_blocks_between(connection, chosen, low, high))
    inside = np.flatnonzero((found.hashes >= low) & (found.hashes < high))
    return rows_of(found, inside[np.argsort(found.hashes[inside])])


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
    return 0 if last is None else ((last & (1 << BLOCK_BITS) - 1) + 1) << segment.shift


def decoded(blocks: Iterable[bytes]) -> Postings:
    """The postings of blocks, one block after another."""
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
    inside = posting_blocks.c.place.between(id << BLOCK_BITS, (id + 1 << BLOCK_BITS) - 1)
    some = select(posting_blocks.c.place).where(inside).order_by(posting_blocks.c.place).limit(limit)
    gone = connection.execute(delete(posting_blocks).where(posting_blocks.c.place.in_(some))).rowcount
    if gone < limit:
        segment_filters.remove(connection, id)
        connection.execute(delete(segments).where(segments.c.id == id))
    return True


def clear(connection: Connection) -> None:
    """Take out everything."""
    segment_filters.clear(connection)
    for table in (posting_blocks, segments):
        connection.execute(delete(table))
