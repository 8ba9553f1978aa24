"""Damaged stretches settled by proof: what a copy has there is damaged as a mirror does, and gives the page.

A proof needs no rule about lengths, and none about which places repair called doubtful: it also settles runs
that repair read wrongly, could not read at all, or read one character short because a pair had vanished. Nor
can it mistake another wording for the lost one, whose bytes are others.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.dedupe.doubts import Doubt
from pipelines.dedupe.found import Span, is_same_damage, left_damaged
from pipelines.dedupe.lcs import lcs_pairs
from pipelines.dedupe.witness import View, Witness
from pipelines.records import LACUNA, Edit, Rival
from pipelines.text import fold_width, is_figure

Alternatives = tuple[tuple[Rival, ...], ...]
"""What may stand at each place of a stretch."""

Prove = Callable[[str, Alternatives], Alternatives]
"""(text as found, what may be printed) to what of it damage turns into the text as found, the best first and
with the logs of shares, as `pipelines.repair.proof.prove` does. Handed in: a stage imports no other."""

DECISIVE = 2.0
"""Nats by which damaged copies together must prefer a reading: odds of 7 to 1. They are asked only where no
undamaged copy is."""

MOST_NAMED = 8
"""Witnesses named in an edit."""

MOST_VAIN = 200
"""Stretches in a row of which a witness proves nothing before it is left: repair stops there too."""

LONGEST = 200
"""Characters of a stretch that is compared: repair gives a run up after 160."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What stood in a stretch of the base, LACUNA where that is not known, and the witnesses that say so."""

    span: Span
    text: str
    givers: tuple[str, ...]


EATEN = tuple(Rival(digit, 0.0) for digit in "0123456789")
"""What a lacuna without rivals stands for: mostly an eaten digit, and any is as likely."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a witness says stood in [start, end) of the base; `sure` where it is itself undamaged there."""

    start: int
    end: int
    text: str
    witness: Witness
    sure: bool


def claims(base: Witness, views: Sequence[View], prove: Prove) -> list[Claim]:
    """What the witnesses prove of the damaged stretches of the base, by place."""
    stretches = [*base.found.runs, *left_damaged(base.text)]
    proven = cache(prove)
    made: list[Claim] = []
    for view in views:
        made += _claims(base, view, stretches, proven)
    return sorted(made, key=lambda claim: (claim.start, claim.end, claim.witness.id))


def _claims(base: Witness, view: View, stretches: Sequence[Span], prove: Prove) -> Iterator[Claim]:
    """What one witness proves, until it proved nothing so often that it must be another text."""
    spans = {found for start, end in stretches if (found := view.stretch(start, end, LONGEST)) is not None}
    vain = 0
    for span, there in sorted(spans):
        claim = _claim(base, view.witness, span, there, prove)
        vain = vain + 1 if claim is None else 0
        if claim is not None:
            yield claim
        elif vain > MOST_VAIN:
            return


def _claim(base: Witness, witness: Witness, span: Span, there: Span, prove: Prove) -> Claim | None:
    """What the witness says is damaged to what the base shows; or, where both are damaged, what the base may
    be is damaged to what the witness shows."""
    found, shown = base.found.between(*span), witness.found.between(*there)
    if not found or is_same_damage(found, shown or ""):
        return None
    said, own = _alternatives(witness, there), _alternatives(base, span)
    text = _text(prove(found, said)) if said else None
    if said and text and all(len(place) == 1 for place in said):
        return Claim(*span, text, witness, sure=True)
    if (text is None or LACUNA in text) and own and shown:
        text = _text(prove(shown, own)) or text
    return Claim(*span, text, witness, sure=False) if text else None


def _text(proven: Alternatives) -> str | None:
    """The text that is proven, LACUNA where several readings are; None where none is."""
    return "".join(map(_clear, proven)) if proven else None


def _clear(place: Sequence[Rival]) -> str:
    """The only reading of a place, or one that is likely enough: never where a figure is in question."""
    first, *others = place
    if any(is_figure(char) for rival in others for char in first.text + rival.text):
        return LACUNA
    rest = math.fsum(math.exp(other.score) for other in others)
    return first.text if rest * math.exp(DECISIVE - first.score) <= 1 else LACUNA


def _alternatives(witness: Witness, span: Span) -> Alternatives | None:
    """What may be printed in a stretch of a text; None where that is anything."""
    places: list[tuple[Rival, ...]] = []
    at = span[0]
    for doubt in witness.doubts_in(*span):
        readings = _readings(witness, doubt)
        if doubt.start < at or doubt.end > span[1] or not readings:
            return None
        places += ((Rival(char, 0.0),) for char in witness.text[at : doubt.start])
        places.append(readings)
        at = doubt.end
    places += ((Rival(char, 0.0),) for char in witness.text[at : span[1]])
    return tuple(places)


def _readings(witness: Witness, doubt: Doubt) -> tuple[Rival, ...]:
    chosen = witness.text[doubt.start : doubt.end]
    own = () if LACUNA in chosen else (Rival(chosen, 0.0),)
    named = own + tuple(rival for rival in doubt.rivals if LACUNA not in rival.text)
    return named or (EATEN if chosen == LACUNA else ())


def is_refuted(base: Witness, edit: Edit, prove: Prove) -> bool:
    """Whether damage gives what the base shows with the readings that repair named, and not with this one:
    another wording stands there in the copy."""
    start, end = edit.start, edit.start + len(edit.before)
    start, end = base.found.around(start, end)
    found, own = base.found.between(start, end), _alternatives(base, (start, end))
    if not found or not own or not prove(found, own):
        return False
    before, behind = (start, edit.start), (edit.start + len(edit.before), end)
    places = [_alternatives(base, before), ((Rival(edit.after, 0.0),),), _alternatives(base, behind)]
    return not prove(found, tuple(place for part in places if part for place in part))


def decided(base: Witness, made: Sequence[Claim]) -> list[Decision]:
    """What the claims agree on, by place: those of undamaged witnesses first, then, where these say nothing,
    those of damaged ones."""
    sure = list(_agreed(base, [claim for claim in made if claim.sure]))
    taken = [decision.span for decision in sure]
    rest = [claim for claim in made if not claim.sure and not meets((claim.start, claim.end), taken)]
    return sorted([*sure, *_agreed(base, rest)], key=lambda decision: decision.span)


def _agreed(base: Witness, made: Sequence[Claim]) -> Iterator[Decision]:
    for group in _overlapping(made):
        span = min(claim.start for claim in group), max(claim.end for claim in group)
        whole = [claim for claim in group if (claim.start, claim.end) == span]
        texts = {c.text for c in whole} or {_extended(base, span, c) for c in group}
        votes: Counter[str] = Counter()
        givers: defaultdict[str, set[str]] = defaultdict(set)
        for claim in group:
            for text in texts:
                if _supports(claim, span, text):
                    votes[fold_width(text)] += claim.witness.weight
                    givers[fold_width(text)].add(claim.witness.id)
        (first, most), *others = votes.most_common()
        # Damaged witnesses have to be of one mind, undamaged ones are counted.
        if not others or (group[0].sure and others[0][1] < most):
            # Of two that differ in width the full form: pages fold it, none unfolds.
            text = max(text for text in texts if fold_width(text) == first)
            yield Decision(span, text, tuple(sorted(givers[first])))


def _extended(base: Witness, span: Span, claim: Claim) -> str:
    return base.text[span[0] : claim.start] + claim.text + base.text[claim.end : span[1]]


def _supports(claim: Claim, span: Span, text: str) -> bool:
    """Whether a text of the whole stretch has what a claim says of its part of it."""
    whole, part = fold_width(text), fold_width(claim.text)
    begins, ends = claim.start == span[0], claim.end == span[1]
    if begins and ends:
        return whole == part
    return whole.startswith(part) if begins else whole.endswith(part) if ends else part in whole


def _overlapping(made: Sequence[Claim]) -> Iterator[list[Claim]]:
    group: list[Claim] = []
    for claim in made:
        if group and claim.start >= max(other.end for other in group):
            yield group
            group = []
        group.append(claim)
    if group:
        yield group


def meets(span: Span, spans: Sequence[Span]) -> bool:
    """Whether a stretch has characters in common with one of others (ascending, disjoint)."""
    first = bisect_right(spans, span[0], key=lambda other: other[1])
    return first < len(spans) and spans[first][0] < span[1]


def differences(base: Witness, decision: Decision) -> list[Edit]:
    """The edits that lead from a stretch of the base to its text; width of marks stays as the page has it.

    What is a lacuna in the text stays as it is in the base; none where that leaves the rest without a place.
    """
    start, text = decision.span[0], decision.text
    before = base.text[start : decision.span[1]]
    if LACUNA in text and len(text) == len(before):
        text = "".join(own if char == LACUNA else char for own, char in zip(before, text, strict=True))
    changes: list[Edit] = []
    at, there = 0, 0
    for i, j in [*lcs_pairs(fold_width(before), fold_width(text)), (len(before), len(text))]:
        if LACUNA in text[there:j]:
            return []
        if (at, there) != (i, j):
            changes.append(witnessed(base, start + at, before[at:i], text[there:j], decision.givers))
        at, there = i + 1, j + 1
    return changes


def witnessed(base: Witness, start: int, before: str, after: str, names: Iterable[str]) -> Edit:
    """An edit that copies stand for; what repair had there stays among its rivals."""
    end = start + len(before)
    near = [doubt for doubt in base.doubts_in(start, end) if (doubt.start, doubt.end) == (start, end)]
    rivals: tuple[Rival, ...] = () if LACUNA in before or not before else (Rival(before, 0.0),)
    rivals += tuple(r for doubt in near for r in doubt.rivals if r.text not in (after, before))
    witness = ",".join(sorted(names)[:MOST_NAMED])
    return Edit("edition_body", start, before, after, "collate", "witnessed", rivals, witness)
