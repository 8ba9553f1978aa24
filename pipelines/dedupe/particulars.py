"""Figures, dates and names of a text, and whether two aligned texts disagree on them.

Bulletins from one template say the same but for their particulars; copies of one text do not. Texts are in
the comparable form of `match.comparable`, where `LOST` stands for a lacuna.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipelines import text
from pipelines.dedupe.align import Alignment
from pipelines.dedupe.figures import FIGURE, LOST, NO_DIGITS, NUMERALS
from pipelines.dedupe.lcs import lcs_pairs
from pipelines.dedupe.tables.places import PLACES
from pipelines.dedupe.templates import (
    EVEN,
    edited_share,
    gaps_of,
    is_another_number,
    is_filled_anew,
    other_figures,
    slots_of,
)

REACH = 8
"""Characters around a particular within which its neighbours must be aligned for it to be compared."""

LONG = 8
"""Digits of a number from which more than half are in order in another by chance."""

LIGHT, HEAVIEST = 0.5, 4
"""Least and greatest weight of a particular, in digits."""


@cache
def particular() -> re.Pattern[str]:
    """A figure, or the name of a country, a province or a city."""
    # To look at the first character before 130 names are tried takes a fifth of the time.
    first = "".join(sorted({name[0] for name in PLACES}))
    return re.compile(f"(?=[0-9{first}{LOST}{NUMERALS}])(?:{'|'.join([*PLACES, FIGURE.pattern])})")


@cache
def _only_particulars() -> re.Pattern[str]:
    return re.compile(f"(?:{particular().pattern})+")


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
    filled_anew: bool
    other_figures: bool


def compare(a: str, b: str, alignment: Alignment) -> Tally:
    """Count the particulars of `a` in aligned places by whether `b` has the same there.

    What only one text has there (a figure lost with its bytes, a sentence added) counts on neither side.
    Where words stand for words and hardly anything else is different (`templates.slots_of`), or nothing but
    figures is, a figure with one digit wrong is another figure, no slip.
    """
    tokens = list(_tokens(a))
    boxes = _boxes(a, b, tokens, alignment)
    gaps = gaps_of(a, b, alignment)
    # Where dates of other lengths stand for each other a piece of one may be left: no edit of a character.
    figures = [(a0, a1) for a0, a1, b0, b1 in boxes if _differ(a[a0:a1], b[b0:b1])]
    words = [gap for gap in gaps if not any(a0 <= gap.start and gap.end <= a1 for a0, a1 in figures)]
    edited = edited_share(words, alignment.covered[0] - sum(end - start for start, end in tokens))
    slots = slots_of(gaps, edited) if edited <= EVEN else []
    kept = _identity_outside(len(a), [*tokens, *((slot.start, slot.end) for slot in slots)], alignment)
    renamed = _renamed(a, b, alignment)
    agree, disagree, disagreements = 0.0, sum(map(_weight, renamed), 0.0), len(renamed)
    expected = variance = 0.0
    replaced = False
    for a0, a1, b0, b1 in boxes:
        verdict = _same(a[a0:a1], b[b0:b1])
        if verdict is None and (slots or not gaps) and _differ(a[a0:a1], b[b0:b1]):
            verdict = False
        if verdict is None:
            continue
        digits = len(NO_DIGITS.sub("", a[a0:a1]))
        weight, chance = _weight(a[a0:a1]), _chance(kept, digits or a1 - a0)
        expected += weight * chance
        variance += weight * weight * chance * (1 - chance)
        if verdict:
            agree += weight
        else:
            disagree, disagreements = disagree + weight, disagreements + _other_ones(a[a0:a1], b[b0:b1])
            replaced = replaced or is_another_number(a[a0:a1], b[b0:b1])
    filled_anew = is_filled_anew(gaps, slots, disagreements, alignment.covered[0], replaced=replaced)
    others = not filled_anew and other_figures(a, b, alignment.spans_a, edited)
    return Tally(agree, disagree, disagreements, expected, variance, filled_anew, others)


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


def _boxes(
    a: str, b: str, tokens: list[tuple[int, int]], alignment: Alignment
) -> list[tuple[int, int, int, int]]:
    """The aligned segments that hold particulars (start, end) of the first text, each once."""
    where = _Places(a, b, alignment)
    found = (where.counterpart(start, end) for start, end in tokens)
    return sorted({box for box in found if box})


def _tokens(plain: str) -> Iterator[tuple[int, int]]:
    for found in particular().finditer(plain):
        yield found.span()


def _same(a: str, b: str) -> bool | None:
    """Whether two aligned segments hold the same particulars; None where that cannot be told."""
    if a == b:
        return True
    whole = _only_particulars()
    if not whole.fullmatch(a) or not whole.fullmatch(b):
        return False if _other_digits(a, b) else None
    if _fits(a, b):
        return True
    return None if _misprint(a, b) else False


def _other_digits(a: str, b: str) -> bool:
    """Whether segments that were reworded around their figures have hardly a digit in common.

    Less than half of them, and at least 3 on each side: a figure that was edited like the words around it
    keeps most of its digits. Long numbers of ten digits have more than half in order by chance.
    """
    ours, theirs = NO_DIGITS.sub("", a), NO_DIGITS.sub("", b)
    fewer = min(len(ours), len(theirs))
    least = 0.5 if fewer < LONG else 0.65
    return fewer >= 3 and len(lcs_pairs(ours, theirs)) < least * fewer


def _misprint(a: str, b: str) -> bool:
    """One character wrong in a figure of three and more, or missing in any: as likely a slip (an eaten digit
    that left no sign) as another figure."""
    longer = max(len(a), len(b))
    return longer > (2 if len(a) == len(b) else 1) and len(lcs_pairs(a, b)) >= longer - 1


def _fits(a: str, b: str) -> bool:
    """Equal, or equal where neither has a lacuna: an eaten digit is one lacuna."""
    if a == b:
        return True
    if LOST not in a and LOST not in b:
        return False
    return bool(_pattern(a).fullmatch(b) or _pattern(b).fullmatch(a))


def _pattern(token: str) -> re.Pattern[str]:
    """A lacuna stands for one character, and for none where the other copy lost it without a sign."""
    return re.compile("".join(".?" if char == LOST else re.escape(char) for char in token))


class _Places:
    """Finds the place in `b` that stands for a place in `a`, by the aligned neighbours on both sides."""

    def __init__(self, a: str, b: str, alignment: Alignment) -> None:
        # Both texts begin and end somewhere: the date under a notice has no neighbour behind it.
        self._runs = ((-1, -1, 1), *alignment.runs, (len(a), len(b), 1))
        self._starts = [i for i, _, _ in self._runs]
        self._ends = [i + length for i, _, length in self._runs]

    def counterpart(self, start: int, end: int) -> tuple[int, int, int, int] | None:
        """(a0, a1, b0, b1): the segments between the nearest matched neighbours; None if these are far."""
        left = bisect_left(self._starts, start) - 1
        right = bisect_right(self._ends, end)
        if left < 0 or right >= len(self._runs):
            return None
        i, j, length = self._runs[left]
        a0 = min(i + length, start)
        b0 = j + a0 - i
        i, j, length = self._runs[right]
        a1 = max(i, end)
        b1 = j + a1 - i
        if start - a0 > REACH or a1 - end > REACH or b1 < b0 or b1 - b0 > end - start + 2 * REACH:
            return None
        return a0, a1, b0, b1


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


def _other_ones(a: str, b: str) -> int:
    """How many figures of one segment the other has not: 2013年9月 and 2018年3月 are two; at least 1."""
    ours = NO_DIGITS.sub(" ", a).split()
    if len(ours) < 2:
        return 1
    theirs = NO_DIGITS.sub(" ", b).split()
    return max(1, len(ours) - sum((Counter(ours) & Counter(theirs)).values()))


def _differ(a: str, b: str) -> bool:
    """Whether both segments have digits, none of them lost, and not the same."""
    ours, theirs = NO_DIGITS.sub("", a), NO_DIGITS.sub("", b)
    return bool(ours and theirs) and ours != theirs and LOST not in a + b
