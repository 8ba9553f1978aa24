"""Numbers in dates: Arabic, Chinese digits in a row, Chinese tens and hundreds, English months."""

from __future__ import annotations

_ROWS = ("〇零○", "一壹元", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_DIGITS = {char: digit for digit, row in enumerate(_ROWS) for char in row}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def number(text: str | None) -> int:
    """Its value: 2021, 二〇二一 (a digit each), 二十一, 一百一十, 廿五, Mar -> 3; 0 for None."""
    if not text:
        return 0
    if text.isascii():
        return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1
    text = text.replace("廿", "二十").replace("卅", "三十").replace("拾", "十")
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS.get(char, 0)) for char in text))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.lstrip("〇零○").partition("十")
    if not ten:
        tens, ones = "〇", tens
    return 100 * _DIGITS.get(hundreds, 0) + 10 * (_DIGITS.get(tens, 0) if tens else 1) + _DIGITS.get(ones, 0)
