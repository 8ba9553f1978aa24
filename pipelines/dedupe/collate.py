"""Many witnesses, one text: what one copy lost, another has, since they are damaged at different places.

Only damaged places are touched; undamaged wording is never replaced by another copy's, since editions and
revisions differ. The result does not depend on the order of the copies.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines.dedupe.doubts import Doubt
from pipelines.dedupe.found import Span, left_damaged
from pipelines.dedupe.proven import (
    DECISIVE,
    Prove,
    claims,
    decided,
    differences,
    is_refuted,
    meets,
    witnessed,
)
from pipelines.dedupe.witness import CONTEXT, Reading, View, Witness
from pipelines.records import LACUNA, Edit

MOST_WITNESSES = 32
"""Texts collated with one, the least damaged first. Of places cut independently in half of the copies, 8
copies leave one in 256 that is damaged in all of them."""

UNNAMED = -6.0
"""Score (natural log) of a reading that a damaged copy does not name: below most that repair lists."""

MOST_VANISHED = 3
"""Characters that a lacuna can hide beside its own: repair follows as many vanished pairs in a row."""


@dataclass(slots=True)
class _Place:
    """A doubt of the base and what the witnesses have there."""

    doubt: Doubt
    chosen: str
    readings: list[Reading]


def is_open(base: Witness) -> bool:
    """Whether copies are asked at all: an undamaged text has nothing to be settled."""
    return bool(base.doubts or base.found.runs) or any(left_damaged(base.text))


def collate(base: Witness, others: Sequence[Witness], prove: Prove) -> tuple[Edit, ...]:
    """Edits that settle the damaged places of `base.text` by other copies; `start` counts in `base.text`.

    What the copies prove comes first; doubts that are left are settled by their surroundings. Copies with the
    same damage as the base, or as a copy looked at before, say nothing new.
    """
    if not is_open(base):
        return ()
    views = [View(base, witness) for witness in _independent(base, others)]
    edits: list[Edit] = []
    known: list[Span] = []
    for decision in decided(base, claims(base, views, prove)):
        changes = differences(base, decision)
        edits += changes
        known += [decision.span] if LACUNA not in decision.text else map(_span, changes)
    doubts = [doubt for doubt in base.doubts if not meets((doubt.start, doubt.end), known)]
    for group in _groups(doubts):
        edits += (
            edit
            for edit in _settle_group(base, group, views)
            if not meets(_span(edit), known) and not is_refuted(base, edit, prove)
        )
    return tuple(sorted(edits, key=_span))


def _span(edit: Edit) -> Span:
    return edit.start, edit.start + len(edit.before)


def _independent(base: Witness, others: Sequence[Witness]) -> Iterator[Witness]:
    seen = {base.damage} - {None}
    for witness in sorted(others, key=lambda other: (len(other.doubts), other.id))[:MOST_WITNESSES]:
        if witness.id == base.id or witness.damage in seen:
            continue
        seen |= {witness.damage} - {None}
        yield witness


def _groups(doubts: Sequence[Doubt]) -> Iterator[list[Doubt]]:
    """Doubts that stand closer than the context each of them needs are looked at together."""
    group: list[Doubt] = []
    for doubt in doubts:
        if group and doubt.start - group[-1].end >= CONTEXT:
            yield group
            group = []
        group.append(doubt)
    if group:
        yield group


def _settle_group(base: Witness, group: list[Doubt], views: list[View]) -> list[Edit]:
    text = base.text
    start, end = group[0].start, group[-1].end
    places = [_Place(doubt, text[doubt.start : doubt.end], []) for doubt in group]
    whole = _Place(Doubt(start, end, "", any(doubt.lost for doubt in group), ()), text[start:end], [])
    for view in views:
        segment = view.segment(start, end)
        if segment is None:
            continue
        if _in_step(text, group, view.witness.text, segment):
            for place in places:
                left = segment[0] + place.doubt.start - start
                place.readings += view.readings(left, left + len(place.chosen))
        else:
            whole.readings += view.readings(*segment)
    edits = [edit for place in places if (edit := _settle(base, place))]
    if not edits and whole.doubt.lost and (edit := _settle(base, whole)):
        edits = [_trimmed(edit)]
    return edits


def _trimmed(edit: Edit) -> Edit:
    """Without the characters at both ends that stay: only what changes is the edit's."""
    before, after = edit.before, edit.after
    head = _equal(before, after)
    tail = _equal(before[head:][::-1], after[head:][::-1])
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    return replace(edit, start=edit.start + head, before=before, after=after)


def _equal(a: str, b: str) -> int:
    """Length of the common beginning."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _in_step(text: str, group: list[Doubt], other: str, segment: tuple[int, int]) -> bool:
    """Whether the witness's segment is as long as the group and equal between its doubts."""
    start = group[0].start
    if segment[1] - segment[0] != group[-1].end - start:
        return False
    between = [(a.end, b.start) for a, b in pairwise(group)]
    return all(text[i:j] == other[segment[0] + i - start : segment[0] + j - start] for i, j in between)


def _settle(base: Witness, place: _Place) -> Edit | None:
    undamaged = [reading for reading in place.readings if reading.doubt is None and _possible(place, reading)]
    text = _vote(place, undamaged) if undamaged else _together(place)
    if text is None or text == place.chosen:
        return None
    givers = [r for r in place.readings if r.text == text or (r.doubt is not None and not undamaged)]
    return witnessed(base, place.doubt.start, place.chosen, text, {r.witness.id for r in givers})


def _possible(place: _Place, reading: Reading) -> bool:
    """Whether an undamaged reading can be what was damaged here: one that repair named, or one as long.

    A lacuna stands for one character, or for up to MOST_VANISHED more where pairs vanished with it; where
    several stand together, for none as well. Another length is another wording.
    """
    text, chosen = reading.text, place.chosen
    if not text or LACUNA in text or "\n" in text:
        return False
    if any(rival.text == text for rival in place.doubt.rivals):
        return True
    if not place.doubt.lost:
        return len(text) == len(chosen)
    lost = f".{{0,{1 + MOST_VANISHED}}}"
    pattern = "".join(lost if char == LACUNA else re.escape(char) for char in chosen)
    more = len(text) - len(chosen)
    return -1 <= more <= MOST_VANISHED and re.fullmatch(pattern, text) is not None


def _vote(place: _Place, readings: list[Reading]) -> str | None:
    """The reading of most independent copies; between equals the one that repair named; else none."""
    votes: Counter[str] = Counter()
    for reading in readings:
        votes[reading.text] += reading.witness.weight
    most = max(votes.values())
    first = sorted(text for text, count in votes.items() if count == most)
    if len(first) == 1:
        return first[0]
    named = [text for text in first if any(rival.text == text for rival in place.doubt.rivals)]
    return named[0] if len(named) == 1 else None


def _together(place: _Place) -> str | None:
    """What copies damaged at the same place, but differently, agree on: the scores of their readings added.

    Each names few candidates; where they lost different bytes, hardly one is in both lists.
    """
    sources = [_scores(place.chosen, place.doubt)]
    for reading in place.readings:
        if reading.doubt is not None and reading.doubt.found != place.doubt.found:
            sources.append(_scores(reading.text, reading.doubt))
    if len(sources) < 2:
        return None
    readings = set().union(*sources)
    totals = {text: sum(scores.get(text, UNNAMED) for scores in sources) for text in readings}
    ranked = sorted(totals, key=lambda text: (-totals[text], text))
    if not ranked or sum(ranked[0] in scores for scores in sources) < 2:
        return None
    clear = len(ranked) == 1 or totals[ranked[0]] - totals[ranked[1]] >= DECISIVE
    return ranked[0] if clear else None


def _scores(chosen: str, doubt: Doubt) -> dict[str, float]:
    scores = {rival.text: rival.score for rival in doubt.rivals}
    if LACUNA not in chosen:
        scores[chosen] = 0.0
    return scores
