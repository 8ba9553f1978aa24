"""A page as elements and lines of text: what the walk makes and all else of the reading looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import msgspec
from resiliparse.parse.html import HTMLTree

_ATTRIBUTE = re.compile(r'([^\s="]+)="([^"]*)"')
IN_FAVOUR = re.compile(
    r"article[-_ ]?(?:body|content|text|con\b)|artibody|trs_editor|v_news_content|vsb_content|"
    r"wp_articlecontent|entry[-_]content|post[-_](?:body|content)|news[-_]?(?:body|content|text|con)|main[-_]?text|\bendtext\b|"
    r"content[-_]?(?:main|text|body)|\bzoom\b|\bnewstext\b|rich_media_content|js_content|text[-_]content|"
    r"detail[-_]?(?:content|text|body)|\bcontent\b|\btext\b|\barticle\b|story|cnt_main_article"
)
"""Names of elements that hold an article, those of the content systems among them."""

TELLS_AUTHOR = re.compile(r"author|byline|writer|zuozhe|reporter|lawyer")
TELLS_SOURCE = re.compile(
    r"\bsource\b|[-_]source\b|source[-_]?name|media[-_]?name|laiyuan|\bjs_name\b|lblsource|meta_nickname"
)
"""Names of elements that hold who wrote an article, and from where it is."""

_ENTITIES = (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_GLOSS = re.compile(r"[(（][a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹ]{1,6}\s?[)）]")


class Element(msgspec.Struct, gc=False):
    """One element. `first` and `last` bound its lines (half open); `attributes` is the raw attribute text.

    A struct, as a line is: a page has hundreds, and a dataclass takes three times as long to make, and is
    visited by the collector of garbage.
    """

    tag: str
    attributes: str
    parent: int
    first: int
    last: int

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


@dataclass
class Outline:
    """A page as elements and lines, with the scripts that hold data (JSON-LD) beside it.

    `elements` are the blocks, the links and what carries data (meta, link, base, time), which `noted` lists
    by index. `told` has the inline elements named after an origin: attributes, line, the piece of it in them.
    `anchors` gives the text of each link, as serialised, by the index of its element; "" for a link around
    blocks. `swallowed`: a `noscript` holds more than a fallback.
    """

    elements: list[Element]
    lines: list[Line]
    anchors: dict[int, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
    told: list[tuple[str, int, int]] = field(default_factory=list)
    swallowed: bool = False
    tree: HTMLTree | None = None

    @cached_property
    def filled(self) -> list[Element]:
        """The elements that hold lines, in order: less than half of all."""
        return [element for element in self.elements if element.last > element.first]

    def cell_of(self, line: Line) -> int:
        """The cell of a table that a line stands in, by itself or as its paragraph; -1 for none."""
        if line.tag in ("td", "th"):
            return line.element
        parent = self.elements[line.element].parent
        return parent if parent >= 0 and self.elements[parent].tag in ("td", "th") else -1

    def link_text(self, index: int) -> str:
        """The text of a link by the index of its element: its own, or the lines inside it."""
        if text := self.anchors.get(index, ""):
            return clean(unescape(text))
        element = self.elements[index]
        return " ".join(line.text for line in self.lines[element.first : element.last])


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


@lru_cache(maxsize=1 << 14)
def tells_origin(attributes: str) -> Literal["", "byline", "outlet"]:
    """Whether the names of an element say that it holds the author (`byline`) or the source (`outlet`)."""
    names = words(attributes) if "class=" in attributes or "id=" in attributes else ""
    if not names:
        return ""
    return "outlet" if TELLS_SOURCE.search(names) else "byline" if TELLS_AUTHOR.search(names) else ""
