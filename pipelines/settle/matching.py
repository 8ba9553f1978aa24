"""Middle step of settle: new texts are held against the index, and the pairs of one story are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import pair_rows, shingle_index
from pipelines.archive.batches import in_batches
from pipelines.archive.catalog import Catalog
from pipelines.archive.lookups import lookup
from pipelines.archive.postings import sizes_noted
from pipelines.dedupe.candidates import Shared, common_size, count_shared, enough_shared
from pipelines.dedupe.cluster import Edge
from pipelines.dedupe.compare import chunks, compare_chunk
from pipelines.dedupe.spanning import Forest, Pairs, verified
from pipelines.settle.bulk import Spool, fill
from pipelines.settle.facts import Facts
from pipelines.settle.segments import merge
from pipelines.settle.work import BATCH, SettleCounts, Workers

WORTHWHILE = 0.1
"""Share of new texts from which one pass over the index is used: ten blocks read in order cost as much as one
looked up."""

AT_ONCE = 8
"""Chunks of pairs whose texts are read ahead: 20 MB."""


def match(catalog: Catalog, counts: SettleCounts, workers: Workers) -> None:
    """Match all new texts; afterwards they are dirty, and so are those they pair with.

    A batch at a time, or where most texts are new, all in one pass over the index.
    """
    with catalog.read() as connection:
        new = shingle_index.count(connection, "new")
        bulk = new >= WORTHWHILE * max(10 * BATCH, shingle_index.count(connection))
    if not new:
        return
    merge(catalog)
    if bulk:
        _match_all(catalog, counts, workers)
    while True:
        with catalog.read() as connection:
            keys = shingle_index.in_state(connection, "new", BATCH)
            if not keys:
                return
            pairs = candidates(connection, keys)
        _keep(catalog, pairs, counts, workers)
        _matched(catalog, keys, counts)


def _match_all(catalog: Catalog, counts: SettleCounts, workers: Workers) -> None:
    """Match the texts that are new now, in one pass; none where there is too much to count."""
    with catalog.read() as connection:
        keys = shingle_index.in_state(connection, "new")
        pairs = candidates_in_bulk(connection)
    if pairs is not None:
        _keep(catalog, pairs, counts, workers)
        for batch in in_batches(keys):
            _matched(catalog, batch, counts)


def _matched(catalog: Catalog, keys: Sequence[int], counts: SettleCounts) -> None:
    catalog.write(partial(shingle_index.mark, keys=keys, state="dirty")).result()
    counts.add("matched", len(keys))


def candidates(connection: Connection, keys: Sequence[int]) -> Pairs:
    """Pairs of one of these texts with any that shares enough."""
    own = shingle_index.sketches_of(connection, keys)
    queries = [hashes for _, hashes in own]
    asked = np.array([fact.number for fact, _ in own], dtype=np.int64)
    facts = Facts(connection)
    facts.note([fact for fact, _ in own])
    _, sizes, densities = facts(asked)
    found = []
    for segment in lookup(connection, queries, asked):
        noted = np.zeros(segment.texts.max(initial=0) + 1, dtype=np.uint16)
        noted[segment.texts] = segment.noted
        for shared in count_shared(queries, segment.hashes, segment.texts):
            ours = sizes[shared.query], densities[shared.query]
            theirs = sizes_noted(noted[shared.text].astype(np.int64))
            likely = shared[enough_shared(shared.count, *ours, *theirs)]
            found.append(_enough(Shared(asked[likely.query], likely.text, likely.count), facts))
    return _together(found)


def candidates_in_bulk(connection: Connection) -> Pairs | None:
    """Pairs of all new texts; None where there is too much to count at once."""
    facts = Facts(connection)
    with Spool() as spool:
        if not fill(spool, connection, shingle_index.new_numbers(connection)):
            return None
        return _together([_enough(shared, facts) for shared in spool.counted()])


def _enough(shared: Shared, facts: Facts) -> Pairs:
    """The pairs that share enough, by key, smaller key first."""
    apart = shared.query != shared.text
    key, *ours = (column[apart] for column in facts(shared.query))
    other, *theirs = (column[apart] for column in facts(shared.text))
    count = shared.count[apart]
    chosen = (ours[0] > 0) & (theirs[0] > 0)
    chosen &= enough_shared(count, ours[0], ours[1], theirs[0], theirs[1])
    share = count / np.maximum(common_size(ours[0], ours[1], theirs[0], theirs[1]), 1)
    return Pairs(np.minimum(key, other), np.maximum(key, other), share)[chosen]


def _together(found: Sequence[Pairs]) -> Pairs:
    """All pairs, each once."""
    none = np.empty(0, dtype=np.int64)
    a, b = (np.concatenate([none, *(getattr(pairs, name) for pairs in found)]) for name in "ab")
    share = np.concatenate([none.astype(float), *(pairs.share for pairs in found)])
    order = np.lexsort((b, a))
    a, b, share = a[order], b[order], share[order]
    first = np.append(True, (a[1:] != a[:-1]) | (b[1:] != b[:-1]))[: len(a)]
    return Pairs(a, b, share)[first]


def _keep(catalog: Catalog, pairs: Pairs, counts: SettleCounts, workers: Workers) -> None:
    """Verify candidates and store the pairs of one story, as they are found."""
    with catalog.read() as connection:
        forest = hanging_together(connection, pairs)
    for found in verified(pairs, forest, partial(_compare, catalog, workers)):
        catalog.write(partial(_store, found=found)).result()
        counts.add("pairs", len(found))


def hanging_together(connection: Connection, pairs: Pairs) -> Forest[int]:
    """What pairs found earlier say of the ends of these."""
    forest = Forest[int]()
    _, edges = pair_rows.closure(connection, np.union1d(pairs.a, pairs.b).tolist(), "same")
    for edge in edges:
        forest.join(edge.a, edge.b)
    return forest


def match_batch(connection: Connection, keys: Sequence[int]) -> list[Edge[int]]:
    """Verified pairs of these texts, in this process, with nothing stored: what a query is."""
    pairs = candidates(connection, keys)
    load = partial(shingle_index.plains_of, connection)
    rounds = verified(
        pairs,
        hanging_together(connection, pairs),
        lambda some: [edge for chunk in chunks(some, load) for edge in compare_chunk(chunk)],
    )
    return [edge for found in rounds for edge in found]


def _compare(catalog: Catalog, workers: Workers, pairs: Pairs) -> Iterator[Edge[int]]:
    """The verified pairs; texts of the next chunks are read while these are compared."""
    with catalog.read() as connection:
        made = chunks(pairs, partial(shingle_index.plains_of, connection))
        before: Iterable[list[Edge[int]]] = ()
        while some := list(islice(made, AT_ONCE)):
            running = workers.map(compare_chunk, some)
            yield from (edge for edges in before for edge in edges)
            before = running
        yield from (edge for edges in before for edge in edges)


def _store(connection: Connection, found: Sequence[Edge[int]]) -> None:
    """A text that was taken out meanwhile takes its pairs along."""
    ends = {key for edge in found for key in (edge.a, edge.b)}
    present = shingle_index.known(connection, ends)
    kept = [edge for edge in found if edge.a in present and edge.b in present]
    pair_rows.store(connection, kept)
    shingle_index.mark(connection, {key for edge in kept for key in (edge.a, edge.b)}, "dirty", unless="new")
