"""Values that cannot be meant are refused with one line: nothing is read, made or left behind for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crawler.cli import app
from crawler.commands.report import write_report
from crawler.commands.sites import enable_site
from crawler.config import Config
from crawler.ending import leave
from pipelines.archive.catalog import Catalog
from pipelines.errors import ArchiveUnwritable

REFUSED = {
    "backfill captures": "captures: no such file; name a file, a folder or a glob",
    "backfill captures --workers -3": "--workers",
    "backfill captures --since 2021-13-77": "--since 2021-13-77: no such day",
    "backfill captures --until 2021-02-30": "--until 2021-02-30: no such day",
    "backfill captures --since 21-02": "--since 21-02: no such day",
    "backfill captures --since 2022-01-01 --until 2021": "swap them",
    "demo --articles 0": "--articles",
    "demo --mirrors -1": "--mirrors",
    "crawl --minutes -1": "--minutes",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_meant_is_one_line(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ipnews", *line.split(), "--archive", "archive"])
    with pytest.raises(SystemExit) as leaving:
        leave(app)
    said = capsys.readouterr().err
    assert (leaving.value.code, said.count("\n")) == (2, 1)
    assert REFUSED[line] in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", ["missing", "empty", "file"])
def test_a_merge_of_what_is_no_archive_makes_none(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ipnews", "merge", source, "--archive", "new"])
    with pytest.raises(SystemExit) as leaving:
        leave(app)
    said = capsys.readouterr().err
    assert (leaving.value.code, said.count("\n"), source in said) == (2, 1, True)
    assert not (tmp_path / "new").exists()


def test_a_declaration_that_cannot_be_written_stays_as_it_is(tmp_path: Path) -> None:
    declared = tmp_path / "mine.toml"
    declared.write_text('hosts = ["a.example"]\nstart = ["http://a.example/"]\nenabled = false\n')
    before = declared.read_text()
    (tmp_path / "mine.toml.part").symlink_to("/dev/full")
    with pytest.raises(ArchiveUnwritable, match=r"mine\.toml: No space left on device; "):
        enable_site(Config(tmp_path / "archive", tmp_path), "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]
    assert declared.read_text() == before


def test_a_report_makes_no_folder(tmp_path: Path) -> None:
    nowhere = tmp_path / "typo" / "report.html"
    with (
        Catalog.open(tmp_path / "archive") as catalog,
        pytest.raises(ArchiveUnwritable, match="no such folder"),
    ):
        write_report(catalog, nowhere)
    assert not nowhere.parent.exists()


@pytest.mark.parametrize("name", [".", "folder"])
def test_a_report_is_no_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work" / "folder").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    with Catalog.open(tmp_path / "archive") as catalog, pytest.raises(ArchiveUnwritable, match="a folder;"):
        write_report(catalog, Path(name))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["archive", "catalog.db", "folder", "work"]


def test_a_report_that_cannot_be_put_in_place_leaves_no_part(tmp_path: Path) -> None:
    (tmp_path / "report.html.part").symlink_to("/dev/full")
    full = pytest.raises(ArchiveUnwritable, match="No space left on device; name another place")
    with Catalog.open(tmp_path / "archive") as catalog, full:
        write_report(catalog, tmp_path / "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive"]
