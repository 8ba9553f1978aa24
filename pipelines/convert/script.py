"""Which script a text is written in, told by the characters that only one of the two scripts has."""

from __future__ import annotations

import re
from functools import cache

import opencc

from pipelines.records import Language

AMBIGUOUS = frozenset("乾著瞭藉徵覆於夥祇鍾昇甦甯谿氾祕脩蒐釐劄陞樑麼餘薑蘋")
"""Traditional by the table, yet right in some words or names of Simplified text (乾县, 显著, 瞭望, 魏徵)."""

_FIRST, _LAST = 0x4E00, 0x9FA5
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_KANA_SHARE = 0.05
"""Share of kana above which a text is Japanese; Chinese news quotes a name or a の, far below that."""


@cache
def simplified_forms() -> dict[int, str]:
    """Unambiguous Traditional characters (code point) and their Simplified form, from opencc's t2s."""
    chars = [chr(code) for code in range(_FIRST, _LAST + 1)]
    forms = opencc.OpenCC("t2s").convert("\n".join(chars)).split("\n")
    pairs = zip(chars, forms, strict=True)
    return {ord(char): form for char, form in pairs if form != char and char not in AMBIGUOUS}


@cache
def _classes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(only Traditional, only Simplified). A Simplified form that Big5 has too (后, 里, 台) tells nothing."""
    forms = simplified_forms()
    simplified = {form for form in forms.values() if not _in_big5(form)}
    return re.compile(f"[{''.join(map(chr, forms))}]"), re.compile(f"[{''.join(sorted(simplified))}]")


def _in_big5(char: str) -> bool:
    try:
        return bool(char.encode("big5"))
    except UnicodeEncodeError:
        return False


def detect_script(text: str) -> Language | None:
    """`zh-Hant` or `zh-Hans` by majority of telling characters; None without any, or for Japanese text."""
    only_traditional, only_simplified = _classes()
    traditional = len(only_traditional.findall(text))
    simplified = len(only_simplified.findall(text))
    if traditional == simplified:
        return None
    kana = len(_KANA.findall(text))
    if kana and kana > _KANA_SHARE * len(text):
        return None
    return "zh-Hant" if traditional > simplified else "zh-Hans"
