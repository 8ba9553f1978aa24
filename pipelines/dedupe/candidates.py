"""Which texts share enough shingles to be compared: joins over arrays, in bounded pieces.

Texts are numbers here: postings are (hash, number) by hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LEAST = 2
"""Shared hashes without which no pair is compared: one alone is chance in an archive of any size."""

EACH = 60
"""Hashes of the smaller sketch, both at the thinner density, for which one more must be shared: 3 of 94. Two
are shared by chance as well, by all texts that name an institution at length (616 of 100,000 made ones)."""

PIECE = 4_000_000
"""Postings counted at a time: 100 MB of working memory."""

CROWDED = 8
"""Postings per text from which it is quicker to count up each text's than to sort the postings."""

LOW = np.int64((1 << 32) - 1)

NONE: Integers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Shared:
    """Rows of (number of the query, number of a text, hashes shared), by query and text; equal lengths."""

    query: Integers
    text: Integers
    count: Integers

    def __getitem__(self, chosen: Flags) -> Shared:
        return Shared(self.query[chosen], self.text[chosen], self.count[chosen])


def indexed(hashes: npt.NDArray[np.uint64]) -> Integers:
    """The form in which hashes are indexed: their upper 48 bits, which fit signed columns; sorted, distinct.

    10**8 postings of density 1/16 lie among 2**44 values: a query of 100 hashes meets a false one in 2,000.
    """
    upper = np.sort(hashes >> np.uint64(16)).astype(np.int64)
    return upper[np.diff(upper, prepend=-1) > 0]


def is_in(hashes: Integers, common: Integers) -> Flags:
    """Which of the hashes are in `common`, which is sorted."""
    if not len(common):
        return np.zeros(len(hashes), dtype=np.bool_)
    return np.asarray(common[np.minimum(np.searchsorted(common, hashes), len(common) - 1)] == hashes)


def without(hashes: Integers, common: Integers) -> Integers:
    """The hashes but for those in `common`, which is sorted."""
    kept: Integers = hashes[~is_in(hashes, common)]
    return kept


def count_shared(queries: Sequence[Integers], hashes: Integers, texts: Integers) -> Iterator[Shared]:
    """For each query which texts share how many of its hashes; `hashes` (sorted) and `texts` are postings."""
    sizes = np.array([len(query) for query in queries], dtype=np.int64)
    owner = np.repeat(np.arange(len(queries), dtype=np.int64), sizes)
    wanted = np.concatenate([np.empty(0, dtype=np.int64), *queries])
    span = int(texts.max(initial=0)) + 1
    distinct, place = np.unique(wanted, return_inverse=True)  # in order they are found in a third of the time
    low = np.searchsorted(hashes, distinct, "left")[place]
    found = np.searchsorted(hashes, distinct, "right")[place] - low
    for start, end in _pieces(sizes, found):
        shared = texts[_ranges(low[start:end], found[start:end])]
        asked = np.repeat(owner[start:end], found[start:end])
        crowded = len(shared) > CROWDED * (asked[-1] - asked[0] + 1) * span if len(shared) else False
        yield _tallied(asked, shared) if crowded else repeated(asked << 32 | shared)


def _tallied(asked: Integers, shared: Integers) -> Shared:
    """As `repeated`, of queries (ascending) and the texts they share a hash with, by counting up."""
    starts = np.flatnonzero(np.diff(asked, prepend=-1))
    found = []
    for start, end in zip(starts.tolist(), np.append(starts, len(asked))[1:].tolist(), strict=True):
        counts = np.bincount(shared[start:end])
        texts = np.flatnonzero(counts >= LEAST)
        found.append((np.full(len(texts), asked[start]), texts, counts[texts]))
    query, text, count = (np.concatenate(column) for column in zip(*found, strict=True))
    return Shared(query, text, count)


def pair_count(hashes: Integers) -> int:
    """How many pairs of texts share a hash: those that `pairs_within` would give were all texts new."""
    _, counts = np.unique(hashes, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def pairs_within(hashes: Integers, texts: Integers, new: Flags) -> Iterator[Integers]:
    """Codes (smaller number << 32 | greater) of all pairs of texts that share a hash, once for each, at least
    one of them `new` (by number). `hashes` are sorted."""
    starts = np.flatnonzero(np.diff(hashes, prepend=-1))
    ends = np.append(starts, len(hashes))[1:]
    following = np.repeat(ends, ends - starts) - np.arange(len(hashes)) - 1
    for start, end in _pieces(np.ones(len(hashes), dtype=np.int64), following):
        places = np.arange(start, end)
        one = texts[np.repeat(places, following[start:end])]
        other = texts[_ranges(places + 1, following[start:end])]
        codes = np.minimum(one, other) << 32 | np.maximum(one, other)
        yield codes[new[one] | new[other]]


def _pieces(sizes: Integers, found: Integers) -> Iterator[tuple[int, int]]:
    """Ranges of the flattened hashes that hold whole queries and at most PIECE postings (or one query)."""
    ends = np.cumsum(sizes)
    total = np.concatenate([[0], np.cumsum(found)])[ends]
    start = done = first = 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(total, done + PIECE, "right")))
        yield start, int(ends[last - 1])
        start, done, first = int(ends[last - 1]), int(total[last - 1]), last


def _ranges(low: Integers, length: Integers) -> Integers:
    """low[0], low[0] + 1, ... (length[0] of them), low[1], ..."""
    before = np.cumsum(length) - length
    places: Integers = np.arange(int(length.sum())) + np.repeat(low - before, length)
    return places


def repeated(codes: Integers) -> Shared:
    """The pairs whose codes stand at least `LEAST` times. `codes` are sorted in place."""
    codes.sort()
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    counts = np.diff(np.append(starts, len(codes)))
    enough = counts >= LEAST
    values = codes[starts[enough]]
    return Shared(values >> 32, values & LOW, counts[enough])


def enough_shared(shared: Any, size_a: Any, density_a: Any, size_b: Any, density_b: Any) -> Any:
    """Whether two sketches share enough for the texts to be compared; of numbers or of arrays."""
    least = 1 + np.ceil(common_size(size_a, density_a, size_b, density_b) / EACH)
    return shared >= np.maximum(LEAST, least)


def common_size(size_a: Any, density_a: Any, size_b: Any, density_b: Any) -> Any:
    """Expected hashes of the smaller sketch at the thinner of the two densities; of numbers or of arrays."""
    return np.minimum(size_a * density_a, size_b * density_b) / np.maximum(density_a, density_b)
