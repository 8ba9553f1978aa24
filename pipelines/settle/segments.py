"""Merging segments of the inverted index, in short transactions: killed midway, the old ones still stand."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from pipelines.archive import postings, segment_rows, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.archive.postings import Postings
from pipelines.archive.segment_rows import Segment
from pipelines.dedupe.candidates import NONE, PIECE, Integers, is_in

RATIO = 3
"""A segment stays if it is at least so many times as large as all smaller ones together: of 10**8 postings in
batches of 10**5 there are six segments, and each posting is written about ten times."""

BLOCKS_AT_ONCE = 50_000
"""Blocks deleted in one transaction: a fifth of a second."""


def merge(catalog: Catalog) -> None:
    """Merge segments until a lookup meets few; texts that were taken out go, and common hashes."""
    while catalog.write(partial(postings.discard, limit=BLOCKS_AT_ONCE)).result():
        continue
    with catalog.read() as connection:
        chosen = to_merge(segment_rows.whole(connection))
    if len(chosen) > 1:
        _merge(catalog, chosen)


def rewrite(catalog: Catalog, common: Integers = NONE, lost: Integers = NONE) -> bool:
    """Merge all segments, whatever their sizes. Hashes that are `common` from now on (ascending) stay out, by
    which texts have `lost` so many (by number); all this becomes true at once or, where another process has
    merged meanwhile, not: False."""
    with catalog.read() as connection:
        chosen = segment_rows.whole(connection)
    return _merge(catalog, chosen, common, lost)


def to_merge(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Those of the segments (largest first) from the first that is not much larger than all behind it."""
    behind = sum(segment.postings for segment in segments)
    for place, segment in enumerate(segments):
        behind -= segment.postings
        if segment.postings < RATIO * behind:
            return segments[place:]
    return ()


def _merge(
    catalog: Catalog, chosen: Sequence[Segment], common: Integers = NONE, lost: Integers = NONE
) -> bool:
    if not chosen:
        return True
    first, last = min(one.first for one in chosen), max(one.last for one in chosen)
    total, every = (sum(getattr(one, name) for one in chosen) for name in ("postings", "common"))
    begin = partial(segment_rows.begin, postings=total, common=every, first=first, last=last)
    made = catalog.write(begin).result()
    with catalog.read() as connection:
        noted = shingle_index.noted_between(connection, first, last, lost)
        left_out = np.union1d(shingle_index.common_hashes(connection), common)
        ranges = postings.Ranges(connection, chosen, PIECE)
    before: Future[None] | None = None
    count = 0
    for low, high in ranges:
        # A connection for each: one that stays open keeps SQLite from emptying its log.
        with catalog.read() as connection:
            piece = postings.between(connection, chosen, low, high)
        ranges.had(len(piece.hashes))
        kept = _kept(piece, noted, left_out)
        if before is not None:
            before.result()  # one piece is written while the next is read and sorted
        before = catalog.write(partial(postings.append, segment=made, postings=kept))
        count += len(kept.hashes)
    if before is not None:
        before.result()
    end = partial(_end, made=made, chosen=chosen, kept=count, common=common.tolist(), lost=lost)
    return catalog.write(end).result()


def _kept(piece: Postings, noted: npt.NDArray[np.uint16], left_out: Integers) -> Postings:
    """Postings of the texts that are there, with what is to be noted of these now."""
    bits = noted[piece.texts]
    keep = (bits > 0) & ~is_in(piece.hashes, left_out)
    return Postings(piece.hashes[keep], piece.texts[keep], bits[keep].astype(np.int64))


def _end(
    connection: Connection,
    made: Segment,
    chosen: Sequence[Segment],
    kept: int,
    common: list[int],
    lost: Integers,
) -> bool:
    done = segment_rows.replace(connection, made, chosen, kept)
    if done:
        shingle_index.leave_out(connection, common)
        shingle_index.shrink(connection, lost)
    return done
