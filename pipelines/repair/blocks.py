"""Cutting a text into the blocks that no damaged run crosses, and finding the places where damage can
begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from pipelines.markup import eaten_tags, opaque_spans
from pipelines.repair.gloss import GLOSS, PINYIN
from pipelines.repair.language import Characters

TRIGGER: Final = re.compile(
    rf"(?:(?<!\?)\?(?!\?\?)|(?<!？)？(?!？))(?=[！，？；：。、）!,?;:)]|{PINYIN})|[(（](?={PINYIN})"
)
"""Where damage can begin: `?` before a mark or before what is left of a gloss, or a whole gloss. Three `?` in
a row stand for text that was never decoded, two ？ for emphasis."""
_BOUNDARY: Final = re.compile(r"<[A-Za-z/!?][^<>]*>|[\r\n]+")
_RUN: Final = re.compile(rf"[^\n]{{0,3}}[?？](?:[！，？；：。、）!,?;:)]|{PINYIN})[^<\n，。！？；：、,!?;:]*")


_GATES: Final = tuple(
    (sign, re.compile(re.escape(sign) + rest))
    for sign, rest in (
        ("?", rf"(?<!\?\?)(?!\?\?)(?:[！，？；：。、）!,?;:)]|{PINYIN})"),
        ("？", rf"(?<!？？)(?!？)(?:[！，；：。、）!,?;:)]|{PINYIN})"),
        ("(", PINYIN),
        ("（", PINYIN),
    )
)
"""TRIGGER taken apart by its first sign: a pattern that begins with one literal is searched ten times
as fast."""


SILENT_MARKS: Final = "！？；："
"""The marks behind which the rare characters of a run without `?` are looked for (variant 2 of the damage):
those that stand rarely enough in honest text for the gate to stay fast."""


@cache
def silent_trigger() -> re.Pattern[str]:
    """A mark and two rare characters among the next four: where a run can begin whose lone byte left no
    `?`."""
    rare = f"[{Characters.load().rare()}]"
    return re.compile(f"[{SILENT_MARKS}](?=[^\x00-\x7f]{{0,2}}{rare}[^\x00-\x7f]?{rare})")


def looks_damaged(text: str) -> bool:
    """The gate: False for text in which no damage can begin, at the speed of a search for one character."""
    if _opens(text, _GATES):
        return True
    return any(mark in text for mark in SILENT_MARKS) and silent_trigger().search(text) is not None


def _opens(text: str, gates: tuple[tuple[str, re.Pattern[str]], ...]) -> bool:
    return any(sign in text and gate.search(text) is not None for sign, gate in gates)


def shows_lone_bytes(text: str) -> bool:
    """Whether lone bytes may have been printed as `?` on this page: variant 1 of the damage."""
    return _opens(text, _GATES[:2])


def blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether a tag's `<` was eaten at the end) of every block, in order."""
    eaten = set(eaten_tags(text))
    bounds = [match.span() for match in _BOUNDARY.finditer(text)]
    bounds += [(at, at) for at in eaten]
    if "<" in text:
        bounds += opaque_spans(text)
    for (_, start), (end, _) in pairwise([(0, 0), *_merged(bounds), (len(text), len(text))]):
        if start < end or end in eaten:
            yield start, end, end in eaten


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those within another left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end))
    return merged


def undamaged(texts: Iterable[str]) -> Iterator[str]:
    """The texts without glosses and without what may be out of step.

    That is from three characters before a place where damage can begin (they would witness for their own
    place) to the next mark. A run that goes on behind a mark leaves sequences that nobody writes, so none
    that mislead.
    """
    for text in texts:
        yield _RUN.sub(" ", GLOSS.sub("", text))
