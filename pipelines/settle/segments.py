"""Merging segments of the inverted index, in short transactions: killed midway, the old ones still stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from pipelines.archive import postings, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.archive.postings import Postings, Segment
from pipelines.dedupe.candidates import PIECE, is_in

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
        chosen = to_merge(postings.whole(connection))
    if len(chosen) > 1:
        _merge(catalog, chosen)


def rewrite(catalog: Catalog) -> None:
    """Merge all segments, whatever their sizes."""
    with catalog.read() as connection:
        chosen = postings.whole(connection)
    _merge(catalog, chosen)


def to_merge(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Those of the segments (largest first) from the first that is not much larger than all behind it."""
    behind = sum(segment.postings for segment in segments)
    for place, segment in enumerate(segments):
        behind -= segment.postings
        if segment.postings < RATIO * behind:
            return segments[place:]
    return ()


def _merge(catalog: Catalog, chosen: Sequence[Segment]) -> None:
    if not chosen:
        return
    first, last = min(one.first for one in chosen), max(one.last for one in chosen)
    total, common = (sum(getattr(one, name) for one in chosen) for name in ("postings", "common"))
    begin = partial(postings.begin, postings=total, common=common, first=first, last=last)
    made = catalog.write(begin).result()
    with catalog.read() as connection:
        alive = np.zeros(last + 1, dtype=np.bool_)
        alive[shingle_index.numbers_between(connection, first, last)] = True
        left_out = shingle_index.common_hashes(connection)
        steps = postings.ranges(connection, chosen, PIECE)
    count = 0
    for low, high in steps:
        # A connection for each: one that stays open keeps SQLite from emptying its log.
        with catalog.read() as connection:
            piece = postings.between(connection, chosen, low, high)
        keep = alive[piece.texts] & ~is_in(piece.hashes, left_out)
        kept = Postings(piece.hashes[keep], piece.texts[keep])
        catalog.write(partial(postings.append, segment=made, postings=kept)).result()
        count += len(kept.hashes)
    catalog.write(partial(postings.replace, made=made, chosen=chosen, kept=count)).result()
