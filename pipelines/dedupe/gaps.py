"""The differences between two aligned texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pipelines.dedupe.align import Alignment
from pipelines.dedupe.figures import DIGITS, NO_FIGURE, OF_FIGURES, TIMED
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
            if _is_figure(ours, theirs, min(words)):
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
    """The differences, those of one word joined."""
    before: Box | None = None
    for gap in gaps:
        if before is not None and _are_one_word(before, gap):
            before = before[0], gap[1], before[2], gap[3]
            continue
        if before is not None:
            yield before
        before = gap
    if before is not None:
        yield before


def _are_one_word(gap: Box, following: Box) -> bool:
    """Whether two differences are of one word: what one has more the other has less (白沙, 沙河), or one is
    a word and a character by chance is all that parts them (江城晨曦, 临江玩具)."""
    apart = following[0] - gap[1]
    if apart <= INSIDE and _longer(gap) == -_longer(following) != 0:
        return True
    return apart <= 1 and max(_shorter(gap), _shorter(following)) > 1


def _shorter(gap: Box) -> int:
    """Characters of the side that has fewer here."""
    start, end, other, other_end = gap
    return min(end - start, other_end - other)


def _longer(gap: Box) -> int:
    """By how many characters the other text is longer here."""
    start, end, other, other_end = gap
    return other_end - other - (end - start)


def is_single(gap: Gap) -> bool:
    """Whether one character was edited by itself; a surname is a word."""
    return max(gap.ours, gap.theirs) == 1 and not gap.persons


def _is_figure(ours: str, theirs: str, shorter: int) -> bool:
    """Whether a gap is one of figures: with digits (and no word of its own on both sides, of which the
    `shorter` one has so many characters), or nothing but numerals (those in 百川环保 are none) and units: a
    date has a month more, a time half an hour."""
    if DIGITS.search(ours + theirs):
        return shorter < 2
    return bool(TIMED.fullmatch(ours) and TIMED.fullmatch(theirs))
