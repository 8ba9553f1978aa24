"""Texts of one template: what was filled in anew differs word for word, and hardly anything else does."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from pipelines.dedupe.align import Alignment
from pipelines.dedupe.figures import FIGURE, LOST, NO_DIGITS
from pipelines.dedupe.lcs import lcs_pairs

Gap = tuple[int, int, int]
"""(start, end, length in the other text) of a difference."""

SLOT = 12
"""Greatest length of a word that stands in the place of another: names of firms have up to 12 characters."""

DENSE = 0.0125
"""Words and figures replaced per character from which a text looks like a template filled in anew: a revision
changes one in some hundred characters, our templates of notices, cases and lists one in 20 to 80."""

FILLED = 3
"""Fewest words and figures by which a template is told from a correction."""

LEAST_DIGITS = 4
"""Digits from which a figure is hardly in two texts by chance."""

CHANCE = 0.005
"""Probability that as many words are replaced whole where characters are edited one by one, below which they
are taken for what is filled in."""

EVEN = 0.03
"""Share of single characters edited up to which a text is taken for a template filled in anew: its siblings
differ in what is filled in and in hardly anything else."""

LISTED, MOST_MISSING, CLUMPED = 4, 0.75, 4.0
"""Long figures of a list; the share of them, and the standard deviations above what edits would change, that
must be missing in the other text."""


def gaps_of(a: str, b: str, alignment: Alignment) -> list[Gap]:
    """(start, end, length in `b`) of the differences in aligned places of `a`, those of figures left out."""
    return [
        (i + length, next_i, next_j - j - length)
        for (i, j, length), (next_i, next_j, _) in pairwise(alignment.runs)
        if max(next_i - i, next_j - j) - length <= SLOT
        and not _is_figure(a[i + length : next_i], b[j + length : next_j])
    ]


def edited_share(gaps: list[Gap], aligned: int) -> float:
    """The share e of single characters that were edited, from the number of gaps that are one character:
    n e (1 - e)**2 of n, which rises up to a third (add-one rule)."""
    single = sum(max(end - start, theirs) == 1 for start, end, theirs in gaps)
    seen = min((single + 1) / max(1, aligned + 2), 4 / 27)
    share = 0.0
    for _ in range(40):
        share = seen / (1 - share) ** 2
    return min(share, 1 / 3)


def slots_of(gaps: list[Gap], edited: float) -> list[tuple[int, int]]:
    """(start, end) of words in whose place the other text has others, where so many of the differences are
    such that both are one template: names of people, firms and goods, which nothing marks as names.

    Edits of single characters at a share e make gaps of two and more with probability e, of four with e**3;
    in a copy edited or damaged that way there are no more of them.
    """
    for least in (4, 3, 2):
        slots = [(start, end) for start, end, theirs in gaps if min(end - start, theirs) >= least]
        if slots and _poisson_tail(len(slots), len(gaps) * edited ** (least - 1)) < CHANCE:
            return [(start, end) for start, end, theirs in gaps if min(end - start, theirs) > 1]
    return []


def _poisson_tail(least: int, mean: float) -> float:
    """Probability of at least so many where `mean` are expected."""
    term = total = math.exp(-mean)
    for count in range(1, least):
        term *= mean / count
        total += term
    return max(0.0, 1 - total)


def _is_figure(ours: str, theirs: str) -> bool:
    """Whether a gap is one of figures: with digits, or nothing but numerals (those in 百川环保 are none)."""
    one = NO_DIGITS.sub("", ours + theirs)
    return bool(one or (FIGURE.fullmatch(ours) and FIGURE.fullmatch(theirs)))


def other_figures(a: str, b: str, spans: Iterable[tuple[int, int]], edited: float) -> bool:
    """Whether most of the long figures in `spans` of `a` are nowhere in `b`, nor any like them, and
    far more than edits of that share would have changed: lists of one form, however their lines fit."""
    theirs = [found for found in FIGURE.findall(b) if len(found) >= LEAST_DIGITS]
    ours = [
        found[0]
        for start, end in spans
        for found in FIGURE.finditer(a, start, end)
        if len(found[0]) >= LEAST_DIGITS and LOST not in found[0]
    ]
    changed = [1 - (1 - edited) ** len(figure) for figure in ours]
    sigma = math.sqrt(sum(chance * (1 - chance) for chance in changed))
    least = max(MOST_MISSING * len(ours), sum(changed) + CLUMPED * sigma)
    if len(ours) < LISTED or sum(figure not in theirs for figure in ours) < least:
        return False
    return sum(not any(_alike(figure, other) for other in theirs) for figure in ours) >= least


def _alike(ours: str, theirs: str) -> bool:
    """Whether four of five digits are the same, in order."""
    least = 0.8 * max(len(ours), len(theirs))
    if ours == theirs or min(len(ours), len(theirs)) < least:
        return ours == theirs
    in_common = sum(min(ours.count(digit), theirs.count(digit)) for digit in set(ours))
    return in_common >= least and len(lcs_pairs(ours, theirs)) >= least
