"""One parse of a page, one walk over it: elements and lines of text, both in document order.

lexbor builds the tree (so that unclosed and misnested tags come out as in a browser); what we walk is its
serialisation, in which every element is closed and every `<` or `>` in an attribute is escaped. Measured on
126 news pages (mean 62 kB): a walk over the node objects from Python takes 10 ms a page, the serialisation
0.2 ms and the tokens of it 0.4 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec
from resiliparse.parse.html import HTMLParserException, HTMLTree

from pipelines.reading.bounds import MAX_DEPTH, beyond_bounds
from pipelines.records import Drop, Reason, Stage

BLOCK, LINE_BREAK, LINK, NOTED, UNREAD, VOID, END = 1, 2, 4, 8, 16, 32, 64
_BLOCK = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup html legend li main "
    "menu nav ol optgroup option p pre section summary table tbody td tfoot th thead tr ul"
)
_VOID = "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
_UNREAD = "title select option button textarea object applet map video audio canvas datalist template"
_UNREAD += " noscript svg math"
_INLINE = "span b strong i em u s font small big sup sub label"
KINDS: dict[str, int] = {"a": LINK, "time": NOTED}
KINDS |= dict.fromkeys(_VOID.split(), VOID)
KINDS |= dict.fromkeys(["meta", "link", "base", "frame"], VOID | NOTED)
KINDS |= dict.fromkeys(["br", "hr"], VOID | LINE_BREAK)
KINDS |= dict.fromkeys(_BLOCK.split(), BLOCK | LINE_BREAK)
KINDS |= {name: KINDS.get(name, 0) | UNREAD for name in _UNREAD.split()}
KINDS |= {f"/{name}": kind | END for name, kind in KINDS.items() if not kind & VOID}
KINDS |= {name: 0 for inline in _INLINE.split() for name in (inline, f"/{inline}")}
"""What an element does to the walk, bits by tag. Inline elements leave no trace; the usual ones are listed
so that they are known at once. The text of unread elements is an operating control or a fallback, never
part of an article."""

_RAW = re.compile(
    r"<(?:!--[^-]*(?:-(?!->)[^-]*)*-->|[?!][^>]*>"
    r"|(script|style|iframe|noembed|noframes|xmp|plaintext)\b[^<]*(?:<(?!/\1>)[^<]*)*</\1>)"
)
"""Comments, and the elements whose content is characters without markup: what is left has an end for every
start. Unrolled: `.*?` takes twice as long. Not possessive: before Python 3.11.4 that loses matches of a
pattern with a group (CPython issue 101955)."""

FALLBACK = 3
"""Tags in a `noscript` above which it may have swallowed what follows: fallbacks have a picture, a frame or a
sentence. One that has not only costs a second parse."""

_NOSCRIPT = re.compile(r"<noscript\b[^>]*>.*?</noscript>", re.I | re.S)
_JSON_LD = re.compile(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", re.S)
_ATTRIBUTE = re.compile(r'([^\s="]+)="([^"]*)"')
_PARAGRAPH = re.compile(r"(?<=[。！？”」』…：；])\s*\u3000{2}|\n\s*\n|\n(?=[ \u3000]{2})")
"""Where a paragraph starts without a tag: at an indent of two ideographic spaces, at lines of a `pre`."""

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|(?:^|\s)hidden=|text-indent\s*:\s*-\d{3}"
)
_ENTITIES = (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_GLOSS = re.compile(r"[(（][a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹ]{1,6}\s?[)）]")
_INVISIBLE = re.compile("[\0\u200b-\u200d\u2060\ufeff\u00ad]")


class Element(msgspec.Struct, gc=False):
    """One element. `first` and `last` bound its lines (half open); `attributes` is the raw attribute text.

    A struct, as a line is: a page has hundreds, and a dataclass takes three times as long to make, and is
    visited by the collector of garbage.
    """

    tag: str
    attributes: str
    parent: int
    first: int
    last: int = 0

    def get(self, name: str) -> str | None:
        """The value of an attribute, or None."""
        attributes, wanted = self.attributes, f'{name}="'
        start = attributes.find(wanted)
        while start > 0 and attributes[start - 1] != " ":  # the end of another name, as in data-href="
            start = attributes.find(wanted, start + 1)
        if start < 0:
            return None
        value, _, _ = attributes[start + len(wanted) :].partition('"')
        return unescape(value)


class Line(msgspec.Struct, gc=False):
    """Text between two block boundaries. `element` is the index of the innermost block element around it
    and `tag` its tag; `linked` counts the characters inside links (of `size`, both without white space);
    `links` are the indexes of the links on it; `pieces` are its runs of text between tags, as serialised."""

    text: str
    element: int
    size: int
    linked: int
    tag: str
    links: list[int]
    pieces: list[str]


@dataclass(slots=True)
class Outline:
    """A page as elements and lines, with the scripts that hold data (JSON-LD) beside it.

    `elements` are the blocks, the links and what carries data (meta, link, base, time), which `noted` lists
    by index. `anchors` gives the text of each link, as serialised, by the index of its element; "" for a
    link around blocks. `swallowed`: a `noscript` holds more than a fallback.
    """

    elements: list[Element]
    lines: list[Line]
    anchors: dict[int, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
    swallowed: bool = False
    tree: HTMLTree | None = None

    def link_text(self, index: int) -> str:
        """The text of a link by the index of its element: its own, or the lines inside it."""
        if text := self.anchors.get(index, ""):
            return clean(unescape(text))
        element = self.elements[index]
        return " ".join(line.text for line in self.lines[element.first : element.last])


def parse(html: str) -> HTMLTree | Drop:
    """Parse a page. Returns a Drop for a page that would take unbounded time or memory."""
    if (dropped := beyond_bounds(html)) is not None:
        return dropped
    try:
        return HTMLTree.parse(html)
    except HTMLParserException as error:
        return Drop(Stage.EXTRACT, Reason.NOT_HTML, str(error))


def outline(html: str) -> Outline | Drop:
    """Parse a page and walk it once."""
    tree = parse(html)
    if isinstance(tree, Drop):
        return tree
    document = tree.document
    page = walk(document.html if document is not None else "", tree)
    if isinstance(page, Outline) and page.swallowed:
        # An unclosed element in a noscript keeps it open to the end (HTML standard, 13.2.6.4.7, any other
        # end tag), where a browser, which runs scripts, sees characters up to its end tag.
        end = max(html.rfind("</noscript>"), html.rfind("</NOSCRIPT>")) + len("</noscript>")
        shorter = _NOSCRIPT.sub("", html[:end]) + html[end:]  # up to the last end every start has one
        return outline(shorter) if len(shorter) < len(html) else page
    return page


def walk(serialised: str, tree: HTMLTree | None = None) -> Outline | Drop:
    """Elements and lines of serialised HTML (of a document or of one element)."""
    scripts = _JSON_LD.findall(serialised) if "ld+json" in serialised else []
    serialised = _RAW.sub("", serialised)
    page = Outline([], [], {}, scripts, tree=tree)
    deep = _walk(page, iter(serialised.split("<")))
    if not deep and _INVISIBLE.search("\n".join([line.text for line in page.lines])):
        page = Outline([], [], {}, scripts, tree=tree)
        deep = _walk(page, iter(_INVISIBLE.sub("", serialised).split("<")))
    if deep:
        return Drop(Stage.EXTRACT, Reason.TOO_DEEP, f"elements nested more than {MAX_DEPTH:,} deep")
    return page


def _walk(page: Outline, pieces: Iterator[str]) -> bool:  # noqa: PLR0912, PLR0915
    """The one walk over the tags (`pieces`: each without its `<`, with the text behind it). Whether the page
    was nested too deeply.

    This is the hot loop of the whole reading: one function with local names takes a third of the time that
    the same steps take as methods, and cutting at `<` half of that of a pattern. Inline elements are passed
    over. A tag without attributes is known by its whole head, without taking it apart.
    """
    elements, lines, anchors, kind_of = page.elements, page.lines, page.anchors, KINDS.get
    open_elements: list[int] = [-1]
    blocks: list[int] = [0]
    parts: list[str] = []
    links: list[int] = []
    block, link, linked, mark = 0, -1, 0, 0
    for piece in pieces:
        head, _, text = piece.partition(">")
        kind = kind_of(head)
        if kind is None:
            tag, _, attributes = head.partition(" ")
            kind = kind_of(tag, 0)
            if ("style=" in attributes or "hidden" in attributes) and not kind & VOID and _hides(attributes):
                kind |= UNREAD
        else:
            tag, attributes = head, ""
        if kind:
            if parts and kind & LINE_BREAK:
                _add_line(page, block, parts, linked, links)
                parts, linked, mark, links = [], 0, 0, [link] if link >= 0 else []
            if kind & END:
                if kind & BLOCK:
                    elements[open_elements.pop()].last = len(lines)
                    blocks.pop()
                    block = blocks[-1]
                elif kind & LINK:
                    element = elements[index := open_elements.pop()]
                    element.last = len(lines)
                    anchors[index] = "".join(parts[mark:]) if element.first == element.last else ""
                    link = -1
            elif kind & UNREAD:
                text, passed = _behind(pieces)
                page.swallowed |= tag == "noscript" and passed > FALLBACK
            elif kind & (BLOCK | LINK):
                index = len(elements)
                elements.append(Element(tag, attributes, open_elements[-1], len(lines)))
                open_elements.append(index)
                if kind & BLOCK:
                    blocks.append(index)
                    block = index
                else:
                    link, mark = index, len(parts)
                    links.append(index)
                if len(blocks) > MAX_DEPTH:
                    return True
            elif kind & NOTED:
                page.noted.append(len(elements))
                elements.append(Element(tag, attributes, open_elements[-1], len(lines)))
        if text and (parts or not text.isspace()):
            parts.append(text)
            if link >= 0:
                linked += len(text) - text.count(" ")
    if parts:
        _add_line(page, block, parts, linked, links)
    return False


@lru_cache(maxsize=1 << 12)
def _hides(attributes: str) -> bool:
    return _HIDDEN.search(attributes) is not None


def _behind(pieces: Iterator[str]) -> tuple[str, int]:
    """Pass over an element that is not read: the text behind it, and how many tags it held. Inside it only
    the depth is counted."""
    depth = 1
    for passed, piece in enumerate(pieces):
        head, _, text = piece.partition(">")
        if not KINDS.get(head.partition(" ")[0].removeprefix("/"), 0) & VOID:
            depth += -1 if head[0] == "/" else 1
            if not depth:
                return text, passed
    return "", FALLBACK + 1


def _add_line(page: Outline, block: int, parts: list[str], linked: int, links: list[int]) -> None:
    """A line ends: keep it unless it is white space alone."""
    raw = parts[0] if len(parts) == 1 else "".join(parts)
    if "&" in raw:
        raw = unescape(raw)
    text = " ".join(raw.split())
    if not text or not page.elements:
        return
    tag = page.elements[block].tag
    if not linked and (tag == "pre" or "\u3000\u3000" in raw):
        for paragraph in filter(None, map(clean, _PARAGRAPH.split(raw))):
            size = len(paragraph) - paragraph.count(" ")
            page.lines.append(Line(paragraph, block, size, 0, tag, links, [paragraph]))
        return
    size = len(text) - text.count(" ")
    page.lines.append(Line(text, block, size, linked if linked < size else size, tag, links, parts))


def unescape(text: str) -> str:
    """Undo the escapes of serialised HTML (HTML standard, 13.3): there are these five and no others."""
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return text


def clean(text: str) -> str:
    """Runs of white space (no-break and ideographic included) to one blank; ends stripped."""
    return " ".join(text.split())


def unglossed(text: str) -> str:
    """A text without the pinyin that tools put behind characters, 責(zé)編: for telling labels only."""
    return _GLOSS.sub("", text) if "(" in text or "（" in text else text


@lru_cache(maxsize=1 << 14)
def words(attributes: str) -> str:
    """Class, id, role and itemprop of an element in lower case, set off by blanks; "" without any.

    Cached: the templates of a site repeat a few hundred attribute texts on every page.
    """
    found = [v for k, v in _ATTRIBUTE.findall(attributes) if k in ("class", "id", "role", "itemprop")]
    return f" {' '.join(found).lower()} " if found else ""
