"""Comparing candidates: chunks of pairs in, verified pairs out. Pure: a pool of processes can run it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.dedupe.cluster import Edge
from pipelines.dedupe.match import unlike_figures, verify_comparable
from pipelines.dedupe.particulars import figures_of


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


def chunks(
    pairs: Iterable[tuple[int, int, float]], plains: Mapping[int, str], size: int = 500
) -> Iterable[Chunk]:
    """Cut candidate pairs into chunks that carry their own texts."""
    ordered = sorted(pairs)
    for start in range(0, len(ordered), size):
        piece = ordered[start : start + size]
        yield Chunk(tuple(piece), _texts(piece, plains))


def _texts(piece: Sequence[tuple[int, int, float]], plains: Mapping[int, str]) -> dict[int, str]:
    return {key: plains[key] for a, b, _ in piece for key in (a, b)}
