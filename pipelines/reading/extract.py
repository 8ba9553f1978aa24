"""A page as text to what it holds: headline, body, lines of origin, metadata. One parse, one walk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from pipelines.reading.body import Body, find_body
from pipelines.reading.closing import SHORT_NEWS, signed_off, unadvertised, within_box
from pipelines.reading.headline import find_headlines
from pipelines.reading.meta import read_meta, scripted_times
from pipelines.reading.misread import undo_misreading
from pipelines.reading.noise import noise_in
from pipelines.reading.opening import find_summary, is_summary, opened, unlabelled, unrepeated, untitled
from pipelines.reading.outline import Line, Outline, clean, words
from pipelines.reading.pagekind import kind_of_page, kind_of_text, kind_without_text
from pipelines.reading.pager import find_pages
from pipelines.reading.phrases import both
from pipelines.reading.records import Block, BlockKind, Extracted, OriginLine
from pipelines.reading.robots import ROBOTS, forbids
from pipelines.reading.rules import ruled_body, ruled_links, ruled_texts, without_removed
from pipelines.reading.sections import breadcrumbs, tags
from pipelines.reading.state import shown
from pipelines.reading.surroundings import origin_lines
from pipelines.reading.systems import recognise
from pipelines.reading.tree import outline
from pipelines.reading.weight import DATED, any_spam, weigh
from pipelines.reading.wrapped import unwrapped
from pipelines.records import Drop, Reason
from pipelines.sites import Selectors
from pipelines.text import plain

Meta = tuple[tuple[str, str], ...]

CELL = 40
"""Characters from which on the cell of a table is a paragraph."""

LABELLED = 3
"""Lines below a headline that may stand between it and the text: author, paper, date."""

_EMPTY = (Reason.NEEDS_BROWSER, Reason.NO_ARTICLE, Reason.NOT_CHINESE)
_LEADS_BACK = re.compile(
    both(
        r"(?<=[。！？!?”」’）)…])\s*(?:返回[^。，]{2,6}[，,]\s*查看更多(?:\s*责任编辑[:：]?\s*\S{0,12})?|"
        r"(?:返回|点击|进入|查看|更多)[^。，！？]{2,14}\s*(?:[>＞]{1,2}|»))$"
    )
)
"""A portal's link to itself, or onward, at the end of the last paragraph."""

_HASHTAGS = re.compile(r"(?<=[。！？!?…～~”])\s*(?:#[^\s#，。]{1,20}#?\s*)+$")
"""The topics that a post is filed under, behind its last sentence."""

_AGE = re.compile(both(r"\d\s*(?:分钟|小时|天|个月)前|昨[天日]\s*\d"))
_HAN = re.compile("[\u4e00-\u9fff]")
_KINDS: dict[str, BlockKind] = dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "h")
_KINDS |= dict.fromkeys(("figcaption", "caption"), "caption")
_KINDS |= dict.fromkeys(("li", "dt", "dd"), "li")
_KINDS |= dict.fromkeys(("td", "th", "tr"), "table")


def extract(html: str, url: str, rules: Selectors | None = None) -> Extracted | Drop:
    """What a page holds, as found. A Drop names why it holds no article.

    `rules` replace the general reading where they name an element; one that matches nothing leaves it. Where
    the page itself holds no text, the data of its scripts may.
    """
    if dropped := kind_of_text(html):
        return replace(dropped, url=url)
    found = _extract(html, url, rules)
    if isinstance(found, Drop) and found.reason in _EMPTY and (page := shown(html)) is not None:
        again = _extract(page, url, rules)
        found = found if isinstance(again, Drop) else again
    if isinstance(found, Extracted) and found.system == "wechat":
        return replace(found, meta=(*found.meta, *scripted_times(html)))
    return found


def _extract(html: str, url: str, rules: Selectors | None) -> Extracted | Drop:
    page = outline(html)
    if not isinstance(page, Drop) and not any(map(_HAN.search, (line.text for line in page.lines))):
        page = outline(again) if (again := undo_misreading(html)) else page
    if isinstance(page, Drop):
        return replace(page, url=url)
    page = without_removed(page, rules)
    title = clean(page.tree.title or "") if page.tree is not None else ""
    meta = read_meta(page, url)
    body = ruled_body(page, rules.body if rules else None) or find_body(page)
    if dropped := kind_of_page(page, body, title, html):
        return replace(dropped, url=url)
    if body is None or not body.lines:
        return replace(kind_without_text(page), url=url)
    return _composed(page, body, title, meta, url, rules)


def _composed(
    page: Outline, body: Body, title: str, meta: Meta, url: str, rules: Selectors | None
) -> Extracted:
    """The parts put together: the body is known, headline, origin and the rest follow from its place."""
    heads = find_headlines(page, body.lines[0], title)
    head = heads[0][1] if heads else -1
    body = _under_headline(page, body, head, title)
    body = _without_next(page, _below_headline(page, body, head), head)
    if any(_dates(page.lines[i]) for i in range(head + 1, body.lines[0]) if head >= 0):
        body = within_box(page, body, head)
    body = unadvertised(page, signed_off(page, body), title)
    pages, number = find_pages(page, url, ruled_links(page, rules.next if rules else None))
    summary = None
    if not (rules and rules.body):
        body = untitled(page, body, heads[0][0]) if heads and head not in body.lines else body
        body = opened(page, unrepeated(page, unlabelled(page, body)), head)
        summary = find_summary(page, head, body.lines[0]) if number in (None, 1) else None
    lines = body.lines if summary is None else (summary, *body.lines)
    chosen = ruled_texts(page, rules.headline if rules else None)[:1]
    named = [
        OriginLine("above", text)
        for css in ((rules.origin, rules.date) if rules else ())
        for text in ruled_texts(page, css)
    ]
    asked = [value for name, value in meta if name in ROBOTS]
    return Extracted(
        title=title,
        headline_candidates=tuple(dict.fromkeys([*chosen, *(text for text, _ in heads)])),
        blocks=_blocks(page, lines),
        origin_lines=(*named, *origin_lines(page, body, head)),
        meta=meta,
        breadcrumbs=breadcrumbs(page, body.lines[0]),
        tags=tags(page, body),
        page_urls=pages,
        page_number=number,
        system=recognise(page, url),
        noise=_noise(page, body),
        noarchive=forbids(asked, "noarchive"),
        tdm_reservation=any(name == "tdm-reservation" and value.strip() == "1" for name, value in meta),
    )


def _noise(page: Outline, body: Body) -> tuple[str, ...]:
    """Kinds of noise on the page: spam around the body, which was kept out, and what stands in the body and
    beside it."""
    first, after = body.lines[0], body.lines[-1] + 1
    around = (*page.lines[: min(12, first)], *page.lines[after : after + 6])
    spam = body.spam or any_spam(line.text for line in around)
    shown = "\n".join([line.text for line in page.lines[max(0, first - 12) : after + 6]])
    return (("spam",) if spam else ()) + noise_in(shown)


def _under_headline(page: Outline, body: Body, head: int, title: str) -> Body:
    """The text between the document's title over a date and the heaviest text of the page, where it weighs
    SHORT_NEWS of that: short news are lighter than what a site tells of itself at the foot of every page."""
    if head < 0 or plain(page.lines[head].text) not in plain(title):
        return body
    between = range(head + 1, body.lines[0])
    heavy = {i: w for i in between if (w := weigh(page.lines[i])) > 0 and not is_summary(page, i)}
    if not heavy or not any(_dates(page.lines[i]) for i in range(head + 1, min(heavy))):
        return body
    weight = sum(heavy.values())
    if weight < SHORT_NEWS * sum(w for i in body.lines if (w := weigh(page.lines[i])) > 0):
        return body
    return find_body(page, between) or body


def _below_headline(page: Outline, body: Body, head: int) -> Body:
    """The body without a headline that stands within its first lines (a heading: anywhere before most of the
    text), without what is over that, and without the dated label right below it."""
    if head not in body.lines:
        return body
    place = body.lines.index(head)
    heads = page.lines[head].tag in ("h1", "h2") and _size(page, body.lines[:place]) < _size(
        page, body.lines[place:]
    )
    opens = place < 3 or heads
    rest = body.lines[place + 1 :] if opens else (*body.lines[:place], *body.lines[place + 1 :])
    rest = rest[_undated(page, rest) :] if opens else rest
    return replace(body, lines=rest) if rest else body


def _undated(page: Outline, lines: tuple[int, ...]) -> int:
    """How many of the lines below a headline say when and by whom it was written: up to a date, no text."""
    for count, index in enumerate(lines[: min(LABELLED, len(lines) - 1)], 1):
        if weigh(page.lines[index]) >= 0:
            break
        if _dates(page.lines[index]):
            return count
    return 0


def _size(page: Outline, lines: Iterable[int]) -> int:
    return sum(page.lines[i].size for i in lines)


def _without_next(page: Outline, body: Body, head: int) -> Body:
    """The body up to the article that a page shows behind it: one more headline set as this one's, with
    a date of its own below."""
    if head < 0:
        return body
    wanted = page.lines[head].tag
    for index in range(body.lines[0] + 1, body.lines[-1]) if wanted in ("h1", "h2") else ():
        if page.lines[index].tag == wanted and any(map(_dates, page.lines[index + 1 : index + 3])):
            return replace(body, lines=tuple(line for line in body.lines if line < index))
    return body


def _dates(line: Line) -> bool:
    return weigh(line) < 0 and (DATED.search(line.text) or _AGE.search(line.text)) is not None


def _blocks(page: Outline, lines: Iterable[int]) -> tuple[Block, ...]:
    """The lines as blocks; the cells of one row of a table together. A cell of several lines serves the
    layout: its lines are paragraphs."""
    blocks: list[Block] = []
    chosen = list(unwrapped(page.lines[i] for i in lines))
    texts = [_unlinked(line) if line.linked or "#" in line.text else line.text for line in chosen]
    cells = [page.cell_of(line) for line in chosen]
    broken = {cell for cell, after in pairwise(cells) if cell == after}
    last_row = -1
    for line, text, cell in zip(chosen, texts, cells, strict=True):
        row = -1 if cell < 0 or cell in broken else page.elements[cell].parent
        if row >= 0 and row == last_row:
            blocks[-1] = Block("table", f"{blocks[-1].text}\t{text}")
        else:
            blocks.append(Block("p" if cell in broken else _kind(page, line, cell), text))
        last_row = row if line.size < CELL else -1
    return tuple(blocks)


def _unlinked(line: Line) -> str:
    """The text of a line without the topics and the links of the page behind its last sentence."""
    return _HASHTAGS.sub("", _LEADS_BACK.sub("", line.text) if line.linked else line.text)


def _kind(page: Outline, line: Line, cell: int) -> BlockKind:
    """What a block is; a long cell is a paragraph in a table that serves the layout."""
    kind = "table" if cell >= 0 else _KINDS.get(line.tag, "p")
    if kind == "table" and line.size >= CELL:
        return "p"
    if kind == "p" and line.size < 80 and "caption" in words(page.elements[line.element].attributes):
        return "caption"
    return kind
