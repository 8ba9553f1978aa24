"""Restoring of damaged text: the small public face of this stage.

    restored = Restorer.load().restore(text)

A text is cut into blocks at newlines and tags, which no damaged run crosses. In each block the places where
damage can begin are found, the region around each is searched (see `lattice`, `search`), and what differs from
the found text becomes edits with a certainty each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from pipelines.markup import eaten_tags, opaque_spans
from pipelines.records import LACUNA, Edit, replay
from pipelines.repair.brackets import BLOCK_START, Context, track
from pipelines.repair.candidates import Candidates
from pipelines.repair.judge import MARGIN_LIKELY, edits_of
from pipelines.repair.language import Characters, PageWords, WordTable
from pipelines.repair.lattice import GLOSS, Lattice
from pipelines.repair.model import Model
from pipelines.repair.search import Choice, Search

LEFT_CONTEXT: Final = 8

_PINYIN = "[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹɡ]"
_TRIGGER: Final = re.compile(
    rf"(?<![?？])[?？](?![?？]{{2}})(?=[！，？；：。、）!,?;:)]|$|{_PINYIN}{{1,6}} ?[)）])|[(（](?={_PINYIN}{{1,6}} ?[)）])"
)
_BOUNDARY: Final = re.compile(r"<[A-Za-z/!?][^<>]*>|[\r\n]+")


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its damage undone, in the script in which it was found.

    `edits` lead from the text as found to `text`; `lacunae` counts the LACUNA signs among them.
    """

    text: str
    edits: tuple[Edit, ...]
    lacunae: int


def looks_damaged(text: str) -> bool:
    """The gate: False for text in which no damage can begin, at the speed of a search for one character."""
    return ("?" in text or "？" in text or "(" in text or "（" in text) and _TRIGGER.search(text) is not None


class Restorer:
    """The tables, loaded once per process, and the restoring of one text after the other. No state between."""

    def __init__(self) -> None:
        self._characters = Characters()
        self._candidates = Candidates(self._characters)
        self._table = WordTable()

    @staticmethod
    @cache
    def load() -> Restorer:
        """The process's restorer; the tables are memory-mapped. Raises TableError when they are not whole."""
        return Restorer()

    def restore(
        self, text: str, *, context: Iterable[str] = (), field: str = "article_body", offset: int = 0
    ) -> Restored:
        """Undo the damage of `text`. `context`: other blocks of the page, whose words help to choose.

        `field` names the edits; their `start` counts from `offset`.
        """
        if not looks_damaged(text):
            return Restored(text, (), 0)
        model = Model(self._table, PageWords(_undamaged((*context, text)), self._characters))
        edits: list[Edit] = []
        for start, end, eaten in _blocks(text):
            edits += self._block(text[start:end], start, field, model)
            if eaten:
                edits.append(Edit(field, end, "", "<", "mend_tags", "exact"))
        repaired = replay(text, tuple(edits), field)
        lacunae = sum(edit.after.count(LACUNA) - edit.before.count(LACUNA) for edit in edits)
        shifted = tuple(_shifted(edit, offset) for edit in edits) if offset else tuple(edits)
        return Restored(repaired, shifted, lacunae)

    def _block(self, found: str, base: int, field: str, model: Model) -> Iterator[Edit]:
        position = region = 0
        context = BLOCK_START
        for trigger in _TRIGGER.finditer(found):
            at = trigger.start()
            if at < position:
                continue
            if found[at] in "(（":
                gloss = GLOSS.match(found, at)
                if gloss and at and self._characters.has_reading(found[at - 1], gloss[1].replace("ɡ", "g")):
                    yield Edit(field, base + at, gloss[0], "", "gloss", "exact")
                    position = gloss.end()
                continue
            start = max(region, at - LEFT_CONTEXT)
            context = track(context, GLOSS.sub("", found[region:start]))
            end, choices = self._search(found, start, model, context)
            known = [choice for choice in choices if choice.arc.start >= position]
            yield from edits_of(found, known, base, field)
            region = start
            if choices:
                position = region = end
                context = track(context, (char for choice in choices for char in choice.arc.text))

    def _search(self, found: str, start: int, model: Model, context: Context) -> tuple[int, list[Choice]]:
        search = Search(Lattice(found, self._characters, self._candidates), model, start, context)
        end, choices = search.run()
        weak = {choice.arc.start for choice in choices if choice.weak and choice.arc.kind == "pair"}
        weak |= search.dead
        weak |= {
            choice.arc.start
            for choice in choices
            if choice.arc.kind in ("last", "eaten") and choice.margin < MARGIN_LIKELY
        }
        if not choices:
            weak = set(range(start, end + 1))
        if weak:
            lattice = Lattice(found, self._characters, self._candidates, weak)
            second_end, second = Search(lattice, model, start, context).run()
            if second:
                return second_end, second
        return end, choices


_RUN: Final = re.compile(
    rf"[^\n]{{0,3}}[?？](?:[！，？；：。、）!,?;:)]|{_PINYIN}{{1,6}} ?[)）])[^<\n，。！？；：、,!?;:]*"
)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those within another left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end))
    return merged


def _undamaged(texts: Iterable[str]) -> Iterator[str]:
    """The texts without glosses and without what may be out of step: from three characters before a place where
    damage can begin (they would witness for their own place) to the next mark. A run that goes on behind a mark
    leaves sequences that nobody writes, so none that could mislead."""
    for text in texts:
        yield _RUN.sub(" ", GLOSS.sub("", text))


def _shifted(edit: Edit, offset: int) -> Edit:
    return Edit(
        edit.field, edit.start + offset, edit.before, edit.after, edit.step, edit.certainty, edit.rivals
    )


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether a tag's `<` was eaten at the end) of every block."""
    eaten = set(eaten_tags(text))
    bounds = [match.span() for match in _BOUNDARY.finditer(text)]
    bounds += [(at, at) for at in eaten]
    if "<" in text:
        bounds += opaque_spans(text)
    bounds = _merged(bounds)
    edges = [(0, 0), *bounds, (len(text), len(text))]
    for (_, start), (end, _) in pairwise(edges):
        if start < end or end in eaten:
            yield start, end, end in eaten
