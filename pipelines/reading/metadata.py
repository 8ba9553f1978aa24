"""What a page says of itself: headline, origin, date. Wrong is worse than null.

The text is repaired but not converted: labels are read in both scripts, values stay as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal
from urllib.parse import urljoin, urlsplit

from pipelines.reading.bylines import PHOTO, behind_source, byline, name_alone, persons
from pipelines.reading.chrono import choose_date
from pipelines.reading.credits import unpictured, writers
from pipelines.reading.names import NOT_NAMES, is_name, split_names
from pipelines.reading.occasions import tells_event
from pipelines.reading.origin import Found, slots, trim, unlabelled, until_closed
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet, normalise, publisher_of_host
from pipelines.reading.records import Extracted, Metadata, OriginLine
from pipelines.reading.source import ADDRESS, NO_VALUE, find_source
from pipelines.reading.weight import DISCLAIMER, DISCLAIMER_WITHIN, TAIL
from pipelines.text import count_han, squeeze

SHORT = 60
"""Characters from which on a line of the body is prose."""

MAX_NAMES = 48
"""Characters of a slot of names: eight names of five characters with their separators."""

_NO_VALUE = re.compile(rf"[，。！？]|[\u3400-\u9fff]\s*[:：]|{TAIL.pattern}", re.I)
"""What a line below an empty label has that is not its value: a sentence, a label of its own, the way to the
next article."""

_REPORTER = re.compile(both(r"记\s*者|通讯|文字?$"))
_CLOSING = re.compile(r"((?:[（(【\[〔][^（(【\[〔]{2,60}[)）】\]〕]\s*)+)(?:1[01]\d{5})?$")
"""What a text ends with in brackets; agencies of Taiwan put the day behind (1151116)."""

_NEAR: tuple[str, ...] = ("above", "below", "end", "start", "over")
_OWN_DATES = ("date", "modified", "written")
_RIGHTS = re.compile(both(r"版权|著作权|转载|授权|免责|copyright|©|未经|不代表本[站网]|仅供参考"), re.I)
_ORIGINAL = re.compile(both(r"[（(【\[]?\s*(?:原标题|原题|原文标题|投稿标题)\s*[:：]\s*") + r"(?P<title>.+)$")
_TITLE = re.compile(both("[题]"))
_QUOTED = re.compile("《[^《》]*》|“[^“”]*”")


def read_metadata(extracted: Extracted, url: str, fetched_at: str) -> Metadata:
    """The metadata of a page. `fetched_at` (ISO 8601) bounds dates and completes relative ones."""
    found = tuple(_slots_of(extracted))
    meta = dict(reversed(extracted.meta))
    source = find_source(found, extracted, meta)
    date, modified = choose_date(extracted, found, url, fetched_at)
    canonical = _canonical(meta, url)
    return Metadata(
        headline=_headline(extracted),
        source=source,
        sources=normalise(source) if source else (),
        authors=_authors(found, extracted, source),
        editors=_people(found, "editor"),
        original_headline=_original(extracted, found),
        date_published=date.iso if date else None,
        date_published_raw=date.raw if date else None,
        date_precision=date.precision if date else None,
        date_relative=bool(date and date.relative),
        date_modified=modified.iso if modified else None,
        breadcrumbs=extracted.breadcrumbs,
        tags=extracted.tags,
        keywords=_keywords(meta),
        canonical_url=canonical,
        origin_url=_origin_url(found, canonical, url),
        rights=_rights(extracted, found),
        noarchive=extracted.noarchive,
        tdm_reservation=extracted.tdm_reservation,
    )


def _slots_of(extracted: Extracted) -> Iterator[tuple[str, Found]]:
    """(place, slot) of all lines of origin, nearest places first; a label alone takes the next line's value.

    Of the body's own lines only short ones and a bracket at the end are labels; the rest is prose.
    """
    for place in _NEAR:
        lines = [line.text for line in extracted.origin_lines if line.place == place]
        if place in ("start", "end"):
            lines = [_closing(text) if _is_prose(text) else text for text in lines]
        for number, text in enumerate(lines):
            here = _timed(slots(text), text, "".join(lines[number + 1 : number + 2]))
            if here and not here[-1].value and here[-1].slot != "other" and number + 1 < len(lines):
                follower = lines[number + 1]
                if len(follower) <= 30 and not _NO_VALUE.search(follower) and not slots(follower):
                    here[-1] = Found(here[-1].slot, here[-1].label, trim(follower))
            yield from ((place, slot) for slot in here)


def _closing(text: str) -> str:
    """What a paragraph ends with in brackets."""
    closing = _CLOSING.search(text)
    return closing[1] if closing else ""


def _is_prose(text: str) -> bool:
    """Whether a line of the body is a sentence, in which 记者 and 来源 are words."""
    return len(text) > SHORT or ("，" in text and "，" in unlabelled(text))


def _timed(found: tuple[Found, ...], line: str, after: str) -> list[Found]:
    """The slots of a line without dates that are no article's: of an event, whose place stands beside or
    below its time, and of a site, beside its rights."""
    if all(slot.slot not in _OWN_DATES for slot in found):
        return list(found)
    if tells_event(line, after):
        return [slot if slot.slot != "date" else Found("other", slot.label, slot.value) for slot in found]
    if DISCLAIMER_WITHIN.search(line):
        return [slot for slot in found if slot.slot not in _OWN_DATES]
    return list(found)


def _headline(extracted: Extracted) -> str:
    """The best candidate; the document's title is among them without the site's name."""
    return squeeze(extracted.headline)


def _authors(found: Iterable[tuple[str, Found]], extracted: Extracted, source: str | None) -> tuple[str, ...]:
    """Authors: labelled, else of a dateline or closing byline, else of JSON-LD or meta (persons only), else a
    name alone on its line."""
    if labelled := _people(found, "author", source) or _people(_posted(found), "poster", source):
        return labelled
    for _, slot in found:
        if slot.slot == "source" and (named := behind_source(slot.value)):
            return named
    for line in extracted.origin_lines:
        if line.place in ("above", "start", "end", "below") and (named := byline(line.text, line.place)):
            return named
    for line in extracted.origin_lines:
        if line.place == "byline" and line.text != source and (named := persons(line.text)):
            return named
    editors = _people(found, "editor")
    for name in ("ld:author", "article:author", "author", "og:article:author", "citation_author"):
        known = [person for key, value in extracted.meta if key == name for person in persons(value)]
        if wrote := [person for person in known if person not in editors]:
            return tuple(dict.fromkeys(wrote))
    above = (line.text for line in extracted.origin_lines if line.place == "above")
    return name_alone(text for text in above if text != source)


def _posted(found: Iterable[tuple[str, Found]]) -> Iterator[tuple[str, Found]]:
    """The slots, 发布 with a name of three characters for its value as one of who posted."""
    for place, slot in found:
        named = slot.slot == "date" and len(slot.value) == 3 and is_name(slot.value)
        yield place, Found("poster", slot.label, slot.value) if named else slot


def _people(
    found: Iterable[tuple[str, Found]],
    wanted: Literal["author", "poster", "editor"],
    source: str | None = None,
) -> tuple[str, ...]:
    """Names in the slots of a kind, the source glued behind them off; authors from the nearest place."""
    names: list[str] = []
    nearest = ""
    for place, slot in found:
        if wanted != "editor" and nearest not in ("", place):
            break
        if slot.slot == wanted and place != "over" and not PHOTO.search(slot.value[-3:]):
            value = re.split(r"\d{4}[-年/.]\d{1,2}|\s[于於]\s|\s{2,}(?=[^\s]{5,})", slot.value)[0]
            if wanted != "editor" and source and value.endswith(source) and value != source:
                value = value.removesuffix(source)
            split = [
                name
                for name in writers(value) or split_names(unpictured(value))
                if name not in NOT_NAMES and not NO_VALUE.match(name)
            ]
            if len(value) > MAX_NAMES or (
                (slot.bare or _REPORTER.search(slot.label)) and not all(map(is_name, split))
            ):
                continue
            names += [name for name in split if not is_outlet(name)] or split
            nearest = nearest or (place if split else "")
    return tuple(dict.fromkeys(names))


def _original(extracted: Extracted, found: Iterable[tuple[str, Found]]) -> str | None:
    for _, slot in found:
        if slot.slot == "original" and count_han(slot.value) >= 3:
            return _unquoted(slot.value)
    for line in extracted.origin_lines:
        if _TITLE.search(line.text) and (titled := _ORIGINAL.search(line.text)):
            return _unquoted(until_closed(titled["title"]).strip())
    return None


def _unquoted(title: str) -> str:
    """A title without the marks that its label has it in."""
    return title[1:-1] if _QUOTED.fullmatch(title) else title


def _keywords(meta: dict[str, str]) -> tuple[str, ...]:
    words = re.split(r"[,，;；、|\s]+", meta.get("keywords", "") or meta.get("news_keywords", ""))
    return tuple(dict.fromkeys(word for word in words if 1 < len(word) <= 20))[:20]


def _canonical(meta: dict[str, str], url: str) -> str | None:
    """The canonical address the page names, if it is an article's: a home page is a template's mistake."""
    address = meta.get("canonical") or meta.get("og:url") or ""
    try:
        address = urljoin(url, address.strip()) if address else ""
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or (
        parts.path in ("", "/") and not parts.query and urlsplit(url).path not in ("", "/")
    ):
        return None
    return address.partition("#")[0]


def _origin_url(found: Iterable[tuple[str, Found]], canonical: str | None, url: str) -> str | None:
    """Where the article probably comes from: an address printed as its source, a foreign canonical."""
    here = urlsplit(url).hostname
    for _, slot in found:
        address = ADDRESS.search(slot.value) if slot.slot in ("url", "source") else None
        if address and urlsplit(address[0]).hostname != here and len(urlsplit(address[0]).path) > 1:
            return address[0].rstrip(").,;")
    if canonical and urlsplit(canonical).hostname != here and publisher_of_host(canonical):
        return canonical
    return None


def _tells_rights(line: OriginLine) -> bool:
    """Whether a line is one on rights; in the text, which may tell of them, by how such lines begin."""
    if line.place == "end" and not (DISCLAIMER.match(line.text) or DISCLAIMER_WITHIN.search(line.text)):
        return False
    return _RIGHTS.search(line.text) is not None


def _rights(extracted: Extracted, found: Iterable[tuple[str, Found]]) -> str | None:
    """The printed line on rights near the article."""
    for line in extracted.origin_lines:
        if line.place in ("below", "end") and len(line.text) >= 8 and _tells_rights(line):
            return line.text
    return next((slot.value for _, slot in found if slot.slot == "rights" and len(slot.value) >= 8), None)
