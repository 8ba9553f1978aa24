"""What verify says of exports: nothing when they are whole, the place and the remedy when they are not."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from pipelines.errors import ExportError, SchemaError
from pipelines.export import parts
from pipelines.export.filters import Filters
from pipelines.export.verify import verify_export


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 64)


def said(folder: Path) -> list[str]:
    return [problem.line() for problem in verify_export(str(folder))]


@pytest.fixture(params=["parquet", "jsonl", "delta"])
def exported(archive: Any, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, str]:
    archive.export(str(tmp_path / "out"), request.param)
    return tmp_path / "out", request.param


def data_file(folder: Path) -> Path:
    return sorted(path for path in folder.rglob("*-*") if path.is_file())[0]


def clip(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_a_whole_export_has_no_problems(exported: tuple[Path, str]) -> None:
    assert said(exported[0]) == []


@pytest.mark.parametrize(
    ("damage", "seen"), [(Path.unlink, "not there"), (clip, "bytes, the"), (flip, "do not match")]
)
def test_damage_is_named_and_the_remedy_works(
    archive: Any, exported: tuple[Path, str], damage: Any, seen: str
) -> None:
    folder, form = exported
    victim = data_file(folder)
    damage(victim)
    problems = said(folder)
    assert len(problems) == 1
    assert victim.name in problems[0]
    assert seen in problems[0]
    assert f"ipnews export --to {folder} --format {form}" in problems[0]
    if "delete it" in problems[0]:
        victim.unlink()
    archive.export(str(folder), form)
    assert said(folder) == []


@pytest.mark.parametrize("form", ["parquet", "delta"])
def test_the_remedy_takes_what_the_export_took(archive: Any, tmp_path: Path, form: str) -> None:
    """The default filters in its place would take every other copy and subject out of the export."""
    sources = ("专利观察", "经济日报")
    filters = Filters(copies=True, topics="all", sources=sources, since="2020-02-01")
    archive.export(str(tmp_path / "out"), form, filters=filters)
    clip(data_file(tmp_path / "out"))
    (line,) = said(tmp_path / "out")
    command = shlex.split(line.rpartition(": ")[2])
    options = " ".join(command[command.index("--format") :])
    taken = "--copies --topics all --source 专利观察 --source 经济日报 --since 2020-02-01"
    assert options == f"--format {form} {taken}"


def test_orphans_of_a_killed_snapshot(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path), "parquet")
    (tmp_path / f"0123abcd-{'0' * 32}.parquet").write_bytes(b"left")
    (tmp_path / "notes.txt").write_text("mine")
    (line,) = said(tmp_path)
    assert "0123abcd-" in line
    assert "no manifest names" in line


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_counts_that_do_not_add_up(archive: Any, tmp_path: Path, form: str) -> None:
    archive.export(str(tmp_path / "out"), form)
    path = tmp_path / "out" / "_manifest.json"
    content = json.loads(path.read_bytes())
    content["parts"][0]["rows"] += 1
    path.write_text(json.dumps(content))
    rows = content["parts"][0]["rows"]
    problems = "\n".join(said(tmp_path / "out"))
    assert "its rows are not the sum of its parts" in problems
    assert f"{rows - 1} rows, the manifest says {rows}" in problems


def test_no_export_at_all(tmp_path: Path) -> None:
    with pytest.raises(
        ExportError, match=r"no manifest and no Delta log.*ipnews export --to .*ipnews verify"
    ):
        said(tmp_path)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no such folder"):
        said(tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "_manifest.json").write_text("{")
    (line,) = said(tmp_path)
    assert "delete it, then export there again" in line


LOG_FAULTS = {
    "clipped": lambda first: first.write_bytes(first.read_bytes()[:-100]),
    "nothing of a table in it": lambda first: first.write_bytes(b"{}\n"),
    "a version missing": lambda first: first.with_name(f"{3:020}.json").write_bytes(first.read_bytes()),
}


@pytest.mark.parametrize("fault", LOG_FAULTS)
def test_a_damaged_log_of_a_table_is_named_and_the_remedy_works(
    archive: Any, tmp_path: Path, fault: str
) -> None:
    archive.export(str(tmp_path / "t"), "delta")
    log = tmp_path / "t" / "_delta_log"
    LOG_FAULTS[fault](log / f"{0:020}.json")
    (line,) = said(tmp_path / "t")
    assert line.startswith(f"{tmp_path}/t/_delta_log: damaged (")
    assert line.endswith("; delete it, then export there again")
    with pytest.raises(SchemaError, match=r"_delta_log: damaged .*; delete it, then export there again"):
        archive.export(str(tmp_path / "t"), "delta")
    shutil.rmtree(log)
    archive.export(str(tmp_path / "t"), "delta")
    assert said(tmp_path / "t") == []


NEWER = '{"format": "parquet", "rows": 0, "size": 0, "parts": [], "filters": {}, "schema_version": 99}'


@pytest.mark.parametrize("content", ["{", NEWER])
def test_what_refuses_to_be_read_is_said_once(tmp_path: Path, content: str) -> None:
    (tmp_path / "_manifest.json").write_text(content)
    (line,) = said(tmp_path)
    assert line.count(str(tmp_path)) == 1


def test_an_article_that_stands_twice(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path / "t"), "delta")
    table = DeltaTable(tmp_path / "t")
    log = tmp_path / "t" / "_delta_log" / "00000000000000000001.json"
    first = (tmp_path / "t" / "_delta_log" / "00000000000000000000.json").read_text().splitlines()
    add = json.loads(next(line for line in first if line.startswith('{"add"')))
    old = tmp_path / "t" / add["add"]["path"]
    add["add"]["path"] = f"{Path(add['add']['path']).parent}/twin.parquet"
    (tmp_path / "t" / add["add"]["path"]).write_bytes(old.read_bytes())
    log.write_text(json.dumps(add))
    assert table.version() == 0
    (line,) = said(tmp_path / "t")
    assert "articles stand there twice" in line
    archive.export(str(tmp_path / "t"), "delta")
    assert said(tmp_path / "t") == []


def test_nowhere(s3: str) -> None:
    with pytest.raises(ExportError, match="does not exist"):
        list(verify_export("s3://no-such-bucket/x"))
