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
_CLAUSE: Final = "[^<\n，。！？；：、,!?;:]*"
_RUN: Final = re.compile(rf"[^\n]{{0,3}}[?？](?:[！，？；：。、）!,?;:)]|{PINYIN}){_CLAUSE}")
_NEXT_CLAUSE: Final = re.compile(f"[，。！？；：、,!?;:]{_CLAUSE}")


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


SILENT_MARKS: Final = "！？；：!;:"
"""The marks behind which the rare characters of a run without `?` are looked for (variant 2 of the damage):
those that stand rarely enough in honest text for the gate to stay fast."""


@cache
def _rare() -> str:
    """A class of the characters that running text hardly has."""
    return f"[{Characters.load().rare()}]"


@cache
def silent_trigger() -> re.Pattern[str]:
    """A mark and, among the next eight, two rare characters or one and an ASCII letter that ends a run:
    where one can begin whose lone byte left no `?`. One place in 22 MB of clean text.
    """
    rest = r"[^\x00-\x7f！，？；：。、]{0,6}"
    return re.compile(f"[{SILENT_MARKS}](?={rest}{_rare()}{rest}?(?:{_rare()}|[@-~](?=[^\x00-\x7f])))")


@cache
def faint_trigger() -> re.Pattern[str]:
    """The same on a page that is known for a mirror's: a mark with one rare character or an ASCII letter or
    sign among the next four, or the rest of a gloss whose bracket a lone byte took along.

    Among the next seven gave a fiftieth more, and changed whole characters at two places of our own articles.
    """
    return re.compile(
        rf"[！，？；：。、）!,?;:)](?=[^\x00-\x7f！，？；：。、）]{{0,3}}(?:{_rare()}|[@-~]))|(?<=[\u3400-\u9fff])(?={PINYIN})"
    )


GLOSSED_TAIL: Final = re.compile(rf"[！，？；：。、）!,?;:)](?=[A-Za-z][(（]{PINYIN})")
"""A mark before a glossed letter: in 上，F(xiàn)在 it is 現 behind 。, or an F whose gloss straddles."""
_NAMED_RUN: Final = re.compile(rf"{GLOSSED_TAIL.pattern}{_CLAUSE}")


@cache
def _silent_run() -> re.Pattern[str]:
    """From a mark to the next, with a rare character between: what a run without `?` may be."""
    within = r"[^<\n！，？；：。、）!,?;:)]*"
    return re.compile(f"[！，？；：。、）!,?;:)]{within}{_rare()}{within}")


def looks_damaged(text: str) -> bool:
    """The gate: False for text in which no damage can begin, at the speed of a search for one character."""
    if _opens(text, _GATES):
        return True
    return has_item_one(text) or (
        any(mark in text for mark in SILENT_MARKS) and silent_trigger().search(text) is not None
    )


def has_item_one(text: str) -> bool:
    """Whether a numbered paragraph `（一）…` shows as `。ㄒ唬┅`, without a `?`: nobody writes that."""
    return "。ㄒ唬" in text


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


def undamaged(texts: Iterable[str], *, silent: bool) -> Iterator[str]:
    """The texts without glosses and without what may be out of step. `silent`: as in variant 2, too.

    That is from three characters before a place where damage can begin (they would witness for their own
    place) to the next mark, and on as `_between_runs` tells.
    """
    for text in texts:
        found = _NAMED_RUN.sub(" ", text) if silent else text
        whole = " ".join(_between_runs(GLOSS.sub("", found)))
        yield _silent_run().sub(" ", whole) if silent else whole


def _between_runs(text: str) -> Iterator[str]:
    """What is left of a text without its runs. Marks come about within runs, too: behind one a run goes on
    where a rare character stands before the next.

    With the clause behind every such mark left out, 3 of 914 lost first bytes fewer were right.
    """
    is_rare, done = Characters.load().is_rare, 0
    while run := _RUN.search(text, done):
        yield text[done : run.start()]
        done = run.end()
        while (clause := _NEXT_CLAUSE.match(text, done)) and any(map(is_rare, clause[0])):
            done = clause.end()
    yield text[done:]
