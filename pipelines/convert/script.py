"""Which script a text is written in, told by the characters that only one of the two scripts has."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import opencc

from pipelines.records import Language

AMBIGUOUS = frozenset("乾著瞭藉徵覆於夥祇鍾昇甦甯谿氾祕脩蒐釐劄陞樑麼餘薑蘋")
"""Traditional by the table, yet right in some words or names of Simplified text (乾县, 显著, 瞭望, 魏徵)."""

_FIRST, _LAST = 0x4E00, 0x9FA5
_KANA = (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB))
LONG = 120
"""Characters from which on an array counts: ten times as fast as a dictionary for an article, but to make it
takes 15 ms, for which the restoring of a line should not wait."""

_KANA_SHARE = 0.05
"""Share of kana above which a text is Japanese; Chinese news quotes a name or a の, far below that."""


class Tally(NamedTuple):
    """How many characters of a text only Traditional has, only Simplified has, and how many are kana."""

    traditional: int
    simplified: int
    kana: int


@cache
def simplified_forms() -> dict[int, str]:
    """Unambiguous Traditional characters (code point) and their Simplified form, from opencc's t2s."""
    chars = [chr(code) for code in range(_FIRST, _LAST + 1)]
    forms = opencc.OpenCC("t2s").convert("\n".join(chars)).split("\n")
    pairs = zip(chars, forms, strict=True)
    return {ord(char): form for char, form in pairs if form != char and char not in AMBIGUOUS}


@cache
def _classes() -> dict[str, int]:
    """The class of a character: 1 only Traditional, 2 only Simplified, 3 kana. What is not in it tells
    nothing, as does a Simplified form that Big5 has too (后, 里, 台)."""
    forms = simplified_forms()
    classes = {form: 2 for form in forms.values() if not _in_big5(form)}
    classes |= {chr(code): 1 for code in forms}
    return classes | {chr(code): 3 for code in _KANA}


def _in_big5(char: str) -> bool:
    try:
        return bool(char.encode("big5"))
    except UnicodeEncodeError:
        return False


def tally(text: str) -> Tally:
    """Count the telling characters."""
    if text.isascii():
        return Tally(0, 0, 0)
    return _looked_up(text) if len(text) < LONG else _counted(text)


def _looked_up(text: str) -> Tally:
    known = _classes().get
    kinds = list(map(known, text))
    return Tally(kinds.count(1), kinds.count(2), kinds.count(3))


@lru_cache(maxsize=2)
def _counted(text: str) -> Tally:
    """The same by an array. Cached, since a body is counted to tell its script and again to convert it."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    if len(units) > len(text):  # characters beyond U+FFFF
        return _looked_up(text)
    _, traditional, simplified, kana = np.bincount(_kinds()[units], minlength=4).tolist()
    return Tally(traditional, simplified, kana)


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """The class of each character up to U+FFFF, 0 for those that tell nothing."""
    return np.array([_classes().get(chr(code), 0) for code in range(0x10000)], dtype=np.uint8)


def detect_script(text: str) -> Language | None:
    """`zh-Hant` or `zh-Hans` by majority of telling characters; None without any, or for Japanese text."""
    return script_of(tally(text), len(text))


def script_of(counted: Tally, length: int) -> Language | None:
    """The script of a text of `length` characters with these telling ones; see `detect_script`."""
    if counted.traditional == counted.simplified or counted.kana > _KANA_SHARE * length:
        return None
    return "zh-Hant" if counted.traditional > counted.simplified else "zh-Hans"
