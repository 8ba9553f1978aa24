"""The language model: words with counts in a memory-mapped table, readings.

Everything is kept in Simplified form; a Traditional character is looked up by its Simplified one, so one
table serves both scripts. Made by `bench/build_language_table.py`, which names its sources.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import re
import struct
from bisect import bisect_left
from collections import defaultdict
from copy import copy
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final
from unicodedata import normalize

from pipelines.errors import TableError
from pipelines.repair.gbk import LEADS, SECONDS, decode_pair

TABLES: Final = Path(__file__).with_name("tables")
SCALE: Final = 64
"""Costs are stored in 1/64 nat."""
NO_WORD: Final = 0xFFFF
ROOT: Final = 0
HEADER: Final = struct.Struct("<4sII4x")

_TONES: Final = re.compile("[\u0300\u0301\u0304\u030c]")

RARE_SHARE: Final = 3e-6
"""Share of running text below which a character is rare: 焙, 觽, 鬏; one in a page of 3,000 characters
at most."""


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
        self.traditional = frozenset(self.simplified) - frozenset(self.converted_away)
        self._counts: dict[str, int] = table["counts"]
        self._total: int = sum(self._counts.values())

    def writes_simplified(self, text: str) -> bool:
        """Whether a text has more forms of Simplified text alone than of Traditional alone."""
        simplified = sum(map(self.converted_away.__contains__, text))
        return simplified > sum(map(self.traditional.__contains__, text))

    def has_reading(self, char: str, reading: str) -> bool:
        """Whether a character is read so (tone-marked pinyin, `yè`)."""
        return char in self._readings.get(reading, ())

    @cached_property
    def without_tones(self) -> Characters:
        """The same with readings without tone marks, too (`ye`; `lü`, `lv` and `lu`)."""
        readings = defaultdict(set, {reading: set(chars) for reading, chars in self._readings.items()})
        for reading, chars in self._readings.items():
            plain = normalize("NFC", _TONES.sub("", normalize("NFD", reading)))
            for spelled in {plain, plain.replace("ü", "v"), plain.replace("ü", "u")}:
                readings[spelled] |= chars
        other = copy(self)
        other._readings = {reading: frozenset(chars) for reading, chars in readings.items()}
        return other

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
        codes = sorted({ord(char) for char in chars if char and char >= "\u2460" and self.is_rare(char)})
        ranges: list[list[int]] = []
        for code in codes:
            if ranges and code == ranges[-1][1] + 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
        return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)

    def is_rare(self, char: str) -> bool:
        """Whether running text hardly has a character or sign."""
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
