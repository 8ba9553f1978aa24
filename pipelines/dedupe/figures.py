"""Figures of a text in its comparable form, where `LOST` stands for a lacuna."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines import text

LOST = "\ua66e"
"""Letter that no Chinese page holds; stands for the lacuna sign, which the plain form would drop."""

NUMERALS = "".join(sorted(text.CHINESE_NUMERALS))
DIGITS = re.compile("[0-9]+")
NO_DIGITS = re.compile("[^0-9]+")
NO_FIGURE = re.compile(f"[0-9{LOST}年月日]+")
OF_FIGURES = re.compile(f"[0-9{LOST}{NUMERALS}年月日]")
FIGURE = re.compile(rf"[0-9{LOST}]+|[{NUMERALS}{LOST}]+")
TIMED = re.compile(f"[0-9{LOST}{NUMERALS}年月日时分]*")

_ROWS = ("〇零", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_VALUES = {char: str(digit) for digit, row in enumerate(_ROWS) for char in row}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_LONGEST = 32
"""Signs of a number that has a value: 一千二百三十四万五千六百七十八亿 has 16. Python refuses to read an
int of more than 4,300 digits."""

_PART = re.compile("[0-9]+|.")
_NUMBER = re.compile(f"[0-9]*[{NUMERALS}][0-9{NUMERALS}]*")


def figures_of(plain: str) -> frozenset[str]:
    """Figures of at least two digits without a lost one: the quick look before an alignment."""
    return frozenset(
        by_value(found) for found in FIGURE.findall(plain) if len(found) > 1 and LOST not in found
    )


def by_value(segment: str) -> str:
    """The segment with every number in Arabic digits: 二〇一六 and 2016, 一千二百 and 1200 are one figure."""
    if segment.isascii():
        return segment
    return _NUMBER.sub(lambda found: _arabic(found[0]), segment)


@lru_cache(4096)
def _arabic(number: str) -> str:
    """The value of 三千零五 or 3千 in digits; without a unit (二〇〇五) each numeral is a digit,
    and so in a row that is no number."""
    if len(number) > _LONGEST or not any(char in _TENS or char in _MYRIADS for char in number):
        return "".join(_VALUES.get(char, char) for char in number)
    total = section = 0
    digits = ""
    for part in _PART.findall(number):
        if part in _TENS:
            section, digits = section + int(digits or 1) * _TENS[part], ""
        elif part in _MYRIADS:
            section += int(digits or 0)
            whole, below = divmod(total, _MYRIADS[part])
            total = (whole + (below + section or 1)) * _MYRIADS[part]
            section, digits = 0, ""
        else:
            digits += _VALUES.get(part, part)
    return str(total + section + int(digits or 0))
