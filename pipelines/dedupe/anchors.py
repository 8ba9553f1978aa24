"""Anchors of an alignment: runs that both texts have exactly once, and the heaviest chain of them.

The idea of patience diff (Cohen 2003) on k-grams instead of lines: what is unique in both texts belongs
together; a chain that ascends in both is the frame in which the rest is aligned.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from pipelines.dedupe.shingles import Hashes, shingle_hashes

Run = tuple[int, int, int]
"""(i, j, n): a[i:i+n] == b[j:j+n]."""


def chain(a: str, b: str, size: int, *, repeats: bool = False) -> list[Run]:
    """Heaviest chain of runs of at least `size` characters unique in both texts; ascending, disjoint. With
    `repeats` the first place of what is not unique counts too."""
    runs = heaviest(_runs(a, b, size, repeats))
    return _disjoint(runs)


def _unique(hashes: Hashes, repeats: bool) -> tuple[Hashes, np.ndarray]:
    values, first, count = np.unique(hashes, return_index=True, return_counts=True)
    if repeats:
        return values, first
    once = count == 1
    return values[once], first[once]


def _runs(a: str, b: str, size: int, repeats: bool) -> list[Run]:
    """Maximal runs of shared unique k-grams, by place in `a`."""
    values_a, at_a = _unique(shingle_hashes(a, size), repeats)
    values_b, at_b = _unique(shingle_hashes(b, size), repeats)
    _, in_a, in_b = np.intersect1d(values_a, values_b, assume_unique=True, return_indices=True)
    if not len(in_a):
        return []
    order = np.argsort(at_a[in_a], kind="stable")
    i, j = at_a[in_a][order], at_b[in_b][order]
    breaks = np.flatnonzero((np.diff(i) != 1) | (np.diff(j) != 1)) + 1
    starts = np.concatenate([[0], breaks])
    lengths = np.diff(np.concatenate([starts, [len(i)]])) + size - 1
    return list(zip(i[starts].tolist(), j[starts].tolist(), lengths.tolist(), strict=True))


def heaviest(runs: list[Run]) -> list[Run]:
    """The subsequence ascending in j with the greatest sum of lengths; `runs` ascend in i. O(n log n).

    `best` holds, ascending in j and in weight, the ends of chains that no other chain beats.
    """
    ends: list[tuple[int, int]] = []  # (j, index of the run that ends the chain)
    weights: list[int] = []
    before: list[int] = []
    for index, (_, j, length) in enumerate(runs):
        place = bisect_right(ends, (j, index))
        before.append(ends[place - 1][1] if place else -1)
        weights.append(length + (weights[before[-1]] if place else 0))
        while place < len(ends) and weights[ends[place][1]] <= weights[index]:
            del ends[place]
        if place == 0 or weights[ends[place - 1][1]] < weights[index]:
            ends.insert(place, (j, index))
    picked: list[Run] = []
    index = ends[-1][1] if ends else -1
    while index >= 0:
        picked.append(runs[index])
        index = before[index]
    picked.reverse()
    return picked


def _disjoint(runs: list[Run]) -> list[Run]:
    """Trim the front of runs that overlap the one before in either text; drop those that it swallows."""
    kept: list[Run] = []
    end_a = end_b = 0
    for i, j, length in runs:
        cut = max(0, end_a - i, end_b - j)
        if length <= cut:
            continue
        kept.append((i + cut, j + cut, length - cut))
        end_a, end_b = i + length, j + length
    return kept
