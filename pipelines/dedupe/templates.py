"""Texts of one template: what was filled in anew differs word for word, and hardly anything else does."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from pipelines.dedupe.align import Alignment
from pipelines.dedupe.figures import FIGURE, LOST, NO_DIGITS, NO_FIGURE, OF_FIGURES
from pipelines.dedupe.lcs import lcs_pairs
from pipelines.dedupe.tables.surnames import SURNAMES


class Gap(NamedTuple):
    """A difference that is no figure: where it is, and how many characters either text has there, beside the
    digits of a figure that stands with it; whether each has names of persons there."""

    start: int
    end: int
    ours: int
    theirs: int
    persons: bool = False


_PERSONS = re.compile(f"(?:[{SURNAMES}]..?){{1,3}}|[{SURNAMES}]")
"""Names of persons, one after another: the comparable form has no marks between them."""

Box = tuple[int, int, int, int]
"""(start, end) of a difference, and of what stands there in the other text."""

SLOT = 12
"""Greatest length of a word that stands in the place of another: names of firms have up to 12 characters."""

INSIDE = 2
"""Equal characters between two differences of one word."""

DENSE = 0.0125
"""Words and figures replaced per character from which a text looks like a template filled in anew: a revision
changes one in some hundred characters, our templates of notices, cases and lists one in 20 to 80. To the
nearest whole word: of 489 characters, a correction of five is none yet."""

FILLED = 3
"""Fewest words and figures by which a template is told from a correction."""

LONG_NAME = 4
"""Characters of a name of a firm, without its 有限公司."""

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
    """The differences in aligned places of `a`, and short ends that were not aligned because hardly anything
    in them is equal; those of figures left out."""
    ends = ((0, 0, 0), *alignment.runs, (len(a), len(b), 0))
    boxes = [
        (i + length, next_i, j + length, next_j) for (i, j, length), (next_i, next_j, _) in pairwise(ends)
    ]
    found = []
    for start, end, other, other_end in _words_of(boxes):
        ours, theirs = a[start:end], b[other:other_end]
        words = len(ours), len(theirs)
        if OF_FIGURES.search(ours + theirs):
            words = len(NO_FIGURE.sub("", ours)), len(NO_FIGURE.sub("", theirs))
            if _is_figure(ours, theirs):
                continue
        if 0 < max(words) <= SLOT:
            persons = _are_persons(ours, theirs, a[start - 1 : start])
            found.append(Gap(start, end, *words, persons))
    return found


def _are_persons(ours: str, theirs: str, before: str) -> bool:
    """Whether both are names of persons, by themselves or with the surname `before` them that they share."""
    return any(
        _PERSONS.fullmatch(surname + ours) and _PERSONS.fullmatch(surname + theirs)
        for surname in ("", before)
    )


def _words_of(gaps: list[Box]) -> Iterator[Box]:
    """The differences, those of one word joined: 白沙 and 沙河 are aligned at 沙, with a character more
    before it and one less behind it."""
    before: Box | None = None
    for gap in gaps:
        if before is not None and gap[0] - before[1] <= INSIDE and _longer(before) == -_longer(gap) != 0:
            before = before[0], gap[1], before[2], gap[3]
            continue
        if before is not None:
            yield before
        before = gap
    if before is not None:
        yield before


def _longer(gap: Box) -> int:
    """By how many characters the other text is longer here."""
    start, end, other, other_end = gap
    return other_end - other - (end - start)


def edited_share(gaps: list[Gap], aligned: int) -> float:
    """The share e of single characters that were edited, from the number of gaps that are one character:
    n e (1 - e)**2 of n, which rises up to a third (add-one rule)."""
    single = sum(max(gap.ours, gap.theirs) == 1 and not gap.persons for gap in gaps)
    seen = min((single + 1) / max(1, aligned + 2), 4 / 27)
    share = 0.0
    for _ in range(40):
        share = seen / (1 - share) ** 2
    return min(share, 1 / 3)


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


def is_filled_anew(
    gaps: list[Gap], slots: list[Gap], disagreements: int, aligned: int, *, replaced: bool
) -> bool:
    """Whether so many words and figures (`disagreements`) stand in the place of others, in so short a text,
    that it is a template.

    The words are the `slots` among the `gaps`. Differences of one character count too where there are slots
    and both characters are surnames, or where a long number was `replaced` by another one altogether, which
    edits of single characters do not make of it: the surname of whoever answers that telephone.
    """
    if not slots and not disagreements:
        return False
    words = len(gaps if replaced else slots) if slots else 0
    persons = sum(gap.persons for gap in gaps) if slots else 0
    filled = max(words, persons) + disagreements
    told = disagreements > 0 or persons >= FILLED or _names_alone(slots)
    return told and filled >= max(FILLED, round(DENSE * aligned))


def _names_alone(slots: list[Gap]) -> bool:
    """Whether names of other kinds tell without a figure: one more than `FILLED`, and two of them long ones.
    Words for which a writer takes others have two or three characters, and hardly ever a surname in both.
    """
    return len(slots) > FILLED and sum(min(slot.ours, slot.theirs) >= LONG_NAME for slot in slots) > 1


def _poisson_tail(least: int, mean: float) -> float:
    """Probability of at least so many where `mean` are expected."""
    term = total = math.exp(-mean)
    for count in range(1, least):
        term *= mean / count
        total += term
    return max(0.0, 1 - total)


def _is_figure(ours: str, theirs: str) -> bool:
    """Whether a gap is one of figures: with digits (and no word of its own on both sides), or nothing but
    numerals (those in 百川环保 are none), or the unit of a date that has a month more."""
    if NO_DIGITS.sub("", ours + theirs):
        return min(len(NO_FIGURE.sub("", side)) for side in (ours, theirs)) < 2
    unit = set(ours + theirs) <= set("年月日")
    return unit or bool(FIGURE.fullmatch(ours) and FIGURE.fullmatch(theirs))


def other_figures(a: str, b: str, spans: Iterable[tuple[int, int]], edited: float) -> bool:
    """Whether most of the long figures in `spans` of `a` are nowhere in `b`, nor any like them, and
    far more than edits of that share would have changed: lists of one form, however their lines fit."""
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
