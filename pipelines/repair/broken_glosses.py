"""Glosses whose bracket a lone byte took along (`請?zhí)`): what is left names the lost byte's character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.repair.candidates import Candidates, Options
from pipelines.repair.gbk import LEADS, decode_pair, encode_char
from pipelines.repair.gloss import GLOSS, PINYIN, reading_of
from pipelines.repair.language import Characters

QUESTION: Final = frozenset("?？")
_NOTE: Final = re.compile(f"({PINYIN})")
_LONGEST_GLOSS: Final = 9


class BrokenGlosses:
    """Those of one found block. `silent`: a lone byte is printed as nothing (variant 2), not as `?`."""

    def __init__(self, found: str, characters: Characters, candidates: Candidates, *, silent: bool) -> None:
        self._found = found
        self._characters = characters
        self._candidates = candidates
        self._silent = silent

    def after_byte(self, before: int, at: int) -> Iterator[tuple[int, int]]:
        """(where one that begins at an index ends, lost byte) for every byte that makes a character of that
        reading with the byte before."""
        if note := self._note(at):
            reading = reading_of(note[1])
            for second in LEADS:
                char = decode_pair(before, second)
                if char and self._characters.has_reading(char, reading) and self._candidates.plausible(char):
                    yield note.end(), second

    def after_lead(self, lead: int, at: int) -> Iterator[tuple[int, str]]:
        """(where it ends, character) for every character of that reading with that first byte."""
        if note := self._note(at):
            reading = reading_of(note[1])
            for option in self._candidates.after_lead(lead).all:
                if self._characters.has_reading(option.char, reading):
                    yield note.end(), option.char

    def after_vanished(self, group: int, at: int) -> tuple[int, Options] | None:
        """(where it ends, the characters of that reading whose first byte had vanished), if there are any."""
        note = self._note(at)
        read = self._candidates.read_after_vanished(group, reading_of(note[1])) if note else None
        return (note.end(), read) if note and read and read.all else None

    def _note(self, at: int) -> re.Match[str] | None:
        if self._found[at] in QUESTION:
            return _NOTE.match(self._found, at + 1)
        return _NOTE.match(self._found, at) if self._silent else None


def byte_before(found: str, at: int) -> int | None:
    """The last printed byte before an index, glosses left out; None when it is ASCII."""
    while at and found[at - 1] in ")）":
        nearest = max(0, at - _LONGEST_GLOSS)
        opened = max(found.rfind("(", nearest, at), found.rfind("（", nearest, at))
        if opened < 0 or not (gloss := GLOSS.match(found, opened)) or gloss.end() != at:
            break
        at = opened
    code = encode_char(found[at - 1]) if at else None
    return code[-1] if code and code[-1] > 0x80 else None
