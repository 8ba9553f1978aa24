"""The language model: words with counts in a memory-mapped table, readings, and the page's own words.

Everything is kept in Simplified form; a Traditional character is looked up by its Simplified one, so one
table serves both scripts. Made by `bench/build_language_table.py`, which names its sources.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import re
import struct
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final

from pipelines.errors import TableError
from pipelines.repair.gbk import LEADS, SECONDS, decode_pair

TABLES: Final = Path(__file__).with_name("tables")
SCALE: Final = 64
"""Costs are stored in 1/64 nat."""
NO_WORD: Final = 0xFFFF
ROOT: Final = 0
HEADER: Final = struct.Struct("<4sII4x")


RARE_SHARE: Final = 3e-6
"""Share of running text below which a character is rare: 焙, 觽, 鬏; one in a page of 3,000 characters
at most."""
_HAN_RUN = re.compile("[\u4e00-\u9fff]{2,}")


@cache
def digests() -> dict[str, str]:
    """SHA-256 of every shipped table of this stage, by file name; part of the pipeline's version."""
    recorded: dict[str, str] = json.loads((TABLES / "digests.json").read_text("utf-8"))
    return recorded


def _checked(name: str) -> bytes:
    data = (TABLES / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != digests()[name]:
        raise TableError(f"table {TABLES / name} does not match its digest; reinstall, or rebuild the tables")
    return data


def mapped(path: Path) -> mmap.mmap:
    """A table of this folder, mapped into memory. Raises TableError where it is not the one that was
    recorded."""
    with path.open("rb") as file:
        table = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if hashlib.sha256(table).hexdigest() != digests()[path.name]:
        raise TableError(f"table {path} does not match its digest; reinstall, or rebuild the tables")
    return table


class WordTable:
    """A memory-mapped trie of words, breadth first: the children of a node lie side by side, sorted by code.

    Layout after the header: first child of every node and a sentinel (u32), costs (u16, 1/64 nat), codes
    (u16), costs of the cheapest longer words (u16, 1/64 nat).
    """

    def __init__(self, path: Path = TABLES / "words.bin") -> None:
        self._map = mapped(path)
        _, _, count = HEADER.unpack_from(self._map)
        view, at = memoryview(self._map), HEADER.size
        self._firsts = view[at : at + 4 * count + 4].cast("I")
        at += 4 * count + 4
        self._costs = view[at : at + 2 * count].cast("H")
        self._codes = view[at + 2 * count : at + 4 * count].cast("H")
        self._least = view[at + 4 * count : at + 6 * count].cast("H")
        self.children = lru_cache(maxsize=4096)(self._children)
        self.cost_of_two = lru_cache(maxsize=4096)(self._cost_of_two)

    def child(self, node: int, code: int) -> int:
        """The node one character further; ROOT when no word goes on so."""
        start, end = self._firsts[node], self._firsts[node + 1]
        if start == end:
            return ROOT
        at = bisect_left(self._codes, code, start, end)
        return at if at < end and self._codes[at] == code else ROOT

    def cost(self, node: int) -> float | None:
        """Cost of the word that ends here, in nats (-ln of its share); None when none does."""
        cost = self._costs[node]
        return None if cost == NO_WORD else cost / SCALE

    def least(self, node: int) -> float:
        """Cost in nats of the cheapest longer word that begins so, at most that of any word."""
        return self._least[node] / SCALE

    def goes_on(self, node: int) -> bool:
        """Whether longer words begin so."""
        return self._firsts[node] < self._firsts[node + 1]

    def _cost_of_two(self, first: int, second: int) -> float | None:
        """Cost of the word of two characters, None when they are none."""
        node = self.child(self.child(ROOT, first), second)
        return self.cost(node) if node else None

    def _children(self, node: int) -> frozenset[int]:
        """The codes with which words go on from a node."""
        return frozenset(self._codes[self._firsts[node] : self._firsts[node + 1]])


class PageWords:
    """What the page itself says where it is whole: its sequences of two to four Han characters.

    Press repeats its names and terms within a page, so a sequence seen once is worth more than two common
    characters side by side. One whose ends cut through a word of the table (权益保 of 权益保护 does) is none.
    `codes`: the code points of all runs of Han characters, a 0 before, between and behind them.
    """

    LONGEST: Final = 4
    _PENALTY: Final = (0.0, 0.0, 2.0, 1.0, 0.5)
    """Nats added by length to -ln(count / characters); chosen on held-back text, see docs/repair.md."""
    _GLUE: Final = 11.0
    """Cost in nats below which two characters are a common word, so that a sequence does not end
    between them."""
    _SMOOTHING: Final = 2000
    """Characters added to the size of the page: what a short page repeats says little."""

    def __init__(self, texts: Iterable[str], characters: Characters, table: WordTable) -> None:
        self._table = table
        self.codes = [0]
        places: dict[int, list[int]] = {}
        for text in texts:
            for run in _HAN_RUN.findall(text.translate(characters.to_simplified)):
                for code in map(ord, run):
                    places.setdefault(code, []).append(len(self.codes))
                    self.codes.append(code)
                self.codes.append(0)
        self._size = sum(map(len, places.values()))
        self.root = PageNode(self, [], 0)
        self.root.following = {code: PageNode(self, found, 1) for code, found in places.items()}

    def is_cut(self, at: int) -> bool:
        """Whether a place and the one before it are a common word."""
        first, second = self.codes[at - 1], self.codes[at]
        cost = self._table.cost_of_two(first, second) if first and second else None
        return cost is not None and cost < self._GLUE

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

    def __init__(self, page: PageWords, places: list[int], length: int) -> None:
        self._page = page
        self._places = places
        self._length = length

    @property
    def seen(self) -> int:
        """At how many places the sequence stands."""
        return len(self._places)

    @cached_property
    def count(self) -> int:
        """At how many of them it cuts through no word."""
        is_cut, length = self._page.is_cut, self._length
        return sum(not is_cut(at) and not is_cut(at + length) for at in self._places)

    @cached_property
    def following(self) -> dict[int, PageNode]:
        """The sequences that are one character longer, by that character."""
        if self._length == PageWords.LONGEST:
            return {}
        found: dict[int, list[int]] = {}
        for at in self._places:
            if code := self._page.codes[at + self._length]:
                found.setdefault(code, []).append(at)
        return {code: PageNode(self._page, places, self._length + 1) for code, places in found.items()}


class Characters:
    """Readings, Simplified forms and commonness of single characters."""

    def __init__(self) -> None:
        table = json.loads(_checked("characters.json"))
        self._readings: dict[str, frozenset[str]] = {
            reading: frozenset(chars) for reading, chars in table["readings"].items()
        }
        self.simplified: dict[str, str] = table["simplified"]
        self.to_simplified = {ord(char): form for char, form in self.simplified.items()}
        self.unconverted: frozenset[str] = frozenset(table["unconverted"])
        self.converted_away: frozenset[str] = frozenset(table["converted_away"])
        self._counts: dict[str, int] = table["counts"]
        self._total: int = sum(self._counts.values())

    def has_reading(self, char: str, reading: str) -> bool:
        """Whether a character is read so (tone-marked pinyin, `yè`)."""
        return char in self._readings.get(reading, ())

    @staticmethod
    @cache
    def load() -> Characters:
        """The process's tables of characters."""
        return Characters()

    def rare(self) -> str:
        """Characters of GBK that running text hardly has, as ranges for a character class.

        Three in four of those that wrong pairing makes are among them.
        """
        chars = (decode_pair(lead, second) for lead in LEADS for second in SECONDS)
        codes = sorted({ord(char) for char in chars if char and char >= "\u2460" and self._is_rare(char)})
        ranges: list[list[int]] = []
        for code in codes:
            if ranges and code == ranges[-1][1] + 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
        return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)

    def _is_rare(self, char: str) -> bool:
        if "\u4e00" <= char <= "\u9fff":
            return self.share(char) < RARE_SHARE
        return "\u2460" <= char <= "\u2642" or "\u3021" <= char <= "\u33d5" or "\ue000" <= char <= "\uf8ff"

    def simple(self, char: str) -> str:
        """The Simplified form of a character, itself when it has none."""
        return self.simplified.get(char, char)

    def share(self, char: str) -> float:
        """Share of a character (either script) in running text, 0..1, from the words' counts."""
        count: int = self._counts.get(self.simple(char), 0)
        return count / self._total
