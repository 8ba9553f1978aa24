"""How an article opens between its headline and its first paragraph: a summary, a subheading."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher

from pipelines.reading.body import Body, voice
from pipelines.reading.credits import are_institutes, footnoted, roled
from pipelines.reading.dates import parse_date
from pipelines.reading.headline import TITLE_LINES
from pipelines.reading.names import is_name
from pipelines.reading.noise import is_noise
from pipelines.reading.outline import Element, Line, Outline, unglossed, words
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet
from pipelines.reading.weight import CONTROL, DATED, LABELS, OUTSIDE, is_spam, names_origin, weigh
from pipelines.text import plain

_SUMMARY = re.compile(
    both(
        r"^[\s【\[（(]*(?:内容|文章|新闻)?(?:摘\s*要|导\s*[读语]|提\s*要|核心提示|概要|简介)(?:[】\]）)]|[】\]）)\s]*[:：\s])"
    )
)
_SUMMARY_NAMES = re.compile(
    r"\bsummary|abstract|zhaiyao|daodu|daoyu|\bdigest|article-?intro|\bintro\b|\bdek\b|standfirst|sub-?(?:title|headline)|\bexcerpt\b|\blead\b|\bdesc\b|\bintroduce\b"
)
_SUBHEADINGS = ("h2", "h3", "h4", "h5", "h6", "p")

_LETTER = re.compile(r"[^\W_]")
_CLOCK = re.compile(r"\d[:：]\d\d(?!\d)")

SAME, SAME_START = 0.6, 40
"""Likeness (2 * common / all) above which the first characters of a summary are those of a paragraph. On the
reference pages a summary in its own words has at most .3; one cut from the text and damaged apart from it has
.7 or more."""

ABOVE_STANDFIRST = 3
"""Lines below the headline within which it stands: source and date, or name, may come between."""

_STOPS = ("。", "！", "？")
STANDFIRST, STANDFIRST_LEAST, STANDFIRST_MOST = ("p", "div", "h2"), 20, 200
"""How a standfirst is set, and its characters. No reference page has one without a label; the own ones have
24 to 38."""

SENTENCE_LEAST = 12
"""Characters of a summary that is a sentence and is named so; the shortest of the own pages has 13."""

_ROW = re.compile(r"[\u3400-\u9fff]{2,4}")
_ROWED = re.compile(rf"{_ROW.pattern}(?:[\s、]+{_ROW.pattern}){{0,7}}")
_ADOPTED = re.compile(
    both(r"[（(]\s*\d{4}年[^（）()]{4,160}(?:通过|公布|批准|修订|修正|施行)[^（）()。]{0,60}[)）]")
)
"""Who adopted a document and when, in brackets below its title: a part of the document."""

AROUND = 12
"""Lines looked at for names over and below the text, as for its origin (surroundings.ABOVE)."""

OPENING, SIGNED = 3, 3
"""Lines of the body within which its day may stand as a label, and those at its end that sign it."""

DAY, CAPTION = 24, 80
"""Characters of a date spelt out with its time of day; of a caption."""

AGENCY = 6
"""Characters by which the two may be set off; more is 某日消息 before what the summary takes up."""


def is_summary(page: Outline, index: int) -> bool:
    """Whether a line says that it sums the article up, or its element does."""
    line = page.lines[index]
    named = words(page.elements[line.element].attributes)
    return (_SUMMARY.match(unglossed(line.text)) or _SUMMARY_NAMES.search(named)) is not None


def find_summary(page: Outline, head: int, first: int) -> int | None:
    """The line of a summary (摘要, 导读) between headline and body, which belongs to the article."""
    for index in range(max(head + 1, first - 6, 0), first):
        line = page.lines[index]
        if (
            line.size < (SENTENCE_LEAST if line.text.endswith(_STOPS) else STANDFIRST_LEAST)
            or line.linked
            or CONTROL.match(unglossed(line.text))
            or names_origin(unglossed(line.text))
            or weigh(line) <= OUTSIDE
            or not (is_summary(page, index) or _stands_first(page, index, head, first))
        ):
            continue
        if not _repeats(_SUMMARY.sub("", unglossed(line.text)), page.lines[first : first + 3]):
            return index
    return None


def _stands_first(page: Outline, index: int, head: int, first: int) -> bool:
    """Whether a line is a sentence or a few set beside the headline, over the text but for labels: a
    standfirst without a name or label."""
    line, heading = page.lines[index], page.lines[max(head, 0)]
    element = page.elements[line.element]
    return (
        0 <= head < index <= head + ABOVE_STANDFIRST
        and line.tag in STANDFIRST
        and (line.size >= STANDFIRST_LEAST or _alone_with(page, line, heading))
        and line.size <= STANDFIRST_MOST
        and element.parent == page.elements[heading.element].parent
        and voice(element.attributes) >= 0
        and line.text.endswith(_STOPS)
        and not any(page.lines[i].text.endswith(_STOPS) for i in range(head + 1, first) if i != index)
    )


def _alone_with(page: Outline, line: Line, heading: Line) -> bool:
    """Whether a paragraph and the headline are all of a box of their own."""
    box = page.elements[page.elements[line.element].parent]
    return (
        line.tag == "p"
        and box.last - box.first == 2
        and page.elements[heading.element].parent == page.elements[line.element].parent
    )


def untitled(page: Outline, body: Body, title: str) -> Body:
    """The body without the title that a document prints once more over its text, on a line or a few."""
    wanted, begun = plain(title), ""
    for place, index in enumerate(body.lines[:TITLE_LINES], 1):
        if page.lines[index].size > len(title):
            break
        begun += plain(page.lines[index].text)
        if not wanted.startswith(begun):
            break
        if begun == wanted and place < len(body.lines):
            return replace(body, lines=body.lines[place:])
    return body


def unlabelled(page: Outline, body: Body) -> Body:
    """The body without what stands over its first sentence and is none of the text: the captions of pictures,
    who wrote and what he is, its day alone on a line. Of several such days each heads a part."""
    text = next((n for n, i in enumerate(body.lines) if _runs(page, i)), len(body.lines))
    if text == len(body.lines):
        return body
    opens = body.lines[: max(text, OPENING)]
    days = [i for i in body.lines[:-SIGNED] if _is_day(page.lines[i])]
    passed = {i for i in body.lines[:text] if _is_caption(page, i)}
    passed |= {i for i in opens if _signs(page.lines[i].text) or _is_told_row(page, body, i)}
    passed |= {i for i in days if i in opens} if len(days) == 1 else set()
    return replace(body, lines=tuple(i for i in body.lines if i not in passed)) if passed else body


def _runs(page: Outline, index: int) -> bool:
    line = page.lines[index]
    beside = _is_caption(page, index) or _signs(line.text) or is_summary(page, index)
    return weigh(line) > 0 and not beside


def _signs(text: str) -> bool:
    """Whether a line only says who wrote and what or where they are."""
    return bool(roled(text) or footnoted(text)) or are_institutes(text)


def _is_told_row(page: Outline, body: Body, index: int) -> bool:
    """Whether a line over the text is nothing but names that a labelled line over or below it has too."""
    text = page.lines[index].text
    names = _ROW.findall(text) if _ROWED.fullmatch(text) else []
    if not names or not all(map(is_name, names)):
        return False
    first, last = body.lines[0], body.lines[-1]
    around = (*page.lines[max(0, first - AROUND) : first], *page.lines[last + 1 : last + AROUND])
    return any(names_origin(line.text) and all(name in line.text for name in names) for line in around)


def _is_caption(page: Outline, index: int) -> bool:
    line = page.lines[index]
    named = words(page.elements[line.element].attributes)
    return line.tag == "figcaption" or (line.size < CAPTION and "caption" in named)


def _is_day(line: Line) -> bool:
    """Whether a line is a date and nothing else."""
    if line.size > DAY or not ("日" in line.text or line.text[0].isdigit()):
        return False
    dated = parse_date(line.text)
    return (dated is not None and len(dated.raw) == len(line.text)) or DATED.fullmatch(line.text) is not None


def unrepeated(page: Outline, body: Body) -> Body:
    """The body without a labelled summary at its start that only repeats how the text begins."""
    first, *rest = body.lines
    text = unglossed(page.lines[first].text)
    label = _SUMMARY.match(text)
    if not rest or not label or not _repeats(text[label.end() :], [page.lines[i] for i in rest[:3]]):
        return body
    return replace(body, lines=tuple(rest))


def _repeats(summary: str, lines: list[Line]) -> bool:
    """Whether a summary is how the text begins, though each of the two was damaged in its own way."""
    begun = plain(summary)[:SAME_START]
    matcher = SequenceMatcher(b=begun, autojunk=False)
    for line in lines:
        matcher.set_seq1(plain(unglossed(line.text))[: len(begun)])
        if matcher.ratio() > SAME:
            start, begun_at, _ = matcher.find_longest_match()
            if abs(start - begun_at) <= AGENCY:
                return True
    return False


def opened(page: Outline, body: Body, head: int) -> Body:
    """The body with the subheadings that stand between the headline (line `head`) and its first paragraph."""
    if not 0 <= head < body.lines[0]:
        return body
    first = body.lines[0]
    core = page.elements[page.lines[first].element]
    inside = {_set(page, page.lines[i]) for i in body.lines if page.lines[i].tag in _SUBHEADINGS[:-1]}
    while (
        first - 1 > head
        and (
            _opens(page, page.lines[first - 1], core)
            or _set(page, page.lines[first - 1]) in inside
            or _ADOPTED.fullmatch(page.lines[first - 1].text)
        )
        and not _is_told_row(page, body, first - 1)
    ):
        first -= 1
    return replace(body, lines=(*range(first, body.lines[0]), *body.lines))


def _set(page: Outline, line: Line) -> tuple[str, int, str]:
    """How a line is set: tag, place and class of its element."""
    element = page.elements[line.element]
    return line.tag, element.parent, element.get("class") or ""


def _opens(page: Outline, line: Line, core: Element) -> bool:
    """Whether a line is set beside the paragraphs as a subheading: no label, date, link, name of a paper."""
    element = page.elements[line.element]
    return (
        element.parent == core.parent
        and not line.linked
        and (line.tag in _SUBHEADINGS or (line.tag == core.tag == "div" and line.size >= 8))
        and 4 <= line.size <= 60
        and _LETTER.search(line.text) is not None
        and "。" not in line.text
        and not (is_spam(line.text) or is_noise(line.text))
        and element.attributes == ("" if line.tag in _SUBHEADINGS else core.attributes)
        and weigh(line) > -5.5
        and not DATED.search(line.text)
        and not _CLOCK.search(line.text)
        and not LABELS.search(unglossed(line.text))
        and not is_outlet(unglossed(line.text))
        and not _signs(line.text)
    )
