"""The inverse of the forward model, as arcs: every way in which found characters can stand for printed ones.

A node is (index into the found block, pending byte): IN_STEP with the printed characters, or the last byte
decoded is the lead byte of a printed character that is not complete; VANISHED when it went with a pair that
left no trace. Each arc undoes one operation of `channel.decode_piece`, so a path through the lattice is a
proof that its text gives the found one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from pipelines.records import LACUNA
from pipelines.repair.arcs import IN_STEP, OPENED, TAIL, VANISHED, Arc, Fan, Kind, Node
from pipelines.repair.broken_glosses import QUESTION, BrokenGlosses, byte_before
from pipelines.repair.candidates import Candidates, Options
from pipelines.repair.gbk import EURO_BYTE, USER_GROUPS, decode_pair, encode_char, vanishing_groups
from pipelines.repair.gloss import GLOSS, PINYIN, Glosses, reading_of
from pipelines.repair.language import Characters
from pipelines.repair.marks import MARKS, can_begin

MOST_VANISHED: Final = 3
BRACKETS: Final = frozenset(")）")
_PAUSES: Final = frozenset("，；：。、,;:")
"""Marks that nobody prints behind ?? (but ??！ is printed)."""
_FULL_WIDTH: Final = re.compile("[\uff01-\uff5e]")
_LONE_LETTER: Final = re.compile(
    rf"(?<=[！，？；：。、）!,?;:)])[A-Za-z](?=(?:[(（]{PINYIN})?[\u4e00-\u9fff])"
)
_NOTE: Final = re.compile(r"\d{1,3}(?:[-,，、]\d{1,3})*\]")
"""The number of a note, whose bracket vanished with the byte before it."""
WITH_ASCII: Final = next(
    group for group, (_, seconds) in enumerate(vanishing_groups()) if group < USER_GROUPS and 0xA0 in seconds
)
"""The user rows whose second bytes are ASCII, too."""
_FIRST_OF_OTHER_MARKS: Final = {0xA1: 0xA3, 0xA3: 0xA1}

# Costs in nats. They are odds of the channel's operations, not of the language; see docs/repair.md.
COST_ENTER: Final = 4.0
COST_GENUINE: Final = 5.0
COST_LONE_LETTER: Final = 3.3
"""A Latin letter by itself between a mark and a Han character: one stands behind 11 of 12,305 marks of news
(7 nats, what a letter costs anywhere), and it is one of 26."""
COST_WIDE_QUESTION: Final = 3.0
COST_BRACKET_CUT: Final = 3.0
COST_CUT_TWICE: Final = 6.0
"""Of ten honest `??` before a pause the likeliest reading was 8.9 nats ahead without it."""
COST_EATEN: Final = 3.0
COST_VANISH: Final = 2.0
COST_STILL_FOLDED: Final = 1.0
COST_BOTH_LOST: Final = 9.5


def vanishing_groups_of(user_rows_shown: bool) -> range:
    """Where private-use characters are shown only undefined pairs vanish."""
    return range(USER_GROUPS if user_rows_shown else 0, len(vanishing_groups()))


class Lattice:
    """The arcs of one found block. `vanishing`: the groups of pairs that may have left no trace. `silent`: a
    lone byte is printed as nothing (variant 2), not as `?`."""

    def __init__(
        self,
        found: str,
        characters: Characters,
        candidates: Candidates,
        glosses: Glosses,
        vanishing: Sequence[int] = (),
        silent: bool = False,
    ) -> None:
        self.found = found
        self._characters = characters
        self._candidates = candidates
        self._glosses = glosses
        self._broken = BrokenGlosses(found, characters, candidates, silent=silent)
        self._vanishing = vanishing
        self._silent = silent
        self._folded = _FULL_WIDTH.search(found) is None
        self._length = len(found)

    def arcs(self, node: Node) -> Iterator[Arc | Fan]:
        """Every arc that leaves a node."""
        index, pending = node
        if index >= self._length:
            if self._silent and pending < VANISHED:
                options = self._candidates.after_lead(pending)
                yield Fan(index, index, options, 0.0, "last", (index, IN_STEP))
            return
        if pending == IN_STEP:
            yield from self._in_step(index)
        elif pending == OPENED:
            yield self._arc(index, index, "[", 0.0, "named", (index, IN_STEP))
        elif pending >= TAIL:
            yield self._arc(index, index + 1, chr(pending - TAIL), 0.0, "pair", (index + 1, IN_STEP))
        elif pending >= VANISHED:
            yield from self._after_vanished(index, pending)
        else:
            yield from self._out_of_step(index, pending)

    def _arc(self, start: int, end: int, text: str, cost: float, kind: Kind, target: Node) -> Arc:
        if not text or kind == "found":
            code = ord(self._characters.simple(text)) if text else 0
            return Arc(start, end, text, code, cost, kind, target)
        option = self._candidates.option(text)
        return Arc(start, end, text, option.code, cost + option.cost, kind, target)

    def _in_step(self, at: int) -> Iterator[Arc | Fan]:
        char = self.found[at]
        if char in "(（" and (gloss := self._gloss_after(at, self.found[at - 1] if at else "")):
            yield self._arc(at, gloss, "", 0.0, "gloss", (gloss, IN_STEP))
            return
        genuine = COST_GENUINE if char in QUESTION else COST_LONE_LETTER if self._is_lone(at) else 0.0
        yield self._arc(at, at + 1, char, genuine, "found", (at + 1, IN_STEP))
        if char in QUESTION and can_begin(self.found, at):
            yield from self._lost_lead(at)
            yield from self._straddled(at)
        elif self._silent:
            yield from self._straddled(at)
        if self._silent and char in MARKS:
            mark = MARKS[char]
            options = self._candidates.before_second(mark[0])
            yield Fan(at, at + 1, options, COST_ENTER, "first", (at + 1, mark[1]))

    def _is_lone(self, at: int) -> bool:
        """Whether a found character is a Latin letter between a mark and a Han character."""
        return _LONE_LETTER.match(self.found, at) is not None

    def _lost_lead(self, at: int) -> Iterator[Arc | Fan]:
        """`?` and a mark: a lone lead byte, its character's second byte is the first of the mark's code."""
        if at + 1 >= self._length or (mark := MARKS.get(self.found[at + 1])) is None:
            return
        cost = COST_ENTER + (COST_WIDE_QUESTION if self.found[at] == "？" else 0.0)
        cost += COST_BRACKET_CUT if self.found[at + 1] in BRACKETS else 0.0
        options = self._candidates.before_second(mark[0])
        if second := self._cut_twice(at):
            twice = self._candidates.before_second(second)
            yield Fan(at, at + 2, twice, cost + COST_CUT_TWICE, "first", (at + 2, IN_STEP))
        yield Fan(at, at + 2, options, cost, "first", (at + 2, mark[1]))

    def _cut_twice(self, at: int) -> int | None:
        """The second byte of a character that both bytes of were cut off (`上??、` is 上海、): with the first
        byte of the mark behind it it is a mark's code, too."""
        mark = self.found[at + 2 : at + 3]
        return (
            _FIRST_OF_OTHER_MARKS[MARKS[mark][0]]
            if self.found[at + 1] in QUESTION and mark in _PAUSES
            else None
        )

    def _straddled(self, at: int) -> Iterator[Arc | Fan]:
        """`A?pinyin)`: the code of A's last byte and of the lost one has that reading."""
        before = byte_before(self.found, at)
        for end, second in self._broken.after_byte(before, at) if before is not None else ():
            yield self._arc(at, end, "", COST_ENTER, "named", (end, second))

    def _gloss_after(self, at: int, char: str) -> int:
        return self._glosses.after(self.found, at, char)

    def _out_of_step(self, at: int, pending: int) -> Iterator[Arc | Fan]:
        char = self.found[at]
        code = _code(char)
        yield from self._named_last(at, pending)
        if char in QUESTION:
            yield from self._lost_last(at, pending)
        if self._silent and char in MARKS:
            yield Fan(at, at, self._candidates.after_lead(pending), 0.0, "last", (at, IN_STEP))
        if code is None:
            return
        if char == "€" and (lost := decode_pair(pending, EURO_BYTE)) and self._candidates.plausible(lost):
            yield self._arc(at, at + 1, lost, 0.0, "pair", (at + 1, IN_STEP))
        if len(code) == 2:
            yield from self._pair(at, pending, code)
        else:
            yield from self._ascii(at, pending, code[0])
        before = self._candidates.before_vanished
        yield from self._vanish(at, VANISHED, self._vanishing, lambda group: before(pending, group))
        if WITH_ASCII in self._vanishing and _NOTE.match(self.found, at):
            yield Fan(at, at, before(pending, WITH_ASCII), COST_VANISH, "vanished", (at, OPENED))

    def _vanish(
        self, at: int, pending: int, groups: Iterable[int], options_of: Callable[[int], Options]
    ) -> Iterator[Fan]:
        """A printed character whose second byte went with a pair that left no trace."""
        for group in groups:
            options = options_of(group)
            if options.all:
                target = (at, (pending & ~0xFF) + 0x100 + group)
                yield Fan(at, at, options, COST_VANISH, "vanished", target)

    def _pair(self, at: int, pending: int, code: bytes) -> Iterator[Arc | Fan]:
        """The plain case: both bytes known. A gloss may follow when the pair it names straddles."""
        char = decode_pair(pending, code[0])
        if not char or "\ue000" <= char <= "\uf8ff":
            return
        if code[1] < 0x80:
            yield self._arc(at, at, char, 0.0, "pair", (at, TAIL + code[1]))
            return
        after = self._gloss_after(at + 1, self.found[at]) if at + 1 < self._length else 0
        yield self._arc(at, after or at + 1, char, 0.0, "pair", (after or at + 1, code[1]))

    def _ascii(self, at: int, pending: int, byte: int) -> Iterator[Arc | Fan]:
        """An ASCII second byte brings the run back into step; a gloss may hang on it. Or a folded full
        form."""
        char = decode_pair(pending, byte) if byte >= 0x40 else None
        if char and not "\ue000" <= char <= "\uf8ff":
            after = self._gloss_after(at + 1, char) if at + 1 < self._length else 0
            yield self._arc(at, after or at + 1, char, 0.0, "pair", (after or at + 1, IN_STEP))
        folded = decode_pair(pending, 0xA3) if 0x21 <= byte < 0x7F else None
        if folded and self._candidates.plausible(folded):
            yield self._arc(at, at + 1, folded, COST_STILL_FOLDED, "pair", (at + 1, byte | 0x80))

    def _lost_last(self, at: int, pending: int) -> Iterator[Arc | Fan]:
        """`?`: a lone byte at the end of the piece, or one that ate the ASCII byte after it."""
        options = self._candidates.after_lead(pending)
        follows = self.found[at + 1 : at + 2]
        if not follows or follows in MARKS:
            cost = COST_BRACKET_CUT if follows in BRACKETS else 0.0
            yield Fan(at, at + 1, options, cost, "last", (at + 1, IN_STEP))
        if follows and (follows not in MARKS or follows in BRACKETS):
            yield Fan(at, at + 1, options, COST_EATEN, "eaten", (at + 1, IN_STEP))

    def _named_last(self, at: int, pending: int) -> Iterator[Arc]:
        """The same where the byte after it was the bracket of a gloss, which names the character."""
        for end, char in self._broken.after_lead(pending, at):
            yield self._arc(at, end, char, 0.0, "named", (end, IN_STEP))
            yield from self._named_across(at, end, char)

    def _named_across(self, at: int, end: int, char: str) -> Iterator[Arc]:
        """The same with `?pinyin)` behind it, whose character straddles the named one and the next."""
        code = encode_char(char)
        if code is None or end >= self._length:
            return
        for after, second in self._broken.after_byte(code[-1], end):
            yield self._arc(at, after, char, COST_ENTER, "named", (after, second))

    def _after_vanished(self, at: int, pending: int) -> Iterator[Arc | Fan]:
        """The pending byte went with a vanished pair; another pair may have vanished too."""
        group = pending & 0xFF
        code = _code(self.found[at])
        if code is None:
            return
        if self.found[at] in QUESTION:
            yield self._arc(at, at + 1, LACUNA, COST_BOTH_LOST, "last", (at + 1, IN_STEP))
        if named := self._broken.after_vanished(group, at):
            end, read = named
            yield Fan(at, end, read, 0.0, "vanished", (end, IN_STEP))
        if len(code) == 2 or code[0] >= 0x40:
            yield self._tail(at, code, group)
        if self._folded and 0x21 <= code[0] < 0x7F:
            folded = self._candidates.after_vanished(0xA3, group)
            yield Fan(at, at + 1, folded, COST_STILL_FOLDED, "vanished", (at + 1, code[0] | 0x80))
        if pending - VANISHED < MOST_VANISHED << 8:
            between = self._candidates.between_vanished
            yield from self._vanish(at, pending, self._vanishing, lambda following: between(group, following))

    def _tail(self, at: int, code: bytes, group: int) -> Fan:
        """The character whose lead byte vanished and whose second byte begins found[at]."""
        options = self._candidates.after_vanished(code[0], group)
        if len(code) == 2:
            target = (at, TAIL + code[1]) if code[1] < 0x80 else (at + 1, code[1])
            return Fan(at, target[0], options, 0.0, "vanished", target)
        gloss = GLOSS.match(self.found, at + 1)
        if gloss:
            reading = reading_of(gloss[1])
            read = [option for option in options.all if self._characters.has_reading(option.char, reading)]
            if read:
                return Fan(at, gloss.end(), Options(read), 0.0, "vanished", (gloss.end(), IN_STEP))
        return Fan(at, at + 1, options, 0.0, "vanished", (at + 1, IN_STEP))


def _code(char: str) -> bytes | None:
    """The bytes of a found character: € was a lone 80."""
    return bytes((EURO_BYTE,)) if char == "€" else encode_char(char)
