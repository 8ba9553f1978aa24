"""Where damage strikes: which printed characters did not come through a channel as they were, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pipelines.repair.gbk import EURO_BYTE, decode_pair

Family = Literal["inside", "vanished", "straddled", "glossed", "eaten", "first", "last"]


@dataclass(frozen=True, slots=True)
class Place:
    """One printed character that did not come through as it was: its index in `Damaged.printed`, and how.

    `inside`: both bytes survive, in wrong pairs. `first`, `last`: that byte of it became `?` (or nothing).
    `straddled`, `glossed`: the same, but a gloss names the lost byte (first, last). `eaten`: an ASCII
    character that vanished with a lead byte. `vanished`: a byte of it went with a pair that leaves no trace.
    `found` is the index in `Damaged.text` where its last byte was decoded.
    """

    family: Family
    printed: int
    found: int


@dataclass(slots=True)
class Stream:
    """GBK bytes with, byte for byte, the index of the printed character each belongs to (-1: a gloss)."""

    data: bytes
    owner: list[int]


_RANK: Final = ("inside", "vanished", "straddled", "glossed", "eaten", "first", "last")


def places_of(stream: Stream, first: int, after: int, char: str, found: int) -> list[Place]:
    """The places of one decoded unit: none when it is one whole printed character."""
    owners = stream.owner[first:after]
    lone = char in ("", "?") and after - first == 1 and stream.data[first] > EURO_BYTE
    broken = after - first == 2 and decode_pair(*stream.data[first:after]) is None
    whole = after - first == 1 or owners[0] == owners[1]
    if whole and not lone and not broken and not _is_split(stream, first):
        return []
    places = []
    for offset, owner in enumerate(owners):
        if owner >= 0:
            family = _family(stream, first + offset, lone or broken, char)
            places.append(Place(family, owner, found))
    return places


def _is_split(stream: Stream, at: int) -> bool:
    """Whether a single decoded byte is only a part of its printed character."""
    owner = stream.owner[at]
    neighbours = stream.owner[max(at - 1, 0) : at] + stream.owner[at + 1 : at + 2]
    return owner >= 0 and stream.data[at] >= 0x40 and owner in neighbours and stream.data[at] < EURO_BYTE


def _family(stream: Stream, at: int, lost: bool, char: str) -> Family:
    if not lost:
        return "vanished" if char == "" or "\ue000" <= char <= "\uf8ff" else "inside"
    if stream.data[at] < 0x40:
        return "eaten"
    named = stream.owner[at + 1 : at + 2] == [-1]
    if _is_second(stream, at):
        return "glossed" if named else "last"
    return "straddled" if named else "first"


def _is_second(stream: Stream, at: int) -> bool:
    """Whether a byte is the second of its character: glosses may stand between the two."""
    before = at - 1
    while before >= 0 and stream.owner[before] < 0:
        before -= 1
    return before >= 0 and stream.owner[before] == stream.owner[at]


def one_per_character(places: list[Place]) -> list[Place]:
    """The worst that befell each printed character, in printed order."""
    worst: dict[int, Place] = {}
    for place in places:
        known = worst.get(place.printed)
        if known is None or _RANK.index(place.family) > _RANK.index(known.family):
            worst[place.printed] = place
    return [worst[index] for index in sorted(worst)]
