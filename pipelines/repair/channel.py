"""The forward model: how a mirror site damages a printed text, byte by byte.

Observed on stored pages of 47 hosts: conversion to Traditional by table with ambiguous characters left alone;
pinyin glosses put in by byte replacement that ignores character boundaries; GBK bytes cut before the codes of
marks at any byte offset and decoded piece by piece; `?` for a lone lead byte; a lead byte and the ASCII byte
after it both gone for one `?`; user rows as private-use characters, often dropped later; full-width forms
folded to ASCII; two hosts that print no `?` for a lone byte (variant 2).

Inferred: the order of the marks in which pieces are cut; that the order of glosses is that of their levels;
that a site may cut without converting; that variant 2 prints nothing either for a lead byte with an eaten
ASCII byte; that a character which GBK lacks travels as a numeric reference; the single bytes 80 and FF (see
`gbk`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from random import Random
from typing import Final, Literal

import opencc

from pipelines.repair.gbk import EURO_BYTE, decode_pair, encode_char
from pipelines.repair.gloss_list import PROTECTED_WORDS, glosses
from pipelines.repair.places import Place, Stream, one_per_character, places_of

MARKS: Final = "！，？；：。、"
"""The marks whose codes cut, in the order in which they do."""

Variant = Literal[1, 2]

_REFERENCE = re.compile(r"&#(\d{2,7});")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]+")
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Damaged:
    """The text a mirror shows, the Traditional text it stands for, and the damaged places of the latter."""

    text: str
    printed: str
    places: tuple[Place, ...]
    glosses: int
    straddling: int


@dataclass(frozen=True, slots=True)
class Channel:
    """One mirror site. `level` None glosses nothing; `cut` is the share of mark codes that are cut (0..1).
    `converts`: whether the table runs that writes Traditional and glosses it.

    Deterministic: the same text and the same fields give the same damage; another `seed` cuts elsewhere.
    """

    level: int | None = 2
    cut: float = 1.0
    seed: int = 0
    fold_width: bool = False
    variant: Variant = 1
    drop_user_rows: bool = True
    gloss_blank: bool = False
    marks: str = MARKS
    converts: bool = True

    def damage(self, text: str) -> str:
        """Simplified printed text (tags allowed) to what the mirror shows."""
        return self.run(text).text

    def run(self, text: str) -> Damaged:
        """As `damage`, with the Traditional text and the places: the material of evaluations."""
        printed = to_traditional(text) if self.converts else text
        stream = _encode(printed)
        put_in, straddling = self._gloss(stream) if self.converts else (0, 0)
        found, places = _decode(stream, self._pieces(stream.data), self.variant, self.drop_user_rows)
        if self.fold_width:
            found = found.translate(_FOLD)
        return Damaged(found, printed, tuple(places), put_in, straddling)

    def _gloss(self, stream: Stream) -> tuple[int, int]:
        """Put the glosses in, rule after rule: (all hits, hits on codes that straddle two characters)."""
        protected = _protected_bytes(stream.data)
        put_in = straddling = 0
        blank = " " if self.gloss_blank else ""
        for char, reading in glosses(self.level):
            code, note = char.encode("gbk"), f"({reading}{blank})".encode("gbk")
            hits, across = _insert(stream, protected, code, note)
            put_in += hits
            straddling += across
        return put_in, straddling

    def _pieces(self, data: bytes) -> list[int]:
        """Offsets at which the bytes are cut, sorted: before mark codes at any offset, mark after mark."""
        random, cuts = Random(self.seed), {0, len(data)}
        marked: set[int] = set()
        for mark in self.marks:
            for match in re.finditer(re.escape(mark.encode("gbk")), data):
                at = match.start()
                if at + 1 not in cuts and at not in marked and random.random() < self.cut:
                    cuts.add(at)
                    marked.add(at + 1)
        return sorted(cuts)


def to_traditional(text: str) -> str:
    """Printed Simplified text as the damaging table writes it; one character for one."""
    return text.translate(_traditional_table())


@cache
def _traditional_table() -> dict[int, str]:
    """Character table: a Simplified character that Traditional text also uses daily stays as it is.

    So 后 制 并 于 里 云 采 系 范 征 stay, as seen. The forms are Taiwan's (為, 眾, 著), as on the seed page.
    """
    convert = opencc.OpenCC("s2tw").convert
    table = {}
    for code in range(0x4E00, 0x9FA6):
        char = chr(code)
        if _in_daily_big5(char):
            continue
        form = convert(char)
        if form != char and len(form) == 1 and encode_char(form):
            table[code] = form
    return table


def _in_daily_big5(char: str) -> bool:
    """Whether Traditional text uses the character daily: level 1 of Big5 (below C940); 复, 价, 据 are
    in level 2."""
    try:
        return char.encode("big5") < b"\xc9\x40"
    except UnicodeEncodeError:
        return False


def _encode(printed: str) -> Stream:
    data, owner = bytearray(), []
    for index, char in enumerate(printed):
        code = encode_char(char) if not "\ue000" <= char <= "\uf8ff" else None
        code = code if code is not None else f"&#{ord(char)};".encode("ascii")
        data += code
        owner += [index] * len(code)
    return Stream(bytes(data), owner)


def _protected_bytes(data: bytes) -> list[tuple[int, int]]:
    pattern = b"|".join(re.escape(word.encode("gbk")) for word in PROTECTED_WORDS)
    return [match.span() for match in re.finditer(pattern, data)]


def _insert(stream: Stream, protected: list[tuple[int, int]], code: bytes, note: bytes) -> tuple[int, int]:
    """One rule over the whole stream: (hits, straddling hits). `protected` spans are moved along."""
    data, owner = stream.data, stream.owner
    hits = [m.end() for m in re.finditer(re.escape(code), data)]
    hits = [at for at in hits if not any(start < at <= end for start, end in protected)]
    if not hits:
        return 0, 0
    straddling = sum(owner[at - 2] != owner[at - 1] for at in hits)
    out, owners, last = bytearray(), [], 0
    for at in hits:
        out += data[last:at] + note
        owners += owner[last:at] + [-1] * len(note)
        last = at
    stream.data = bytes(out + data[last:])
    stream.owner = owners + owner[last:]
    protected[:] = [_moved(span, hits, len(note)) for span in protected]
    return len(hits), straddling


def _moved(span: tuple[int, int], hits: list[int], length: int) -> tuple[int, int]:
    shift = length * sum(at <= span[0] for at in hits)
    return span[0] + shift, span[1] + shift


def decode_piece(
    piece: bytes, variant: Variant = 1, drop_user_rows: bool = False
) -> Iterator[tuple[str, int, int]]:
    """(what is printed, first byte, byte after) of one piece, unit by unit; what is printed may be ""."""
    at, end = 0, len(piece)
    mark = "?" if variant == 1 else ""
    while at < end:
        lead = piece[at]
        if lead < EURO_BYTE or lead in (EURO_BYTE, 0xFF):
            yield ("" if lead == 0xFF else "€" if lead == EURO_BYTE else chr(lead)), at, at + 1
            at += 1
            continue
        char = decode_pair(lead, piece[at + 1]) if at + 1 < end else None
        if char is None:
            char = mark
        elif drop_user_rows and "\ue000" <= char <= "\uf8ff":
            char = ""
        yield char, at, min(at + 2, end)
        at += 2


def _decode(
    stream: Stream, cuts: list[int], variant: Variant, drop_user_rows: bool
) -> tuple[str, list[Place]]:
    out: list[str] = []
    length, places = 0, []
    for start, end in pairwise(cuts):
        for char, first, after in decode_piece(stream.data[start:end], variant, drop_user_rows):
            out.append(char)
            places += places_of(stream, start + first, start + after, char, length)
            length += len(char)
    found = "".join(out)
    return _REFERENCE.sub(_dereference, found), one_per_character(places)


def _dereference(match: re.Match[str]) -> str:
    number = int(match[1])
    return chr(number) if 0x80 <= number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else match[0]
