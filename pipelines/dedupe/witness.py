"""A copy as a witness of another: what it has at a place, if the text around is in step."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.dedupe.align import align
from pipelines.dedupe.doubts import Doubt
from pipelines.dedupe.found import NOTHING_FOUND, Found, Span
from pipelines.text import fold_width

CONTEXT = 2
"""Characters on each side of a place that must be equal and in step: one may be equal by chance in a passage
that was reworded, two hardly ever."""

DAMAGED_BESIDE = 3
"""Characters beside a place that may be damaged in the witness: cuts are at least two characters apart, and a
damaged place is one or two characters."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A text of the cluster with its doubtful places. `damage`: digest of what repair changed in it.

    `weight` counts the independent copies that have this text. `found`: what its page shows.
    """

    id: str
    text: str
    doubts: tuple[Doubt, ...]
    damage: str | None = None
    weight: int = 1
    found: Found = NOTHING_FOUND

    def doubts_in(self, start: int, end: int) -> Sequence[Doubt]:
        """The doubts that have characters in a stretch."""
        first = bisect_right(self.doubts, start, key=lambda doubt: doubt.end)
        return self.doubts[first : bisect_left(self.doubts, end, key=lambda doubt: doubt.start)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a witness has at a place: undamaged (`doubt` None), or in doubt itself, with its own rivals."""

    witness: Witness
    text: str
    doubt: Doubt | None


class View:
    """One witness seen from the base text."""

    def __init__(self, base: Witness, witness: Witness) -> None:
        self.witness = witness
        self._found, self._text, self._length = base.found, base.text, len(base.text)
        # Folded, so that a mirror's ASCII marks do not put the copies out of step; lengths stay.
        text = base.text
        self._runs = align(fold_width(text), fold_width(witness.text)).runs
        self._starts = [i for i, _, _ in self._runs]
        self._doubts = [doubt.start for doubt in witness.doubts]

    def stretch(self, start: int, end: int, longest: int) -> tuple[Span, Span] | None:
        """The least stretch of the base around [start, end) whose ends are in step with the witness and with
        the text as found, and the witness's stretch; None where that is longer than `longest`."""
        while end - start <= longest:
            left, right = self._in_step_before(start, longest), self._in_step_behind(end, longest)
            if left is None or right is None:
                break
            if (left[0], right[0]) == (start, end):
                return ((start, end), (left[1], right[1])) if left[1] <= right[1] else None
            start, end = self._found.run_at(left[0])[0], self._found.run_at(right[0])[1]
        return None

    def _in_step_before(self, at: int, longest: int) -> Span | None:
        """The last place up to `at` with CONTEXT equal characters before it, in base and witness; else the
        beginnings of both. None where it is more than `longest` away."""
        number = bisect_right(self._starts, at - CONTEXT)
        while number > 0:
            i, j, length = self._runs[number := number - 1]
            if length >= CONTEXT:
                into = min(at - i, length)
                return i + into, j + into
            if at - i > longest:
                return None
        return 0, 0

    def _in_step_behind(self, at: int, longest: int) -> Span | None:
        """The first place from `at` on with CONTEXT equal characters behind it; else the ends of both."""
        for number in range(max(0, bisect_right(self._starts, at) - 1), len(self._runs)):
            i, j, length = self._runs[number]
            into = max(0, at - i)
            if length - into >= CONTEXT:
                return i + into, j + into
            if i - at > longest:
                return None
        return self._length, len(self.witness.text)

    def segment(self, start: int, end: int) -> tuple[int, int] | None:
        """(start, end) in the witness of what stands for [start, end) of the base; None if out of step.

        Where the witness is damaged just beside the place, the step is looked for behind that damage.
        """
        for further in range(DAMAGED_BESIDE + 1):
            for before in range(further + 1):
                found = self._segment(start, end, before, further - before)
                if found is not None:
                    return found
        return None

    def _segment(self, start: int, end: int, before: int, behind: int) -> tuple[int, int] | None:
        """As `segment`, in step `before` characters to the left and `behind` to the right of the place."""
        if start < before or end + behind > self._length:
            return None
        left, right = self._left(start - before), self._right(end + behind)
        if left is None or right is None:
            return None
        left, right = left + before, right - behind
        if not left <= right <= left + end - start + CONTEXT:
            return None
        excused = self._excused(start - before, left - before, before) and self._excused(end, right, behind)
        return (left, right) if excused else None

    def _excused(self, at: int, there: int, length: int) -> bool:
        """Whether base and witness are equal over a stretch, but for what is in doubt in the witness."""
        return all(
            self._text[at + n] == self.witness.text[there + n] or self._overlapping(there + n, there + n + 1)
            for n in range(length)
        )

    def readings(self, start: int, end: int) -> list[Reading]:
        """The reading at a place of the witness, if it is sound as a whole or in doubt as a whole."""
        doubt = self._overlapping(start, end)
        if doubt is not None and (doubt.start, doubt.end) != (start, end):
            return []
        return [Reading(self.witness, self.witness.text[start:end], doubt)]

    def _run(self, place: int) -> tuple[int, int, int] | None:
        """The run that holds a place of the base."""
        number = bisect_right(self._starts, place) - 1
        if number < 0:
            return None
        run = self._runs[number]
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
        """Start of the right neighbours in the witness; the ends of two texts are in step as they are."""
        if end == self._length:
            i, _, length = self._runs[-1] if self._runs else (0, 0, 0)
            return len(self.witness.text) if end - i - length <= CONTEXT else None
        run = self._run(end)
        if run is None or run[0] + run[2] - end < min(CONTEXT, self._length - end):
            return None
        return run[1] + end - run[0]

    def _overlapping(self, start: int, end: int) -> Doubt | None:
        number = bisect_left(self._doubts, start)
        near = self.witness.doubts[max(0, number - 1) : number + 1]
        return next(
            (doubt for doubt in near if doubt.start < max(end, start + 1) and doubt.end > start), None
        )
