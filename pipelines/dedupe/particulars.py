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
from pipelines.dedupe.lcs import lcs_pairs
from pipelines.dedupe.tables.places import PLACES

LOST = "\ua66e"
"""Letter that no Chinese page holds; stands for the lacuna sign, which the plain form would drop."""

REACH = 8
"""Characters around a particular within which its neighbours must be aligned for it to be compared."""

LIGHT, HEAVIEST = 0.5, 4
"""Least and greatest weight of a particular, in digits."""

_NUMERALS = "".join(sorted(text.CHINESE_NUMERALS))
_NO_DIGITS = re.compile("[^0-9]+")
_FIGURE = re.compile(rf"[0-9{LOST}]+|[{_NUMERALS}{LOST}]+")


@cache
def _particular() -> re.Pattern[str]:
    return re.compile("|".join([*PLACES, _FIGURE.pattern]))


@cache
def _only_particulars() -> re.Pattern[str]:
    return re.compile(f"(?:{_particular().pattern})+")


@dataclass(frozen=True, slots=True)
class Tally:
    """Particulars on which two texts agree and disagree, by weight, and what random edits would have made.

    `disagreements` counts them. `expected` and `variance` are of `disagree` if each character of a particular
    were edited as often as the characters around it.
    """

    agree: float
    disagree: float
    disagreements: int
    expected: float
    variance: float


def figures_of(plain: str) -> frozenset[str]:
    """Figures of at least two digits without a lost one: the quick look before an alignment."""
    return frozenset(found for found in _FIGURE.findall(plain) if len(found) > 1 and LOST not in found)


def compare(a: str, b: str, alignment: Alignment) -> Tally:
    """Count the particulars of `a` in aligned places by whether `b` has the same there.

    What only one text has there (a figure lost with its bytes, a sentence added) counts on neither side.
    """
    tokens = list(_tokens(a))
    kept = _identity_outside(len(a), tokens, alignment)
    renamed = _renamed(a, b, alignment)
    agree, disagree, disagreements = 0.0, sum(map(_weight, renamed), 0.0), len(renamed)
    expected = variance = 0.0
    for a0, a1, b0, b1 in _boxes(tokens, alignment):
        verdict = _same(a[a0:a1], b[b0:b1])
        if verdict is None:
            continue
        digits = len(_NO_DIGITS.sub("", a[a0:a1]))
        weight, chance = _weight(a[a0:a1]), _chance(kept, digits or a1 - a0)
        expected += weight * chance
        variance += weight * weight * chance * (1 - chance)
        if verdict:
            agree += weight
        else:
            disagree, disagreements = disagree + weight, disagreements + 1
    return Tally(agree, disagree, disagreements, expected, variance)


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


def _boxes(tokens: list[tuple[int, int]], alignment: Alignment) -> list[tuple[int, int, int, int]]:
    """The aligned segments that hold particulars (start, end) of the first text, each once."""
    where = _Places(alignment)
    found = (where.counterpart(start, end) for start, end in tokens)
    return sorted({box for box in found if box})


def _tokens(plain: str) -> Iterator[tuple[int, int]]:
    for found in _particular().finditer(plain):
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
    keeps most of its digits.
    """
    ours, theirs = _NO_DIGITS.sub("", a), _NO_DIGITS.sub("", b)
    fewer = min(len(ours), len(theirs))
    return fewer >= 3 and 2 * len(lcs_pairs(ours, theirs)) < fewer


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

    def __init__(self, alignment: Alignment) -> None:
        self._runs = alignment.runs
        self._starts = [i for i, _, _ in alignment.runs]
        self._ends = [i + length for i, _, length in alignment.runs]

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
        if 1 < len(ours) <= 4 and 1 < len(theirs) <= 4 and not _FIGURE.search(ours + theirs):
            swaps[ours, theirs] += 1
    matched = "\n".join(a[i : i + length] for i, _, length in alignment.runs)
    repeated = [ours for (ours, _), count in swaps.items() for _ in range(count) if count > 1]
    return [ours for ours in repeated if ours not in matched]
