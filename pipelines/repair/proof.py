"""The forward model as a judge: can mirror damage have made this found text of that printed one?

Another copy of a page says what was printed. If its bytes, cut and decoded as `channel` does, give what the
damaged page shows, the copy is right about the damaged place: a shifted run of ten characters is not met by
chance. What is not known of the printed text is given as alternatives; those that the bytes allow are left.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from pipelines.records import Rival
from pipelines.repair.gbk import EURO_BYTE, decode_pair, encode_char
from pipelines.repair.gloss import GLOSS, PINYIN, reading_of
from pipelines.repair.language import Characters
from pipelines.repair.marks import MARKS
from pipelines.text import fold_width

MOST_CHARACTERS: Final = 240
"""Longest found text that is judged: repair gives a run up after 160 characters, glosses come on top."""

MOST_WORK: Final = 2_000
"""Alternatives times states after which nothing is proven, some 30 ms. Of the 1,055 stretches of 418
texts with three other copies 99 in 100 needed at most 418, the worst 1,028."""

_GLOSSED: Final = "\0"
"""A lone byte, printed as `?`, and the gloss behind it whose bracket it ate."""
_CUT_BY_GLOSS: Final = re.compile(rf"[?？]({PINYIN})")
_MARKS: Final = frozenset(map(fold_width, MARKS)) | {_GLOSSED, "\n"}
"""What stands behind a lone byte: the marks that cut, what is left of a gloss, the end of the block."""
_IN_STEP: Final = 0
_OTHERWISE: Final = 0x100
"""Added to a waiting lead byte whose character is not read as the gloss behind it says: not cut off there."""
_FULL: Final = 0xFEE0

_State = tuple[int, int]
"""Characters of the found text that are explained, and the lead byte that waits for its second one."""


class _Way(NamedTuple):
    """One alternative of a place, spelled in one of its forms, from one state to another."""

    before: _State
    after: _State
    spelled: str
    score: float


def prove(found: str, printed: Sequence[Sequence[Rival]]) -> tuple[tuple[Rival, ...], ...]:
    """For each place of `printed` the alternatives that damage turns into `found`, the best first.

    `found`: as a page shows it, Traditional or not, beginning and ending in step. `printed`: what may stand
    at each place, in Simplified, with scores (natural log); one alternative where it is known. The scores
    that come back are natural logs of shares of all ways that fit (sum-marginals, Rabiner 1989). () where
    nothing fits, where nothing is damaged, and where more fits than can be told apart.
    """
    bare = GLOSS.sub("", found)
    shown = fold_width(_CUT_BY_GLOSS.sub(_GLOSSED, bare))
    if len(shown) > MOST_CHARACTERS or _GLOSSED in found:
        return ()
    ways, forward = _forward(shown, printed, _glossed(shown, bare))
    ends = {state: 0.0 for state in forward[-1] if _is_end(shown, state)}
    if len(ways) < len(printed) or not ends:
        return ()
    total = _sum(forward[-1][state] for state in ends)
    proven: list[tuple[Rival, ...]] = []
    for before, options in zip(reversed(forward[:-1]), reversed(ways), strict=True):
        ends, shares = _backward(before, options, ends)
        proven.append(_ranked(shares, total))
    proven.reverse()
    return () if fold_width("".join(place[0].text for place in proven)) == shown else tuple(proven)


def _glossed(shown: str, bare: str) -> dict[int, str]:
    """Where a lone byte and the rest of its gloss stand in the shown text, and what the gloss reads."""
    places = (at for at, char in enumerate(shown) if char == _GLOSSED)
    return dict(zip(places, map(reading_of, _CUT_BY_GLOSS.findall(bare)), strict=True))


def _forward(
    shown: str, printed: Sequence[Sequence[Rival]], glossed: dict[int, str]
) -> tuple[list[list[_Way]], list[dict[_State, float]]]:
    """(ways of each place, log weight of the states before each place and behind the last)."""
    ways: list[list[_Way]] = []
    forward = [{(0, _IN_STEP): 0.0}]
    work = 0
    for place in printed:
        work += len(place) * len(forward[-1])
        if work > MOST_WORK:
            break
        options = [
            _Way(state, _told(reached, spelled, glossed), spelled, alternative.score)
            for alternative in place
            for state in forward[-1]
            for reached, spelled in _spelled(shown, state, alternative.text)
        ]
        if not options:
            break
        behind: defaultdict[_State, list[float]] = defaultdict(list)
        for way in options:
            behind[way.after].append(forward[-1][way.before] + way.score)
        ways.append(options)
        forward.append({state: _sum(scores) for state, scores in behind.items()})
    return ways, forward


def _backward(
    before: dict[_State, float], options: list[_Way], behind: dict[_State, float]
) -> tuple[dict[_State, float], dict[str, list[float]]]:
    """(log weight of the completions of the states before a place, log weights by what is spelled there)."""
    scores: defaultdict[_State, list[float]] = defaultdict(list)
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for way in options:
        rest = behind.get(way.after)
        if rest is not None:
            scores[way.before].append(way.score + rest)
            shares[way.spelled].append(before[way.before] + way.score + rest)
    return {state: _sum(found) for state, found in scores.items()}, shares


def _ranked(shares: dict[str, list[float]], total: float) -> tuple[Rival, ...]:
    """The alternatives of a place; of forms that differ in width alone the first."""
    folded: dict[str, tuple[str, list[float]]] = {}
    for text, scores in shares.items():
        folded.setdefault(fold_width(text), (text, []))[1].extend(scores)
    rivals = (Rival(text, _sum(scores) - total) for text, scores in folded.values())
    return tuple(sorted(rivals, key=lambda rival: (-rival.score, rival.text)))


def _sum(scores: Iterable[float]) -> float:
    """Log of the sum of weights given by their logs."""
    known = list(scores)
    if len(known) == 1:
        return known[0]
    top = max(known)
    return top + math.log(math.fsum(math.exp(score - top) for score in known))


def _told(reached: _State, spelled: str, glossed: dict[int, str]) -> _State:
    """The state, with the mark of a lead byte whose character is not read as the gloss there says."""
    at, lead = reached
    reading = glossed.get(at)
    if reading is None or lead == _IN_STEP or not spelled:
        return reached
    return reached if Characters.load().has_reading(spelled[-1], reading) else (at, lead | _OTHERWISE)


def _spelled(shown: str, state: _State, text: str) -> Iterator[tuple[_State, str]]:
    """Every state to which the characters of one alternative lead, with the text as it was spelled."""
    ways = [(state, "")]
    for char in text:
        ways = [
            (reached, spelled + form)
            for before, spelled in ways
            for form, code in _codes(char)
            for reached in _fed(shown, before, code)
        ]
    yield from ways


@cache
def _codes(char: str) -> tuple[tuple[str, bytes], ...]:
    """(character as printed, bytes) for each form of a Simplified one: its own, Traditional, full-width.

    A character that GBK lacks is no bytes: nothing is known of how it came through.
    """
    forms = [char, *_traditional().get(char, ())]
    codes = [(char, code) for form in forms if (code := encode_char(form))]
    if "!" <= char <= "~":
        full = chr(ord(char) + _FULL)
        codes += [(full, code) for code in (encode_char(full),) if code]
    return tuple(codes)


@cache
def _traditional() -> dict[str, tuple[str, ...]]:
    """Simplified character to the Traditional ones that are written for it."""
    forms: dict[str, list[str]] = {"着": ["著"]}
    for traditional, simple in Characters.load().simplified.items():
        if traditional != simple:
            forms.setdefault(simple, []).append(traditional)
    return {simple: tuple(dict.fromkeys(found)) for simple, found in forms.items()}


def _fed(shown: str, state: _State, code: bytes) -> Iterable[_State]:
    """The states to which the bytes of one character lead."""
    states = {state}
    for byte in code:
        states = {reached for before in states for reached in _byte(shown, before, byte)}
    return states


def _byte(shown: str, state: _State, byte: int) -> Iterator[_State]:
    """One byte more, as `channel.decode_piece` decodes it; a lead byte may be the last of its piece."""
    at, lead = state
    if lead == _IN_STEP:
        yield from _first_byte(shown, at, byte)
        return
    char = decode_pair(lead & 0xFF, byte) if byte >= 0x40 else None
    is_private = char is not None and "\ue000" <= char <= "\uf8ff"
    if char is None:
        if shown[at : at + 1] == "?":
            yield at + 1, _IN_STEP
        elif _is_silent(shown):
            yield at, _IN_STEP
    elif char and shown[at : at + 1] == fold_width(char):
        yield at + 1, _IN_STEP
    elif not char or is_private:
        yield at, _IN_STEP
    if lead & _OTHERWISE and shown[at : at + 1] == _GLOSSED:
        return
    for following in _cut(shown, at):
        yield from _first_byte(shown, following, byte)


def _first_byte(shown: str, at: int, byte: int) -> Iterator[_State]:
    if byte > EURO_BYTE:
        yield at, byte
    elif shown[at : at + 1] == ("€" if byte == EURO_BYTE else chr(byte)) and not _is_lone(shown, at):
        yield at + 1, _IN_STEP


def _cut(shown: str, at: int) -> Iterator[int]:
    """Where the found text goes on behind a lone lead byte: a `?`, or nothing on pages that show none."""
    if _is_lone(shown, at):
        yield at + 1
    elif shown[at : at + 1] in _MARKS and _is_silent(shown):
        yield at


def _is_silent(shown: str) -> bool:
    """Whether lone bytes may be printed as nothing: on pages that print no `?` (variant 2)."""
    return "?" not in shown and _GLOSSED not in shown


def _is_lone(shown: str, at: int) -> bool:
    """Whether a lone byte can have been printed here: `?` in front of a mark, or a gloss cut off."""
    char = shown[at : at + 1]
    return char == _GLOSSED or (char == "?" and shown[at + 1 : at + 2] in _MARKS)


def _is_end(shown: str, state: _State) -> bool:
    """Whether all is explained; a lead byte may be the last of a block."""
    at, lead = state
    if lead == _IN_STEP:
        return at == len(shown)
    return shown[at:] in ("", "?", _GLOSSED) and not (lead & _OTHERWISE and shown[at:] == _GLOSSED)
