"""Postings by which texts meet others: read block by block, where filters do not tell that there are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection

from pipelines.archive.batches import AT_ONCE, rows_in
from pipelines.archive.index_schema import posting_blocks
from pipelines.archive.postings import Postings, by_hash, decoded, rows_of
from pipelines.archive.read_ahead import ask_ahead
from pipelines.archive.segment_filters import filters_of
from pipelines.archive.segment_rows import Segment, whole
from pipelines.dedupe.candidates import NONE, Integers, is_in


def lookup(connection: Connection, sketches: Sequence[Integers], owners: Integers) -> Iterator[Postings]:
    """What other texts have of the hashes in each sketch (sorted): postings, perhaps with more. `owners`
    are the texts whose sketches these are, by number; 0 for a text that is not there.

    Those of a text come together; where few are looked up all come at once.
    """
    chosen = whole(connection)
    wanted = np.concatenate([NONE, *sketches])
    owner = np.repeat(owners, [len(sketch) for sketch in sketches])
    places = [segment.places(some) for segment, some in _told_apart(connection, chosen, wanted, owner)]
    for near in _few_at_once(places):
        every = sorted(chain.from_iterable(near))
        ask_ahead(connection, posting_blocks, every)
        found = decoded(map(itemgetter(1), sorted(rows_in(connection, _BLOCKS_AT, every), key=itemgetter(0))))
        yield found if len(near) == 1 else by_hash(rows_of(found, is_in(found.hashes, np.unique(wanted))))


def _told_apart(
    connection: Connection, chosen: Sequence[Segment], wanted: Integers, owner: Integers
) -> Iterator[tuple[Segment, Integers]]:
    """For each segment the hashes that a text other than their owner may have there.

    A text that is in the segment itself meets another only by what stands there more than once. It is there
    where its number is in the span of this segment alone: merged segments need not be neighbours.
    """
    filters = filters_of(connection, chosen)
    spans = [(segment.first <= owner) & (owner <= segment.last) for segment in chosen]
    alone = np.sum(spans, axis=0) == 1
    for segment, span in zip(chosen, spans, strict=True):
        if found := filters.get(segment.id):
            likely = found.present(wanted)
            own = np.flatnonzero(likely & span & alone)
            likely[own] = found.repeated(wanted[own])
            yield segment, wanted[likely]
        else:
            yield segment, wanted


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


_BLOCKS_AT = "SELECT place, postings FROM posting_blocks WHERE place"
