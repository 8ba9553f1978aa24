"""A text beside the page's text as found: which characters repair left alone, and what stood for the rest."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.records import Article, Edit
from pipelines.text import fold_width

Span = tuple[int, int]

_LONE: Final = re.compile("[?？](?=[！，？；：。、）!,?;:)])")
"""A lone byte that repair left as it was found: `?` in front of a mark (see `docs/repair.md`)."""

_GLOSS: Final = re.compile("[(（][a-z\u00e0-\u01dc\u0261]{1,6} ?[)）]")
"""Pinyin in brackets: sites gloss at different levels what is damaged at the same bytes."""


@dataclass(frozen=True, slots=True)
class Kept:
    """`length` characters of the text from `start` on that stand in the text as found, from `found` on."""

    start: int
    found: int
    length: int

    @property
    def end(self) -> int:
        """Index behind the last of them."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Found:
    """The text as found, the stretches of the repaired one that are unchanged in it, and the runs that are
    not: (start, end) each. Glosses are no runs: the characters around them are as they were printed."""

    text: str = ""
    kept: tuple[Kept, ...] = ()
    runs: tuple[Span, ...] = ()

    def between(self, start: int, end: int) -> str | None:
        """What stands in the text as found for [start, end); None where an end lies within a run.

        Glosses and what else was taken out at the ends are within.
        """
        first, last = self._touching(start)[:1], self._touching(end)[-1:]
        if not first or not last:
            return None
        return self.text[first[0].found + start - first[0].start : last[0].found + end - last[0].start]

    def _touching(self, at: int) -> Sequence[Kept]:
        """The unchanged stretches that a boundary of the repaired text lies in or at the end of."""
        first = bisect_left(self.kept, at, key=lambda kept: kept.end)
        return self.kept[first : bisect_right(self.kept, at, key=lambda kept: kept.start)]

    def run_at(self, at: int) -> Span:
        """The run that a boundary lies in; (at, at) where none is."""
        number = bisect_right(self.runs, at, key=lambda run: run[0]) - 1
        start, end = self.runs[number] if number >= 0 else (at, at)
        return (start, end) if start < at < end else (at, at)

    def around(self, start: int, end: int) -> Span:
        """The least stretch around [start, end) that begins and ends outside of every run."""
        first = bisect_left(self.runs, start, key=lambda run: run[1])
        touching = [run for run in self.runs[first : first + end - start + 2] if run[0] < end]
        return min([start, *(run[0] for run in touching)]), max([end, *(run[1] for run in touching)])

    def shifted(self, by: int, found_by: int) -> Found:
        """The same without its text, for a part that begins that much further on."""
        kept = tuple(Kept(k.start + by, k.found + found_by, k.length) for k in self.kept)
        return Found("", kept, tuple((start + by, end + by) for start, end in self.runs))

    def without(self, gone: Sequence[Span]) -> Found:
        """The same for the repaired text from which spans were taken out (ascending, disjoint)."""
        if not gone:
            return self
        cuts, taken = [], 0
        for start, end in gone:
            cuts.append((start, end, taken))
            taken += end - start
        kept = [piece for one in self.kept for piece in _uncut(one, cuts)]
        runs = [moved for run in self.runs if (moved := _moved(run, cuts)) is not None]
        return Found(self.text, tuple(kept), tuple(runs))


NOTHING_FOUND: Final = Found()
"""Of a text whose page is not at hand, or was read by another version: nothing can be proven of it."""


def found_of(article: Article, field: str = "article_body") -> Found:
    """How a body or headline stands to its text as found; empty where its edits do not lead to it."""
    text, found = getattr(article, field), getattr(article, f"{field}_raw")
    kept: list[Kept] = []
    runs: list[Span] = []
    at = found_at = 0
    for edit in article.edits:
        if edit.field != field:
            continue
        length = edit.start - found_at
        kept.append(Kept(at, found_at, length))
        at, found_at = at + length, edit.start + len(edit.before)
        _add(runs, edit, at)
        at += len(edit.after)
    kept.append(Kept(at, found_at, len(found) - found_at))
    return Found(found, tuple(kept), tuple(runs)) if kept[-1].end == len(text) else NOTHING_FOUND


def _add(runs: list[Span], edit: Edit, at: int) -> None:
    """Join what repair changed to the run that it touches."""
    if edit.step == "gloss":
        return
    if runs and runs[-1][1] == at:
        runs[-1] = (runs[-1][0], at + len(edit.after))
    else:
        runs.append((at, at + len(edit.after)))


def joined(parts: Iterable[tuple[Found, int]]) -> Found:
    """The founds of parts that are joined by newline; each with the length of its repaired text."""
    texts: list[str] = []
    kept: list[Kept] = []
    runs: list[Span] = []
    at = found_at = 0
    for part, length in parts:
        moved = part.shifted(at, found_at)
        kept += moved.kept
        runs += moved.runs
        texts.append(part.text)
        at, found_at = at + length + 1, found_at + len(part.text) + 1
    return Found("\n".join(texts), tuple(kept), tuple(runs))


def is_same_damage(found: str, other: str) -> bool:
    """Whether two pages show the same for a stretch, but for glosses and the width of marks."""
    return fold_width(_GLOSS.sub("", found)) == fold_width(_GLOSS.sub("", other))


def left_damaged(text: str) -> Iterator[Span]:
    """Places of a repaired text that still look damaged: repair found no way to read them."""
    return (match.span() for match in _LONE.finditer(text))


def _uncut(kept: Kept, cuts: Sequence[tuple[int, int, int]]) -> Iterator[Kept]:
    """What is left of a stretch, moved."""
    at = kept.start
    first = bisect_left(cuts, at, key=lambda cut: cut[1])
    taken = sum(end - start for start, end, _ in cuts[:first])
    for start, end, before in cuts[first:]:
        if start >= kept.end:
            break
        if start > at:
            yield Kept(at - before, kept.found + at - kept.start, start - at)
        at, taken = max(at, end), before + end - start
    if at < kept.end or kept.length == 0:
        yield Kept(at - taken, kept.found + at - kept.start, max(0, kept.end - at))


def _moved(run: Span, cuts: Sequence[tuple[int, int, int]]) -> Span | None:
    """A run in the text without the spans; None where it lies in one of them, in whole or in part."""
    taken = 0
    for start, end, before in cuts:
        if run[0] < end and run[1] > start:
            return None
        if end <= run[0]:
            taken = before + end - start
    return run[0] - taken, run[1] - taken
