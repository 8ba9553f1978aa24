"""Dates as Chinese pages print them, to ISO 8601 with offset (RFC 3339 profile).

Every date comes out as a full time with offset, `2021-03-01T00:00:00+08:00`; the precision says how much of
it was printed. A time without a zone is Chinese time (+08:00: the mainland, Hong Kong, Macau and Taiwan have
kept no other since 1991). What cannot be a date of publication (before 1990, later than one day after the
capture) is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from pipelines.reading import date_shapes as shapes
from pipelines.reading.numerals import number
from pipelines.records import DatePrecision
from pipelines.text import fold_width

CHINA = timezone(timedelta(hours=8))
EARLIEST = 1990
_LATEST = timedelta(days=1)
_AGES: dict[str, tuple[float, DatePrecision]] = {
    "秒": (1 / 86_400, "second"),
    "分": (1 / 1_440, "minute"),
    "小": (1 / 24, "minute"),
    "钟": (1 / 24, "minute"),
    "天": (1.0, "day"),
    "日": (1.0, "day"),
    "周": (7.0, "day"),
    "星": (7.0, "day"),
    "月": (30.44, "month"),
    "年": (365.25, "year"),
}
"""The unit of an age by its first character: its length in days and how exactly it tells."""

_CLOCK_BEFORE = re.compile(r"(?<![\d:：])(?P<h>[012]?\d)[:：](?P<mi>[0-5]\d)(?:[:：](?P<s>[0-5]\d))?\s+$")
"""A time of day right before its day, 14:36 2024-05-30, as papers of Hong Kong print it."""

_SIMPLIFIED = str.maketrans("鐘週", "钟周")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as printed (`raw`) and as ISO 8601 with offset; `relative` when it hangs on the capture."""

    iso: str
    precision: DatePrecision
    raw: str
    start: int = 0
    relative: bool = False

    @property
    def day(self) -> str:
        """The calendar day in the zone of the date, YYYY-MM-DD."""
        return self.iso[:10]


@lru_cache(maxsize=64)
def parse_date(text: str, captured: str | None = None) -> Dated | None:
    """The first date in a text, or None. `captured` (ISO 8601, UTC) bounds it and anchors relative ones.

    Cached: the places where a page may be dated are looked at more than once.
    """
    return next(find_dates(text, captured), None)


def find_dates(text: str, captured: str | None = None) -> Iterator[Dated]:
    """All dates of a text: those with a year in the order of the text, then relative ones."""
    if not shapes.MAYBE.search(text):
        return
    folded = fold_width(text)
    now = _moment(captured)
    found = [
        dated
        for sign, pattern in shapes.WITH_YEAR
        if sign.search(folded)
        for match in pattern.finditer(folded)
        if (dated := _absolute(match, text, now)) is not None
    ]
    yield from sorted(found, key=lambda dated: dated.start)
    if found:
        return
    for pattern in (shapes.COMPACT, shapes.MONTH_ONLY, shapes.SHORT_YEAR):
        for match in pattern.finditer(folded):
            if dated := _absolute(match, text, now):
                yield dated
    if now is not None:
        yield from _relative(folded, text, now)


def date_in_url(url: str, captured: str | None = None) -> Dated | None:
    """The date in the path of an address (/2011/12/15/, 20111215, 2011-12/15), precision day."""
    path = url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    if "20" not in path and "19" not in path:
        return None
    for match in shapes.IN_URL.finditer(path):
        if dated := _absolute(match, path, _moment(captured)):
            return dated
    return None


def parse_stamp(text: str, captured: str | None = None) -> Dated | None:
    """A date in a machine-readable place (meta, JSON-LD, time[datetime]): seconds since 1970 too."""
    if epoch := shapes.EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(epoch[1]), CHINA)
        return _made(moment, "second", text, 0, _moment(captured))
    return parse_date(text, captured)


def days_of(captured: str) -> tuple[str, ...]:
    """The days (YYYY-MM-DD) that the clock of a page may show at a capture: in its own zone, in China."""
    now = _moment(captured)
    return (captured[:10],) if now is None else (captured[:10], _iso(now)[:10])


@lru_cache(maxsize=256)
def _moment(captured: str | None) -> datetime | None:
    if not captured:
        return None
    try:
        moment = datetime.fromisoformat(captured)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CHINA)


def _absolute(match: re.Match[str], text: str, now: datetime | None) -> Dated | None:
    """The date of a match that names its year."""
    groups = match.groupdict()
    year = number(groups.get("y") or groups.get("y2"))
    if match.re is shapes.REPUBLIC:
        year += 1911
    elif match.re is shapes.SHORT_YEAR:
        year += 1900 if year >= 90 else 2000
    month = number(groups.get("m") or groups.get("m2")) or 1
    day = number(groups.get("d") or groups.get("d2"))
    return _dated(year, month, day, match, text, now)


def _relative(folded: str, text: str, now: datetime) -> Iterator[Dated]:
    """Dates that the moment of the capture completes: no year, 昨天, 3小时前."""
    for match in shapes.NO_YEAR.finditer(folded):
        month, day = (number(match[a] or match[b]) for a, b in (("m", "m2"), ("d", "d2")))
        for year in (now.year, now.year - 1):
            if dated := _dated(year, month, day, match, text, now):
                yield dated
                break
    for match in shapes.DAY_WORD.finditer(folded):
        back = {"昨": 1, "前": 2}.get(match["word"][0], 0)
        that = now - timedelta(days=back)
        if match["word"][0] in "刚剛":
            yield Dated(_iso(_cut(now, "minute")), "minute", match[0], match.start(), True)
        elif (match["h"] or len(text) < 12) and (
            dated := _dated(that.year, that.month, that.day, match, text, now)
        ):
            yield Dated(dated.iso, dated.precision, dated.raw, dated.start, True)
    for match in shapes.AGO.finditer(folded):
        yield _ago(match, now)


def _ago(match: re.Match[str], now: datetime) -> Dated:
    count = 0.5 if match["n"] == "半" else float(number(match["n"]))
    days, precision = _AGES[match["unit"][0].translate(_SIMPLIFIED)]
    moment = now - timedelta(days=count * days)
    return Dated(_iso(_cut(moment, precision)), precision, match[0], match.start(), True)


def _cut(moment: datetime, precision: str) -> datetime:
    """A moment with what lies below its precision set to its start."""
    moment = moment.replace(microsecond=0)
    if precision in ("minute", "day", "month", "year"):
        moment = moment.replace(second=0)
    if precision in ("day", "month", "year"):
        moment = moment.replace(hour=0, minute=0)
    if precision in ("month", "year"):
        moment = moment.replace(day=1)
    return moment.replace(month=1) if precision == "year" else moment


def _dated(
    year: int, month: int, day: int, match: re.Match[str], text: str, now: datetime | None
) -> Dated | None:
    groups = match.groupdict()
    precision: DatePrecision = "day" if day else "month"
    try:
        moment = datetime(year, month, day or 1, tzinfo=CHINA)
    except ValueError:
        return None
    if day and not groups.get("h") and (clock := _CLOCK_BEFORE.search(text, 0, match.start())):
        groups = clock.groupdict()
    if day and groups.get("h"):
        hour, minute, second = _clock(groups)
        if hour <= 24 and minute < 60 and second < 60:
            precision = "second" if (groups.get("s") or groups.get("s2")) else "minute"
            moment = moment.replace(tzinfo=_zone(groups.get("zone")))
            moment += timedelta(hours=hour, minutes=minute, seconds=second)
    return _made(moment, precision, text[match.start() : match.end()].strip(), match.start(), now)


def _made(
    moment: datetime, precision: DatePrecision, raw: str, start: int, now: datetime | None
) -> Dated | None:
    if moment.year < EARLIEST or (now is not None and moment > now + _LATEST):
        return None
    return Dated(_iso(moment), precision, raw.strip(), start)


def _clock(groups: dict[str, str | None]) -> tuple[int, int, int]:
    hour = int(groups.get("h") or 0)
    half = (groups.get("half") or groups.get("half2") or "").lower()
    if half in ("下午", "晚上", "晚间", "晚間", "傍晚", "pm") and hour < 12:
        hour += 12
    elif half in ("凌晨", "am") and hour == 12:
        hour = 0
    return hour, int(groups.get("mi") or 0), int(groups.get("s") or groups.get("s2") or 0)


def _zone(zone: str | None) -> timezone:
    """The offset that is printed, Chinese time without one."""
    if not zone:
        return CHINA
    sign = re.search(r"([+-])(\d\d):?(\d\d)", zone)
    if not sign:
        return UTC
    offset = timedelta(hours=int(sign[2]), minutes=int(sign[3]))
    return timezone(-offset if sign[1] == "-" else offset) if offset < timedelta(hours=15) else CHINA


def _iso(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
