"""Texts of one template: what was filled in anew differs word for word, and hardly anything else does."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.dedupe.figures import FIGURE, LOST, NO_DIGITS, by_value
from pipelines.dedupe.gaps import Gap
from pipelines.dedupe.lcs import lcs_pairs


class Found(NamedTuple):
    """What was found of two texts beside their gaps: figures that disagree, places of words that are another
    one all through the text, and whether so many figures agree that words alone tell no other story."""

    disagreeing: int
    renamed: int
    one_story: bool


DENSE = 0.0125
"""Words and figures replaced per character from which a text looks like a template filled in anew: a revision
changes one in some hundred characters, our templates of notices, cases and lists one in 20 to 80. To the
nearest whole word: of 489 characters, a correction of five is none yet."""

FILLED = 3
"""Fewest words and figures by which a template is told from a correction."""

SILENT = 8.0
"""Weight of agreeing figures in Arabic digits (one date) above which other words alone are another writer's.
Notices of one court have their day in common, and the thirty and fifteen days of the law, which stand in
Chinese numerals; articles of 300 to 600 characters have 9 to 46."""

LONG_NAME = 4
"""Characters of a name of a firm, without its 有限公司."""

NAMES = 0.25
"""Share of names among the words in place of others from which names alone tell."""

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


def edited_share(single: int, aligned: int) -> float:
    """The share e of single characters that were edited, from the number of gaps that are one character:
    n e (1 - e)**2 of n, which rises up to a third (add-one rule)."""
    seen = min((single + 1) / max(1, aligned + 2), 4 / 27)
    share = 0.0
    for _ in range(40):
        share = seen / (1 - share) ** 2
    return min(share, 1 / 3)


def is_even(single: int, edited: float) -> bool:
    """Whether hardly a character was edited by itself. One never is many: of a notice of 80 characters it is
    the share of `EVEN`, by the add-one rule."""
    return edited <= EVEN or single <= 1


def slots_of(gaps: list[Gap], edited: float) -> list[Gap]:
    """The words in whose place the other text has others, where so many of the differences are such that
    both are one template: names of people, firms and goods, which nothing marks as names.

    Edits of single characters at a share e make gaps of two and more with probability e, of four with e**3;
    in a copy edited or damaged that way there are no more of them.
    """
    for least in (4, 3, 2):
        slots = [gap for gap in gaps if min(gap.ours, gap.theirs) >= least]
        if slots and _poisson_tail(len(slots), len(gaps) * edited ** (least - 1)) < CHANCE:
            return [gap for gap in gaps if min(gap.ours, gap.theirs) > 1]
    return []


def is_filled_anew(gaps: list[Gap], slots: list[Gap], found: Found, aligned: int, *, replaced: bool) -> bool:
    """Whether so many words and figures stand in the place of others, in so short a text, that it is a
    template. A word that is another one all through the text is among the words: it counts once.

    The words are the `slots` among the `gaps`. Differences of one character count too where there are slots
    and both characters are surnames, or where a long number was `replaced` by another one altogether, which
    edits of single characters do not make of it: the surname of whoever answers that telephone.
    """
    told = found.disagreeing + found.renamed > 0
    if not slots and not told:
        return False
    words = len(gaps if replaced else slots) if slots else 0
    persons = sum(gap.persons for gap in gaps) if slots else 0
    if not told and not found.one_story:
        # Of a hundred words that a writer replaced, some begin with a surname by chance.
        told = persons >= max(FILLED, len(slots) / 2) or _names_alone(slots)
    filled = max(words, persons, found.renamed) + found.disagreeing
    return told and filled >= max(FILLED, round(DENSE * aligned))


def _names_alone(slots: list[Gap]) -> bool:
    """Whether names of other kinds tell without a figure: one more than `FILLED`, and two of them long ones,
    or `FILLED` long ones and persons; and a quarter of them. Words for which a writer takes others have two
    or three characters, and hardly ever a surname in both; where he takes them for one word in ten, one in
    ten is two of them.
    """
    long = sum(min(slot.ours, slot.theirs) >= LONG_NAME for slot in slots)
    persons = sum(slot.persons for slot in slots)
    least = NAMES * len(slots)
    return len(slots) > FILLED and (long >= max(2, least) or long + persons >= max(FILLED, least))


def _poisson_tail(least: int, mean: float) -> float:
    """Probability of at least so many where `mean` are expected."""
    term = total = math.exp(-mean)
    for count in range(1, least):
        term *= mean / count
        total += term
    return max(0.0, 1 - total)


def other_figures(a: str, b: str, spans: Iterable[tuple[int, int]], edited: float) -> bool:
    """Whether most of the long figures in `spans` of `a` are nowhere in `b`, in any notation, nor any like
    them, and far more than edits of that share would have changed: lists of one form, however their lines
    fit."""
    theirs = [found for found in FIGURE.findall(b) if len(found) >= LEAST_DIGITS]
    aligned = bytearray(len(a))
    for start, end in spans:
        aligned[start:end] = b"\1" * (end - start)
    # Those too that are cut by the end of a span: it ends there because the digits differ.
    ours = [
        found[0]
        for found in FIGURE.finditer(a)
        if len(found[0]) >= LEAST_DIGITS and LOST not in found[0] and any(aligned[slice(*found.span())])
    ]
    changed = [1 - (1 - edited) ** len(figure) for figure in ours]
    sigma = math.sqrt(sum(chance * (1 - chance) for chance in changed))
    least = max(MOST_MISSING * len(ours), sum(changed) + CLUMPED * sigma)
    if len(ours) < LISTED or sum(figure not in theirs for figure in ours) < least:
        return False
    values = {by_value(found) for found in FIGURE.findall(b)}
    ours = [figure for figure in ours if by_value(figure) not in values]
    if len(ours) < least:
        return False
    return sum(not any(_alike(figure, other) for other in theirs) for figure in ours) >= least


def is_another_number(ours: str, theirs: str) -> bool:
    """Whether both are long numbers, and not alike."""
    digits, others = NO_DIGITS.sub("", ours), NO_DIGITS.sub("", theirs)
    return min(len(digits), len(others)) >= LEAST_DIGITS and not _alike(digits, others)


def _alike(ours: str, theirs: str) -> bool:
    """Whether four of five digits are the same, in order."""
    least = 0.8 * max(len(ours), len(theirs))
    if ours == theirs or min(len(ours), len(theirs)) < least:
        return ours == theirs
    in_common = sum(min(ours.count(digit), theirs.count(digit)) for digit in set(ours))
    return in_common >= least and len(lcs_pairs(ours, theirs)) >= least
