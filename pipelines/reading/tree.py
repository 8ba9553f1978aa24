"""One parse of a page, one walk over it: elements and lines of text, both in document order.

lexbor builds the tree (so that unclosed and misnested tags come out as in a browser); what we walk is its
serialisation, in which every element is closed and every attribute quoted. Measured on 126 news pages
(mean 62 kB): a walk over the node objects from Python takes 10 ms a page, the serialisation 0.2 ms and
the tokens of it 0.6 ms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from resiliparse.parse.html import HTMLParserException, HTMLTree

from pipelines.records import Drop, Reason, Stage

MAX_CHARS = 8_000_000
"""Longer pages are dropped: the longest of the 126 reference pages has 0.3 million characters."""

MAX_TAGS = 150_000
"""Parse, serialisation and walk take 4 microseconds a tag together: 0.6 s at this bound."""

MAX_DEPTH = 1_500
"""Browsers stop nesting at 512 (Blink's kMaximumHTMLParserDOMTreeDepth); thrice that is no page."""

MAX_UNCLOSED = 600
"""Unclosed formatting elements are opened anew in every later block (HTML standard, 13.2.4.3), so n of them
make n * n elements; 5,000 in 60 kB of text fill 2 GB."""

MAX_TAG_CHARS = 50_000
"""lexbor compares each attribute with all before it: 200,000 attributes in one tag took 269 s."""

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split()
)
BLOCK = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup "
    "option p pre section summary table tbody td tfoot th thead tr ul".split()
)
UNREAD = frozenset("select option button textarea object applet map video audio canvas datalist template".split())
"""Elements whose text is an operating control or a fallback, never part of an article."""

_RAW = re.compile(
    r"<!--.*?-->|<(script|style|noscript|iframe|svg|math|noembed|noframes|xmp|plaintext)\b.*?</\1>", re.S
)
_TOKEN = re.compile(r'<(/?)([a-z][^\s>/"]*)([^">]*+(?:"[^"]*+"[^">]*+)*+)>([^<]*)')
_ATTRIBUTE = re.compile(r'([^\s="]+)="([^"]*)"')
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|(?:^|\s)hidden=|text-indent\s*:\s*-\d{3}"
)
_FORMATTING = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>]", re.I)
_FORMATTING_END = re.compile(r"</(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>]", re.I)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{%d}" % MAX_TAG_CHARS)
_ENTITIES = (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(slots=True)
class Element:
    """One element. `first` and `last` bound its lines (half open); `attributes` is the raw attribute text."""

    tag: str
    attributes: str
    parent: int
    first: int = 0
    last: int = 0
    depth: int = 0
    words: str = ""

    def get(self, name: str) -> str | None:
        """The value of an attribute, or None."""
        if name not in self.attributes:
            return None
        return next((unescape(v) for k, v in _ATTRIBUTE.findall(self.attributes) if k == name), None)


@dataclass(slots=True)
class Line:
    """Text between two block boundaries. `element` is the index of the innermost block element around it.

    `linked` counts the characters inside links (of `size`, both without white space); `tag` is the tag of
    the block; `bold` says that all of it is strong or a heading.
    """

    text: str
    element: int
    size: int
    linked: int
    tag: str
    links: tuple[int, ...] = ()
    hidden: bool = False


@dataclass(slots=True)
class Outline:
    """A page as elements and lines, with the scripts that hold data (JSON-LD) beside it.

    `anchors` gives the text of each link by the index of its element.
    """

    elements: list[Element]
    lines: list[Line]
    anchors: dict[int, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    tree: HTMLTree | None = None

    def find(self, tag: str) -> list[Element]:
        """All elements of a tag, in document order."""
        return [element for element in self.elements if element.tag == tag]


def parse(html: str) -> HTMLTree | Drop:
    """Parse a page. Returns a Drop for a page that would take unbounded time or memory."""
    if len(html) > MAX_CHARS:
        return _drop(Reason.TOO_LARGE, f"{len(html):,} characters, at most {MAX_CHARS:,} are read")
    tags = html.count("<")
    if tags > MAX_TAGS:
        return _drop(Reason.TOO_LARGE, f"{tags:,} tags, at most {MAX_TAGS:,} are read")
    if tags - 2 * html.count("</") > MAX_UNCLOSED:
        unclosed = len(_FORMATTING.findall(html)) - len(_FORMATTING_END.findall(html))
        if unclosed > MAX_UNCLOSED:
            return _drop(Reason.TOO_DEEP, f"{unclosed:,} unclosed formatting elements")
    if len(html) > MAX_TAG_CHARS and _LONG_TAG.search(html):
        return _drop(Reason.TOO_LARGE, f"a tag of more than {MAX_TAG_CHARS:,} characters")
    try:
        return HTMLTree.parse(html)
    except HTMLParserException as error:
        return _drop(Reason.NOT_HTML, str(error))


def outline(html: str) -> Outline | Drop:
    """Parse a page and walk it once."""
    tree = parse(html)
    if isinstance(tree, Drop):
        return tree
    document = tree.document
    return walk(document.html if document is not None else "", tree)


def walk(serialised: str, tree: HTMLTree | None = None) -> Outline | Drop:
    """Elements and lines of serialised HTML (of a document or of one element)."""
    scripts = [
        found[0][found[0].index(">") + 1 : found[0].rindex("<")]
        for found in re.finditer(r"<script[^>]*?ld\+json.*?</script>", serialised, re.S)
    ] if "ld+json" in serialised else []
    page = Outline([], [], {}, scripts, tree)
    deep = _Walk(page).run(_TOKEN.findall(_RAW.sub("", serialised)))
    return page if not deep else _drop(Reason.TOO_DEEP, f"elements nested more than {MAX_DEPTH:,} deep")


class _Walk:
    """State of the one walk: the open elements and the line that is being read."""

    __slots__ = ("blocks", "elements", "lines", "link", "linked", "links", "mark", "page", "parts", "skip", "stack")

    def __init__(self, page: Outline) -> None:
        self.page = page
        self.elements, self.lines = page.elements, page.lines
        self.stack: list[int] = []
        self.blocks: list[int] = [0]
        self.parts: list[str] = []
        self.links: list[int] = []
        self.linked = 0
        self.link = -1
        self.mark = 0
        self.skip = 0

    def run(self, tokens: list[tuple[str, str, str, str]]) -> bool:
        """Walk all tokens; whether the page was nested too deeply to go on."""
        stack, elements, parts = self.stack, self.elements, self.parts
        for end, tag, attributes, text in tokens:
            if end:
                if stack:
                    self.close(tag)
            else:
                self.open(tag, attributes)
                if len(stack) > MAX_DEPTH:
                    return True
            if text and not self.skip:
                parts.append(text)
                if self.link >= 0:
                    self.linked += len(text) if not text.isspace() else 0
        self.flush()
        while stack:
            elements[stack.pop()].last = len(self.lines)
        return False

    def open(self, tag: str, attributes: str) -> None:
        """An element starts: a void one ends here too, a block one ends the line before it."""
        if tag in BLOCK or tag == "br":
            self.flush()
        elements, stack = self.elements, self.stack
        index = len(elements)
        parent = stack[-1] if stack else -1
        elements.append(Element(tag, attributes, parent, len(self.lines), len(self.lines), len(stack)))
        if tag in VOID:
            return
        stack.append(index)
        if tag in BLOCK:
            self.blocks.append(index)
        elif tag == "a":
            self.link = index
            self.mark = len(self.parts)
            self.links.append(index)
        if self.skip or tag in UNREAD or (attributes and _HIDDEN.search(attributes)):
            self.skip += 1

    def close(self, tag: str) -> None:
        """The innermost element ends (serialised HTML is well nested)."""
        if tag in BLOCK:
            self.flush()
            if len(self.blocks) > 1:
                self.blocks.pop()
        elif tag == "a" and self.link >= 0:
            self._end_link()
        if self.skip:
            self.skip -= 1
        self.elements[self.stack.pop()].last = len(self.lines)

    def _end_link(self) -> None:
        """Note the text of the link that ends here; a link around blocks has whole lines too."""
        first = self.elements[self.link].first
        whole = [line.text for line in self.lines[first:]]
        rest = "".join(self.parts[0 if whole else self.mark :])
        self.page.anchors[self.link] = clean(unescape(" ".join([*whole, rest])))
        self.link = -1

    def flush(self) -> None:
        """The line read so far ends here."""
        if self.parts:
            text = clean(unescape("".join(self.parts)))
            if text:
                size = len(text) - text.count(" ")
                block = self.blocks[-1]
                self.lines.append(
                    Line(text, block, size, min(self.linked, size), self.elements[block].tag, tuple(self.links))
                )
            self.parts.clear()
        self.linked = 0
        self.links = [self.link] if self.link >= 0 else []


def unescape(text: str) -> str:
    """Undo the escapes of serialised HTML (HTML standard, 13.3): there are these five and no others."""
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return text


def clean(text: str) -> str:
    """Runs of white space to one blank; signs of no width taken out, they carry nothing in Chinese."""
    if not text.isascii():
        text = text.translate(_INVISIBLE) if any(c in text for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad") else text
    return " ".join(text.replace("\0", "").split())


@lru_cache(maxsize=4096)
def words(attributes: str) -> str:
    """Class, id, role and itemprop of an element in lower case, set off by blanks; "" without any."""
    found = [v for k, v in _ATTRIBUTE.findall(attributes) if k in ("class", "id", "role", "itemprop")]
    return f" {' '.join(found).lower()} " if found else ""


def _drop(reason: Reason, detail: str) -> Drop:
    return Drop(Stage.EXTRACT, reason, detail)
