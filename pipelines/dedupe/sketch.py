"""FracMinHash of a body: all shingle hashes below a bound, so that two texts sample the same shingles.

Irber et al. 2022 ("Lightweight compositional analysis of metagenomes with FracMinHash"). Unlike MinHash the
size grows with the text, so what one text contains of another can be read off, whatever their lengths.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines import text
from pipelines.dedupe.shingles import Hashes, shingle_hashes
from pipelines.dedupe.tables.stop_list import load_stop_list
from pipelines.records import Sketch

WANTED = 92
"""Fewest hashes of a text that is long enough. A copy with 30 % of its characters replaced keeps .168 of its
5-grams on average, but they survive in runs, and marks that became letters are edits too, so that some keep
.045. Of 16,000 copies with 30 % edited (300 to 2,400 characters) 7 share too little with 92, 4 with 100. Each
hash is a block to be read where a text is looked up."""

THINNEST = 16
"""Greatest density: an excerpt of 150 characters still meets a text of any length with 9 hashes on average.
Of 2,000 from texts of 2,400 characters 1 is missed, with a tenth edited 94; at 1/32 it would be 5 and 280."""

LONGEST = 1 << 18
"""Characters of a text that are compared; none that is an article has more. Bounds a sketch to some 16,384
hashes and an alignment to a second, whatever a page holds."""


def density_for(length: int) -> int:
    """The density of a text of `length` characters. Sketches nest: a denser one contains a thinner one."""
    return min(THINNEST, max(1, length // WANTED))


def sketch(body: str) -> Sketch:
    """FracMinHash of a repaired, converted body in its plain form (letters and digits only)."""
    return sketch_plain(text.plain(body))


def sketch_plain(plain: str) -> Sketch:
    """As `sketch`, of a text that is in plain form already."""
    density = density_for(len(plain))
    return Sketch(tuple(thin(shingle_hashes(plain[:LONGEST]), density).tolist()), density, len(plain))


def thin(hashes: Hashes, density: int) -> Hashes:
    """The distinct hashes below 2**64 / density, sorted, without those of common formulas."""
    kept = np.sort(hashes if density == 1 else hashes[hashes < np.uint64(2**64 // density)])
    if not len(kept):
        return kept
    first = np.empty(len(kept), dtype=np.bool_)  # np.unique does the same in thrice the time
    first[0] = True
    np.not_equal(kept[1:], kept[:-1], out=first[1:])
    kept = kept[first]
    stop = _stop_list()
    if not len(stop):
        return kept
    place = np.minimum(np.searchsorted(stop, kept), len(stop) - 1)
    common: npt.NDArray[np.bool_] = stop[place] == kept
    return np.asarray(kept[~common], dtype=np.uint64)


@cache
def _stop_list() -> Hashes:
    return load_stop_list()
