"""What a page itself says where it is whole: its sequences of characters, counted as they are asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from pipelines.repair.language import Characters, WordTable

LONGEST: Final = 4
"""Characters of a page's sequences at most."""
_HAN_RUN = re.compile("[\u4e00-\u9fff]{2,}")


class _Runs:
    """The runs of a page's Han characters.

    It knows nothing of the sequences that are read off it: a page that could be reached from its own parts
    would stay in memory until Python's collector of cycles comes by, and make it work.
    `codes`: the code points, a 0 before, between and behind the runs.
    """

    _GLUE: Final = 11.0
    """Cost in nats below which two characters are a common word, so that a sequence does not end
    between them."""

    def __init__(self, codes: list[int], table: WordTable) -> None:
        self.codes = codes
        self._table = table

    def is_cut(self, at: int) -> bool:
        """Whether a place and the one before it are a common word."""
        first, second = self.codes[at - 1], self.codes[at]
        cost = self._table.cost_of_two(first, second) if first and second else None
        return cost is not None and cost < self._GLUE


class PageWords:
    """What the page itself says where it is whole: its sequences of two to four Han characters.

    Press repeats its names and terms within a page, so a sequence seen once is worth more than two common
    characters side by side. One whose ends cut through a word of the table (权益保 of 权益保护 does) is none.
    """

    _PENALTY: Final = (0.0, 0.0, 2.0, 1.0, 0.5)
    """Nats added by length to -ln(count / characters); chosen on held-back text, see docs/repair.md."""
    _SMOOTHING: Final = 2000
    """Characters added to the size of the page: what a short page repeats says little."""

    def __init__(self, texts: Iterable[str], characters: Characters, table: WordTable) -> None:
        codes = [0]
        places: dict[int, list[int]] = {}
        for text in texts:
            for run in _HAN_RUN.findall(text.translate(characters.to_simplified)):
                for code in map(ord, run):
                    places.setdefault(code, []).append(len(codes))
                    codes.append(code)
                codes.append(0)
        self._size = sum(map(len, places.values()))
        runs = _Runs(codes, table)
        self.root = PageNode(runs, [], 0)
        self.root.following = {code: PageNode(runs, found, 1) for code, found in places.items()}

    def cost(self, count: int, length: int) -> float:
        """Cost in nats of a sequence of the page."""
        share: float = count / (self._size + self._SMOOTHING)
        return self._PENALTY[length] - math.log(share)

    def least(self, seen: int) -> float:
        """What any longer sequence of the page costs at least that goes on from one seen so often."""
        return self._PENALTY[-1] - math.log(seen / (self._size + self._SMOOTHING))


class PageNode:
    """A sequence of a page's characters, by its places.

    Searches ask for few, so what goes on behind one is read off the page when it is asked for: to count all
    of them beforehand took a seventh of the time of restoring.
    """

    def __init__(self, runs: _Runs, places: list[int], length: int) -> None:
        self._runs = runs
        self._places = places
        self._length = length

    @property
    def seen(self) -> int:
        """At how many places the sequence stands."""
        return len(self._places)

    @cached_property
    def count(self) -> int:
        """At how many of them it cuts through no word."""
        is_cut, length = self._runs.is_cut, self._length
        return sum(not is_cut(at) and not is_cut(at + length) for at in self._places)

    @cached_property
    def following(self) -> dict[int, PageNode]:
        """The sequences that are one character longer, by that character."""
        if self._length == LONGEST:
            return {}
        found: dict[int, list[int]] = {}
        for at in self._places:
            if code := self._runs.codes[at + self._length]:
                found.setdefault(code, []).append(at)
        return {code: PageNode(self._runs, places, self._length + 1) for code, places in found.items()}
