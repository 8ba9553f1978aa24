"""Scoring of a restored text against what was printed, place by place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from pipelines.records import LACUNA, Edit
from pipelines.repair.channel import Damaged
from pipelines.repair.places import Place
from pipelines.repair.restorer import Restored
from pipelines.text import fold_width, is_figure

SURVIVING: Final = ("inside", "straddled", "glossed")


@dataclass(slots=True)
class Score:
    """Counts of one text. Outcomes of a place: right, lost (a lacuna), wrong, rival (lost, but named).

    `undisturbed`: places whose bytes or gloss survive, in runs in which no pair vanished.
    Certainties are counted from the other side: of the characters put in, those that stand where they were
    printed.
    """

    families: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    undisturbed: Counter[str] = field(default_factory=Counter)
    certainties: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    clean: Counter[str] = field(default_factory=Counter)
    glosses: int = 0
    glosses_left: int = 0
    invented: int = 0
    mistakes: list[str] = field(default_factory=list)

    def add(self, damaged: Damaged, restored: Restored) -> None:
        """Count one text."""
        edit_at = _edits_by_output(restored.edits)
        where = align(damaged.printed, restored.text)
        places = {place.printed: place for place in damaged.places}
        disturbed = _disturbed(damaged.places)
        for index, place in places.items():
            place_at = where.get(index)
            outcome = _outcome(damaged.printed[index], restored.text, place_at)
            edit = edit_at.get(place_at) if place_at is not None else None
            if outcome == "lost" and edit and damaged.printed[index] in [r.text for r in edit.rivals]:
                self.families[place.family]["rival"] += 1
            self.families[place.family][outcome] += 1
            if place.family in SURVIVING and index not in disturbed:
                self.undisturbed[outcome] += 1
            if outcome == "wrong":
                self.mistakes.append(_excerpt(damaged, index, restored.text, place_at, place.family))
        printed_at = {at: index for index, at in where.items()}
        for at, edit in edit_at.items():
            if restored.text[at] != LACUNA:
                source = printed_at.get(at)
                right = source is not None and damaged.printed[source] == restored.text[at]
                self.certainties[edit.certainty]["right" if right else "wrong"] += 1
        for index, char in enumerate(damaged.printed):
            if index not in places and not char.isspace():
                clean_at = where.get(index)
                folded = clean_at is not None and fold_width(char) == fold_width(restored.text[clean_at])
                self.clean["right" if folded else "wrong"] += 1
        self.glosses += damaged.glosses
        self.glosses_left += _glosses_left(damaged, restored)
        self.invented += sum(_invented(edit) for edit in restored.edits)

    def of(self, *families: str) -> Counter[str]:
        """Outcomes of these families together."""
        return sum((self.families[name] for name in families), Counter())


def _disturbed(places: Iterable[Place]) -> set[int]:
    """Printed indices of the runs, neighbours without a gap, in which a pair vanished."""
    disturbed: set[int] = set()
    for _, group in groupby(enumerate(places), key=lambda item: item[1].printed - item[0]):
        run = [place for _, place in group]
        if any(place.family == "vanished" for place in run):
            disturbed.update(place.printed for place in run)
    return disturbed


def align(printed: str, restored: str) -> dict[int, int]:
    """Index of each printed character in the restored text; lines of one length go character by character."""
    where: dict[int, int] = {}
    start = restored_start = 0
    for line, other in zip(printed.split("\n"), restored.split("\n"), strict=True):
        for a, b, size in _matches(line, other):
            where.update((start + a + offset, restored_start + b + offset) for offset in range(size))
        start, restored_start = start + len(line) + 1, restored_start + len(other) + 1
    return where


def _matches(line: str, other: str) -> Iterable[tuple[int, int, int]]:
    if len(line) == len(other):
        return [(0, 0, len(line))]
    codes = SequenceMatcher(None, line, other, autojunk=False).get_opcodes()
    return [
        (a, c, b - a) for tag, a, b, c, d in codes if tag == "equal" or (tag == "replace" and b - a == d - c)
    ]


def _edits_by_output(edits: tuple[Edit, ...]) -> dict[int, Edit]:
    """The edit that each restored character comes from."""
    found: dict[int, Edit] = {}
    shift = 0
    for edit in edits:
        found.update((edit.start + shift + offset, edit) for offset in range(len(edit.after)))
        shift += len(edit.after) - len(edit.before)
    return found


def _outcome(char: str, restored: str, at: int | None) -> str:
    if at is None:
        return "wrong"
    return "right" if restored[at] == char else "lost" if restored[at] == LACUNA else "wrong"


def _glosses_left(damaged: Damaged, restored: Restored) -> int:
    """Closing brackets that the printed text does not have: each gloss has one, whatever else it lost."""
    return max(0, sum(map(restored.text.count, ")）")) - sum(map(damaged.printed.count, ")）")))


def _invented(edit: Edit) -> bool:
    """Whether the language model put a figure in."""
    return edit.certainty == "likely" and any(map(is_figure, edit.after))


def _excerpt(damaged: Damaged, index: int, restored: str, at: int | None, family: str) -> str:
    around = damaged.printed[max(0, index - 8) : index + 6]
    seen = restored[max(0, at - 4) : at + 3] if at is not None else "(not aligned)"
    return f"{family}: {damaged.printed[index]} in {around!r} -> {seen!r}"
