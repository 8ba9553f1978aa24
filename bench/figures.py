"""A measured figure, how it is printed, and the floor under it.

`make eval` and `make bench` print these; a test asserts the floors of the short form.
"""

from __future__ import annotations

import math
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FLOORS = Path(__file__).resolve().parent.parent / "data" / "eval" / "floors.toml"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of an evaluation: `value` over `n` cases, with its 95 % interval where that has a meaning.

    `floor` (or `ceiling`) is the bound that must hold; None where the figure only informs.
    """

    area: str
    name: str
    value: float
    n: int = 1
    interval: tuple[float, float] | None = None
    unit: str = ""
    floor: float | None = None
    ceiling: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side of its bounds."""
        above = self.floor is None or self.value >= self.floor
        return above and (self.ceiling is None or self.value <= self.ceiling)

    def line(self) -> str:
        """One printed line: name, value, interval, sample size, bound, verdict."""
        parts = [f"{self.area:<10} {self.name:<58} {self.value:>12,.5g} {self.unit:<8} n={self.n:,}"]
        if self.interval:
            parts.append(f"[{self.interval[0]:.5g}, {self.interval[1]:.5g}]")
        bound = f">= {self.floor:g}" if self.floor is not None else ""
        bound += f"<= {self.ceiling:g}" if self.ceiling is not None else ""
        if bound:
            parts.append(f"({bound}: {'holds' if self.holds else 'BELOW THE FLOOR'})")
        return "  ".join(parts)


def report(figures: Iterable[Figure]) -> int:
    """Print figures as they come, and then how many there were; 1 where a bound does not hold, else 0."""
    total = missed = 0
    for figure in figures:
        print(figure.line(), flush=True)
        total += 1
        missed += not figure.holds
    print(f"{total} figures, {missed} outside their bounds", file=sys.stderr)
    return 1 if missed else 0


def wilson(right: float, n: float) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927): sound for small n and for proportions near 1."""
    if n == 0:
        return (0.0, 1.0)
    z, p = 1.959964, right / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return (max(0.0, centre - half), min(1.0, centre + half))


def clustered(counts: Iterable[tuple[int, int]]) -> tuple[float, float]:
    """95 % interval of a proportion from (right, cases) of each text, whose cases are alike.

    Wilson's with the effective number of cases (Korn and Graubard 1998): the cases over the design effect,
    which is the variance between texts (of a ratio, linearised) over that of independent cases.
    """
    texts = [(right, n) for right, n in counts if n]
    right, n = sum(right for right, _ in texts), sum(n for _, n in texts)
    if len(texts) < 2 or right in (0, n):
        return wilson(right, n)
    p = right / n
    between = sum((found - p * size) ** 2 for found, size in texts) * len(texts) / (len(texts) - 1)
    effect = max(1.0, between / (n * p * (1 - p)))
    return wilson(right / effect, n / effect)


def proportion(area: str, name: str, right: int, n: int, floor: float | None = None) -> Figure:
    """A share of right cases, with its interval and the floor given or recorded for it."""
    return Figure(area, name, right / n if n else 0.0, n, wilson(right, n), floor=floor)


def floors(area: str) -> dict[str, float]:
    """The recorded floors of an area: name of the figure -> bound. Empty when none are recorded."""
    with FLOORS.open("rb") as file:
        table: dict[str, dict[str, float]] = tomllib.load(file)
    return table.get(area, {})
