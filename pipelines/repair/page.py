"""What is known of one page, and the restoring of its texts, block by block.

In each block the places where damage can begin are found, the region around each is searched (see `lattice`,
`search`), and what differs from the found text becomes edits with a certainty each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from pipelines.records import Edit
from pipelines.repair.blocks import (
    GLOSSED_TAIL,
    TRIGGER,
    blocks,
    faint_trigger,
    shows_lone_bytes,
    silent_trigger,
    undamaged,
)
from pipelines.repair.brackets import BLOCK_START, Context, track
from pipelines.repair.candidates import WIDE_LETTERS, Candidates
from pipelines.repair.choices import Choice, open_pronoun, unsure, up_to_last_change
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

LEFT_CONTEXT: Final = 8
"""Found characters read before a place: two words, or one and its gloss."""
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
NAMED_MARGIN: Final = 0.0
"""The same where a gloss names the pair of a mark's second byte and the letter behind it: it is as likely on
both readings, and what the letter would do there tells them apart."""
MOST_VAIN: Final = 200
"""The same for a page: the most searched page of the references takes 43 searches, vain or not."""
_PRIVATE_USE: Final = re.compile("[\ue000-\ue765]")
_ENTERING: Final = frozenset(("first", "named"))


class Tables:
    """What is loaded once per process. Raises TableError where a table is not whole."""

    def __init__(self) -> None:
        self.characters = Characters.load()
        self.words = WordTable()
        self.neighbours = Neighbours()
        self._candidates = {
            (simplified, wide): Candidates(self.characters, simplified=simplified, prints_wide=wide)
            for simplified, wide in product((False, True), repeat=2)
        }

    def candidates_of(self, whole: str) -> Candidates:
        """The characters that a page may hold, by what it shows where it is whole."""
        simplified = self.characters.writes_simplified(whole)
        return self._candidates[simplified, not WIDE_LETTERS.isdisjoint(whole)]


class Page:
    """What is known of one page, and the restoring of its texts, block by block.

    A region in which a place would be left open is left as found and counted in `doubts`, unless the pass
    `settles_doubts`. `known`: that the page is a mirror's, so that fainter signs of variant 2 count.
    """

    def __init__(
        self,
        tables: Tables,
        texts: tuple[str, ...],
        glosses: Glosses,
        *,
        settles_doubts: bool,
        known: bool = False,
    ) -> None:
        self.doubts = 0
        self._settles_doubts = settles_doubts
        self._characters = glosses.characters
        self._neighbours = tables.neighbours
        self._glosses = glosses
        self._vain = 0
        self.is_silent = not any(map(shows_lone_bytes, texts))
        self._known = known
        self._margin = ENTER_MARGIN
        if self.is_silent:
            self._margin = KNOWN_MARGIN if known else SILENT_MARGIN
        whole = tuple(undamaged(texts, silent=self.is_silent))
        self._candidates = tables.candidates_of("".join(whole))
        self._model = Model(tables.words, PageWords(whole, self._characters, tables.words))

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
                if _is_damage(choices, self._margin_at(found, at)):
                    settled = up_to_last_change(choices)
                    fresh = (choice for choice in settled if choice.arc.start >= done)
                    yield from self._without_doubts(list(edits_of(found, fresh, base, field)))
                    context = track(context, (char for choice in settled for char in choice.arc.text))
                    done = region = settled[-1].arc.end
                    patience += 2
                else:
                    patience -= 1
                    self._vain += 1

    def _margin_at(self, found: str, at: int) -> float:
        """What must speak for damage from a place on: nothing where a gloss names the pair it begins with."""
        return NAMED_MARGIN if self._is_named(found, at) else self._margin

    def _is_named(self, found: str, at: int) -> bool:
        """Whether the second byte of a mark and the letter behind it are a code that the page glosses."""
        tail = GLOSSED_TAIL.match(found, at)
        return tail is not None and self._glosses.after(found, at + 2, found[at + 1]) > 0

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
        tails = GLOSSED_TAIL.finditer(found)
        return iter(sorted((*matches, *silent, *tails), key=lambda match: match.start()))

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


def _is_open(edit: Edit) -> bool:
    """Whether several readings were left; what an eaten byte was has none."""
    return edit.certainty == "lost" and bool(edit.rivals)


def _is_damage(choices: list[Choice], margin: float) -> bool:
    """Whether the found text, as it stands, is that much less likely than damage."""
    return min((c.genuine for c in choices if c.arc.kind in _ENTERING), default=0.0) >= margin
