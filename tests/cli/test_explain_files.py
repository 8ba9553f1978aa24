"""`ipnews explain`: of a file it says what the places count in; of a record it prints no Python."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.copies_texts import made_article
from crawler.commands.explain import explain_text, lines
from pipelines.records import Capture, WarcPointer

DAMAGED = "打?qū)@麘?zhàn)"


def test_places_of_a_page_are_not_those_of_an_article(capsys: pytest.CaptureFixture[str]) -> None:
    explain_text(f"<p>{DAMAGED}</p>".encode(), json=False)
    told = capsys.readouterr().out
    assert "HTML: places count from the page's beginning, tags included" in told
    assert "  html@" in told
    explain_text(DAMAGED.encode(), json=False)
    told = capsys.readouterr().out
    assert "HTML" not in told
    assert "  text@" in told


def test_a_record_is_told_without_python() -> None:
    capture = Capture(
        "http://a.test/1", "2026-01-01T00:00:00Z", b"", "x", warc=WarcPointer("a.warc.gz", 7, 9)
    )
    article = replace(made_article("http://a.test/1", "题", "文"), authors=("甲", "乙"))
    told = list(lines({"capture": capture, "drop": None, "article": article, "settled": None}))
    assert "  warc: file a.warc.gz, offset 7, length 9" in told
    assert "  authors: 甲; 乙" in told
    assert not [line for line in told if "{'" in line or "('" in line]
