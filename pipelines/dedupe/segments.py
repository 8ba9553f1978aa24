"""Segments of two texts that stand for each other, and whether they hold the same figures, dates and places.
In the comparable form of `match.comparable`, where `LOST` stands for a lacuna."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from pipelines.dedupe.figures import DIGITS, FIGURE, LOST, NO_DIGITS, NUMERALS, by_value
from pipelines.dedupe.lcs import lcs_pairs
from pipelines.dedupe.tables.places import PLACES

LONG = 8
"""Digits of a number from which more than half are in order in another by chance."""


@cache
def particular() -> re.Pattern[str]:
    """A figure, or the name of a country, a province or a city."""
    # To look at the first character before 130 names are tried takes a fifth of the time.
    first = "".join(sorted({name[0] for name in PLACES}))
    return re.compile(f"(?=[0-9{first}{LOST}{NUMERALS}])(?:{'|'.join([*PLACES, FIGURE.pattern])})")


@cache
def _only_particulars() -> re.Pattern[str]:
    return re.compile(f"(?:{particular().pattern})+")


class Judged(NamedTuple):
    """Two segments that stand for each other, and whether they hold the same particulars; None where that
    cannot be told."""

    ours: str
    theirs: str
    agree: bool | None


def judged(ours: str, theirs: str, *, strict: bool) -> Judged:
    """Two segments, judged; `strict`: a figure with one digit wrong is another one."""
    agree = _same(ours, theirs)
    return Judged(ours, theirs, False if agree is None and strict and differ(ours, theirs) else agree)


def _same(a: str, b: str) -> bool | None:
    """Whether two segments hold the same particulars, in any notation; None where that cannot be told."""
    if a == b or by_value(a) == by_value(b):
        return True
    if bool(DIGITS.search(a)) != bool(DIGITS.search(b)):
        a, b = by_value(a), by_value(b)
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


def other_ones(a: str, b: str) -> int:
    """How many figures of one segment the other has not: 2013年9月 and 2018年3月 are two; at least 1."""
    ours = NO_DIGITS.sub(" ", a).split()
    if len(ours) < 2:
        return 1
    theirs = NO_DIGITS.sub(" ", b).split()
    return max(1, len(ours) - sum((Counter(ours) & Counter(theirs)).values()))


def differ(a: str, b: str) -> bool:
    """Whether both segments have figures in the same places, none of them lost, and not the same: of 7能1
    beside 721 a letter stands for a digit, as none does where a figure is filled in."""
    ours, theirs = NO_DIGITS.sub("", a), NO_DIGITS.sub("", b)
    return bool(ours and theirs) and ours != theirs and LOST not in a + b and _places(a) == _places(b)


def _places(segment: str) -> list[bool]:
    """Whether something stands before, between and behind the figures of a segment."""
    return [bool(between) for between in DIGITS.split(segment)]
