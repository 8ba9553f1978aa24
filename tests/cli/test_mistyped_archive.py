"""A command that changes an archive makes none where the name of one was mistyped."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from crawler.cli import app
from crawler.commands import backfill, copies, withdraw
from crawler.ending import leave
from pipelines.errors import UsageError

CHANGING = {
    "withdraw": partial(withdraw.run, "http://a.test/1", reason="asked"),
    "lift": partial(withdraw.run, "http://a.test/1", reason="asked", lifted=True),
    "rebuild": partial(copies.run, rebuild=True),
    "own": partial(backfill.run, own=True),
}


@pytest.mark.parametrize("run", CHANGING.values(), ids=CHANGING)
def test_nothing_is_made(run: Callable[..., int], tmp_path: Path) -> None:
    nowhere = tmp_path / "mistyped"
    with pytest.raises(UsageError, match="no archive here"):
        run(archive=nowhere)
    assert not nowhere.exists()


@pytest.mark.parametrize("command", ["crawl", "status", "verify"])
def test_a_file_is_no_archive(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("kept", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["ipnews", command, "--archive", str(tmp_path / "notes.txt")])
    with pytest.raises(SystemExit) as leaving:
        leave(app)
    assert leaving.value.code == 2
    assert "notes.txt' is a file; see: ipnews" in capsys.readouterr().err
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "kept"
