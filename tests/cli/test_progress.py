"""What a log sees of a long command: its name at once, then counts now and then."""

from __future__ import annotations

import pytest

from crawler import console


def test_a_log_has_counts_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with console.ticker("Reading") as show:
        show({"captures": 1})
        monkeypatch.setattr(console, "LINE_EVERY", 0.0)
        show({"captures": 1_200, "drops": 0})
    assert capsys.readouterr().err == "Reading ...\nReading: 1,200 captures\n"
