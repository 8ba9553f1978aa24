"""Quotes and brackets come in pairs: what a sign costs, given those that are open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

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


def track(opened: str, texts: Iterable[str]) -> tuple[float, str]:
    """(cost in nats, signs open afterwards) of printing these characters; `opened` lists open signs, outermost first."""
    cost = 0.0
    for text in texts:
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
    return cost, opened


def at_end(opened: str) -> float:
    """Cost in nats of ending a block with these signs open."""
    return LEFT_OPEN * len(opened)
