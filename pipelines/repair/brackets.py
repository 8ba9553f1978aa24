"""Where marks can stand: quotes and brackets come in pairs, stops follow words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

_OPENER: Final = {
    "”": "“", "’": "‘", "）": "（", ")": "（", "》": "《", "〉": "〈", "】": "【", "」": "「", "』": "『",
}  # fmt: skip
_OPENERS: Final = {opener: opener for opener in "“‘（《〈【「『"} | {"(": "（"}
SIGNS: Final = frozenset((*_OPENER, *_OPENERS))

EXPECTED: Final = -1.0
"""Nats for closing what was opened last: most quotes are closed in their paragraph."""
CROSSING: Final = 3.0
UNOPENED: Final = 5.0
REPEATED: Final = 4.0
"""An opening quote within the same quote: printed only when a quotation runs over paragraphs."""
LEFT_OPEN: Final = 3.0
_DEEPEST: Final = 6


class State(NamedTuple):
    """The signs that are open, outermost first, and the character printed last."""

    opened: str
    last: str


START: Final = "^"
"""What stands before the first character of a block."""
STOPS: Final = frozenset("。，、；：！？,;:!?")
MISPLACED: Final = 7.0
"""A stop at the start of a block, after another stop or after an opening sign: nobody prints 。， or “。"""
_STOP_PAIRS: Final = frozenset(("！！", "？！", "！？", "？？"))


BLOCK_START: Final = State("", START)


def track(state: State, texts: Iterable[str]) -> tuple[float, State]:
    """(cost in nats, state afterwards) of printing these characters."""
    cost = 0.0
    opened, last = state
    for text in texts:
        if (
            text in STOPS
            and (last in STOPS or last in _OPENERS or last == START)
            and last + text not in _STOP_PAIRS
        ):
            cost += MISPLACED
        last = text or last
        if text in _OPENERS:
            sign = _OPENERS[text]
            cost += REPEATED if sign in opened and sign != "（" else 0.0
            opened = (opened + sign)[-_DEEPEST:]
        elif text in _OPENER:
            sign = _OPENER[text]
            if opened.endswith(sign):
                cost, opened = cost + EXPECTED, opened[:-1]
            elif sign in opened:
                cost, opened = cost + CROSSING, opened[: opened.rindex(sign)]
            else:
                cost += UNOPENED
    return cost, State(opened, last)


def at_end(state: State) -> float:
    """Cost in nats of ending a block with these signs open."""
    return LEFT_OPEN * len(state.opened)
