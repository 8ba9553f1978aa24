"""Copies whose passages stand in another order, or stand twice: alignment pass by pass.

An alignment goes forward in both texts. What it leaves open of each is aligned again, so that paragraphs that
changed places are found one group after another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.dedupe.align import FIRST, Alignment, align
from pipelines.dedupe.anchors import meet

PASSES = 8
"""Groups of passages that are looked for one after another."""

GROUP = 30
"""Equal characters below which a further pass proves nothing: a formula, a name with its title."""

BORDER = "\ua66f"
"""Letter that no Chinese page holds; stands where a passage was taken out, so that nothing grows together."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Two texts as far as they were still open, and what of them was aligned. `in_order`: the texts are
    whole, and each anchor stands once."""

    a: str
    b: str
    alignment: Alignment
    in_order: bool


def passes(a: str, b: str) -> Iterator[Pass]:
    """The alignment of two texts, then of what it leaves open, and so on."""
    for number in range(PASSES):
        if number and not meet(a, b, FIRST):
            return  # texts that have nothing but a footer in common end here
        alignment, in_order = align(a, b), number == 0
        if alignment.matched < GROUP:
            # Passages that stand twice have no unique anchor: their first places count.
            alignment, in_order = align(a, b, repeats=True), False
        if alignment.matched < GROUP:
            return
        yield Pass(a, b, alignment, in_order)
        a, b = _left(a, alignment.spans_a), _left(b, alignment.spans_b)


def _left(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    kept, position = [], 0
    for start, end in spans:
        kept.append(text[position:start])
        position = end
    return BORDER.join([*kept, text[position:]])
