"""Candidates that are told apart without an alignment: bulletins of one template, pages with one footer.

Hundreds of texts of one form are candidates of each other, each with each, and hardly one pair of them is one
story. A look takes a tenth of the time of an alignment.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from pipelines.dedupe.candidates import Flags
from pipelines.dedupe.figures import figures_of
from pipelines.dedupe.match import REVISED
from pipelines.dedupe.shingles import SHINGLE, shingle_hashes

LEAST, SHARE = 4, 0.3
"""Figures, and the share of them that the other text has, from which nothing is said."""

UNLIKELY = math.log(1e4)
"""Odds (nats) of a copy that says nothing of the kind: of 10,000 that edits made one is given up."""

MOST_ALIKE = 0.9
"""Share of common shingles above which texts count as no more alike: each character was edited with a chance
of .02 at least."""

INEXACT = 3
"""Digits from which a figure with one of them edited, lost or added still tells of the other one."""

LONGEST = 4_096
"""Characters of a text up to which shingles are held against each other: a footer is a small part of more."""

APART = 96
"""Characters from the next common shingle beyond which nothing is aligned as one text edited (twice
`align.SHORT_GAP`). Of a copy with 30 % edited one shingle in 20 characters is left: none in 192 characters
has a chance of e**-9.6, and a third of the text would have to lie so. Of 10,350 copies of 23 kinds (texts of
300 to 1,200 characters) neither look gives up one that an alignment accepts."""

Numbers = npt.NDArray[np.int64]


class Figures:
    """The figures of a text in comparable form, to be held against another's."""

    def __init__(self, plain: str) -> None:
        self.exact = figures_of(plain)

    @cached_property
    def lengths(self) -> Counter[int]:
        """How many figures have so many digits."""
        return Counter(map(len, self.exact))

    @cached_property
    def shortened(self) -> list[frozenset[str]]:
        """For each figure all that is left where one of its digits is left out, and itself: figures that
        differ in one digit have one of these in common (Garbe 2012)."""
        return [_shortened(figure) for figure in self.exact]

    @cached_property
    def forms(self) -> frozenset[str]:
        """Those of all figures."""
        return frozenset[str]().union(*self.shortened)


def _shortened(figure: str) -> frozenset[str]:
    if len(figure) < INEXACT:
        return frozenset({figure})
    return frozenset({figure, *(figure[:place] + figure[place + 1 :] for place in range(len(figure)))})


def unlike_figures(a: Figures, b: Figures, shared_shingles: float) -> bool:
    """Whether texts with that share of common shingles (of the smaller sketch) are two bulletins.

    If characters were edited one by one, r = share ** (1/5) of them are as they were, and a figure of n
    digits is in the other text but for one digit with r**n + n (1 - r) r**(n-1). That far fewer figures are
    is bounded by Hoeffding's theorem 1 (1963), which holds for figures of different lengths.
    """
    if len(a.exact) > len(b.exact):
        a, b = b, a
    most = len(a.exact)
    if most < LEAST:
        return False
    if len(a.exact & b.exact) >= SHARE * most:
        return False
    found = most - sum(map(b.forms.isdisjoint, a.shortened))
    spared = min(shared_shingles, MOST_ALIKE) ** (1 / SHINGLE)
    expected = sum(count * _kept(digits, spared) for digits, count in a.lengths.items()) / most
    return found < expected * most and most * _divergence(found / most, expected) > UNLIKELY


def _kept(digits: int, spared: float) -> float:
    whole = spared**digits
    return whole if digits < INEXACT else whole + digits * (1 - spared) * spared ** (digits - 1)


def _divergence(seen: float, expected: float) -> float:
    """Of Kullback and Leibler, in nats, between two odds of one in two outcomes."""
    missed = (1 - seen) * math.log((1 - seen) / (1 - expected))
    return missed + (seen * math.log(seen / expected) if seen else 0.0)


class Shingles:
    """The shingles of some texts, numbered, to hold any two of the texts against each other."""

    def __init__(self, plains: Mapping[int, str]) -> None:
        short = {key: shingle_hashes(plain) for key, plain in plains.items() if len(plain) <= LONGEST}
        together = np.concatenate([np.empty(0, np.uint64), *short.values()])
        values, numbers = np.unique(together, return_inverse=True)
        ends = accumulate(map(len, short.values()))
        self._texts = {
            key: numbers[end - len(hashes) : end]
            for (key, hashes), end in zip(short.items(), ends, strict=True)
        }
        self._is_in = np.zeros(len(values), dtype=np.bool_)

    def lie_apart(self, a: int, b: int) -> bool:
        """Whether more than a third of either text is far from all that the other has too: a footer, a
        heading, an address. Neither is then part, copy or revision of the other; False for long texts."""
        if a not in self._texts or b not in self._texts:
            return False
        one, other = self._texts[a], self._texts[b]
        return _is_apart(self._held(one, other)) and _is_apart(self._held(other, one))

    def _held(self, text: Numbers, other: Numbers) -> Flags:
        """Which shingles of a text are in the other."""
        self._is_in[other] = True
        held: Flags = self._is_in[text]
        self._is_in[other] = False
        return held


def _is_apart(held: Flags) -> bool:
    (places,) = held.nonzero()
    most = (1 - REVISED) * (len(held) + SHINGLE - 1)
    if not len(places):
        return True
    # What lies before the first and behind the last has a neighbour on one side only.
    far = max(int(places[0]) - APART, 0) + max(len(held) - 1 - int(places[-1]) - APART, 0)
    if far <= most:
        gaps = places[1:] - places[:-1] - SHINGLE - 2 * APART
        far += int(gaps[gaps > 0].sum())
    return far > most
