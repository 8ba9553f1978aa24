"""Which candidate pairs are verified: no more than are needed to know what hangs together.

Of 10,000 copies of a story, each edited differently, every pair is a candidate: 50 million alignments. But
copies of copies are one story, so that a pair whose ends hang together by verified pairs `same` already need
not be looked at (Kruskal 1956). What hangs together in the end is the same whatever the order, and of pairs
between two such groups every one has been looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from pipelines.dedupe.candidates import Flags, Integers
from pipelines.dedupe.cluster import Edge

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidates by key: a < b, and the estimated share of common shingles; three equal lengths."""

    a: Integers
    b: Integers
    share: np.ndarray

    def __len__(self) -> int:
        return len(self.a)

    def __getitem__(self, chosen: Integers | Flags | slice) -> Pairs:
        return Pairs(self.a[chosen], self.b[chosen], self.share[chosen])


Verify = Callable[[Pairs], Iterable[Edge[int]]]
"""The verified pairs among candidates."""


class Forest(Generic[K]):
    """What hangs together so far: union-find with path halving."""

    def __init__(self) -> None:
        self._parent: dict[K, K] = {}

    def root(self, node: K) -> K:
        """The node that stands for all that hang together with this one."""
        parent = self._parent
        while (above := parent.get(node, node)) != node:
            parent[node] = node = parent.get(above, above)
        return node

    def join(self, a: K, b: K) -> None:
        """From now on these hang together."""
        self._parent[self.root(a)] = self.root(b)


def verified(pairs: Pairs, forest: Forest[int], verify: Verify) -> Iterable[list[Edge[int]]]:
    """The verified pairs, round by round, but for some between texts that are copies through others.

    `forest` knows which texts hang together by pairs `same` found earlier. In each round every text (or what
    hangs together by then) is held against its likeliest partners: one at first, then twice as many each
    time, so that texts without a copy (bulletins of one template, each like all others) take few rounds.
    """
    a, b = _roots(pairs, forest)
    pairs = pairs[a != b]
    left = pairs[np.lexsort((pairs.b, pairs.a, -pairs.share))]
    most = 1
    while True:
        a, b = _roots(left, forest)
        left, a, b = left[a != b], a[a != b], b[a != b]
        if not len(left):
            return
        chosen = _likeliest(a, b, most)
        found = list(verify(left[chosen]))
        for edge in found:
            if edge.relation == "same":
                forest.join(edge.a, edge.b)
        yield found
        left, most = left[~chosen], 2 * most


def _roots(pairs: Pairs, forest: Forest[int]) -> tuple[Integers, Integers]:
    """What stands for all that hang together with the ends of each pair."""
    ends, place = np.unique(np.concatenate([pairs.a, pairs.b]), return_inverse=True)
    roots = np.array([forest.root(end) for end in ends.tolist()], dtype=np.int64)[place]
    return roots[: len(pairs)], roots[len(pairs) :]


def _likeliest(a: Integers, b: Integers, most: int) -> Flags:
    """Which pairs (likeliest first) are among the first `most` of one of their ends."""
    ends = np.stack([a, b], axis=1).ravel()
    order = np.argsort(ends, kind="stable")
    starts = np.flatnonzero(np.diff(ends[order], prepend=-1))
    rank = np.empty(len(ends), dtype=np.int64)
    rank[order] = np.arange(len(ends)) - np.repeat(starts, np.diff(np.append(starts, len(ends))))
    return np.asarray((rank.reshape(-1, 2) < most).any(axis=1))
