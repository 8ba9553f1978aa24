"""Where an article stands on its site: the path of sections over it, the tags below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.reading.body import Body
from pipelines.reading.outline import Line, Outline, clean, unescape, unglossed, words
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet
from pipelines.reading.surroundings import BELOW

CRUMBS = 80
"""Longer paths are lists of links."""

_CRUMBS = re.compile(r"crumb|location|position|weizhi|\bpath\b|\bwz\b|daohang|dangqian")

_CRUMB_LINE = re.compile(
    both(
        r"^[您你]?(?:的|现在的?)?(?:当前|目前|所在)?的?(?:位置|位于)[是为]?\s*[:：]?|^[首主]页\s*[>＞»›→/]|[>＞»›→]\s*正文\s*$"
    )
)

_MAY_BE_CRUMBS = re.compile("[位>＞»›→/]")
"""What every line of crumbs has one of."""

_CRUMB_SPLIT = re.compile(r"\s*(?:>>|[>＞»›→]|\s[-–/]\s|::)\s*")

_CRUMB_END = re.compile(
    both(
        r"\s*(?:[>＞»›→]|--)?\s*(?:新闻)?(?:正文|内文|文章内容|查看内容|详细内容).*$|"
        r"\s+(?:字[号体]|打印|列印|来源|作者|时间|发[布表]).*$"
    )
)

_SIGN = re.compile(r"[^\w\s]+")

_HOME = re.compile(both(r"(?:网站)?首页|主页|内容"))

_REL_TAG = re.compile(r'\brel="(?:[\w ]* )?tag"')
"""How a link says that it leads to a tag (microformat rel-tag)."""

_TAG_LINE = re.compile(both(r"^(?:本文)?(?:标签|关键[词字]|[Tt]ags?|TAG)\s*[:：]?\s*(.*)$"))


def breadcrumbs(page: Outline, first: int) -> tuple[str, ...]:
    """The path of sections above the article, without the site's own prefix words."""
    for index, line in enumerate(page.lines[:first]):
        named = _names_crumbs(page.elements[line.element].attributes)
        if line.size > CRUMBS or not (
            named
            or (_MAY_BE_CRUMBS.search(line.text) and (_CRUMB_LINE.search(line.text) or _leads(page, line)))
        ):
            continue
        text = _parted(line) if named else line.text
        if not (path := _CRUMB_LINE.sub("", text, count=1)):
            path = " > ".join(_cells(page, range(index + 1, first)))
        path = _CRUMB_END.split(path)[0]
        parts = [part for piece in _CRUMB_SPLIT.split(path) if (part := piece.strip(" -|·:："))]
        crumbs = [
            part for n, part in enumerate(parts) if not (_HOME.fullmatch(part) or (not n and is_outlet(part)))
        ]
        if crumbs and (len(parts) >= 2 or path != text):
            return tuple(part for part in crumbs if len(part) <= 16)[:6]
    return ()


def _leads(page: Outline, line: Line) -> bool:
    """Whether a line is a path from the site on: links and the signs between them, and nothing else."""
    if len(line.links) < 2 or not is_outlet(page.link_text(line.links[0])):
        return False
    return all(
        _CRUMB_SPLIT.fullmatch(unescape(piece)) or not piece.strip()
        for piece in line.pieces
        if piece not in {page.anchors.get(link) for link in line.links}
    )


def _parted(line: Line) -> str:
    """A path of links alone, with signs between them where style sheets set these."""
    if len(line.links) < 2 or line.linked < line.size:
        return line.text
    return " > ".join(clean(unescape(piece)) for piece in line.pieces)


def _cells(page: Outline, behind: range) -> Iterator[str]:
    """What goes on behind a label alone: links and the signs between them, each in a cell."""
    for line in (page.lines[i] for i in behind):
        if line.linked < line.size and not _SIGN.fullmatch(line.text):
            return
        yield line.text


@lru_cache(maxsize=1 << 12)
def _names_crumbs(attributes: str) -> bool:
    return _CRUMBS.search(words(attributes)) is not None


def tags(page: Outline, body: Body) -> tuple[str, ...]:
    """The words of a labelled list of tags below the body (a hot list above it belongs to the site)."""
    for line in page.lines[body.lines[-1] + 1 : body.lines[-1] + BELOW]:
        labelled = _TAG_LINE.match(unglossed(line.text))
        marked = bool(line.links) and all(_REL_TAG.search(page.elements[i].attributes) for i in line.links)
        if (labelled or marked) and line.size < 120:
            anchors = [page.link_text(index).lstrip("#＃ ") for index in line.links]
            found = [tag for tag in anchors if tag] or re.split(
                r"[\s,，、;；|/]+", labelled[1] if labelled else ""
            )
            return tuple(dict.fromkeys(tag for tag in found if 1 < len(tag) <= 16))[:20]
    return ()
