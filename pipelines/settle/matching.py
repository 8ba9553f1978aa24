"""Middle step of settle: new texts are held against the index, and the pairs of one story are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.dedupe.candidates import Integers, common_size, count_shared, enough_shared
from pipelines.dedupe.cluster import Edge
from pipelines.dedupe.compare import chunks, compare_chunk
from pipelines.settle.work import BATCH, SettleCounts, Workers


def match(catalog: Catalog, counts: SettleCounts, workers: Workers) -> None:
    """Match all new texts, a batch at a time; afterwards they are dirty, and so are those they pair with."""
    while True:
        with catalog.read() as connection:
            keys = shingle_index.in_state(connection, "new", BATCH)
            if not keys:
                return
            found = match_batch(connection, keys, workers)
        catalog.write(partial(_store, keys=keys, found=found)).result()
        counts.add("matched", len(keys))
        counts.add("pairs", len(found))


def match_batch(connection: Connection, keys: Sequence[int], workers: Workers) -> list[Edge[int]]:
    """Verified pairs of these texts with any text of the index."""
    pairs = sorted(set(candidates(connection, keys)))
    plains = shingle_index.plains_of(connection, {key for a, b, _ in pairs for key in (a, b)})
    return [edge for edges in workers.map(compare_chunk, list(chunks(pairs, plains))) for edge in edges]


def candidates(connection: Connection, keys: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """(a, b, estimated share of common shingles) of texts that share enough with one of these; a < b."""
    own = shingle_index.hashes_of(connection, keys)
    queries: list[Integers] = [own[key] for key in keys]
    wanted = np.unique(np.concatenate(queries))
    hashes, texts = shingle_index.postings(connection, wanted)
    for shared in count_shared(queries, hashes, texts):
        sizes = shingle_index.sizes_of(connection, {*keys, *shared.key.tolist()})
        rows = zip(shared.query.tolist(), shared.key.tolist(), shared.count.tolist(), strict=True)
        for query, other, count in rows:
            ours, theirs = sizes[keys[query]], sizes[other]
            if other != keys[query] and enough_shared(count, *ours, *theirs):
                share = count / common_size(*ours, *theirs)
                yield min(keys[query], other), max(keys[query], other), share


def _store(connection: Connection, keys: Sequence[int], found: Sequence[Edge[int]]) -> None:
    """A text that was taken out meanwhile takes its pairs along."""
    present = shingle_index.known(connection, {key for edge in found for key in (edge.a, edge.b)})
    kept = [edge for edge in found if edge.a in present and edge.b in present]
    shingle_index.store_pairs(connection, kept)
    touched = {key for edge in kept for key in (edge.a, edge.b)} - set(keys)
    shingle_index.mark(connection, touched, "dirty", unless="new")
    shingle_index.mark(connection, keys, "dirty")
