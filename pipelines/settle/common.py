"""The archive's own list of common shingles: counted when everything is settled anew, frozen from then on."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import postings, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.dedupe.candidates import PIECE, Integers, is_in
from pipelines.dedupe.cluster import components
from pipelines.settle.facts import Facts
from pipelines.settle.segments import rewrite

COMMON, COMMON_SHARE = 1_000, 0.005
"""Texts, and share of all texts, that must have a shingle for it to be common. One that 1,000 texts have
costs half a million candidate pairs."""

SAMPLE = 24
"""Texts with a shingle that are looked at for whether they are different stories."""

STORIES = 0.5
"""Share of them that must be: a story that stands in thousands of different copies makes its shingles
frequent, not common, and left without them it would not be found again."""

ALIKE = 0.3
"""Share of hashes in common from which two texts of the sample count as one story: two copies with a tenth of
the characters replaced in each share .35 (.9**10); a line of boilerplate makes .2 of a text of 400."""


def leave_out_common(catalog: Catalog) -> None:
    """Find the common shingles of the archive and take them out of the index."""
    with catalog.read() as connection:
        samples = _frequent(connection)
        alike = _Alike(connection)
        common = [value for value, sample in sorted(samples.items()) if alike.are_stories(sample)]
        lost = _lost(connection, np.array(common, dtype=np.int64))
    if common:
        catalog.write(partial(_leave_out, common=common, lost=lost)).result()
        rewrite(catalog)


def _leave_out(connection: Connection, common: list[int], lost: list[tuple[int, int]]) -> None:
    shingle_index.leave_out(connection, common)
    shingle_index.shrink(connection, lost)


def _frequent(connection: Connection) -> dict[int, tuple[int, ...]]:
    """Hashes that more texts have than the limit, each with the smallest keys of these."""
    limit = max(COMMON, round(COMMON_SHARE * shingle_index.count(connection)))
    facts = Facts(connection)
    found: dict[int, tuple[int, ...]] = {}
    for piece in postings.scan(connection, postings.whole(connection), PIECE):
        starts = np.flatnonzero(np.diff(piece.hashes, prepend=-1))
        counts = np.diff(np.append(starts, len(piece.hashes)))
        many = counts > limit
        for start, count in zip(starts[many].tolist(), counts[many].tolist(), strict=True):
            keys, _, _ = facts(piece.texts[start : start + count])
            found[int(piece.hashes[start])] = tuple(np.sort(keys)[:SAMPLE].tolist())
    return found


class _Alike:
    """Tells by their sketches whether sampled texts are different stories."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, ...], bool] = {}

    def are_stories(self, sample: tuple[int, ...]) -> bool:
        """Whether the texts fall into many groups of which no two share much."""
        if sample not in self._known:
            hashes = shingle_index.hashes_of(self._connection, sample)
            same = [(a, b) for a, b in combinations(sample, 2) if _alike(hashes[a], hashes[b])]
            self._known[sample] = len(components(sample, same)) >= STORIES * len(sample)
        return self._known[sample]


def _alike(a: Integers, b: Integers) -> bool:
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared >= ALIKE * min(len(a), len(b))


def _lost(connection: Connection, common: Integers) -> list[tuple[int, int]]:
    """(number, how many of the common hashes it has) of each text that has one."""
    owners = [np.empty(0, dtype=np.int64)]
    for piece in postings.lookup(connection, common):
        owners.append(piece.texts[is_in(piece.hashes, common)])
    numbers, counts = np.unique(np.concatenate(owners), return_counts=True)
    return list(zip(numbers.tolist(), counts.tolist(), strict=True))
