"""What was typed wrongly: one line that says what to type, and exit code 2."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crawler.cli import app
from crawler.ending import leave
from pipelines.archive.catalog import Catalog

MISTYPED = {
    "serch 专利": ("search", "ipnews --help"),
    "crawl --dryrun": ("--dry-run", "ipnews crawl --help"),
    "crawl --site": ("--site", "ipnews crawl --help"),
    "crawl --pages two": ("--pages", "ipnews crawl --help"),
    "search x --limit 0": ("--limit", "ipnews search --help"),
    "crawl extra": ("extra", "ipnews crawl --help"),
    "export": ("--to", "ipnews export --help"),
    "search": ("words", "ipnews search --help"),
    "sites enable": ("name", "ipnews sites enable --help"),
    "sites on": ("'on'", "ipnews sites --help"),
}


def left(line: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "argv", ["ipnews", *line.split()])
    with pytest.raises(SystemExit) as leaving:
        leave(app)
    return leaving.value.code


@pytest.mark.parametrize("line", MISTYPED)
def test_what_is_mistyped_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named, remedy = MISTYPED[line]
    assert left(line, monkeypatch) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ipnews: ")
    assert err.endswith(f" see: {remedy}\n")
    assert (err.count("\n"), named in err) == (1, True)


@pytest.mark.parametrize("words", [["export", "--to", ""], ["report", "--to="], ["crawl", "--archive", ""]])
def test_an_empty_argument_is_no_folder(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ipnews", *words])
    with pytest.raises(SystemExit) as leaving:
        leave(app)
    said = capsys.readouterr().err
    assert leaving.value.code == 2
    assert (
        said == f"ipnews: an argument is empty: a variable that is not set? see: ipnews {words[0]} --help\n"
    )


@pytest.mark.parametrize("words", [["export", "--to", "s3:/bucket/x"], ["verify", "file:exports"]])
def test_an_address_without_its_slashes_is_no_folder(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Catalog.open(tmp_path / "archive").close()
    assert left(" ".join([*words, "--archive", "archive"]), monkeypatch) == 2
    assert f"{words[-1]}: an address has two slashes" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


@pytest.mark.parametrize("line", ["", "sites"])
def test_nothing_typed_shows_the_commands(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left(line, monkeypatch) == 2
    out, err = capsys.readouterr()
    assert (out.count("Commands"), err) == (1, "")
