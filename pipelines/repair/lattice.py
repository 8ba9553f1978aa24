"""The inverse of the forward model, as arcs: every way in which found characters can stand for printed ones.

A node is (index into the found block, pending byte): pending 0 is in step with the printed characters; else the
last byte decoded is the lead byte of a printed character that is not complete. ANY is a pending byte that went
with a vanished pair. Each arc undoes one operation of `channel.decode_piece`, so a path through the lattice is a
proof that its text gives the found one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pipelines.records import LACUNA
from pipelines.repair.candidates import Candidates
from pipelines.repair.gbk import decode_pair, encode_char
from pipelines.repair.language import Characters

Node = tuple[int, int]
Kind = Literal["found", "gloss", "pair", "first", "last", "named", "eaten", "vanished"]

IN_STEP: Final = 0
ANY: Final = 0x1000
"""Added to the number of vanished pairs: a pending byte of which nothing is known."""
MOST_VANISHED: Final = 3

GLOSS: Final = re.compile(r"[(（]([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹɡ]{1,6}) ?[)）]")
NAMED: Final = re.compile(r"([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹɡ]{1,6}) ?[)）]")
_MARKS: Final = {mark: mark.encode("gbk") for mark in "！，？；：。、）"} | {
    half: bytes((0xA3, ord(half) | 0x80)) for half in "!,?;:)"
}
_QUESTION: Final = frozenset("?？")

# Costs in nats. They are odds of the channel's operations, not of the language; see docs/repair.md.
COST_ENTER: Final = 4.0
COST_GENUINE: Final = 3.0
COST_WIDE_QUESTION: Final = 3.0
COST_BRACKET_CUT: Final = 3.0
COST_EATEN: Final = 3.0
COST_VANISH: Final = 3.0
COST_STILL_FOLDED: Final = 1.0


@dataclass(frozen=True, slots=True)
class Arc:
    """One operation undone: found[start:end] stands for `text` (one printed character, or nothing)."""

    start: int
    end: int
    text: str
    cost: float
    kind: Kind
    target: Node


class Lattice:
    """The arcs of one found block. `vanishing`: the indices before which a pair may have left no trace."""

    def __init__(
        self, found: str, characters: Characters, candidates: Candidates, vanishing: Container[int] = ()
    ) -> None:
        self.found = found
        self._characters = characters
        self._candidates = candidates
        self._vanishing = vanishing
        self._length = len(found)

    def arcs(self, node: Node) -> Iterator[Arc]:
        """Every arc that leaves a node."""
        index, pending = node
        if pending == IN_STEP:
            yield from self._in_step(index)
        elif pending > ANY:
            yield from self._after_vanished(index, pending)
        else:
            yield from self._out_of_step(index, pending)

    def _in_step(self, at: int) -> Iterator[Arc]:
        char = self.found[at]
        if char in "(（" and (gloss := self._gloss_after(at, self.found[at - 1] if at else "")):
            yield Arc(at, gloss, "", 0.0, "gloss", (gloss, IN_STEP))
            return
        genuine = COST_GENUINE if char in _QUESTION else 0.0
        yield Arc(at, at + 1, char, genuine, "found", (at + 1, IN_STEP))
        if char in _QUESTION:
            yield from self._lost_lead(at)
            yield from self._straddled(at)

    def _lost_lead(self, at: int) -> Iterator[Arc]:
        """`?` and a mark: a lone lead byte, its character's second byte is the first of the mark's code."""
        if at + 1 >= self._length or (mark := _MARKS.get(self.found[at + 1])) is None:
            return
        cost = COST_ENTER + (COST_WIDE_QUESTION if self.found[at] == "？" else 0.0)
        cost += COST_BRACKET_CUT if self.found[at + 1] in ")）" else 0.0
        for char, _ in self._candidates.by_second(mark[0]):
            yield Arc(at, at + 2, char, cost, "first", (at + 2, mark[1]))

    def _straddled(self, at: int) -> Iterator[Arc]:
        """`A?pinyin)`: the code of A's last byte and of the lost one has that reading."""
        named = NAMED.match(self.found, at + 1)
        before = self._byte_before(at)
        if not named or before is None:
            return
        reading = named[1].replace("ɡ", "g")
        for second in range(0x81, 0xFF):
            char = decode_pair(before, second)
            if char and self._characters.has_reading(char, reading) and self._candidates.plausible(char):
                yield Arc(at, named.end(), "", COST_ENTER, "named", (named.end(), second))

    def _byte_before(self, at: int) -> int | None:
        """The last printed byte before an index, glosses left out."""
        while at and self.found[at - 1] in ")）":
            opened = max(
                self.found.rfind("(", max(0, at - 9), at), self.found.rfind("（", max(0, at - 9), at)
            )
            if opened < 0 or not (gloss := GLOSS.match(self.found, opened)) or gloss.end() != at:
                break
            at = opened
        code = encode_char(self.found[at - 1]) if at else None
        return code[-1] if code and code[-1] > 0x80 else None

    def _gloss_after(self, at: int, char: str) -> int:
        """Index after a gloss of `char` that begins at `at`; 0 when there is none."""
        gloss = GLOSS.match(self.found, at)
        if gloss and char and self._characters.has_reading(char, gloss[1].replace("ɡ", "g")):
            return gloss.end()
        return 0

    def _out_of_step(self, at: int, pending: int) -> Iterator[Arc]:
        if at >= self._length:
            return
        char = self.found[at]
        code = encode_char(char)
        if char in _QUESTION:
            yield from self._lost_last(at, pending)
        if code is None:
            return
        if len(code) == 2:
            yield from self._pair(at, pending, code)
        else:
            yield from self._ascii(at, pending, code[0])
        if at in self._vanishing:
            for head, second in self._candidates.before_user_row(pending):
                yield Arc(at, at, head, COST_VANISH, "vanished", (at, ANY + 1))

    def _pair(self, at: int, pending: int, code: bytes) -> Iterator[Arc]:
        """The plain case: both bytes known. A gloss may follow when the pair it names straddles."""
        char = decode_pair(pending, code[0])
        if not char or "\ue000" <= char <= "\uf8ff":
            return
        after = self._gloss_after(at + 1, self.found[at]) if at + 1 < self._length else 0
        yield Arc(at, after or at + 1, char, 0.0, "pair", (after or at + 1, code[1]))

    def _ascii(self, at: int, pending: int, byte: int) -> Iterator[Arc]:
        """An ASCII second byte brings the run back into step; a gloss may hang on it. Or a folded full form."""
        char = decode_pair(pending, byte) if byte >= 0x40 else None
        if char and self._candidates.plausible(char):
            after = self._gloss_after(at + 1, char) if at + 1 < self._length else 0
            yield Arc(at, after or at + 1, char, 0.0, "pair", (after or at + 1, IN_STEP))
        folded = decode_pair(pending, 0xA3) if 0x21 <= byte < 0x7F else None
        if folded and self._candidates.plausible(folded):
            yield Arc(at, at + 1, folded, COST_STILL_FOLDED, "pair", (at + 1, byte | 0x80))

    def _lost_last(self, at: int, pending: int) -> Iterator[Arc]:
        """`?`: a lone byte at the end of the piece, or one that ate the ASCII byte after it."""
        named = NAMED.match(self.found, at + 1)
        if named:
            reading = named[1].replace("ɡ", "g")
            for char, _ in self._candidates.by_lead(pending):
                if self._characters.has_reading(char, reading):
                    yield Arc(at, named.end(), char, 0.0, "named", (named.end(), IN_STEP))
        ends = at + 1 >= self._length or self.found[at + 1] in _MARKS
        for char, _ in self._candidates.by_lead(pending):
            if ends:
                yield Arc(at, at + 1, char, 0.0, "last", (at + 1, IN_STEP))
            else:
                yield Arc(at, at + 1, char, COST_EATEN, "eaten", (at + 1, IN_STEP))

    def _after_vanished(self, at: int, pending: int) -> Iterator[Arc]:
        """The pending byte is the second of a pair that vanished (A1-FE); another pair may have vanished too."""
        if at >= self._length:
            return
        code = encode_char(self.found[at])
        if code is None:
            return
        target = code[1] if len(code) == 2 else IN_STEP
        if len(code) == 2 or code[0] >= 0x40:
            for char, _ in self._candidates.by_second(code[0], True):
                yield Arc(at, at + 1, char, 0.0, "vanished", (at + 1, target))
        if pending - ANY < MOST_VANISHED:
            for second in (0xAE, 0xAF):
                for char, _ in self._candidates.by_second(second, True):
                    yield Arc(at, at, char, COST_VANISH, "vanished", (at, pending + 1))


EATEN_SIGN: Final = LACUNA
