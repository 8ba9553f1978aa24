"""Which texts share enough shingles to be compared: joins over arrays, in bounded pieces."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

LEAST = 2
"""Shared hashes without which no pair is compared: one alone is chance in an archive of any size."""

SHARE = 0.025
"""Share of the smaller sketch, both at the thinner density, that must be shared. A copy with 30 % of its
characters replaced shares .168 on average and .045 at worst (720 cases): 6 of 128, where 4 are needed."""

PIECE = 4_000_000
"""Postings counted at a time: 100 MB of working memory."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Rows of (number of the query, key of a text, hashes shared), by query and key; three equal lengths."""

    query: Integers
    key: Integers
    count: Integers


def indexed(hashes: npt.NDArray[np.uint64]) -> Integers:
    """The form in which hashes are indexed: their upper 48 bits, which fit signed columns; sorted, distinct.

    10**8 postings of density 1/16 lie among 2**44 values: a query of 100 hashes meets a false one in 2,000.
    """
    return np.unique(hashes >> np.uint64(16)).astype(np.int64)


def count_shared(queries: list[Integers], hashes: Integers, keys: Integers) -> Iterator[Shared]:
    """For each query which keys share how many of its hashes; `hashes` (sorted) and `keys` are postings."""
    distinct, compact = np.unique(keys, return_inverse=True)
    sizes = np.array([len(query) for query in queries], dtype=np.int64)
    owner = np.repeat(np.arange(len(queries), dtype=np.int64), sizes)
    wanted = np.concatenate([np.empty(0, dtype=np.int64), *queries])
    low = np.searchsorted(hashes, wanted, "left")
    found = np.searchsorted(hashes, wanted, "right") - low
    for start, end in _pieces(sizes, found):
        yield _count(owner[start:end], low[start:end], found[start:end], compact, distinct)


def _pieces(sizes: Integers, found: Integers) -> Iterator[tuple[int, int]]:
    """Ranges of the flattened hashes that hold whole queries and at most PIECE postings (or one query)."""
    ends = np.cumsum(sizes)
    total = np.concatenate([[0], np.cumsum(found)])
    start = 0
    for end, following in zip(ends.tolist(), [*ends.tolist()[1:], None], strict=True):
        if following is None or total[following] - total[start] > PIECE:
            yield start, end
            start = end


def _count(owner: Integers, low: Integers, found: Integers, compact: Integers, distinct: Integers) -> Shared:
    total = int(found.sum())
    before = np.cumsum(found) - found
    places = np.arange(total) - np.repeat(before, found) + np.repeat(low, found)
    pair = np.repeat(owner, found) * np.int64(max(1, len(distinct))) + compact[places]
    values, counts = np.unique(pair, return_counts=True)
    enough = counts >= LEAST
    values, counts = values[enough], counts[enough]
    return Shared(values // max(1, len(distinct)), distinct[values % max(1, len(distinct))], counts)


def enough_shared(shared: int, size_a: int, density_a: int, size_b: int, density_b: int) -> bool:
    """Whether two sketches share enough for the texts to be compared."""
    return shared >= max(LEAST, math.ceil(SHARE * common_size(size_a, density_a, size_b, density_b)))


def common_size(size_a: int, density_a: int, size_b: int, density_b: int) -> float:
    """Expected hashes of the smaller sketch at the thinner of the two densities."""
    return min(size_a * density_a, size_b * density_b) / max(density_a, density_b)
