"""Anchors of an alignment: runs that both texts have exactly once, and the heaviest chain of them.

The idea of patience diff (Cohen 2003) on k-grams instead of lines: what is unique in both texts belongs
together; a chain that ascends in both is the frame in which the rest is aligned.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pipelines.dedupe.shingles import Hashes, shingle_hashes

Run = tuple[int, int, int]
"""(i, j, n): a[i:i+n] == b[j:j+n]."""


def chain(a: str, b: str, size: int, *, repeats: bool = False) -> list[Run]:
    """Heaviest chain of runs of at least `size` characters unique in both texts; ascending, disjoint. With
    `repeats` the first place of what is not unique counts too."""
    runs = heaviest(_runs(a, b, size, repeats))
    return _disjoint(runs)


CACHED, SHORT = 256, 4_096
"""Texts whose k-grams are kept, and characters up to which they are: each of 32 texts of one template, or
with one footer, is held against others a dozen times in a row (`compare.chunks`). At most 12 MB."""


class _Grams(NamedTuple):
    """Hashes of k-grams, ascending, and the first place of each."""

    values: Hashes
    first: np.ndarray


def _grams(text: str, size: int, repeats: bool) -> _Grams:
    """Those that the text has once; with `repeats` all."""
    return (_kept_grams if len(text) <= SHORT else _unique)(text, size, repeats)


def _unique(text: str, size: int, repeats: bool) -> _Grams:
    values, first, count = np.unique(shingle_hashes(text, size), return_index=True, return_counts=True)
    once = slice(None) if repeats else count == 1
    return _Grams(values[once], first[once].astype(np.int32))


_kept_grams = lru_cache(CACHED)(_unique)


def meet(a: str, b: str, size: int) -> bool:
    """Whether a k-gram of the one is in the other: where none is, there is no anchor of either kind."""
    ours, theirs = (_grams(text, size, repeats=True).values for text in (a, b))
    return bool(len(theirs)) and bool((theirs[_places(ours, theirs)] == ours).any())


def _places(wanted: Hashes, among: Hashes) -> np.ndarray:
    return np.minimum(np.searchsorted(among, wanted), len(among) - 1)


def _runs(a: str, b: str, size: int, repeats: bool) -> list[Run]:
    """Maximal runs of shared unique k-grams, by place in `a`."""
    values_a, at_a = _grams(a, size, repeats)
    values_b, at_b = _grams(b, size, repeats)
    if not len(values_b):
        return []
    place = _places(values_a, values_b)
    in_a = np.flatnonzero(values_b[place] == values_a)
    in_b = place[in_a]
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
