"""The shapes in which pages print dates: one compiled pattern each, over text folded to half width.

Group names are shared: y m d (or y2 m2 d2), h mi s, half of the day, zone.
"""

from __future__ import annotations

import re

from pipelines.reading.phrases import both

NUMERALS = "〇零○一二三四五六七八九十廿卅元壹贰貳叁參肆伍陆陸柒捌玖拾百"

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_CLOCK = both(
    r"\s*[T,，|]?\s*(?:HKT\s*)?(?:[(（]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*[)）]?\s*|[(（][一二三四五六日天][)）]\s*)?"
    r"(?P<half>上午|下午|凌晨|早上|中午|晚上|晚间|傍晚|am|pm)?\s*"
    r"(?P<h>[012]?\d)\s*(?:[:：]\s*|[时点]\s*)"
    r"(?:(?P<mi>[0-5]?\d)(?:\s*(?:分|[:：]\s*(?P<s>[0-5]?\d)(?:\.\d+)?))?(?:\s*(?P<s2>[0-5]?\d)\s*秒)?)?"
    r"\s*(?P<half2>am\b|pm\b)?"
    r"\s*(?P<zone>Z\b|(?:UTC|GMT)?\s?[+-]\d{2}:?\d{2}\b|(?:UTC|GMT)\b)?"
)
_TIME = f"(?:{_CLOCK})?"

FULL = re.compile(
    both(
        r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?:\s*(?:[-–—./_]|年)\s*|\s+(?=[01]?\d\s?/\s?[0-3]?\d\s))"
        r"(?P<m>[01]?\d)\s*(?:[-–—./_]\s*|月\s*)"
        r"(?P<d>[0-3]?\d)(?!\d)\s*[日号]?"
    )
    + _TIME,
    re.I,
)
MONTH_ONLY = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>[01]?\d)\s*月(?!\s*\d)")
REPUBLIC = re.compile(
    both(
        rf"(?:(?:(?:中华)?民国\s*|(?<![\d.年/-])(?=1[0-3]\d\s*年))(?P<y>\d{{2,3}}|[{NUMERALS}]{{1,5}})\s*年\s*(?P<m>[01]?\d|[{NUMERALS}]{{1,3}})\s*月\s*"
        rf"(?P<d>[0-3]?\d|[{NUMERALS}]{{1,3}})\s*[日号]"
        r"|(?<![\d/.-])(?P<y2>(?:9\d|1[0-3]\d))(?P<sep>[/.-])(?P<m2>[01]?\d)(?P=sep)(?P<d2>[0-3]?\d)(?![\d/.-]))"
    )
    + _TIME,
    re.I,
)
"""Years of the Republic (year 1 is 1912), spelt out, as 110年3月1日 or as 110/3/1."""

CHINESE = re.compile(
    both(
        r"(?P<y>[二一][〇零○一二三四五六七八九]{3})\s*年\s*(?P<m>[一二三四五六七八九十元]{1,2})\s*月\s*"
        r"(?P<d>[一二三四五六七八九十廿卅]{1,3})\s*[日号]"
    )
    + _TIME
)
COMPACT = re.compile(
    r"(?<![\dA-Za-z第-])(?<!第\s)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:(?P<h>[01]\d|2[0-3])(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?)?(?!\d|\.[\dXx])"
)
"""Digits alone; not those of a patent (ZL201510012345.6), of a telephone or a counter."""

ENGLISH = re.compile(
    rf"(?:(?P<d>[0-3]?\d)(?:st|nd|rd|th)?[\s-]+(?P<m>{_MONTH})[a-z]*\.?,?[\s-]+(?P<y>(?:19|20)\d\d)"
    rf"|\b(?P<m2>{_MONTH})[a-z]*\.?\s+(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d))" + _TIME,
    re.I,
)
MONTH_FIRST = re.compile(
    r"(?<!\d)(?P<m>[01]?\d|[一二三四五六七八九十]{1,2})月\s*(?P<d>[0-3]?\d)(?:st|nd|rd|th)?,\s*"
    r"(?P<y>(?:19|20)\d\d)(?!\d)" + _TIME,
    re.I,
)
"""6月 05, 2024, as Blogger prints it, and 八月 17th, 2011, as WordPress did."""

DAY_BEFORE_MONTH = re.compile(
    r"(?<![\d月年])(?P<d>[0-3]?\d)\s*[\s/]\s*(?P<m>[01]?\d|[一二三四五六七八九十]{1,2})月\s*[,/]?\s*(?P<y>(?:19|20)\d\d)(?![\d年])"
)
"""18 2月 2026, as themes of WordPress set it in three boxes."""

DAY_FIRST = re.compile(
    r"(?<![\d/.-])(?:(?P<d>1[3-9]|2\d|3[01])/(?P<m>0?[1-9]|1[0-2])|(?P<m2>0?[1-9]|1[0-2])/(?P<d2>1[3-9]|2\d|3[01]))"
    r"/(?P<y>20\d\d)(?![\d/])(?:\s-(?=\s))?" + _TIME,
    re.I,
)
"""15/11/2021 (Hong Kong) or 11/15/2021, where the day tells itself by being above twelve."""

CTIME = re.compile(
    rf"\b(?P<m>{_MONTH})\s+(?P<d>[0-3]?\d)\s+(?P<h>[012]?\d):(?P<mi>[0-5]\d):(?P<s>[0-5]\d)\s+(?P<y>(?:19|20)\d\d)",
    re.I,
)
"""The time as C prints it, on boards."""

WITH_YEAR = (
    (re.compile(r"(?:19|20)\d\d"), FULL),
    (re.compile(both(r"(?<!\d)(?:9|1[0-3])\d(?:[/.-]|\s*年)|民国")), REPUBLIC),
    (re.compile(r"[二一][〇零○一二三四五六七八九]{3}"), CHINESE),
    (re.compile(r"[a-z]{3}", re.I), ENGLISH),
    (re.compile(r",\s*20\d\d"), MONTH_FIRST),
    (re.compile(r"月\s*[,/]?\s*(?:19|20)\d\d"), DAY_BEFORE_MONTH),
    (re.compile(r":\d\d\s+(?:19|20)\d\d"), CTIME),
    (re.compile(r"/20\d\d"), DAY_FIRST),
)
"""The shapes that name their year, each behind a sign that all its dates have."""

SHORT_YEAR = re.compile(
    r"(?<![\d.-])(?P<y>(?:9\d|[0-3]\d))(?P<sep>[-/.])(?P<m>[01]\d)(?P=sep)(?P<d>[0-3]\d)(?![\d.-])\s+"
    + _CLOCK
)
"""A year of two digits, only with a time behind it: 21-03-01 alone is a size or a score as well."""

NO_YEAR = re.compile(
    both(r"(?<![\d年./-])(?:(?P<m>[01]?\d)\s*月\s*(?P<d>[0-3]?\d)\s*[日号]")
    + r"|(?P<m2>[01]?\d)[-/](?P<d2>[0-3]?\d)(?=\s+[012]?\d[:：]\d\d|\s*$|(?<=^\d\d[-/]\d\d)\s))(?![\d-])"
    + _TIME,
    re.I,
)
DAY_WORD = re.compile(both(r"(?P<word>今天|今日|昨天|昨日|前天|刚刚(?=发|更新|\W|$))") + _TIME)
AGO = re.compile(
    both(
        r"(?P<n>\d{1,4}|[一二两三四五六七八九十半]{1,3})\s*个?\s*"
        r"(?P<unit>秒钟|秒|分钟|分|小时|钟头|天|日|周|星期|月|年)\s*之?(?:前|以前)(?!\w)"
    )
)
MAYBE = re.compile(both(r"[\d年月日天刚前]"))
"""What a text without any date has none of."""

EPOCH = re.compile(r"\s*(1\d{9})(?:\d{3})?\s*")
IN_URL = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)"
    r"(?:[-/_.](?P<m>0?[1-9]|1[0-2])[-/_.](?P<d>(?:0[1-9]|[12]\d|3[01]|[1-9])(?!\d))(?!(?:(?<=/\d)|(?<=/\d\d))\.\w)"
    r"|[-/_.]?(?P<m2>0[1-9]|1[0-2])(?P<d2>0[1-9]|[12]\d|3[01]))(?!\d{1,3}(?!\d))"
)
