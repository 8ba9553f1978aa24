"""Lines that a page breaks where its margin was, joined to paragraphs again.

Old pages were typed with a `<br>` at the end of every line, or into a `pre`. The ends of such lines tell
nothing; those of verses, addresses and lists do and are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from pipelines.reading.outline import Line, clean, unescape

FEWEST = 3
"""Lines cut within a sentence from which on the margin cut them."""

NARROWEST, WIDEST = 18, 55
"""Characters of a margin: verses are narrower, and no screen or page was wider."""

SLACK = 3
"""Characters by which a full line falls short of the margin: an indent of two, a sign that may not begin a
line."""

CUT = 0.8
"""Share of the lines without a stop at their end that must be full, where a margin cut them."""

_STOPPED = re.compile(r"[。！？；：!?;:…—”’」』）)》】]$")
_MARKED = re.compile("[，。；、]")
_LABELLED = re.compile("[^，。：]{1,12}：")
_LATIN = re.compile(r"[A-Za-z0-9,.;:)]$")
_INDENT = re.compile(r"\s*[\u00a0\u3000]{2}|\s*\u00a0\s")
_GAP = re.compile(r"(?<=[^\x00-\xff])[^\S\n]{0,99}\n\s*(?=[^\x00-\xff])")
_SIGNED_OFF = re.compile(r"\s+-{2,}$")


class Margin(NamedTuple):
    """How long the longest line is: in widths of a Han character, and in characters."""

    width: float
    characters: int


def unwrapped(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of an article with those joined that only a margin parts."""
    for _, run in groupby(lines, key=lambda line: (line.element, bool(line.linked))):
        together = list(run)
        if together[0].tag == "pre":
            yield from map(_typed, together)
        elif (margin := _margin(together)) is not None:
            yield from _joined(together, margin)
        else:
            yield from together


def _typed(line: Line) -> Line:
    """A paragraph of a `pre` without the blanks that stand for its ends of lines; others were typed."""
    typed = line.pieces[0]
    if "\n" not in typed:
        return _with_text(line, text) if (text := _SIGNED_OFF.sub("", line.text)) != line.text else line
    return _with_text(line, _SIGNED_OFF.sub("", clean(_GAP.sub("", typed))))


def _margin(lines: list[Line]) -> Margin | None:
    """The margin that cut the lines of one element; None where they end by themselves."""
    if (
        len(lines) <= FEWEST
        or not _STOPPED.search(lines[-1].text)
        or max(line.size for line in lines) > 2 * WIDEST
    ):
        return None
    margin = Margin(max(_width(line.text) for line in lines), max(len(line.text) for line in lines))
    if not NARROWEST <= margin.width <= WIDEST:
        return None
    cut = [_is_full(line, margin) for line in lines[:-1] if not _STOPPED.search(line.text)]
    if sum(cut) < max(FEWEST, CUT * len(cut)):
        return None
    told = sum(_MARKED.search(line.text) is not None and not _LABELLED.match(line.text) for line in lines)
    return margin if 2 * told >= len(lines) else None


def _is_full(line: Line, margin: Margin) -> bool:
    """Whether a line reaches the margin, counted in columns as typed or in characters as cut by a program."""
    return _width(line.text) >= margin.width - SLACK or len(line.text) >= margin.characters - SLACK


def _joined(lines: list[Line], margin: Margin) -> Iterator[Line]:
    """Paragraphs of cut lines: one ends with a line that is not full, or before one that is indented."""
    parts = [lines[0].text]
    for before, line in pairwise(lines):
        if not _is_full(before, margin) or _is_indented(before, line, margin):
            yield _with_text(before, "".join(parts))
            parts = []
        elif _LATIN.search(before.text) and line.text[0].isascii():
            parts.append(" ")
        parts.append(line.text)
    yield _with_text(lines[-1], "".join(parts))


def _is_indented(before: Line, line: Line, margin: Margin) -> bool:
    """Whether a line is typed with an indent: its blanks show, or it is as much shorter behind a stop."""
    if _INDENT.match(unescape(line.pieces[0])):
        return True
    short = margin.width - SLACK <= _width(line.text) <= margin.width - 2
    return short and _STOPPED.search(before.text) is not None


def _with_text(line: Line, text: str) -> Line:
    size = len(text) - text.count(" ")
    return Line(text, line.element, size, line.linked, line.tag, line.links, line.pieces)


def _width(text: str) -> float:
    """The width of a text in Han characters: a letter or a digit is half of one."""
    return len(text) - len(text.encode("ascii", "ignore")) / 2
