"""Figures, dates and names of a text, and whether two aligned texts disagree on them.

Bulletins from one template say the same but for their particulars; copies of one text do not. Texts are in
the comparable form of `match.comparable`, where `LOST` stands for a lacuna.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines import text
from pipelines.dedupe.align import Alignment
from pipelines.dedupe.facing import facing
from pipelines.dedupe.figures import FIGURE, NO_DIGITS
from pipelines.dedupe.gaps import gaps_of, is_single
from pipelines.dedupe.segments import Judged, differ, judged, other_ones, particular
from pipelines.dedupe.templates import (
    SILENT,
    Found,
    edited_share,
    is_another_number,
    is_even,
    is_filled_anew,
    other_figures,
    slots_of,
)

TELLING, CORRECTED = 16.0, 0.1
"""Weight of agreeing figures (four years) above which, where at most a tenth as much disagrees, a word that
is another one all through the text was corrected or is another writer's: another town has other figures.
Articles of 300 to 600 characters have 9 to 46; a notice with two years in it as constants has 10."""

LIGHT, HEAVIEST = 0.5, 4
"""Least and greatest weight of a particular, in digits."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Particulars on which two texts agree and disagree, by weight, and what random edits would have made.

    `disagreements` counts them. `expected` and `variance` are of `disagree` if each character of a particular
    were edited as often as the characters around it. `filled_anew`: so many words and figures stand in the
    place of others, in so short a text, that it is a template. `other_figures`: most figures of the one are
    nowhere in the other, though the words around them are; not looked for where the former says enough.
    """

    agree: float
    disagree: float
    disagreements: int
    expected: float
    variance: float
    filled_anew: bool = False
    other_figures: bool = False


def compare(a: str, b: str, alignment: Alignment) -> Tally:
    """Count the particulars of `a` in aligned places by whether `b` has the same there.

    What only one text has there (a figure lost with its bytes, a sentence added) counts on neither side.
    Where words stand for words and hardly anything else is different (`templates.slots_of`), or nothing but
    figures is, a figure with one digit wrong is another figure, no slip.
    """
    tokens = list(_tokens(a))
    boxes = facing(a, b, tokens, alignment)
    segments = [(a[a0:a1], b[b0:b1]) for a0, a1, b0, b1 in boxes]
    gaps = gaps_of(a, b, alignment)
    # Where dates of other lengths stand for each other a piece of one may be left: no edit of a character.
    figures = [box for box, segment in zip(boxes, segments, strict=True) if differ(*segment)]
    words = [gap for gap in gaps if not any(a0 <= gap.start and gap.end <= a1 for a0, a1, _, _ in figures)]
    single = sum(map(is_single, words))
    edited = edited_share(single, alignment.covered[0] - sum(end - start for start, end in tokens))
    slots = slots_of(gaps, edited) if is_even(single, edited) else []
    kept = _identity_outside(len(a), [*tokens, *((slot.start, slot.end) for slot in slots)], alignment)
    held = [judged(*segment, strict=bool(slots or not gaps)) for segment in segments]
    told = _of_figures(held, kept)
    by_figures = told.agree > TELLING and told.disagree <= CORRECTED * told.agree
    renamed = [] if by_figures else _renamed(a, b, alignment)
    found = Found(told.disagreements, len(renamed), by_figures or _in_digits(held) > SILENT)
    replaced = any(is_another_number(ours, theirs) for ours, theirs, agree in held if agree is False)
    filled_anew = is_filled_anew(gaps, slots, found, alignment.covered[0], replaced=replaced)
    return replace(
        told,
        disagree=told.disagree + sum(map(_weight, renamed)),
        disagreements=told.disagreements + len(renamed),
        filled_anew=filled_anew,
        other_figures=not filled_anew and other_figures(a, b, alignment.spans_a, edited),
    )


def _of_figures(held: list[Judged], kept: float) -> Tally:
    """The tally of the segments that face each other, where `kept` of all other characters are equal."""
    agree = disagree = expected = variance = 0.0
    disagreements = 0
    for ours, theirs, equal in held:
        if equal is None:
            continue
        weight = _weight(ours)
        chance = _chance(kept, len(NO_DIGITS.sub("", ours)) or len(ours))
        expected += weight * chance
        variance += weight * weight * chance * (1 - chance)
        if equal:
            agree += weight
        else:
            disagree, disagreements = disagree + weight, disagreements + other_ones(ours, theirs)
    return Tally(agree, disagree, disagreements, expected, variance)


def _in_digits(held: list[Judged]) -> float:
    """Weight of the segments that agree and hold nothing but Arabic digits."""
    return sum(_weight(ours) for ours, _, equal in held if equal and ours.isascii())


def _weight(segment: str) -> float:
    """What a particular tells: a digit or a character of a name 1, up to `HEAVIEST`; a lone Chinese numeral,
    which is in 一个 and 第三 as well, `LIGHT`."""
    if len(segment) == 1 and segment in text.CHINESE_NUMERALS:
        return LIGHT
    return float(min(len(segment), HEAVIEST))


def _chance(kept: float, length: int) -> float:
    """That edits of which each character is spared with probability `kept` make another particular of one:
    at least one character is hit, in figures of three and more at least two (see `_misprint`)."""
    spared = kept**length
    if length > 2:
        spared += length * (1 - kept) * kept ** (length - 1)
    return 1 - spared


def _tokens(plain: str) -> Iterator[tuple[int, int]]:
    for found in particular().finditer(plain):
        yield found.span()


def _identity_outside(length: int, tokens: list[tuple[int, int]], alignment: Alignment) -> float:
    """Share of the aligned characters of the first text that are equal in the second, particulars left out
    (add-one rule)."""
    inside = bytearray(length)
    for start, end in tokens:
        inside[start:end] = b"\1" * (end - start)
    spans = sum(end - start - sum(inside[start:end]) for start, end in alignment.spans_a)
    same = sum(run - sum(inside[i : i + run]) for i, _, run in alignment.runs)
    return (same + 1) / (spans + 2) if spans >= same else 1.0


def _renamed(a: str, b: str, alignment: Alignment) -> list[str]:
    """Words of 2 to 4 characters, once for each place, for which `b` has another one all through the text.

    A revision or damage strikes a name here and there; only another story (or a rewriting) has another name
    at every place.
    """
    swaps: Counter[tuple[str, str]] = Counter()
    for (i, j, length), (next_i, next_j, _) in pairwise(alignment.runs):
        ours, theirs = a[i + length : next_i], b[j + length : next_j]
        if 1 < len(ours) <= 4 and 1 < len(theirs) <= 4 and not FIGURE.search(ours + theirs):
            swaps[ours, theirs] += 1
    matched = "\n".join(a[i : i + length] for i, _, length in alignment.runs)
    repeated = [ours for (ours, _), count in swaps.items() for _ in range(count) if count > 1]
    return [ours for ours in repeated if ours not in matched]
