"""Characters: what counts as Han, as a mark, as a digit; folding of width; the plain form for comparing.

Pure functions on str. The classes follow the Unicode blocks (Unicode 16, Blocks.txt); GB18030 text uses no
others for Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Character class body of Han characters, for use inside `[...]` of a regular expression."""

_HAN_RUN = re.compile(f"[{HAN}]+")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MARKS = re.compile(
    "[\n \u3000\u00b7\u2014\u2018-\u201d\u2026\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff20]+"
)
"""Marks and blanks of Chinese text: none is a letter in any form, so they may go before the normal form."""

_BLANKS = re.compile(r"[\s\u3000\u200b\ufeff]+")
_FULL_TO_HALF = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "}
_FULL = re.compile("[\uff01-\uff5e\u3000]")

CHINESE_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿兆两壹贰叁肆伍陆柒捌玖拾佰仟萬億兩貳參陸")
"""Signs that carry a figure: never chosen by a language model alone."""


def count_han(text: str) -> int:
    """Number of Han characters in a text."""
    return sum(map(len, _HAN_RUN.findall(text)))


def is_figure(char: str) -> bool:
    """Whether a character belongs to a number: decimal digits of any width, Chinese numerals, 万 and 亿."""
    return char.isdecimal() or char in CHINESE_NUMERALS


def fold_width(text: str) -> str:
    """Full-width ASCII variants (U+FF01-FF5E) and the ideographic space to ASCII; one code point for one.

    Not `str.translate`, which asks its table for every character of a text that is not ASCII: it takes
    four times as long for an article (51 against 11 us, n = 126).
    """
    for full in set(_FULL.findall(text)):
        text = text.replace(full, _FULL_TO_HALF[full])
    return text


def squeeze(text: str) -> str:
    """Runs of white space (no-break, ideographic, zero-width included) to one blank; ends stripped."""
    return _BLANKS.sub(" ", text).strip()


@lru_cache(maxsize=4)
def plain(text: str) -> str:
    """NFKC, lower case, letters and digits only: the form in which two texts are compared.

    Without its marks, Chinese text mostly is in NFKC, which is told ten times as fast as made. The last few
    are kept: a line is held against the title more than once, a body is sketched and then digested.
    """
    bare = _MARKS.sub("", text)
    if not unicodedata.is_normalized("NFKC", bare):
        bare = unicodedata.normalize("NFKC", text)
    lower = bare.lower()
    return lower if lower.isalnum() else _NOT_LETTERS.sub("", lower)
