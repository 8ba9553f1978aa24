"""Dates near an article that are not its own: of an event, of a deadline, of the patent that it tells of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.reading.dates import parse_date
from pipelines.reading.origin import Found, slots
from pipelines.reading.phrases import both
from pipelines.reading.weight import names_origin

_PLACED = re.compile(both(r"地\s*[点址]\s*[:：]"))
_TIMED = re.compile(both(r"^\W*(?:[\u3400-\u9fff]{2})?(?:时\s*间|日\s*期)\s*[:：]"))
_LABEL_CELL = re.compile(both(r"[\u3400-\u9fff]{1,6}(?:时间|日期|日)\s*[:：]?"))
_TOLD = re.compile("^[，、]|。")
_WHEN = re.compile(both(r"(?:(?<![布表新改载登])于|在|自|从|截[至止])\s*$"))
_PATENT = re.compile(both(r"申请(?:日|号|人)|专利(?:号|权人)|授权公告"))
_LAID_OPEN = re.compile(both(r"公[开布告]"))


def tells_event(line: str, after: str) -> bool:
    """Whether a line tells the time of an event, whose place stands beside it or on the line `after`."""
    return _PLACED.search(line) is not None or (
        _PLACED.match(after) is not None and _TIMED.match(line) is not None
    )


def is_of_another(before: str, text: str, captured: str) -> bool:
    """Whether the first date of a line is the value of a label that no article has (会议时间, 申请日期),
    there or alone on the line `before`."""
    if _LABEL_CELL.fullmatch(before):
        text = f"{before.rstrip(' :：')}：{text}"
    dated = parse_date(text, captured)
    return dated is not None and any(
        slot.slot == "other" and slot.value.startswith(dated.raw) for slot in slots(text)
    )


def is_told(text: str, captured: str) -> bool:
    """Whether a line is a sentence that tells of its day (将于6月21日举行) and no line of origin."""
    dated = parse_date(text, captured)
    if dated is None or dated.precision != "day" or names_origin(text):
        return False
    behind = text[dated.start + len(dated.raw) :]
    return _TOLD.search(behind) is not None or _WHEN.search(text[: dated.start]) is not None


def laid_open(found: Iterable[tuple[str, Found]], lines: Iterable[str]) -> frozenset[str]:
    """The labelled days on which a patent was laid open or granted, where one of the `lines` around the
    article has its number or applicant."""
    days = frozenset(slot.value for _, slot in found if slot.slot == "date" and _LAID_OPEN.match(slot.label))
    return days if days and any(map(_PATENT.search, lines)) else frozenset()
