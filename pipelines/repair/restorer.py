"""Restoring of damaged text: the small public face of this stage.

    restored = Restorer.load().restore(text)

A text is cut into blocks at newlines and tags, which no damaged run crosses; the texts of a page are restored
together (see `page`), pass by pass, until nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pipelines.records import LACUNA, Edit, replay
from pipelines.repair import blocks
from pipelines.repair.blocks import has_item_one
from pipelines.repair.collector import collector_at_rest
from pipelines.repair.compose import compose
from pipelines.repair.gloss import Glosses
from pipelines.repair.page import Page, Tables
from pipelines.repair.replaced import may_hold_replaced, replaced

__all__ = ["Restored", "Restorer", "looks_damaged"]

MOST_PASSES: Final = 4
"""What is restored is context for what was left, until nothing changes: so restoring twice is restoring
once. The first pass settles what leaves no doubt, so that names and terms which are damaged at several places
help each other."""


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
        self._tables = Tables()

    @staticmethod
    @cache
    def load() -> Restorer:
        """The process's restorer; the tables are memory-mapped. Raises TableError when they are not whole."""
        return Restorer()

    def restore(self, text: str, *, field: str = "article_body", offset: int = 0) -> Restored:
        """Undo the damage of `text`. `field` names the edits; their `start` counts from `offset`."""
        (restored,) = self.restore_page((text,), field=field)
        shifted = tuple(replace(edit, start=edit.start + offset) for edit in restored.edits)
        return replace(restored, edits=shifted)

    def restore_page(self, texts: Iterable[str], *, field: str = "article_body") -> list[Restored]:
        """Undo the damage of every text of a page: what one of them tells helps with the others."""
        found = tuple(texts)
        with collector_at_rest():
            return self._restore_page(found, field)

    def _restore_page(self, found: tuple[str, ...], field: str) -> list[Restored]:
        edits = self._undone(found, field)
        damaged = any(edits)
        restored = []
        for text, made in zip(found, edits, strict=True):
            whole = replay(text, tuple(made), field)
            if more := list(replaced(whole, field, damaged=damaged)):
                made = compose(text, made, more)  # noqa: PLW2901
                whole = replay(text, tuple(made), field)
            restored.append(Restored(whole, tuple(made), _lacunae(made)))
        return restored

    def _undone(self, found: tuple[str, ...], field: str) -> list[list[Edit]]:
        """The edits that undo what the mirror's conversion did to bytes, pass by pass."""
        edits: list[list[Edit]] = [[] for _ in found]
        repaired = found
        known = any(map(has_item_one, found))
        if not known and not any(map(blocks.looks_damaged, found)):
            return edits
        glosses = Glosses(found, self._tables.characters)
        for number in range(MOST_PASSES):
            if not known and not any(map(blocks.looks_damaged, repaired)):
                break
            page = Page(self._tables, repaired, glosses, settles_doubts=number > 0, known=known)
            more = [
                list(page.restore(text, field)) if known or blocks.looks_damaged(text) else []
                for text in repaired
            ]
            if not any(more) and not page.doubts:
                break
            known = known or (page.is_silent and any(more))
            edits = list(map(compose, found, edits, more))
            repaired = tuple(
                replay(text, tuple(made), field) for text, made in zip(found, edits, strict=True)
            )
        return edits


def looks_damaged(text: str) -> bool:
    """The gate: False for text in which there is nothing to restore, at the speed of a search for one
    character."""
    return blocks.looks_damaged(text) or may_hold_replaced(text)


def _lacunae(edits: list[Edit]) -> int:
    return sum(edit.after.count(LACUNA) - edit.before.count(LACUNA) for edit in edits)
