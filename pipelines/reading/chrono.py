"""Which of the dates on a page is that of publication: by label and place, never a masthead's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from pipelines.reading.boxes import boxed
from pipelines.reading.dates import Dated, date_in_url, days_of, parse_date, parse_stamp
from pipelines.reading.numerals import number
from pipelines.reading.occasions import is_of_another, is_told, laid_open, tells_event
from pipelines.reading.origin import Found, slots
from pipelines.reading.phrases import both
from pipelines.reading.records import Extracted, OriginLine
from pipelines.reading.stamps import MODIFIED, PUBLISHED, first_stamp
from pipelines.reading.weight import DISCLAIMER_WITHIN, names_origin
from pipelines.text import count_han

_TOLD = re.compile(r"[。！？；]|^[，、]")
"""What stands behind the date of an event, not behind that of an article."""

_LABELLED = re.compile(both(r"[\u3400-\u9fff]\s*[:：]\s*$|许可证|有效期"))
"""Behind the text only dates without a label sign an article: those with a known one are found before."""

BESIDE = 12
"""Han characters beside a date over the headline: the names of a paper and of a section."""

_BESIDE_DAY = re.compile(
    both(r"[(（]?[总第]\s*\d+\s*期[)）]?|[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
)
"""The number of an issue, the day of the week."""

_SECTION = re.compile(r"[\u3400-\u9fff]{2,6}")

_HALF_DAY, _ZONE_APART = 12 * 60, 8 * 60
"""Minutes between two readings of a clock of twelve hours; between China's zone and Greenwich."""

_YEAR = re.compile(r"\d{4}|年")
_ASIDE = re.compile(
    both(r"^\s*[(（][^()（）]*[)）]\s*$|(?:更新|修改|编辑|推荐文章)于|\d\s*(?:更新|修改)过?(?!\S)")
)
_ZONE = re.compile(both(r"\s*(?:(?:北京|香港|台北|台湾|当地)?时间\s*)?"))
_CLOCK = re.compile(
    _ZONE.pattern + both(r"(?:上午|下午)?\s*\d{1,2}\s*[:：时]\s*\d\d(?:[:：分]\d\d)?分?\s*(?:[AaPp][Mm])?\s*")
)
"""A time of day alone on a line."""

_MONTH = re.compile(
    both(
        r"(?P<y>20\d\d|二[〇零○][〇零○一二三四五六七八九]{2})\s*[-年./]\s*(?P<m>[01]?\d|[一二三四五六七八九十]{1,2})\s*月?[号刊]?"
    )
)
"""A month with its year alone, or the number of a magazine."""


def choose_date(
    extracted: Extracted, found: Iterable[tuple[str, Found]], url: str, captured: str
) -> tuple[Dated | None, Dated | None]:
    """(published, modified). Labelled dates near the article come first, then machine-readable ones, then a
    date beside the headline, then the address; a date over the headline counts only with a label."""
    candidates = _candidates(extracted, tuple(found), url, captured)
    published = next(candidates, None)
    if published is not None:
        published = _exact(published, candidates) if published.relative else _finer(published, candidates)
    modified = first_stamp(extracted, MODIFIED, captured) or _labelled(
        found, ("modified",), captured, ("above", "below", "end")
    )
    if published is None and modified is not None:
        published = _labelled(found, ("modified",), captured, ("above", "below", "end"))
    return published, modified


def _candidates(
    extracted: Extracted, found: tuple[tuple[str, Found], ...], url: str, captured: str
) -> Iterator[Dated]:
    lines = extracted.origin_lines
    changed = {value for name, value in extracted.meta if name in MODIFIED}
    others = laid_open(found, (line.text for line in lines))
    found = tuple(item for item in found if item[1].value not in others) if others else found
    choices: tuple[Callable[[], Dated | None], ...] = (
        lambda: _labelled(found, ("date",), captured, ("above",)),
        lambda: _stamped(extracted, others, captured),
        lambda: _bare(_above(extracted, captured, others), captured),
        lambda: _labelled(found, ("date",), captured, ("start",)),
        lambda: _labelled(found, ("date", "modified"), captured, ("above", "over", "below", "end")),
        lambda: _labelled(found, ("written",), captured, ("above", "over", "below", "end")),
        lambda: _in_slots(found, captured),
        lambda: first_stamp(extracted, ("time",), captured),
        lambda: date_in_url(url, captured),
        lambda: _alone_over(extracted, captured),
        lambda: _month_alone(extracted, captured),
        lambda: _bare(
            (text for text in _behind(lines, changed) if _signs(text, captured)),
            captured,
        ),
        lambda: _bare(
            (line.text for line in lines if line.place == "over" and _is_origin(line.text)),
            captured,
            with_time=True,
        ),
        lambda: boxed(extracted, captured),
    )
    for choice in choices:
        if (dated := choice()) is not None:
            yield dated
    stamps = (parse_stamp(value, captured) for name, value in extracted.meta if name == "time")
    yield from filter(None, stamps)


def _stamped(extracted: Extracted, others: frozenset[str], captured: str) -> Dated | None:
    """The date that a page gives to machines; where it prints another time of day beside the headline, that
    is the one that a reader is told."""
    stamp = first_stamp(extracted, PUBLISHED, captured)
    if stamp is None or stamp.precision == "day":
        return stamp
    printed = [text for text in _above(extracted, captured, others) if not _tells_change(text)]
    shown = _bare(printed, captured) or boxed(extracted, captured)
    return shown if shown and _corrects(shown, stamp) else stamp


def _tells_change(text: str) -> bool:
    return _ASIDE.search(text) is not None or any(slot.slot == "modified" for slot in slots(text))


def _corrects(shown: Dated, stamp: Dated) -> bool:
    """Whether a printed time of day is another than that of a stamp, of the same day or with China's clock
    in the zone of Greenwich; half a day apart it is the same on a clock of twelve hours."""
    if shown.relative or shown.precision == "day":
        return False
    apart = datetime.fromisoformat(stamp.iso) - datetime.fromisoformat(shown.iso)
    minutes = int(apart.total_seconds() // 60)
    return minutes == _ZONE_APART or (shown.day == stamp.day and minutes not in (0, _HALF_DAY, -_HALF_DAY))


def _behind(lines: Iterable[OriginLine], changed: Iterable[str]) -> Iterator[str]:
    """The lines behind the text without the days of `changed`, which templates print beside the other in
    elements that no reader sees."""
    for text in _with_clocks(lines, "end", "below"):
        for stamp in changed:
            text = text.replace(stamp, " ")  # noqa: PLW2901
        yield text


def _is_origin(text: str) -> bool:
    """Whether a line over the headline is one of origin, not the news that a banner shows in passing."""
    return "20" in text and (names_origin(text) or count_han(text) <= BESIDE)


def _above(extracted: Extracted, captured: str, others: frozenset[str]) -> list[str]:
    """The lines between headline and body but those of an event or with the dates of something else (`others`
    are such); last those that tell of a change, and a date alone in brackets, which is the occasion of a
    speech or of a law."""
    texts = _with_clocks(extracted.origin_lines, "above")
    lines = [
        text
        for before, text, after in zip(["", *texts], texts, [*texts[1:], ""], strict=False)
        if not (
            text in others
            or tells_event(text, after)
            or is_of_another(before, text, captured)
            or is_told(text, captured)
        )
    ]
    return sorted(lines, key=lambda text: _ASIDE.search(text) is not None)


def _with_clocks(lines: Iterable[OriginLine], *places: str) -> list[str]:
    """The lines of some places, a time of day that stands alone put behind the date before it."""
    texts: list[str] = []
    for line in lines:
        if line.place in places:
            if texts and _CLOCK.fullmatch(line.text):
                texts[-1] = f"{texts[-1]} {_ZONE.sub('', line.text, count=1)}"
            else:
                texts.append(line.text)
    return texts


def _signs(text: str, captured: str) -> bool:
    """Whether a line at the end signs the article with a date and is no sentence that tells of one. The day
    of the capture without a year is the clock of a page."""
    dated = parse_date(text, captured) if len(text) < 60 and not DISCLAIMER_WITHIN.search(text) else None
    if dated is None or (
        dated.day in days_of(captured) and not dated.relative and not _YEAR.search(dated.raw)
    ):
        return False
    labelled = _LABELLED.search(text[: dated.start])
    return not labelled and not _TOLD.search(text[dated.start + len(dated.raw) :])


def _alone_over(extracted: Extracted, captured: str) -> Dated | None:
    """A date alone on the line right over the headline, or over the name of its section; not that of the
    capture, which a masthead prints."""
    lines = [line.text for line in extracted.origin_lines if line.place == "over"]
    if len(lines) > 1 and _SECTION.fullmatch(lines[-1]):
        lines.pop()
    text = _BESIDE_DAY.sub("", lines[-1]).strip() if lines else ""
    dated = parse_date(text, captured)
    alone = dated is not None and len(dated.raw) == len(text)
    return dated if alone and dated and dated.day not in days_of(captured) else None


def _month_alone(extracted: Extracted, captured: str) -> Dated | None:
    """A month with its year that is all of a line between headline and body, as on letters of firms."""
    for line in extracted.origin_lines:
        month = _MONTH.fullmatch(line.text) if line.place == "above" else None
        if month and (dated := parse_date(f"{number(month['y'])}年{number(month['m'])}月", captured)):
            return replace(dated, raw=line.text)
    return None


def _exact(chosen: Dated, candidates: Iterator[Dated]) -> Dated:
    """What the page prints or gives to machines in place of a year or a month counted back."""
    if chosen.precision not in ("year", "month"):
        return _finer(chosen, candidates)
    return next((dated for dated in candidates if not dated.relative), chosen)


def _finer(chosen: Dated, candidates: Iterator[Dated]) -> Dated:
    """The same day with its time of day, where another place on the page has it."""
    if chosen.precision != "day":
        return chosen
    return next(
        (d for d in candidates if d.day == chosen.day and d.precision in ("minute", "second")), chosen
    )


def _labelled(
    found: Iterable[tuple[str, Found]], wanted: tuple[str, ...], captured: str, places: tuple[str, ...]
) -> Dated | None:
    for place in places:
        for where, slot in found:
            if where == place and slot.slot in wanted and (dated := parse_date(slot.value, captured)):
                return dated
    return None


def _in_slots(found: Iterable[tuple[str, Found]], captured: str) -> Dated | None:
    """A date glued to the value of another label (作者：张三 2021-03-01) above the body."""
    for where, slot in found:
        if where == "above" and slot.slot != "other" and (dated := parse_date(slot.value, captured)):
            return dated
    return None


def _bare(texts: Iterable[str], captured: str, with_time: bool = False) -> Dated | None:
    """The first date on lines without a label; one with a time of day beats one without."""
    best: Dated | None = None
    for text in texts:
        dated = parse_date(text, captured)
        if (
            dated is None
            or (dated.precision in ("year", "month") and not dated.relative)
            or (with_time and dated.precision == "day")
        ):
            continue
        if best is None or (best.precision == "day" and dated.precision != "day" and dated.day == best.day):
            best = dated
    return best
