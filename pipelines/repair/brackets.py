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
_BLANK: Final = " "

_WIDE: Final = dict.fromkeys("０１２３４５６７８９", "０") | {
    chr(code): "Ａ" for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""Figures and letters in full width, by their kind."""
_SAYING: Final = frozenset("说說道称稱示绍紹调調释釋醒叹嘆充诉訴问問喊忆憶析")
"""Characters with which words of saying end. With 答 對此 was left open."""
_SAYS: Final = "说"
_SAID: Final = "说，"
"""One of these, and a pause behind one, as the sign printed last."""
PLACED: Final = SIGNS | _WIDE.keys() | _SAYING | {_BLANK}
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
CLOSED_STOPPED: Final = 0.5
"""The same of a quotation behind a full stop or the like: 246 of 305 such stops within quotations of news."""
CLOSED_UNSTOPPED: Final = 4.5
"""The same behind a character that is no sign, of a quotation in which a clause has ended: 30 of 8,256 are
(5.6 nats), in manuals 52 of 1,609 (3.4)."""
CLOSED_PAUSED: Final = 5.5
"""The same behind a pause: none of 910, but some papers print so (“…，”he said)."""
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
INDENT_WITHIN: Final = -5.0
"""The same behind what ends a clause or an item, where a page ran its paragraphs together: one stands behind
330 full stops of news, 5.8 nats."""
MISPLACED: Final = 7.0
"""A stop at the start of a block, indented or not, after another stop or after an opening sign: nobody prints
。， or “。 But ?， and ！， are printed."""
UNJOINED: Final = 3.0
"""A dash, dots, a middle dot or a sign of another kind (℃, ×, ●) directly behind a full stop."""
SHORT_SENTENCE: Final = 3.0
"""A full stop behind one or two characters of a quotation: what is quoted so shortly is mostly a term
(“黃牛”), seldom a sentence (“好。”). A judgement, kept because it gave more on our own articles and nothing
less on the references."""
SAID: Final = -2.2
"""A quotation that begins behind a word of saying and a pause: one follows .10 of 573 such ， in news, .17 of
those behind 说, 道, 称 and 示, .014 of the others."""
FRESH: Final = 2
LONGEST_ITEM: Final = 4
LISTED: Final = -2.3
"""A 、 two to four characters behind another one: one place of nine there, one of ninety elsewhere."""
_QUOTES: Final = frozenset("“‘「『")
ENDS_LISTING: Final = 4.0
"""A block whose last character is a mark within a sentence: it goes on in the next only where a tag stands
within the sentence."""
_UNFINISHED: Final = dict.fromkeys(_OPENERS, ENDS_OPENING) | dict.fromkeys("，、", ENDS_LISTING)
_FULL_STOPS: Final = frozenset("。")
_DEEPEST: Final = 6

_OF_CLAUSES: Final = {"“": "a", "‘": "b", "「": "c", "『": "d"}
"""How an open quotation is noted once a clause has ended in it: what it quotes is said, no term."""
_MARKED: Final = {clauses: sign for sign, clauses in _OF_CLAUSES.items()}
_OUTER: Final = frozenset("“「ac")
_STOPPED: Final = "。”"
_EXCLAIMED: Final = "！”"
"""As the sign printed last: a closing quote behind a full stop, and behind ！ or other ends of sentences."""
_FINAL: Final = frozenset((*"。！？…!?", _STOPPED, _EXCLAIMED))
_ENDS: Final = frozenset((*"。；：！？”）;:!?)", _BLANK, _STOPPED, _EXCLAIMED))


class Context(NamedTuple):
    """The signs that are open, outermost first, the sign printed last ("" after any other character), and
    how many characters a quotation has just begun with (0 when more than FRESH) or, below 0, an item of a
    listing has begun with behind its 、 (0 when more than LONGEST_ITEM)."""

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
        return _no_sign(context, char)
    opened, last, fresh = context
    cost = SHORT_SENTENCE if char in _FULL_STOPS and 0 < fresh <= FRESH else 0.0
    if char in _STOPS:
        cost += _stopping(context, char)
        opened = opened if char == "、" else opened[:-1] + _OF_CLAUSES.get(opened[-1:], opened[-1:])
        if last == _SAYS and char in "，：,:":
            return cost, Context(opened, _SAID)
    elif char in _OPENERS:
        cost = _opening(context, _OPENERS[char])
        opened = (opened + _OPENERS[char])[-_DEEPEST:]
    elif char in _OPENER:
        cost, opened = _close(context, char)
        cost += EMPTY if last == _OPENER[char] or last in _BEGINNINGS else 0.0
        if last in _FINAL and _OPENER[char] in _QUOTES:
            return cost, Context(opened, _STOPPED if last == "。" else _EXCLAIMED)
    elif char in _JOINERS:
        cost = UNJOINED if last == "。" else 0.0
    elif last in (START, char):
        cost = INDENT
    elif last in _ENDS:
        cost = INDENT_WITHIN
    return cost, Context(opened, char)


def _no_sign(context: Context, char: str) -> tuple[float, Context]:
    """The same of a character that is none of SIGNS."""
    last = context.last
    if last == START and char in _MARGIN:
        return 0.0, context
    if char == _BLANK:
        return 0.0, Context(context.opened, _BLANK, _fresher(context))
    if not last and not context.fresh and char not in _SAYING:
        return 0.0, context
    odd = last == "。" and char in SIGN_COSTS
    now = _SAYS if char in _SAYING else ""
    return (UNJOINED if odd else 0.0), Context(context.opened, now, _fresher(context))


def _stopping(context: Context, char: str) -> float:
    """What a stop costs where it stands."""
    last = context.last
    again = (last in _STOPS or last == _SAID) and last not in "?？!！"
    if again or last in _OPENERS or last in _BEGINNINGS or (last == _STOPPED and char not in "！？!?"):
        return MISPLACED
    return LISTED if char == "、" and -LONGEST_ITEM <= context.fresh < -1 else 0.0


def _opening(context: Context, sign: str) -> float:
    """What an opening sign costs where it stands."""
    again = sign in context.opened or _OF_CLAUSES.get(sign, sign) in context.opened
    cost = REPEATED if again and sign != "（" else 0.0
    return cost + SAID if context.last == _SAID and sign in _OUTER else cost


def _fresher(context: Context) -> int:
    """Characters that a quotation has begun with, or behind 、, one more printed."""
    if context.last in _QUOTES:
        return 1
    if context.last == "、":
        return -1
    if context.fresh < 0:
        return context.fresh - 1 if context.fresh > -LONGEST_ITEM else 0
    return context.fresh + 1 if 0 < context.fresh < FRESH else 0


def _close(context: Context, char: str) -> tuple[float, str]:
    opened, sign = context.opened, _OPENER[char]
    signs = (sign, _OF_CLAUSES.get(sign, sign))
    if opened.endswith(signs):
        return _closing(opened[-1], context.last) - SIGN_COSTS.get(char, CLOSING), opened[:-1]
    if (at := max(map(opened.rfind, signs))) >= 0:
        return CROSSING, opened[:at]
    return (UNOPENED if char == "”" else UNOPENED_BRACKET), opened


def _closing(opened: str, last: str) -> float:
    """What closing what was opened last costs, all told. Within a quotation a single sentence ends with no
    stop as often as with one."""
    if last in _FINAL:
        return CLOSED_STOPPED if opened in _OUTER else CLOSING
    if opened in _MARKED and last in ("", _SAYS):
        return CLOSED_UNSTOPPED
    return CLOSED_PAUSED if opened in _MARKED and (last in _STOPS or last == _SAID) else CLOSING


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
