"""Segments of two aligned texts that face each other, by the equal text on both sides of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from pipelines.dedupe.align import Alignment

REACH = 8
"""Characters around a token within which its neighbours must be aligned for it to be compared."""


def facing(
    a: str, b: str, tokens: list[tuple[int, int]], alignment: Alignment
) -> list[tuple[int, int, int, int]]:
    """The segments (a0, a1, b0, b1) of two texts that face each other where `tokens` (start, end) of the
    first stand, each once: of 5293万 beside 5294万 the last digit is one difference, of 5293 and of 万."""
    where = _Places(a, b, alignment)
    found = (where.counterpart(start, end) for start, end in tokens)
    joined: list[tuple[int, int, int, int]] = []
    for box in sorted({box for box in found if box}):
        if joined and box[0] < joined[-1][1]:
            a0, a1, b0, b1 = joined[-1]
            joined[-1] = a0, max(a1, box[1]), min(b0, box[2]), max(b1, box[3])
        else:
            joined.append(box)
    return joined


class _Places:
    """Finds the place in `b` that stands for a place in `a`, by the aligned neighbours on both sides."""

    def __init__(self, a: str, b: str, alignment: Alignment) -> None:
        # Both texts begin and end somewhere: the date under a notice has no neighbour behind it.
        self._runs = ((-1, -1, 1), *alignment.runs, (len(a), len(b), 1))
        self._starts = [i for i, _, _ in self._runs]
        self._ends = [i + length for i, _, length in self._runs]

    def counterpart(self, start: int, end: int) -> tuple[int, int, int, int] | None:
        """(a0, a1, b0, b1): the segments between the nearest matched neighbours; None if these are far."""
        left = bisect_left(self._starts, start) - 1
        right = bisect_right(self._ends, end)
        if left < 0 or right >= len(self._runs):
            return None
        i, j, length = self._runs[left]
        a0 = min(i + length, start)
        b0 = j + a0 - i
        i, j, length = self._runs[right]
        a1 = max(i, end)
        b1 = j + a1 - i
        if start - a0 > REACH or a1 - end > REACH or b1 < b0 or b1 - b0 > end - start + 2 * REACH:
            return None
        return a0, a1, b0, b1
