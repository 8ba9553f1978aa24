"""Many witnesses, one text: what one copy lost, another has, since they are damaged at different places.

Only places that repair left open are touched; undamaged wording is never replaced by another copy's, since
editions and revisions differ. The result does not depend on the order of the copies.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.dedupe.align import Alignment, align
from pipelines.dedupe.doubts import Doubt
from pipelines.records import LACUNA, Edit, Rival
from pipelines.text import fold_width

CONTEXT = 2
"""Characters on each side of a place that must be equal and in step: one may be equal by chance in a passage
that was reworded, two hardly ever."""

MOST_WITNESSES = 32
"""Texts collated with one, the least damaged first. With cuts at half of all places, 8 copies leave one
place in 250 damaged in all of them."""

UNNAMED = -6.0
"""Score (natural log) of a reading that a damaged copy does not name: repair lists the readings within about
6 nats of the best."""

DECISIVE = 2.0
"""Nats by which damaged copies together must prefer a reading: right in 88 % of cases at worst, and they are
asked only where no undamaged copy is."""

MOST_NAMED = 8
"""Witnesses named in an edit."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A text of the cluster with its doubtful places; `weight` counts the independent copies that have it."""

    id: str
    text: str
    doubts: tuple[Doubt, ...]
    damage: str | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one witness has at a place: undamaged text, or damaged with its own candidates."""

    witness: Witness
    text: str
    doubt: Doubt | None


def collate(base: Witness, others: Sequence[Witness]) -> tuple[Edit, ...]:
    """Edits that settle the doubtful places of `base.text` by other copies; `start` counts in `base.text`.

    Copies with the same damage as the base, or as a copy looked at before, say nothing new.
    """
    if not base.doubts:
        return ()
    readings: defaultdict[int, list[_Reading]] = defaultdict(list)
    for witness in _independent(base, others):
        view = _View(base.text, witness)
        for number, doubt in enumerate(base.doubts):
            reading = view.at(doubt.start, doubt.end)
            if reading is not None:
                readings[number].append(reading)
    edits = []
    for number, doubt in enumerate(base.doubts):
        edit = _settle(base.text[doubt.start : doubt.end], doubt, readings[number])
        if edit is not None:
            edits.append(edit)
    return tuple(edits)


def _independent(base: Witness, others: Sequence[Witness]) -> Iterator[Witness]:
    seen = {base.damage} - {None}
    for witness in sorted(others, key=lambda other: (len(other.doubts), other.id))[:MOST_WITNESSES]:
        if witness.id == base.id or witness.damage in seen:
            continue
        seen |= {witness.damage} - {None}
        yield witness


class _View:
    """One witness seen from the base: what it has at a place, if the neighbours are in step."""

    def __init__(self, text: str, witness: Witness) -> None:
        self._text, self._witness = text, witness
        # Folded, so that a mirror's ASCII marks do not put the copies out of step; lengths stay.
        self._alignment: Alignment = align(fold_width(text), fold_width(witness.text))
        self._starts = [i for i, _, _ in self._alignment.runs]
        self._doubts = [doubt.start for doubt in witness.doubts]

    def at(self, start: int, end: int) -> _Reading | None:
        """The witness's reading for [start, end) of the base."""
        left, right = self._left(start), self._right(end)
        if left is None or right is None or right < left or right - left > end - start + CONTEXT:
            return None
        doubt = self._overlapping(left, right)
        if doubt is not None and (doubt.start, doubt.end) != (left, right):
            return None
        return _Reading(self._witness, self._witness.text[left:right], doubt)

    def _run(self, place: int) -> tuple[int, int, int] | None:
        """The run that holds a place of the base."""
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return None
        run = self._alignment.runs[number]
        return run if place < run[0] + run[2] else None

    def _left(self, start: int) -> int | None:
        """End of the left neighbours in the witness; the beginnings of two texts are in step as they are."""
        if start == 0:
            return 0 if self._starts and self._starts[0] <= CONTEXT else None
        run = self._run(start - 1)
        if run is None or start - run[0] < min(CONTEXT, start):
            return None
        return run[1] + start - run[0]

    def _right(self, end: int) -> int | None:
        """Start of the right neighbours in the witness."""
        if end == len(self._text):
            return self._end_of_witness()
        run = self._run(end)
        if run is None or run[0] + run[2] - end < min(CONTEXT, len(self._text) - end):
            return None
        return run[1] + end - run[0]

    def _end_of_witness(self) -> int | None:
        i, _, length = self._alignment.runs[-1] if self._alignment.runs else (0, 0, 0)
        return len(self._witness.text) if len(self._text) - i - length <= CONTEXT else None

    def _overlapping(self, start: int, end: int) -> Doubt | None:
        number = bisect_left(self._doubts, start)
        near = self._witness.doubts[max(0, number - 1) : number + 1]
        return next((d for d in near if d.start < max(end, start + 1) and d.end > start), None)


def _settle(chosen: str, doubt: Doubt, readings: list[_Reading]) -> Edit | None:
    undamaged = [
        reading for reading in readings if reading.doubt is None and _possible(chosen, doubt, reading.text)
    ]
    text = _vote(doubt, undamaged) if undamaged else _together(chosen, doubt, readings)
    if text is None or text == chosen:
        return None
    names = sorted({r.witness.id for r in readings if r.text == text or (r.doubt and not undamaged)})
    rivals: tuple[Rival, ...] = () if LACUNA in chosen else (Rival(chosen, 0.0),)
    rivals += tuple(rival for rival in doubt.rivals if rival.text not in (text, chosen))
    witness = ",".join(names[:MOST_NAMED])
    return Edit("edition_body", doubt.start, chosen, text, "collate", "witnessed", rivals, witness)


def _possible(chosen: str, doubt: Doubt, text: str) -> bool:
    """Whether an undamaged reading can be what was damaged here: one that repair named, or one as long.

    A lacuna stands for one character. A reading of another length is another wording.
    """
    if not text or LACUNA in text or "\n" in text:
        return False
    if any(rival.text == text for rival in doubt.rivals):
        return True
    return bool(
        re.fullmatch("".join("." if c == LACUNA or not doubt.lost else re.escape(c) for c in chosen), text)
    )


def _vote(doubt: Doubt, readings: list[_Reading]) -> str | None:
    """The reading of most independent copies; between equals the one that repair named; else none."""
    votes: Counter[str] = Counter()
    for reading in readings:
        votes[reading.text] += reading.witness.weight
    most = max(votes.values())
    first = sorted(text for text, count in votes.items() if count == most)
    if len(first) == 1:
        return first[0]
    named = [text for text in first if any(rival.text == text for rival in doubt.rivals)]
    return named[0] if len(named) == 1 else None


def _together(chosen: str, doubt: Doubt, readings: list[_Reading]) -> str | None:
    """What copies damaged at the same place, but differently, agree on: the scores of their readings added.

    Each names few candidates; where they lost different bytes, hardly one is in both lists.
    """
    sources = [_scores(chosen, doubt)]
    for reading in readings:
        if reading.doubt is not None and reading.doubt.found != doubt.found:
            sources.append(_scores(reading.text, reading.doubt))
    if len(sources) < 2:
        return None
    totals = {text: sum(scores.get(text, UNNAMED) for scores in sources) for text in set().union(*sources)}
    ranked = sorted(totals, key=lambda text: (-totals[text], text))
    shared = sum(ranked[0] in scores for scores in sources)
    clear = len(ranked) == 1 or totals[ranked[0]] - totals[ranked[1]] >= DECISIVE
    return ranked[0] if clear and shared > 1 else None


def _scores(chosen: str, doubt: Doubt) -> dict[str, float]:
    scores = {rival.text: rival.score for rival in doubt.rivals}
    if LACUNA not in chosen:
        scores[chosen] = 0.0
    return scores
