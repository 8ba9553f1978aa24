"""Restoring of damaged text: the small public face of this stage.

    restored = Restorer.load().restore(text)

A text is cut into blocks at newlines and tags, which no damaged run crosses. In each block the places where
damage can begin are found, the region around each is searched (see `lattice`, `search`), and what differs
from the found text becomes edits with a certainty each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from pipelines.records import LACUNA, Edit, replay
from pipelines.repair.blocks import (
    TRIGGER,
    blocks,
    looks_damaged,
    shows_lone_bytes,
    silent_trigger,
    undamaged,
)
from pipelines.repair.brackets import BLOCK_START, Context, track
from pipelines.repair.candidates import Candidates
from pipelines.repair.compose import compose
from pipelines.repair.gloss import GLOSS, Glosses, before_gloss
from pipelines.repair.judge import edits_of
from pipelines.repair.language import Characters, PageWords, WordTable
from pipelines.repair.lattice import Lattice, vanishing_groups_of
from pipelines.repair.marks import can_begin
from pipelines.repair.model import Model
from pipelines.repair.neighbours import Neighbours
from pipelines.repair.search import MOST_WORK, Choice, Search

__all__ = ["Restored", "Restorer", "looks_damaged"]

LEFT_CONTEXT: Final = 8
"""Found characters read before a place: two words, or one and its gloss."""
MOST_PASSES: Final = 4
"""What is restored is context for what was left, until nothing changes: so restoring twice is restoring
once."""
ENTER_MARGIN: Final = 3.0
"""Nats by which damage must beat the found text as it stands, measured where the gate opens on clean text
and on damaged: see docs/repair.md."""
PATIENCE: Final = 8
"""Places searched in vain before a block is left alone, two more for every damaged one: hostile text and
forums have many marks behind question marks, mirrors few that are honest."""
SILENT_MARGIN: Final = 12.0
"""The same where no `?` speaks for damage but two rare characters; no place of 11 MB of clean text
reaches it."""
MOST_VAIN: Final = 200
"""The same for a page: the most searched page of the references takes 43 searches, vain or not."""
_PRIVATE_USE: Final = re.compile("[\ue000-\ue765]")
_ENTERING: Final = frozenset(("first", "named"))


@dataclass(frozen=True, slots=True)
class Restored:
    """A text with its damage undone, in the script in which it was found.

    `edits` lead from the text as found to `text`; `lacunae` counts the LACUNA signs among them.
    """

    text: str
    edits: tuple[Edit, ...]
    lacunae: int


class Restorer:
    """The tables, loaded once per process, and the restoring of one text after the other. No state
    between."""

    def __init__(self) -> None:
        self._characters = Characters.load()
        self._candidates = Candidates(self._characters)
        self._table = WordTable()
        self._neighbours = Neighbours()
        self.words = lru_cache(maxsize=1)(self._words)

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
        others = tuple(context)
        edits: list[Edit] = []
        repaired = text
        for _ in range(MOST_PASSES):
            more = list(self._pass(repaired, others, field))
            if not more:
                break
            edits = compose(text, edits, more)
            repaired = replay(text, tuple(edits), field)
            if not looks_damaged(repaired):
                break
        lacunae = sum(edit.after.count(LACUNA) - edit.before.count(LACUNA) for edit in edits)
        shifted = (replace(edit, start=edit.start + offset) for edit in edits)
        return Restored(repaired, tuple(shifted), lacunae)

    def _words(self, texts: tuple[str, ...]) -> PageWords:
        """The words of the undamaged blocks of a page: kept while one damaged block after the other is
        restored."""
        return PageWords(undamaged(texts), self._characters, self._table)

    def _pass(self, text: str, context: tuple[str, ...], field: str) -> Iterator[Edit]:
        """The edits of every block, in order."""
        page = _Page(self, (*context, text))
        for start, end, eaten in blocks(text):
            yield from page.restore_block(text[start:end], start, field)
            if eaten:
                yield Edit(field, end, "", "<", "mend_tags", "exact")


class _Page:
    """What is known of one page, and the restoring of its blocks one by one."""

    def __init__(self, tables: Restorer, texts: tuple[str, ...]) -> None:
        self._characters = tables._characters
        self._candidates = tables._candidates
        self._neighbours = tables._neighbours
        self._glosses = Glosses(texts, self._characters)
        self._vain = 0
        self._silent = not any(map(shows_lone_bytes, texts))
        self._model = Model(tables._table, tables.words(texts[:-1]).beside(undamaged(texts[-1:])))

    def restore_block(self, found: str, base: int, field: str) -> Iterator[Edit]:
        """Edits of one block, which begins at `base` in the field."""
        done = region = 0
        patience = PATIENCE if self._vain < MOST_VAIN else 0
        context = BLOCK_START
        for trigger in self._triggers(found):
            at = trigger.start()
            if at < done:
                continue
            if found[at] in "(（":
                if end := self._glosses.after(found, at, found[at - 1 : at]):
                    yield Edit(field, base + at, found[at:end], "", "gloss", "exact")
                    done = end
            elif patience > 0 and (self._silent or can_begin(found, at)):
                start = max(region, before_gloss(found, max(0, at - LEFT_CONTEXT)))
                context = track(context, GLOSS.sub("", found[region:start]))
                region = start
                choices = self._search(found, start, context)
                if _is_damage(choices, SILENT_MARGIN if self._silent else ENTER_MARGIN):
                    settled = _up_to_last_change(choices)
                    yield from edits_of(found, (c for c in settled if c.arc.start >= done), base, field)
                    context = track(context, (char for choice in settled for char in choice.arc.text))
                    done = region = settled[-1].arc.end
                    patience += 2
                else:
                    patience -= 1
                    self._vain += 1

    def _triggers(self, found: str) -> Iterator[re.Match[str]]:
        """Where damage can begin in a block, in order."""
        matches = TRIGGER.finditer(found)
        if not self._silent:
            return matches
        silent = silent_trigger().finditer(found)
        return iter(sorted((*matches, *silent), key=lambda match: match.start()))

    def _search(self, found: str, start: int, context: Context) -> list[Choice]:
        """Search with vanished pairs wherever bytes are out of step; where that takes too long, without."""
        groups = vanishing_groups_of(_PRIVATE_USE.search(found) is not None)
        search = self._searched(found, start, context, groups)
        choices = search.run()
        if search.work <= MOST_WORK:
            return choices
        return [_unsure(choice) for choice in self._searched(found, start, context, ()).run()]

    def _searched(self, found: str, start: int, context: Context, vanishing: tuple[int, ...]) -> Search:
        lattice = Lattice(
            found, self._characters, self._candidates, self._glosses, vanishing, silent=self._silent
        )
        return Search(lattice, self._model, self._neighbours, start, context)


def _unsure(choice: Choice) -> Choice:
    """A choice of a region in which pairs may have vanished, which took too long to find out: within a longer
    word it is likely, else it is left open."""
    return replace(choice, margin=0.0, odds=choice.odds if choice.in_word else 0.0)


def _up_to_last_change(choices: list[Choice]) -> list[Choice]:
    """Without the right-hand context: another place may begin in it."""
    last = max(number for number, choice in enumerate(choices) if choice.arc.kind != "found")
    return choices[: last + 1]


def _is_damage(choices: list[Choice], margin: float) -> bool:
    """Whether the found text, as it stands, is that much less likely than damage."""
    return min((c.genuine for c in choices if c.arc.kind in _ENTERING), default=0.0) >= margin
