"""A date in pieces, one over the other in a box beside the headline."""

from __future__ import annotations

import re
from itertools import groupby

from pipelines.reading.dates import Dated, parse_date
from pipelines.reading.records import Extracted

_FIGURES = re.compile(r"[\d年月日./: -]{1,12}")
_BOX = re.compile(
    r"\b(?P<d>[0-3]?\d)日? (?P<y>20\d\d)\s?[-/.年]\s?(?P<m>[01]?\d)月?(?!\d)|"
    r"\b(?P<y2>20\d\d)\s?[-/.年]\s?(?P<m2>[01]?\d)月?[-/.]? (?P<d2>[0-3]?\d)日?(?![\d:])|"
    r"\b(?P<y3>20\d\d)年? (?P<m3>[01]?\d)[-/.月]\s?(?P<d3>[0-3]?\d)日?(?:\s(?P<time>\d\d:\d\d))?(?!\d)"
)
"""Day over month, month over day, year over day over time."""


def boxed(extracted: Extracted, captured: str) -> Dated | None:
    """The date that the lines over or under the headline give in pieces, or None."""
    lines = [line.text for line in extracted.origin_lines if line.place in ("over", "above")]
    for figures, run in groupby(lines, lambda text: _FIGURES.fullmatch(text) is not None):
        if figures and (box := _BOX.search(" ".join(run))):
            year, month = box["y"] or box["y2"] or box["y3"], box["m"] or box["m2"] or box["m3"]
            day = box["d"] or box["d2"] or box["d3"]
            return parse_date(f"{year}-{month}-{day} {box['time'] or ''}", captured)
    return None
