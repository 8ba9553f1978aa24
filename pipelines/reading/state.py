"""Articles that stand only in the data of a page's script: the page as its script would show it.

Frameworks send the state of a page as JSON beside an empty root. It is looked through for the one record that
has a title and running text, and a page is made of that which is read as any other.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import Final, NamedTuple

from pipelines.reading.script_data import Json, values_of
from pipelines.text import count_han

INNER: Final = 20
"""Values of a record inside the record that are looked at for its text."""
LEAST: Final = 100
"""Han characters from which on a text may be an article's: a teaser has fewer."""
LEAST_DATED: Final = 60
"""The same of the text of a record that says when it was published: two sentences of a bulletin."""
MOST: Final = 400_000
"""Characters of a value above which it is no article: whole reference pages have up to 0.3 million."""
ENOUGH: Final = 20_000
"""Characters of a text that are counted to tell which is longer."""
ALONE: Final = 2.0
"""How many times as long the text must be as any other record's, unless the page's title names it: of a list
of whole articles none is this page's."""

_HEAD: Final = re.compile(r"<body\b", re.I)
_FIELD: Final = re.compile(r"<textarea\b[^<>]*>([^<]*(?:<(?!/?textarea\b)[^<]*)*)</textarea>", re.I)
_TITLES: Final = (
    re.compile("^title$", re.I),
    re.compile(r"^(?:(?:news|article|main|doc|post|widget)_?title|headline)$", re.I),
)
_DATES: Final = tuple(
    re.compile(rf"^(?:(?:news|article)_?)?(?:{names})_?(?:time|date|at|on)(?:_?str)?$", re.I)
    for names in ("(?:publish|pub|release)(?:ed)?", "(?:creat|issu|post|input|add)(?:ed?)?")
)
"""When a record was published; where it does not say, when it was made."""
_SOURCE: Final = re.compile(r"^(?:(?:news|article)_?)?(?:source|copy_?from|media|origin)(?:_?name)?$", re.I)
_AUTHOR: Final = re.compile(r"^(?:authors?|writer)(?:_?name)?$", re.I)
_EDITOR: Final = re.compile(r"^editor(?:_?name)?$", re.I)
_LABELS: Final = (("来源：", _SOURCE), ("作者：", _AUTHOR), ("责任编辑：", _EDITOR))
_TAG: Final = re.compile(r"<[^<>]*>")
_YEAR: Final = re.compile(r"\s*(?:19|20)\d\d\D")
_CHINA: Final = timezone(timedelta(hours=8))
_EPOCHS: Final = ((946_684_800, 4_102_444_800, 1), (946_684_800_000, 4_102_444_800_000, 1000))
"""Seconds and milliseconds since 1970 of the years 2000 to 2099: other numbers are no time."""


class Story(NamedTuple):
    """A record with a title and running text: `markup` as HTML, `size` its Han characters."""

    title: str
    markup: str
    size: int
    record: dict[str, Json]


def shown(page: str) -> str | None:
    """The page as HTML with the article of its scripts in it; None where they hold none, or several."""
    named = _named(page)
    story = _only(list(_stories(page, named)), named)
    if story is None:
        return _with_fields(page)
    body = _HEAD.search(page)
    head = page[: body.start()] if body else ""
    told = "".join(f"<span>{html.escape(part)}</span> " for part in _told(story.record))
    return (
        f"{head}<body><h1>{html.escape(story.title)}</h1><div class=info>{told}</div>"
        f"<div class=article-content>{story.markup}</div></body></html>"
    )


def _with_fields(page: str) -> str | None:
    """The page with running text that waits in a field for a script to show it; None without such a field."""
    shown = _FIELD.sub(_field, page)
    return shown if shown != page else None


def _field(found: re.Match[str]) -> str:
    markup = _markup(html.unescape(found[1])) if len(found[1]) < MOST else ""
    return f"<div class=article-content>{markup}</div>" if _running(markup) >= LEAST else found[0]


def _named(page: str) -> str:
    """The document's title, with the name of the site as it stands there."""
    start = page.find("<title")
    return html.unescape(page[start : page.find("</title", start)]) if start >= 0 else ""


def _only(stories: list[Story], named: str) -> Story | None:
    """The story that the page is about."""
    found = {(story.title, story.markup): story for story in stories}
    ranked = sorted(found.values(), key=lambda story: -story.size)
    meant = [story for story in ranked if story.title in named]
    if len(meant) == 1:
        return meant[0]
    if ranked and (len(ranked) == 1 or ranked[0].size >= ALONE * ranked[1].size):
        return ranked[0]
    return None


def _stories(page: str, named: str) -> Iterator[Story]:
    for value in values_of(page):
        if isinstance(value, dict):
            story = _story(value, named)
            if story is not None:
                yield story


def _story(record: dict[str, Json], named: str) -> Story | None:
    """The record as a story, None where it has no title or no running text. What is called its `name` is a
    title where the document has it: firms and persons have a name and a long text too."""
    keys = (key for names in _TITLES for key in record if names.match(key))
    title = next(filter(None, (_title(record[key]) for key in keys)), None)
    if title is None:
        title = _title(record.get("name"))
        if title is None or title not in named:
            return None
    texts = (_markup(value) for value in record.values())
    size, markup = max(((_running(text), text) for text in texts if text), default=(0, ""))
    least = LEAST_DATED if size < LEAST and _published(record) else LEAST
    return Story(title, markup, size, record) if size >= least else None


def _title(value: Json) -> str | None:
    text = " ".join(_TAG.sub("", value).split()) if isinstance(value, str) else ""
    return html.unescape(text) if len(text) <= 120 and count_han(text) >= 4 else None


def _markup(value: Json) -> str:
    """A value as paragraphs of HTML: HTML itself, lines of text, or a list of either."""
    if isinstance(value, list):
        parts = [part if isinstance(part, str) else _part(part) for part in value]
        if sum(map(len, parts)) > MOST:
            return ""
        return "".join(map(_markup, filter(None, parts)))
    if isinstance(value, dict) and not any(_TITLES[0].match(key) for key in value):
        inner = (part for part in islice(value.values(), INNER) if isinstance(part, str | list))
        return max(map(_markup, inner), key=_running, default="")
    if not isinstance(value, str) or len(value) > MOST:
        return ""
    if "<" not in value and "&lt;" in value:
        value = html.unescape(value)
    if _TAG.search(value):
        return value
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in value.splitlines() if line.strip())


def _part(part: Json) -> str:
    """The text of one block of a body that is sent as a list of blocks."""
    texts = [value for value in part.values() if isinstance(value, str)] if isinstance(part, dict) else []
    return max(texts, key=count_han, default="")


def _running(markup: str) -> int:
    """Han characters of running text, of a long one those at its start; 0 of what has no two sentences."""
    text = _TAG.sub("", markup)[:ENOUGH]
    return count_han(text) if sum(map(text.count, "。！？")) > 1 else 0


def _told(record: dict[str, Json]) -> Iterator[str]:
    """What the record says of its origin, as a page would print it."""
    for label, names in _LABELS:
        found = (_named_so(value) for key, value in record.items() if names.match(key))
        if name := next((text for text in found if 0 < len(text) <= 30), None):
            yield label + name
    if time := _published(record):
        yield time


def _named_so(value: Json) -> str:
    """A name, that of a record of its own (`author: {name, avatar}`), or those of a list of either."""
    if isinstance(value, list):
        return "、".join(filter(None, map(_named_so, value[:INNER])))
    name = value.get("name", value.get("nickname")) if isinstance(value, dict) else value
    return name.strip() if isinstance(name, str) else ""


def _published(record: dict[str, Json]) -> str | None:
    """When the record says that it was published, as a page would print it."""
    times = (_time(value) for names in _DATES for key, value in record.items() if names.match(key))
    return next(filter(None, times), None)


def _time(value: Json) -> str | None:
    """A date as written, or a time since 1970 as it is in China; None of what is neither."""
    if isinstance(value, str):
        return value.strip() if _YEAR.match(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        for first, last, unit in _EPOCHS:
            if first <= value < last:
                moment = datetime.fromtimestamp(value / unit, UTC).astimezone(_CHINA)
                return moment.strftime("%Y-%m-%d %H:%M")
    return None
