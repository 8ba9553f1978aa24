"""The marks before whose codes bytes are cut, and the `?` in front of them that may be a lone byte."""

from __future__ import annotations

from typing import Final

from pipelines.repair.gloss import GLOSS

MARKS: Final = {mark: mark.encode("gbk") for mark in "！，？；：。、）"} | {
    half: bytes((0xA3, ord(half) | 0x80)) for half in "!,?;:)"
}
NEARBY: Final = 12
"""Characters around a place among which there must be Chinese: one, its gloss of eight, and three of a run
that are none (`?。ㄊ┮?guī)范`)."""


def can_begin(found: str, at: int) -> bool:
    """Whether a run can begin at a `?`: among Chinese, and in front of a mark not within Latin text or
    code."""
    before, behind = found[max(at - 1, 0) : at], found[at + 2 : at + 3]
    latin = _is_latin(before) and _is_latin(behind) and not GLOSS.match(found, at + 3)
    if found[at + 1 : at + 2] in MARKS and latin:
        return False
    return any("\u4e00" <= char <= "\u9fff" for char in found[max(0, at - NEARBY) : at + NEARBY])


def _is_latin(char: str) -> bool:
    """ASCII that is neither the end of a gloss or of a button's name, nor the mark of another lone byte."""
    return char.isascii() and char not in ("", ")", "]", "?")
