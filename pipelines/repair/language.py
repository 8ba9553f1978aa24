"""The language model: words with counts in a memory-mapped table, readings, and the page's own words.

Everything is kept in Simplified form; a Traditional character is looked up by its Simplified one, so one table
serves both scripts. Made by `bench/build_language_table.py`, which names its sources.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
from functools import cache
from pathlib import Path
from typing import Final

from pipelines.errors import TableError

TABLES: Final = Path(__file__).with_name("tables")
EMPTY_KEY: Final = 0
SCALE: Final = 64
"""Costs are stored in 1/64 nat."""
PREFIX_ONLY: Final = 0x7FFF

_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_MASK: Final = 0xFFFFFFFFFFFFFFFF
_HEADER: Final = struct.Struct("<4sIQ")


def extend(key: int, code: int) -> int:
    """Key of a word one character longer. Four characters pack without loss, longer ones are hashed."""
    if key >> 48:
        return (key * _MULTIPLIER + code) & _MASK
    return key << 16 | code


def slot_of(key: int, slots: int) -> int:
    """The slot where the search for a key begins."""
    return ((key * _MULTIPLIER) & _MASK) % slots


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


class WordTable:
    """The memory-mapped words. `look(key)` gives 0 for nothing, else cost << 1 | is a prefix of a longer word."""

    def __init__(self, path: Path = TABLES / "words.bin") -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if hashlib.sha256(self._map).hexdigest() != digests()[path.name]:
            raise TableError(f"table {path} does not match its digest; reinstall, or rebuild the tables")
        _, _, slots = _HEADER.unpack_from(self._map)
        view, start = memoryview(self._map), _HEADER.size
        self._slots: int = slots
        self._keys = view[start : start + 8 * slots].cast("Q")
        self._values = view[start + 8 * slots : start + 10 * slots].cast("H")

    def look(self, key: int) -> int:
        """Linear probing from the key's slot; an empty slot ends the search."""
        slot = slot_of(key, self._slots)
        keys = self._keys
        while (seen := keys[slot]) != key:
            if not seen:
                return 0
            slot = slot + 1 if slot + 1 < self._slots else 0
        return self._values[slot]


class Characters:
    """Readings, Simplified forms and commonness of single characters."""

    def __init__(self) -> None:
        table = json.loads(_checked("characters.json"))
        self._readings: dict[str, frozenset[str]] = {
            reading: frozenset(chars) for reading, chars in table["readings"].items()
        }
        self.simplified: dict[str, str] = table["simplified"]
        self.converted_away: frozenset[str] = frozenset(table["converted_away"])
        self._counts: dict[str, int] = table["counts"]
        self._total = sum(self._counts.values())

    def has_reading(self, char: str, reading: str) -> bool:
        """Whether a character is read so (tone-marked pinyin, `yè`)."""
        return char in self._readings.get(reading, ())

    def simple(self, char: str) -> str:
        """The Simplified form of a character, itself when it has none."""
        return self.simplified.get(char, char)

    def share(self, char: str) -> float:
        """Share of a character (either script) in running text, 0..1, from the words' counts."""
        return self._counts.get(self.simple(char), 0) / self._total
