"""Nodes and arcs of the lattice: what each operation undone looks like to a search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

from pipelines.repair.candidates import Options

Node = tuple[int, int]
Kind = Literal["found", "gloss", "pair", "first", "last", "named", "eaten", "vanished"]

VANISHED: Final = 0x1000
"""Plus 0x100 times the number of pairs that vanished in a row, plus the group of the last (see `gbk`)."""
TAIL: Final = 0x2000
"""Plus an ASCII byte that was decoded as a second byte and is a printed character by itself (缺A -> 盇)."""
OPENED: Final = 0x2FFF
"""In step behind a bracket `[` that went with a vanished pair; the `]` that is found tells of it."""
IN_STEP: Final = 0x3000
"""The highest, because zero-width arcs lead upwards only."""


class Arc(NamedTuple):
    """One operation undone: found[start:end] stands for `text` (one printed character, or nothing).

    `code` is the code point of its Simplified form, by which the language model knows it.
    """

    start: int
    end: int
    text: str
    code: int
    cost: float
    kind: Kind
    target: Node


@dataclass(frozen=True)
class Fan:
    """Many arcs that differ only in the printed character."""

    start: int
    end: int
    options: Options
    cost: float
    kind: Kind
    target: Node

    @cached_property
    def arcs(self) -> list[Arc]:
        """The arcs of the options, in their order."""
        return [
            Arc(self.start, self.end, char, code, self.cost + cost, self.kind, self.target)
            for char, code, cost in self.options.all
        ]
