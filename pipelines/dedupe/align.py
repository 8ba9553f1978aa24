"""Local alignment of two texts: what of one stands in the other, in order, with the differences between.

Anchors give the frame; gaps between them are aligned by longest common subsequence if the gap is one text
edited, and left open if it is two texts. Near-linear in the lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.dedupe.anchors import Run, chain
from pipelines.dedupe.lcs import lcs_pairs

FIRST, SECOND = 5, 3
"""Sizes of anchors: 5-grams over the whole texts (unique ones hardly ever meet by chance), 3-grams within a
gap. With 30 % of the characters edited a 5-gram survives every 20 characters, a 3-gram every 10."""

SHORT_GAP = 48
"""Gaps up to here are aligned directly. A longer gap without a common unique 5-gram occurs at 30 % edits
about every 11th time (exp(-48/20)); it is searched for 3-grams first."""

EDITED = 0.4
"""Least share of a gap's shorter side that the common subsequence must hold. Own texts of 300 characters:
gaps of copies with 30 % replaced .56 on average (1,469 gaps), gaps between reports of one event in other
words .12, 99th percentile .32 (589 gaps). Sides shorter than `TRIVIAL` say nothing and are bridged."""

TRIVIAL = 8
LOPSIDED = 3
"""A gap one side of which is more than 3 times and `TRIVIAL` characters longer holds inserted text: in a long
text any short one is found as a subsequence, so that the share would mean nothing."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Runs (i, j, n) of equal text, ascending, and the spans (start, end) of each text that take part."""

    runs: tuple[Run, ...]
    spans_a: tuple[tuple[int, int], ...]
    spans_b: tuple[tuple[int, int], ...]

    @property
    def matched(self) -> int:
        """Characters that are equal in both texts."""
        return sum(length for _, _, length in self.runs)

    @property
    def covered(self) -> tuple[int, int]:
        """Characters of each text that lie in aligned spans, matched or edited."""
        return _total(self.spans_a), _total(self.spans_b)


def align(a: str, b: str, *, repeats: bool = False) -> Alignment:
    """Align two texts. Empty where they share no unique 5-gram; with `repeats` the first place of one that
    stands several times counts as well."""
    frame = chain(a, b, FIRST, repeats=repeats)
    if not frame:
        return Alignment((), (), ())
    pieces = list(_fill(a, b, frame, SECOND))
    return Alignment(
        _joined(run for piece in pieces for run in piece.runs),
        _spans((piece.a, piece.a_end) for piece in pieces),
        _spans((piece.b, piece.b_end) for piece in pieces),
    )


class _Piece(NamedTuple):
    a: int
    a_end: int
    b: int
    b_end: int
    runs: tuple[Run, ...]


def _fill(a: str, b: str, frame: list[Run], size: int) -> Iterator[_Piece]:
    """The frame's runs and what can be aligned between them, in order. `size` 0: no further anchors."""
    end_a = end_b = 0
    for index, (i, j, length) in enumerate(frame):
        yield from _gap(a, b, (end_a, i, end_b, j), size, "head" if index == 0 else "inner")
        yield _Piece(i, i + length, j, j + length, ((i, j, length),))
        end_a, end_b = i + length, j + length
    yield from _gap(a, b, (end_a, len(a), end_b, len(b)), size, "tail")


def _gap(a: str, b: str, box: tuple[int, int, int, int], size: int, kind: str) -> Iterator[_Piece]:
    a0, a1, b0, b1 = box
    shorter = min(a1 - a0, b1 - b0)
    if kind == "inner" and max(a1 - a0, b1 - b0) <= TRIVIAL:
        yield _Piece(a0, a1, b0, b1, _runs_of(a, b, box))
        return
    if shorter == 0:
        return
    if kind != "inner":
        a0, a1, b0, b1 = box = _towards_frame(box, shorter, kind)
    if shorter > SHORT_GAP and size:
        frame = [(i + a0, j + b0, length) for i, j, length in chain(a[a0:a1], b[b0:b1], size)]
        yield from _inner(a, b, box, frame)
    elif shorter <= 2 * SHORT_GAP and max(a1 - a0, b1 - b0) <= LOPSIDED * shorter + TRIVIAL:
        runs = _runs_of(a, b, box)
        if sum(length for _, _, length in runs) >= EDITED * shorter:
            yield _Piece(a0, a1, b0, b1, runs)


def _inner(a: str, b: str, box: tuple[int, int, int, int], frame: list[Run]) -> Iterator[_Piece]:
    """Fill a long gap between the 3-gram runs found in it; spurious runs stay alone and cover little."""
    end_a, a1, end_b, b1 = box
    for i, j, length in frame:
        yield from _gap(a, b, (end_a, i, end_b, j), 0, "inner")
        yield _Piece(i, i + length, j, j + length, ((i, j, length),))
        end_a, end_b = i + length, j + length
    yield from _gap(a, b, (end_a, a1, end_b, b1), 0, "inner")


def _towards_frame(box: tuple[int, int, int, int], shorter: int, kind: str) -> tuple[int, int, int, int]:
    """Before the first and after the last anchor only as much as the shorter text could fill."""
    a0, a1, b0, b1 = box
    reach = shorter + shorter // 4 + TRIVIAL
    if kind == "head":
        return max(a0, a1 - reach), a1, max(b0, b1 - reach), b1
    return a0, min(a1, a0 + reach), b0, min(b1, b0 + reach)


def _runs_of(a: str, b: str, box: tuple[int, int, int, int]) -> tuple[Run, ...]:
    a0, a1, b0, b1 = box
    return _joined((a0 + i, b0 + j, 1) for i, j in lcs_pairs(a[a0:a1], b[b0:b1]))


def _joined(pieces: Iterable[Run]) -> tuple[Run, ...]:
    """Join runs that touch in both texts."""
    runs: list[Run] = []
    for i, j, length in pieces:
        last = runs[-1] if runs else (-1, -1, 0)
        if last[0] + last[2] == i and last[1] + last[2] == j:
            runs[-1] = (last[0], last[1], last[2] + length)
        else:
            runs.append((i, j, length))
    return tuple(runs)


def _spans(pieces: Iterator[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join pieces that touch."""
    spans: list[tuple[int, int]] = []
    for start, end in pieces:
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _total(spans: tuple[tuple[int, int], ...]) -> int:
    return sum(end - start for start, end in spans)
