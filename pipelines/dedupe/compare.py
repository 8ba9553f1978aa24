"""Comparing candidates: chunks of pairs in, verified pairs out. Pure: a pool of processes can run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.dedupe.candidates import Integers
from pipelines.dedupe.cluster import Edge
from pipelines.dedupe.match import verify_comparable
from pipelines.dedupe.quick import Figures, Shingles, unlike_figures
from pipelines.dedupe.spanning import Pairs

Load = Callable[[Sequence[int]], Mapping[int, str]]
"""Comparable forms of texts by key."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Candidate pairs (a, b, estimated share of common shingles), a < b, with the texts they are about."""

    pairs: tuple[tuple[int, int, float], ...]
    plains: Mapping[int, str]


def compare_chunk(chunk: Chunk) -> list[Edge[int]]:
    """The pairs of a chunk that are one story, by (a, b)."""
    figures = {key: Figures(plain) for key, plain in chunk.plains.items()}
    shingles = Shingles(chunk.plains)
    found = []
    for a, b, share in sorted(chunk.pairs):
        if unlike_figures(figures[a], figures[b], share) or shingles.lie_apart(a, b):
            continue
        match = verify_comparable(chunk.plains[a], chunk.plains[b])
        if match:
            found.append(Edge(a, b, match.relation, match.contained_a, match.contained_b))
    return found


TILE = 16
"""Texts on each side of a chunk where each of many is to be held against each (bulletins of one template):
the 256 pairs need 32 texts to be read, sent and taken apart, in the order of one side it would be 257."""


def chunks(pairs: Pairs, load: Load, size: int = TILE * TILE) -> Iterator[Chunk]:
    """Cut candidate pairs into chunks that carry their own texts, pairs of the same texts side by side."""
    pairs = pairs[_in_tiles(pairs)]
    for start in range(0, len(pairs), size):
        piece = pairs[start : start + size]
        rows = zip(piece.a.tolist(), piece.b.tolist(), piece.share.tolist(), strict=True)
        yield Chunk(tuple(rows), load(np.union1d(piece.a, piece.b).tolist()))


def _in_tiles(pairs: Pairs) -> Integers:
    """An order of pairs, tile by tile of the square of all texts; texts that have their first partner in
    common stand together."""
    ends, place = np.unique(np.concatenate([pairs.a, pairs.b]), return_inverse=True)
    first = np.arange(len(ends))
    np.minimum.at(first, place[len(pairs) :], place[: len(pairs)])
    rank = np.empty_like(first)
    rank[np.argsort(first, kind="stable")] = np.arange(len(ends))
    one, other = rank[place[: len(pairs)]], rank[place[len(pairs) :]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.lexsort((high, low, high // TILE, low // TILE))
