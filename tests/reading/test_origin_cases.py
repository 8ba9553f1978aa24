"""The case files of origin lines and of dates, each case by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.reading.dates import parse_date
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Block, Extracted, OriginLine

CASES = Path(__file__).resolve().parents[2] / "data" / "eval" / "reading"
PLACES = ("over", "above", "start", "end", "below", "byline", "outlet")
FETCHED = "2021-03-02T03:00:00Z"

DATES = [
    line.split("\t")
    for line in (CASES / "dates.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
LINES = [json.loads(line) for line in (CASES / "origin_lines.jsonl").read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_cases() -> None:
    assert len(DATES) + len(LINES) >= 120


@pytest.mark.parametrize(("printed", "captured", "iso", "precision"), DATES, ids=[case[0] for case in DATES])
def test_date(printed: str, captured: str, iso: str, precision: str) -> None:
    dated = parse_date(printed, captured)
    assert (dated.iso, dated.precision) == (iso, precision) if dated else (iso, precision) == ("-", "-")


@pytest.mark.parametrize("case", LINES, ids=[json.dumps(case, ensure_ascii=False)[:60] for case in LINES])
def test_origin_line(case: dict[str, object]) -> None:
    lines = tuple(OriginLine(place, text) for place in PLACES for text in case.get(place, ()))  # type: ignore[attr-defined]
    page = Extracted("", ("老酱园的新官司",), (Block("p", "正文。"),), lines)
    told = read_metadata(
        page, str(case.get("url", "http://a.test/1.html")), str(case.get("captured", FETCHED))
    )
    found = {
        "source": told.source,
        "authors": list(told.authors),
        "editors": list(told.editors),
        "date": told.date_published,
        "original_headline": told.original_headline,
        "origin_url": told.origin_url,
    }
    wanted = {key: case.get(key, [] if key in ("authors", "editors") else None) for key in found}
    assert found == wanted
    more = {"sources": list(told.sources), "modified": told.date_modified, "rights": told.rights}
    for key, value in more.items():
        if key in case:
            assert value == case[key]
