"""The one walk over a page: from its tags, in the order of the document, to elements and lines of text.

What is walked is the serialisation of a parsed page, in which every element is closed and every `<` or `>` in
a text or an attribute is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipelines.reading.bounds import MAX_DEPTH
from pipelines.reading.heads import (
    BLOCK,
    END,
    ENDS_LINE,
    KNOWN,
    LINK,
    LINK_END,
    PASSED,
    TOLD,
    UNREAD,
    UNREAD_BLOCK,
    VOIDS,
    learnt,
)
from pipelines.reading.outline import Element, Line, Outline, clean, unescape

_RAW = re.compile(
    r"<(?=[!?sinpx])(?:!--[^-]*(?:-(?!->)[^-]*)*-->|[?!][^>]*>"
    r"|(script|style|iframe|noembed|noframes|xmp|plaintext)\b[^<]*(?:<(?!/\1>)[^<]*)*</\1>)"
)
"""Comments, and the elements whose content is characters without markup: what is left has an end for every
start. Unrolled: `.*?` takes twice as long. Not possessive: before Python 3.11.4 that loses matches of a
pattern with a group (CPython issue 101955)."""

_ODD_TAG = re.compile(r"<[^>]*>")
_INVISIBLE = re.compile("[\0\u200b-\u200d\u2060\ufeff\u00ad]")
_INVISIBLE_SIGNS = "\0\u200b\u200c\u200d\u2060\ufeff\u00ad"
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ANCHOR_SIGNS = " #¶§"
"""What documents put beside a heading as a link to itself."""

_ESCAPED = re.compile(r"&(?:#\d{2,6}|#[xX][\da-fA-F]{2,5}|[a-zA-Z]{2,8});")
"""What was escaped twice: `&amp;ldquo;`."""

_PARAGRAPH = re.compile(r"(?<=[。！？”」』…：；])\s*\u3000{2}|\n\s*\n|\n(?=[ \u3000]{2}|-{2,}\s*\n|※)")
"""Where a paragraph starts without a tag: at an indent of two ideographic spaces, at lines of a `pre`,
where a letter to a board is signed."""

_KEPT = re.compile(r"white-space\s*:\s*pre-")
"""Where the ends of lines of the source are shown, with lines as long as there is room."""

PARAGRAPH, PARAGRAPHS = 24, 2
"""Characters of a paragraph with a comma, and how many of them make a link around blocks an article: a teaser
has one."""

FALLBACK = 3
"""Tags in a `noscript` above which it may have swallowed what follows: fallbacks have a picture, a frame or a
sentence. One that has not only costs a second parse."""


def walk(serialised: str) -> Outline | None:
    """Elements and lines of serialised HTML (of a document or of one element); None where elements are nested
    more than MAX_DEPTH deep."""
    serialised = _RAW.sub("", serialised)
    if (page := _walk(serialised)) is None:
        page = _walk(_ODD_TAG.sub(lambda tag: f"<{tag[0][1:].replace('<', '')}", serialised)) or Outline(
            [], []
        )
    shown = "\n".join([line.text for line in page.lines])
    if any(sign in shown for sign in _INVISIBLE_SIGNS):
        page = _walk(_INVISIBLE.sub("", serialised)) or page
    return None if len(page.elements) > MAX_DEPTH and _depth(page) > MAX_DEPTH else page


def _walk(serialised: str) -> Outline | None:  # noqa: PLR0912, PLR0915
    """The walk itself, the hot loop of the whole reading; None where a tag holds a `<` (names such as `p<div`
    are serialised as they are).

    One function with local names takes a third of the time that the same steps take as methods; to cut at
    both ends of every tag at once, and to know most heads of tags as a whole, saves a tenth more.
    """
    page = Outline([], [])
    elements, lines, anchors, known = page.elements, page.lines, page.anchors, KNOWN.get
    parts: list[str] = []
    links: list[int] = []
    current, block, link = -1, -1, -1
    at, around, linked, mark = 0, 0, 0, 0
    cut = serialised.replace("<", ">").split(">")
    if len(cut) != 2 * serialised.count("<") + 1:
        return None
    tags = zip(cut[1::2], cut[2::2], strict=False)
    for head, text in tags:
        if (found := known(head)) is not None:
            step, tag, attributes = found
        elif head[:2] == "a " and "style=" not in head and "hidden" not in head:
            step, tag, attributes = LINK, "a", head[2:]
        elif head[:4] == "img ":
            step = PASSED
        else:
            step, tag, attributes = learnt(head)
        if step:
            if step <= ENDS_LINE:
                if parts:
                    _add_line(page, block, parts, linked, links)
                    at = len(lines)
                    parts, linked, mark, links = [], 0, 0, [link] if link >= 0 else []
                if step == END:
                    if current >= 0:
                        element = elements[current]
                        element.last = at
                        block = current = element.parent
                        while around and block >= 0 and elements[block].tag == "a":
                            block = elements[block].parent
                elif step == BLOCK:
                    block = len(elements)
                    elements.append(Element(tag, attributes, current, at, at))
                    current = block
                elif step == UNREAD_BLOCK:
                    text = _behind(page, tag, tags)  # noqa: PLW2901
            elif step == LINK_END:
                if current >= 0:
                    element = elements[current]
                    element.last = at
                    if element.first == at:
                        anchors[current] = "".join(parts[mark:])
                    else:
                        anchors[current] = ""
                        linked = 0 if _holds_text(lines[element.first :]) else linked
                    link, current = -1, element.parent
                    around -= 1
            elif step == UNREAD:
                text = _behind(page, tag, tags)  # noqa: PLW2901
            elif step == TOLD:
                if not text.isspace():
                    page.told.append((attributes, len(lines), len(parts)))
            else:
                index = len(elements)
                elements.append(Element(tag, attributes, current, at, at))
                if step == LINK:
                    link = current = index
                    mark = len(parts)
                    links.append(index)
                    around += 1
                else:
                    page.noted.append(index)
        if text and (parts or not text.isspace()):
            parts.append(text)
            if link >= 0:
                linked += len(text) - text.count(" ")
    if parts:
        _add_line(page, block, parts, linked, links)
    while current >= 0:  # left open by odd names of tags alone
        elements[current].last = len(lines)
        current = elements[current].parent
    return page


def _behind(page: Outline, tag: str, tags: Iterator[tuple[str, str]]) -> str:
    """Pass over an element that is not read: the text behind it. Inside it only the depth is counted."""
    depth = 1
    for passed, (head, text) in enumerate(tags):
        if head.partition(" ")[0].removeprefix("/") not in VOIDS:
            depth += -1 if head[:1] == "/" else 1
            if not depth:
                page.swallowed |= tag == "noscript" and passed > FALLBACK
                return text
    page.swallowed |= tag == "noscript"
    return ""


def _holds_text(lines: list[Line]) -> bool:
    """Whether the lines in a link around blocks are an article's paragraphs, as apps set them to open
    themselves: these do not count as links."""
    if sum(line.size >= PARAGRAPH and line.text.count("，") > 0 for line in lines) < PARAGRAPHS:
        return False
    for line in lines:
        line.linked = 0
    return True


def _add_line(page: Outline, block: int, parts: list[str], linked: int, links: list[int]) -> None:
    """A line ends: keep it unless it is white space alone."""
    raw = parts[0] if len(parts) == 1 else "".join(parts)
    if "&" in raw:
        raw = _ESCAPED.sub(lambda found: html.unescape(found[0]), unescape(raw))
    text = " ".join(raw.split())
    if not text or not page.elements:
        return
    element = page.elements[block]
    tag = element.tag
    kept = "\n" in raw and "white-space" in element.attributes and _KEPT.search(element.attributes)
    if not linked and (kept or tag == "pre" or "\u3000\u3000" in raw):
        for typed in raw.split("\n") if kept else _PARAGRAPH.split(raw):
            if paragraph := clean(typed):
                size = len(paragraph) - paragraph.count(" ")
                pieces = [typed if tag == "pre" else paragraph]
                page.lines.append(Line(paragraph, block, size, 0, tag, links, pieces))
        return
    if linked and tag in _HEADINGS:
        text = text.strip(_ANCHOR_SIGNS) or text
        linked = 0 if linked == 1 else linked
    size = len(text) - text.count(" ")
    page.lines.append(Line(text, block, size, linked if linked < size else size, tag, links, parts))


def _depth(page: Outline) -> int:
    """How deep blocks are nested; links, which cannot be, do not count."""
    depths: list[int] = []
    for element in page.elements:
        depths.append((depths[element.parent] if element.parent >= 0 else 0) + (element.tag != "a"))
    return max(depths, default=0)
