"""Restoring of damaged text: the small public face of this stage.

    restored = Restorer.load().restore(text)

A text is cut into blocks at newlines and tags, which no damaged run crosses. In each block the places where
damage can begin are found, the region around each is searched (see `lattice`, `search`), and what differs
from the found text becomes edits with a certainty each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Final

from pipelines.records import LACUNA, Edit, replay
from pipelines.repair.blocks import (
    TRIGGER,
    blocks,
    faint_trigger,
    has_item_one,
    looks_damaged,
    shows_lone_bytes,
    silent_trigger,
    undamaged,
)
from pipelines.repair.brackets import BLOCK_START, Context, track
from pipelines.repair.candidates import WIDE_LETTERS, Candidates
from pipelines.repair.choices import Choice, open_pronoun, unsure, up_to_last_change
from pipelines.repair.collector import collector_at_rest
from pipelines.repair.compose import compose
from pipelines.repair.faint_runs import speaks_for_run
from pipelines.repair.gloss import GLOSS, Glosses, before_gloss
from pipelines.repair.judge import edits_of
from pipelines.repair.language import Characters, WordTable
from pipelines.repair.lattice import Lattice, vanishing_groups_of
from pipelines.repair.marks import MARKS, can_begin
from pipelines.repair.model import Model
from pipelines.repair.neighbours import Neighbours
from pipelines.repair.page_words import PageWords
from pipelines.repair.search import MOST_WORK, Search

__all__ = ["Restored", "Restorer", "looks_damaged"]

LEFT_CONTEXT: Final = 8
"""Found characters read before a place: two words, or one and its gloss."""
MOST_PASSES: Final = 4
"""What is restored is context for what was left, until nothing changes: so restoring twice is restoring
once. The first pass settles what leaves no doubt, so that names and terms which are damaged at several places
help each other."""
ENTER_MARGIN: Final = 3.0
"""Nats by which damage must beat the found text as it stands, measured where the gate opens on clean text
and on damaged: see docs/repair.md."""
PATIENCE: Final = 8
"""Places searched in vain before a block is left alone, two more for every damaged one: hostile text and
forums have many marks behind question marks, mirrors few that are honest."""
SILENT_MARGIN: Final = 12.0
"""The same where no `?` speaks for damage but two rare characters; no place of 11 MB of clean text
reaches it."""
KNOWN_MARGIN: Final = 8.0
"""The same on a page that is known for a mirror's, by glosses or by a plain run: of 29 places of twelve texts
22 are above; the nearest wrong reading of what was whole had 6.7."""
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
        self._candidates = {
            (simplified, wide): Candidates(self._characters, simplified=simplified, prints_wide=wide)
            for simplified, wide in product((False, True), repeat=2)
        }
        self._table = WordTable()
        self._neighbours = Neighbours()

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
        edits: list[list[Edit]] = [[] for _ in found]
        repaired = found
        known = any(map(has_item_one, found))
        if not known and not any(map(looks_damaged, found)):
            return [Restored(text, (), 0) for text in found]
        glosses = Glosses(found, self._characters)
        for number in range(MOST_PASSES):
            if not known and not any(map(looks_damaged, repaired)):
                break
            page = _Page(self, repaired, glosses, settles_doubts=number > 0, known=known)
            more = [
                list(page.restore(text, field)) if known or looks_damaged(text) else [] for text in repaired
            ]
            if not any(more) and not page.doubts:
                break
            known = known or (page.is_silent and any(more))
            edits = list(map(compose, found, edits, more))
            repaired = tuple(
                replay(text, tuple(made), field) for text, made in zip(found, edits, strict=True)
            )
        return [
            Restored(text, tuple(made), _lacunae(made)) for text, made in zip(repaired, edits, strict=True)
        ]


class _Page:
    """What is known of one page, and the restoring of its texts, block by block.

    A region in which a place would be left open is left as found and counted in `doubts`, unless the pass
    `settles_doubts`. `known`: that the page is a mirror's, so that fainter signs of variant 2 count.
    """

    def __init__(
        self,
        tables: Restorer,
        texts: tuple[str, ...],
        glosses: Glosses,
        *,
        settles_doubts: bool,
        known: bool = False,
    ) -> None:
        self.doubts = 0
        self._settles_doubts = settles_doubts
        self._characters = glosses.characters
        self._neighbours = tables._neighbours
        self._glosses = glosses
        self._vain = 0
        self.is_silent = not any(map(shows_lone_bytes, texts))
        self._known = known
        self._margin = ENTER_MARGIN
        if self.is_silent:
            self._margin = KNOWN_MARGIN if known else SILENT_MARGIN
        whole = tuple(undamaged(texts, silent=self.is_silent))
        simplified = self._characters.writes_simplified("".join(whole))
        prints_wide = not all(map(WIDE_LETTERS.isdisjoint, whole))
        self._candidates = tables._candidates[simplified, prints_wide]
        self._model = Model(tables._table, PageWords(whole, self._characters, tables._table))

    def restore(self, text: str, field: str) -> Iterator[Edit]:
        """The edits of every block of a text, in order."""
        for start, end, eaten in blocks(text):
            yield from self._restore_block(text[start:end], start, field)
            if eaten:
                yield Edit(field, end, "", "<", "mend_tags", "exact")

    def _restore_block(self, found: str, base: int, field: str) -> Iterator[Edit]:
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
            elif patience > 0 and self._may_begin(found, at):
                start = max(region, before_gloss(found, max(0, at - LEFT_CONTEXT)))
                context = track(context, GLOSS.sub("", found[region:start]))
                region = start
                choices = self._search(found, start, context)
                if _is_damage(choices, self._margin):
                    settled = up_to_last_change(choices)
                    fresh = (choice for choice in settled if choice.arc.start >= done)
                    yield from self._without_doubts(list(edits_of(found, fresh, base, field)))
                    context = track(context, (char for choice in settled for char in choice.arc.text))
                    done = region = settled[-1].arc.end
                    patience += 2
                else:
                    patience -= 1
                    self._vain += 1

    def _may_begin(self, found: str, at: int) -> bool:
        """Whether a place is worth a search."""
        if not self.is_silent:
            return can_begin(found, at)
        return found[at] not in MARKS or speaks_for_run(found, at, self._characters, self._candidates)

    def _without_doubts(self, edits: list[Edit]) -> list[Edit]:
        """The edits of a region, none where it is left to the next pass."""
        if self._settles_doubts or not any(map(_is_open, edits)):
            return edits
        self.doubts += 1
        return []

    def _triggers(self, found: str) -> Iterator[re.Match[str]]:
        """Where damage can begin in a block, in order."""
        matches = TRIGGER.finditer(found)
        if not self.is_silent:
            return matches
        silent = (faint_trigger() if self._known else silent_trigger()).finditer(found)
        return iter(sorted((*matches, *silent), key=lambda match: match.start()))

    def _search(self, found: str, start: int, context: Context) -> list[Choice]:
        """Search with vanished pairs wherever bytes are out of step; where that takes too long, without."""
        groups = vanishing_groups_of(_PRIVATE_USE.search(found) is not None)
        search = self._searched(found, start, context, groups)
        choices = search.run()
        if search.work > MOST_WORK:
            choices = [unsure(choice) for choice in self._searched(found, start, context, ()).run()]
        return list(map(open_pronoun, choices)) if self._model.on_page("她") else choices

    def _searched(self, found: str, start: int, context: Context, vanishing: Sequence[int]) -> Search:
        lattice = Lattice(
            found, self._characters, self._candidates, self._glosses, vanishing, silent=self.is_silent
        )
        return Search(lattice, self._model, self._neighbours, start, context)


def _lacunae(edits: list[Edit]) -> int:
    return sum(edit.after.count(LACUNA) - edit.before.count(LACUNA) for edit in edits)


def _is_open(edit: Edit) -> bool:
    """Whether several readings were left; what an eaten byte was has none."""
    return edit.certainty == "lost" and bool(edit.rivals)


def _is_damage(choices: list[Choice], margin: float) -> bool:
    """Whether the found text, as it stands, is that much less likely than damage."""
    return min((c.genuine for c in choices if c.arc.kind in _ENTERING), default=0.0) >= margin
