"""A page as text to what it holds: headline, body, lines of origin, metadata. One parse, one walk."""

from __future__ import annotations

import re
from dataclasses import replace

from resiliparse.parse.html import CSSParserException

from pipelines.reading.body import Body, find_body, find_summary
from pipelines.reading.headline import find_headlines
from pipelines.reading.meta import read_meta
from pipelines.reading.misread import undo_misreading
from pipelines.reading.pagekind import kind_of_page
from pipelines.reading.pager import find_pages
from pipelines.reading.records import Block, BlockKind, Extracted, OriginLine
from pipelines.reading.systems import recognise
from pipelines.reading.tree import Line, Outline, clean, outline, unescape, unglossed, walk, words
from pipelines.records import Drop, Reason, Stage
from pipelines.sites import Selectors
from pipelines.text import count_han

ABOVE, BELOW = 12, 14
"""Lines looked at for the origin before the body and behind it; on 126 reference pages no line of source or
date stands farther off."""

ORIGIN_CHARS = 240
"""Longer lines are text, not labels."""

MIN_HAN = 20
"""Han characters on a whole page below which it is in another language."""

EDGE_CHARS = 120
"""Of the first and last blocks of the body this much is looked at for datelines and closing bylines."""

_TELLING = re.compile(r"[:：/丨｜|©\d]|[来來]源|[编編][辑輯审審]|作者|[记記]者|[责責]|[标標][题題]|[转轉][载載自]|摘自|[声聲]明|版[权權]")
"""What a line below the body must have to say anything of its origin; labels may be damaged in part."""

_KINDS: dict[str, BlockKind] = {
    "h1": "h", "h2": "h", "h3": "h", "h4": "h", "h5": "h", "h6": "h", "figcaption": "caption", "caption": "caption",
    "li": "li", "dt": "li", "dd": "li", "td": "table", "th": "table", "tr": "table",
}  # fmt: skip
_CRUMBS = re.compile(r"crumb|location|position|weizhi|\bpath\b|\bwz\b|daohang|dangqian")
_CRUMB_LINE = re.compile(
    r"^(?:您|你)?(?:的|现在的?|現在的?)?(?:当前|當前|目前|所在)?(?:的)?(?:位置|位於)[是为]?\s*[:：]?|^(?:首页|首頁|主页|主頁)\s*[>＞»›→/]|[>＞»›→]\s*正文\s*$"
)
_CRUMB_SPLIT = re.compile(r"\s*(?:>>|[>＞»›→]|\s[-–/]\s|::)\s*")
_CRUMB_END = re.compile(r"\s*(?:[>＞»›→]|--)?\s*(?:新闻|新聞)?(?:正文|内文|內文|文章内容|查看内容|詳細內容|详细内容).*$|\s+(?:字[号號体體]|打印|列印|来源|來源|作者|时间|時間|[发發][布佈表]).*$")
_TAG_LINE = re.compile(r"^(?:本文)?(?:标签|標簽|標籤|关键[词字]|關鍵[詞字]|[Tt]ags?|TAG)\s*[:：]?\s*(.*)$")


def extract(html: str, url: str, rules: Selectors | None = None) -> Extracted | Drop:
    """What a page holds, as found. A Drop names why it holds no article.

    `rules` replace the general reading where they name an element; one that matches nothing leaves it.
    """
    page = outline(undo_misreading(html) or html)
    if isinstance(page, Drop):
        return replace(page, url=url)
    page = ruled(page, rules)
    title = clean(page.tree.title or "") if page.tree is not None else ""
    meta = read_meta(page, url)
    body = _ruled_body(page, rules) or find_body(page)
    if dropped := kind_of_page(page, body, title, html):
        return replace(dropped, url=url)
    if body is None or not body.lines:
        han = sum(count_han(line.text) for line in page.lines)
        if han < MIN_HAN and len(page.lines) > 3:
            return Drop(Stage.EXTRACT, Reason.NOT_CHINESE, f"{han} Han characters in {len(page.lines)} lines", url)
        return Drop(Stage.EXTRACT, Reason.NO_ARTICLE, f"no running text in {len(page.lines)} lines", url)
    return _composed(page, body, title, meta, url, rules)


def ruled(page: Outline, rules: Selectors | None) -> Outline:
    """The page without the elements that the rules remove."""
    if rules is None or not rules.remove or page.tree is None or page.tree.document is None:
        return page
    for selector in rules.remove:
        for element in _select_all(page, selector):
            element.decompose()
    again = walk(page.tree.document.html, page.tree)
    return page if isinstance(again, Drop) else again


def _composed(
    page: Outline, body: Body, title: str, meta: tuple[tuple[str, str], ...], url: str, rules: Selectors | None
) -> Extracted:
    heads = find_headlines(page, body.lines[0], title)
    body = _below_headline(body, heads[0][1] if heads else -1)
    picked = _ruled_text(page, rules.headline if rules else None)
    candidates = tuple(dict.fromkeys([*picked[:1], *(text for text, _ in heads)]))
    head_line = heads[0][1] if heads else -1
    summary = find_summary(page, head_line, body.lines[0])
    body_lines = body.lines if summary is None else (summary, *body.lines)
    blocks = tuple(_block(page, page.lines[i]) for i in body_lines)
    origin = _origin_lines(page, body, head_line)
    ruled_origin = [
        OriginLine("above", text)
        for selector in ((rules.origin, rules.date) if rules else ())
        for text in _ruled_text(page, selector)
    ]
    pages, number = find_pages(page, url, (rules.next if rules else None) and _select_all(page, rules.next or ""))
    robots = " ".join(value.lower() for name, value in meta if name in ("robots", "googlebot", "baiduspider"))
    return Extracted(
        title=title,
        headline_candidates=candidates,
        blocks=blocks,
        origin_lines=(*ruled_origin, *origin),
        meta=meta,
        breadcrumbs=_breadcrumbs(page, body.lines[0]),
        tags=_tags(page, body),
        page_urls=pages,
        page_number=number,
        system=recognise(page, url),
        noarchive="noarchive" in robots,
        tdm_reservation=any(name == "tdm-reservation" and value.strip() == "1" for name, value in meta),
    )


def _below_headline(body: Body, head: int) -> Body:
    """The body without a headline that stands within its first lines, and without what is over that."""
    if head not in body.lines:
        return body
    place = body.lines.index(head)
    rest = body.lines[place + 1 :] if place < 3 else (*body.lines[:place], *body.lines[place + 1 :])
    return replace(body, lines=rest) if rest else body


def _block(page: Outline, line: Line) -> Block:
    kind = _KINDS.get(line.tag, "p")
    if kind == "p" and line.size < 80 and "caption" in words(page.elements[line.element].attributes):
        kind = "caption"
    return Block(kind, line.text)


def _origin_lines(page: Outline, body: Body, head_line: int) -> tuple[OriginLine, ...]:
    """Lines around headline and body that may say where the article is from, nearest places first."""
    first, last = body.lines[0], body.lines[-1]
    head = head_line if 0 <= head_line < first else max(0, first - 4)
    chosen = set(body.lines)
    found: list[OriginLine] = []
    for index in range(max(0, head - 4), min(len(page.lines), last + BELOW)):
        line = page.lines[index]
        if index == head_line or line.size > ORIGIN_CHARS:
            continue
        text = _spaced(line)
        if index < head:
            found.append(OriginLine("over", text))
        elif index < first:
            if index - head <= ABOVE or first - index <= ABOVE:
                found.append(OriginLine("above", text))
        elif index > last:
            if _TELLING.search(text):
                found.append(OriginLine("below", text))
        elif index not in chosen:
            found.append(OriginLine("start" if index - first < 3 else "end", text))
    for index in body.lines[:2]:
        found.append(OriginLine("start", page.lines[index].text[:EDGE_CHARS]))
    for index in body.lines[-3:]:
        found.append(OriginLine("end", page.lines[index].text[-EDGE_CHARS:]))
    return tuple(found)


def _spaced(line: Line) -> str:
    """A line with a blank between the pieces that stand in elements of their own: they are slots."""
    return clean(unescape(" ".join(line.pieces)))


def _breadcrumbs(page: Outline, first: int) -> tuple[str, ...]:
    """The path of sections above the article, without the site's own prefix words."""
    for line in page.lines[:first]:
        named = _CRUMBS.search(words(page.elements[line.element].attributes))
        if line.size > 80 or not (named or _CRUMB_LINE.search(line.text)):
            continue
        path = _CRUMB_END.split(_CRUMB_LINE.sub("", line.text, count=1))[0]
        parts = [part for piece in _CRUMB_SPLIT.split(path) if (part := piece.strip(" -|·:："))]
        crumbs = [part for part in parts if part not in ("首页", "首頁", "主页", "主頁", "内容", "網站首頁", "网站首页")]
        if crumbs and (len(parts) >= 2 or path != line.text):
            return tuple(part for part in crumbs if len(part) <= 16)[:6]
    return ()


def _tags(page: Outline, body: Body) -> tuple[str, ...]:
    """The words of a labelled list of tags below the body (a hot list above it belongs to the site)."""
    for line in page.lines[body.lines[-1] + 1 : body.lines[-1] + BELOW]:
        labelled = _TAG_LINE.match(unglossed(line.text))
        if labelled and line.size < 120:
            anchors = [page.link_text(index) for index in line.links]
            found = [tag for tag in anchors if tag] or re.split(r"[\s,，、;；|/]+", labelled[1])
            return tuple(dict.fromkeys(tag for tag in found if 1 < len(tag) <= 16))[:20]
    return ()


def _select_all(page: Outline, selector: str) -> list[object]:
    document = page.tree.document if page.tree is not None else None
    if document is None or not selector:
        return []
    try:
        return list(document.query_selector_all(selector))
    except CSSParserException:
        return []


def _ruled_text(page: Outline, selector: str | None) -> list[str]:
    texts = [clean(getattr(element, "text", "")) for element in _select_all(page, selector or "")]
    return [text for text in texts if text]


def _ruled_body(page: Outline, rules: Selectors | None) -> Body | None:
    """The body that the rules name: all lines of the element except link lists."""
    return None if rules is None or not rules.body else None
