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

from pipelines.records import DatePrecision
from pipelines.text import fold_width

CHINA = timezone(timedelta(hours=8))
EARLIEST = 1990
_LATEST = timedelta(days=1)
_DIGITS = {char: digit for row in ("〇零○Ｏ0", "一壹1", "二贰貳2", "三叁參3", "四肆4", "五伍5", "六陆陸6", "七柒7", "八捌8", "九玖9")
           for digit, char in ((("〇一二三四五六七八九".index(row[0])), c) for c in row)}  # fmt: skip
_HAN = "〇零○一二三四五六七八九十廿卅元壹贰貳叁參肆伍陆陸柒捌玖拾百"
_MONTHS = {name: number + 1 for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())}

_TIME = (
    r"(?:\s*[T,，|]?\s*(?:[(（]?\s*(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]\s*[)）]?\s*)?"
    r"(?P<half>上午|下午|凌晨|早上|中午|晚上|晚间|晚間|傍晚|am|pm)?\s*"
    r"(?P<h>[012]?\d)\s*(?:[:：]\s*|[时時点點]\s*)(?:(?P<mi>[0-5]?\d)(?:\s*(?:分|[:：]\s*(?P<s>[0-5]?\d)(?:\.\d+)?))?(?:\s*(?P<s2>[0-5]?\d)\s*秒)?)?"
    r"\s*(?P<half2>am\b|pm\b)?"
    r"\s*(?P<zone>Z\b|(?:UTC|GMT)?\s?[+-]\d{2}:?\d{2}\b|(?:UTC|GMT)\b)?)?"
)
_FULL = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)\s*(?:[-–—./_]\s*|年\s*)(?P<m>[01]?\d)\s*(?:[-–—./_]\s*|月\s*)(?P<d>[0-3]?\d)(?!\d)\s*(?:日|号|號)?" + _TIME,
    re.I,
)
_MONTH_ONLY = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>[01]?\d)\s*月(?!\s*\d)")
_REPUBLIC = re.compile(
    r"(?:(?:中華)?民[國国]\s*(?P<y>\d{2,3}|[" + _HAN + r"]{1,5})\s*年\s*(?P<m>[01]?\d|[" + _HAN + r"]{1,3})\s*月\s*(?P<d>[0-3]?\d|[" + _HAN + r"]{1,3})\s*[日號号]"
    r"|(?<![\d/.-])(?P<y2>(?:9\d|1[0-3]\d))(?P<sep>[/.-])(?P<m2>[01]?\d)(?P=sep)(?P<d2>[0-3]?\d)(?![\d/.-]))" + _TIME,
    re.I,
)
_NUMERALS = re.compile(
    r"(?P<y>[二一][〇零○一二三四五六七八九]{3})\s*年\s*(?P<m>[一二三四五六七八九十元]{1,2})\s*月\s*(?P<d>[一二三四五六七八九十廿卅]{1,3})\s*[日號号]" + _TIME
)
_COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?!\d)")
_ENGLISH = re.compile(
    r"(?:(?P<d>[0-3]?\d)(?:st|nd|rd|th)?[\s-]+(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?[\s-]+(?P<y>(?:19|20)\d\d)"
    r"|\b(?P<m2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d))" + _TIME,
    re.I,
)
_SHORT_YEAR = re.compile(r"(?<![\d.-])(?P<y>(?:9\d|[0-3]\d))(?P<sep>[-/.])(?P<m>[01]\d)(?P=sep)(?P<d>[0-3]\d)(?![\d.-])\s+" + _TIME[3:-2])
_NO_YEAR = re.compile(
    r"(?<![\d年./-])(?:(?P<m>[01]?\d)\s*月\s*(?P<d>[0-3]?\d)\s*(?:日|号|號)|(?P<m2>[01]?\d)[-/](?P<d2>[0-3]?\d)(?=\s+[012]?\d[:：]\d\d|\s*$))(?![\d-])" + _TIME,
    re.I,
)
_DAY_WORD = re.compile(r"(?P<word>今天|今日|昨天|昨日|前天|剛剛|刚刚)" + _TIME)
_AGO = re.compile(r"(?P<n>\d{1,4}|[一二两兩三四五六七八九十半]{1,3})\s*(?:个|個)?\s*(?P<unit>秒钟|秒鐘|秒|分钟|分鐘|分|小时|小時|钟头|鐘頭|天|日|周|週|星期|月|年)\s*(?:之)?(?:前|以前)(?![\w])")
_MAYBE = re.compile(r"[\d年月日天刚剛前]")
_EPOCH = re.compile(r"\s*(1\d{9})(?:\d{3})?\s*")
_URL = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)"
    r"(?:[-/_.](?P<m>0?[1-9]|1[0-2])[-/_.](?P<d>0[1-9]|[12]\d|3[01]|[1-9](?!\d))"
    r"|[-/_.]?(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01]))(?!\d{1,3}(?!\d))"
)


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


def parse_date(text: str, captured: str | None = None) -> Dated | None:
    """The first date in a text, or None. `captured` (ISO 8601, UTC) bounds it and anchors relative ones."""
    return next(find_dates(text, captured), None)


def find_dates(text: str, captured: str | None = None) -> Iterator[Dated]:
    """All dates of a text: those with a year in the order of the text, then relative ones."""
    if not _MAYBE.search(text):
        return
    folded = fold_width(text)
    now = _moment(captured)
    found = [
        dated
        for pattern in (_FULL, _REPUBLIC, _NUMERALS, _ENGLISH)
        for match in pattern.finditer(folded)
        if (dated := _absolute(match, text, now)) is not None
    ]
    yield from sorted(found, key=lambda dated: dated.start)
    if found:
        return
    for pattern in (_COMPACT, _MONTH_ONLY, _SHORT_YEAR):
        for match in pattern.finditer(folded):
            if dated := _absolute(match, text, now):
                yield dated
    if now is not None:
        yield from _relative(folded, text, now)


def date_in_url(url: str, captured: str | None = None) -> Dated | None:
    """The date in the path of an address (/2011/12/15/, 20111215, 2011-12/15), precision day."""
    path = url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
    for match in _URL.finditer(path):
        if dated := _absolute(match, path, _moment(captured)):
            return dated
    return None


def parse_stamp(text: str, captured: str | None = None) -> Dated | None:
    """A date in a machine-readable place (meta, JSON-LD, time[datetime]): seconds since 1970 too."""
    if epoch := _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(epoch[1]), CHINA)
        return _made(moment, "second", text, 0, _moment(captured))
    return parse_date(text, captured)


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
    year = _number(groups.get("y") or groups.get("y2"))
    if match.re is _REPUBLIC:
        year += 1911
    elif match.re is _SHORT_YEAR:
        year += 1900 if year >= 90 else 2000
    month = _number(groups.get("m") or groups.get("m2")) or 1
    day = _number(groups.get("d") or groups.get("d2"))
    return _dated(year, month, day, match, text, now)


def _relative(folded: str, text: str, now: datetime) -> Iterator[Dated]:
    """Dates that the moment of the capture completes: no year, 昨天, 3小时前."""
    for match in _NO_YEAR.finditer(folded):
        month, day = (_number(match[a] or match[b]) for a, b in (("m", "m2"), ("d", "d2")))
        for year in (now.year, now.year - 1):
            if dated := _dated(year, month, day, match, text, now):
                yield dated
                break
    for match in _DAY_WORD.finditer(folded):
        back = {"昨": 1, "前": 2}.get(match["word"][0], 0)
        that = now - timedelta(days=back)
        if match["word"][0] in "刚剛":
            yield Dated(_iso(now), "minute", match[0], match.start(), True)
        elif match["h"] or len(text) < 12:
            if dated := _dated(that.year, that.month, that.day, match, text, now):
                yield Dated(dated.iso, dated.precision, dated.raw, dated.start, True)
    for match in _AGO.finditer(folded):
        yield _ago(match, now)


def _ago(match: re.Match[str], now: datetime) -> Dated:
    number = 0.5 if match["n"] == "半" else float(_number(match["n"]))
    unit = match["unit"]
    days, precision = {
        "秒": (1 / 86400, "second"), "分": (1 / 1440, "minute"), "小": (1 / 24, "minute"), "钟": (1 / 24, "minute"),
        "鐘": (1 / 24, "minute"), "天": (1.0, "day"), "日": (1.0, "day"), "周": (7.0, "day"), "週": (7.0, "day"),
        "星": (7.0, "day"), "月": (30.44, "month"), "年": (365.25, "year"),
    }[unit[0]]  # fmt: skip
    moment = now - timedelta(days=number * days)
    return Dated(_iso(_cut(moment, precision)), precision, match[0], match.start(), True)  # type: ignore[arg-type]


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


def _dated(year: int, month: int, day: int, match: re.Match[str], text: str, now: datetime | None) -> Dated | None:
    groups = match.groupdict()
    precision: DatePrecision = "day" if day else "month"
    try:
        moment = datetime(year, month, day or 1, tzinfo=CHINA)
    except ValueError:
        return None
    if day and groups.get("h"):
        hour, minute, second = _clock(groups)
        if hour <= 24 and minute < 60 and second < 60:
            precision = "second" if (groups.get("s") or groups.get("s2")) else "minute"
            moment = moment.replace(tzinfo=_zone(groups.get("zone"))) + timedelta(hours=hour, minutes=minute, seconds=second)
    return _made(moment, precision, text[match.start() : match.end()].strip(), match.start(), now)


def _made(moment: datetime, precision: DatePrecision, raw: str, start: int, now: datetime | None) -> Dated | None:
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


def _number(text: str | None) -> int:
    """Arabic or Chinese digits, positional (二〇二一) or with tens (二十一), an English month; 0 for None."""
    if not text:
        return 0
    if text.isascii():
        return int(text) if text.isdigit() else _MONTHS[text[:3].lower()]
    text = text.replace("元", "一").replace("廿", "二十").replace("卅", "三十").replace("拾", "十").replace("两", "二").replace("兩", "二")
    if "十" in text or "百" in text:
        hundreds, _, rest = text.rpartition("百")
        tens, ten, ones = rest.partition("十")
        ones = ones if ten else tens.lstrip("〇零○")
        tens_value = (_DIGITS.get(tens[-1:], 1) if tens else 1) if ten else 0
        return _DIGITS.get(hundreds, 0) * 100 + tens_value * 10 + _DIGITS.get(ones, 0)
    value = 0
    for char in text:
        value = value * 10 + _DIGITS.get(char, 0)
    return value
