"""Comparing candidates: chunks of pairs in, verified pairs out. Pure: a pool of processes can run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.dedupe.cluster import Edge
from pipelines.dedupe.figures import figures_of
from pipelines.dedupe.match import unlike_figures, verify_comparable
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
    figures = {key: figures_of(plain) for key, plain in chunk.plains.items()}
    found = []
    for a, b, share in sorted(chunk.pairs):
        if unlike_figures(figures[a], figures[b], share):
            continue
        match = verify_comparable(chunk.plains[a], chunk.plains[b])
        if match:
            found.append(Edge(a, b, match.relation, match.contained_a, match.contained_b))
    return found


def chunks(pairs: Pairs, load: Load, size: int = 250) -> Iterator[Chunk]:
    """Cut candidate pairs into chunks that carry their own texts."""
    for start in range(0, len(pairs), size):
        piece = pairs[start : start + size]
        rows = zip(piece.a.tolist(), piece.b.tolist(), piece.share.tolist(), strict=True)
        yield Chunk(tuple(rows), load(np.union1d(piece.a, piece.b).tolist()))
