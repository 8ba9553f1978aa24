"""Restoring of damaged text: the small public face of this stage.

    restored = Restorer.load().restore(text)

A text is cut into blocks at newlines and tags, which no damaged run crosses. In each block the places where damage
can begin are found, the region around each is searched (see `lattice`, `search`), and what differs from the found
text becomes edits with a certainty each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pipelines.records import LACUNA, Edit, replay
from pipelines.repair.blocks import TRIGGER, blocks, can_begin, looks_damaged, undamaged
from pipelines.repair.brackets import BLOCK_START, Context, track
from pipelines.repair.candidates import Candidates
from pipelines.repair.gloss import GLOSS, Glosses
from pipelines.repair.judge import MARGIN_LIKELY, edits_of
from pipelines.repair.language import Characters, PageWords, WordTable
from pipelines.repair.lattice import Lattice
from pipelines.repair.model import Model
from pipelines.repair.search import Choice, Search

__all__ = ["Restored", "Restorer", "looks_damaged"]

LEFT_CONTEXT: Final = 8
"""Found characters read before a place: two words, or one and its gloss."""
ENTER_MARGIN: Final = 8.0
"""Nats by which damage must beat the found text as it stands, measured where the gate opens on clean text and on
damaged: see docs/repair.md."""
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
        page = _Page(self, (*context, text))
        edits: list[Edit] = []
        for start, end, eaten in blocks(text):
            edits += page.restore_block(text[start:end], start, field)
            if eaten:
                edits.append(Edit(field, end, "", "<", "mend_tags", "exact"))
        repaired = replay(text, tuple(edits), field)
        lacunae = sum(edit.after.count(LACUNA) - edit.before.count(LACUNA) for edit in edits)
        shifted = (replace(edit, start=edit.start + offset) for edit in edits)
        return Restored(repaired, tuple(shifted), lacunae)


class _Page:
    """What is known of one page, and the restoring of its blocks one by one."""

    def __init__(self, tables: Restorer, texts: tuple[str, ...]) -> None:
        self._characters = tables._characters
        self._candidates = tables._candidates
        self._glosses = Glosses(texts, self._characters)
        self._model = Model(tables._table, PageWords(undamaged(texts), self._characters, tables._table))

    def restore_block(self, found: str, base: int, field: str) -> Iterator[Edit]:
        """Edits of one block, which begins at `base` in the field."""
        done = region = 0
        context = BLOCK_START
        for trigger in TRIGGER.finditer(found):
            at = trigger.start()
            if at < done:
                continue
            if found[at] in "(（":
                if end := self._glosses.after(found, at, found[at - 1 : at]):
                    yield Edit(field, base + at, found[at:end], "", "gloss", "exact")
                    done = end
            elif can_begin(found, at):
                start = max(region, at - LEFT_CONTEXT)
                context = track(context, GLOSS.sub("", found[region:start]))
                region = start
                end, choices = self._search(found, start, context)
                if _is_damage(choices):
                    yield from edits_of(found, (c for c in choices if c.arc.start >= done), base, field)
                    context = track(context, (char for choice in choices for char in choice.arc.text))
                    done = region = end

    def _search(self, found: str, start: int, context: Context) -> tuple[int, list[Choice]]:
        """Search without vanished pairs first; where that finds nothing likely, with them."""
        lattice = Lattice(found, self._characters, self._candidates, self._glosses)
        search = Search(lattice, self._model, start, context)
        end, choices = search.run()
        doubtful = search.dead | {choice.arc.start for choice in choices if _is_doubtful(choice)}
        if not choices:
            doubtful = set(range(start, end + 1))
        if doubtful:
            lattice = Lattice(found, self._characters, self._candidates, self._glosses, doubtful)
            second_end, second = Search(lattice, self._model, start, context).run()
            if second:
                return second_end, second
        return end, choices


def _is_doubtful(choice: Choice) -> bool:
    if choice.arc.kind == "pair":
        return choice.weak
    return choice.arc.kind in ("last", "eaten") and choice.margin < MARGIN_LIKELY


def _is_damage(choices: list[Choice]) -> bool:
    """Whether the found text, as it stands, is far less likely than damage."""
    return min((c.genuine for c in choices if c.arc.kind in _ENTERING), default=0.0) >= ENTER_MARGIN
