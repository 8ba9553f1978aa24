"""Where marks can stand: quotes and brackets come in pairs, stops follow words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from pipelines.repair.candidates import SIGN_COSTS

_OPENER: Final = {
    "”": "“", "’": "‘", "）": "（", ")": "（", "》": "《", "〉": "〈", "】": "【", "」": "「", "』": "『",
}  # fmt: skip
_OPENERS: Final = {opener: opener for opener in "“‘（《〈【「『"} | {"(": "（"}
_STOPS: Final = frozenset("。，、；：！？,;:!?")
_JOINERS: Final = frozenset("—…·～")
SIGNS: Final = frozenset((*_OPENER, *_OPENERS, *_STOPS, *_JOINERS, "\u3000"))

_WIDE: Final = dict.fromkeys("０１２３４５６７８９", "０") | {
    chr(code): "Ａ" for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""Figures and letters in full width, by their kind."""
PLACED: Final = SIGNS | _WIDE.keys()
"""Characters whose cost depends on where they stand."""

# Costs in nats, added to the cost of the sign by itself.
GOES_ON: Final = -6.0
"""A figure or letter in full width behind another one, or a figure behind 年 and 月 of a date: one in ten, or
in fifty, of those that there are. Of 49 such figures within runs of the news, each text damaged once, 19 were
right without this and COUNTED, 45 are with them; with figures as they were printed nothing changes."""
COUNTED: Final = -4.0
"""What figures count, behind one: in running text one character in ten is such a one there, one in five
hundred elsewhere."""
_COUNTED: Final = frozenset("年月日时時分秒号號％万萬亿億元个個件条條项項届屆岁歲")
_DATED: Final = frozenset("年月")
CLOSING: Final = 2.5
"""What a closing sign costs, all told, when it closes what was opened last: one character in twelve does."""
CROSSING: Final = 3.0
EMPTY: Final = 7.0
"""A pair of signs with nothing between them, or a closing sign that begins a block."""
UNOPENED: Final = 2.5
"""A closing quote that was not opened in the block: a quotation may run over paragraphs. One within another
(’) does not."""
UNOPENED_BRACKET: Final = 7.0
REPEATED: Final = 4.0
"""An opening quote within the same quote: printed only when a quotation runs over paragraphs."""
LEFT_OPEN: Final = 3.0
UNCLOSED: Final = 7.0
"""A bracket that is not closed in its block, as one that is not opened."""
_MAY_CLOSE: Final = re.compile("[)）?？]")
"""Behind `?` a bracket may be damaged."""
ENDS_OPENING: Final = 6.0
"""A block whose last character is an opening sign."""
INDENT: Final = -7.0
"""An ideographic space at the start of a block: how paragraphs begin."""
MISPLACED: Final = 7.0
"""A stop at the start of a block, indented or not, after another stop or after an opening sign: nobody prints
。， or “。 But ?， and ！， are printed."""
UNJOINED: Final = 3.0
"""A dash, dots, a middle dot or a sign of another kind (℃, ×, ●) directly behind a full stop."""
SHORT_SENTENCE: Final = 3.0
"""A full stop behind one or two characters of a quotation: what is quoted so shortly is mostly a term
(“黃牛”), seldom a sentence (“好。”). A judgement, kept because it gave more on our own articles and nothing
less on the references."""
FRESH: Final = 2
_QUOTES: Final = frozenset("“‘「『")
ENDS_LISTING: Final = 4.0
"""A block whose last character is a mark within a sentence: it goes on in the next only where a tag stands
within the sentence."""
_UNFINISHED: Final = dict.fromkeys(_OPENERS, ENDS_OPENING) | dict.fromkeys("，、", ENDS_LISTING)
_FULL_STOPS: Final = frozenset("。")
_DEEPEST: Final = 6


class Context(NamedTuple):
    """The signs that are open, outermost first, the sign printed last ("" after any other character), and
    how many characters a quotation has just begun with (0 when more than FRESH)."""

    opened: str
    last: str
    fresh: int = 0


START: Final = "^"
"""What stands before the first character of a block."""
BLOCK_START: Final = Context("", START)
_MARGIN: Final = " \t\u00a0"
"""What a text dump puts before a paragraph's own indent."""
_BEGINNINGS: Final = frozenset((START, "\u3000"))


def follow(context: Context, char: str) -> tuple[float, Context]:
    """(cost in nats, context afterwards) of printing one character."""
    if char in _WIDE:
        kind = _WIDE[char]
        goes_on = context.last == kind or context.last in _DATED
        return (GOES_ON if goes_on else 0.0), Context(context.opened, kind, _fresher(context))
    if context.last == "０" and char in _COUNTED:
        return COUNTED, Context(context.opened, char if char in _DATED else "", _fresher(context))
    if char not in SIGNS:
        if (not context.last and not context.fresh) or (context.last == START and char in _MARGIN):
            return 0.0, context
        odd = context.last == "。" and char in SIGN_COSTS
        return (UNJOINED if odd else 0.0), Context(context.opened, "", _fresher(context))
    opened, last, fresh = context
    cost = SHORT_SENTENCE if char in _FULL_STOPS and 0 < fresh <= FRESH else 0.0
    if char in _STOPS:
        if (last in _STOPS and last not in "?？!！") or last in _OPENERS or last in _BEGINNINGS:
            cost += MISPLACED
    elif char in _OPENERS:
        sign = _OPENERS[char]
        cost = REPEATED if sign in opened and sign != "（" else 0.0
        opened = (opened + sign)[-_DEEPEST:]
    elif char in _OPENER:
        cost, opened = _close(opened, char)
        cost += EMPTY if last == _OPENER[char] or last in _BEGINNINGS else 0.0
    elif char in _JOINERS:
        cost = UNJOINED if last == "。" else 0.0
    elif last in (START, char):
        cost = INDENT
    return cost, Context(opened, char)


def _fresher(context: Context) -> int:
    """Characters that a quotation has begun with, one more printed."""
    if context.last in _QUOTES:
        return 1
    return context.fresh + 1 if 0 < context.fresh < FRESH else 0


def _close(opened: str, char: str) -> tuple[float, str]:
    sign = _OPENER[char]
    if opened.endswith(sign):
        return CLOSING - SIGN_COSTS.get(char, CLOSING), opened[:-1]
    if sign in opened:
        return CROSSING, opened[: opened.rindex(sign)]
    return (UNOPENED if char == "”" else UNOPENED_BRACKET), opened


def track(context: Context, text: Iterable[str]) -> Context:
    """The context after a text."""
    for char in text:
        context = follow(context, char)[1]
    return context


def at_end(context: Context, ahead: str) -> float:
    """Cost in nats of ending a region in this context, with so much of its block found behind it.

    A quotation may run over paragraphs, a bracket does not: where none closes behind it, none was opened.
    """
    brackets = context.opened.count("（")
    if ahead:
        return 0.0 if _MAY_CLOSE.search(ahead) else UNCLOSED * brackets
    quotes = len(context.opened) - brackets
    return LEFT_OPEN * quotes + UNCLOSED * brackets + _UNFINISHED.get(context.last, 0.0)
