"""The living table: one commit per export, no commit without a change, files touched only where needed."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from pipelines.errors import ExportError, SchemaError
from pipelines.export import delta, table
from pipelines.export.commit import Change, commit
from pipelines.export.delta import write_delta
from pipelines.export.result import ExportResult
from pipelines.export.rows import digest_of, line_of, month_of, row_of
from pipelines.export.store import Store
from pipelines.export.table import read_state
from pipelines.records import Article

Export = Callable[[list[Any]], ExportResult]


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta, "ROW_GROUP", 8)
    monkeypatch.setattr(delta, "FILE_ROWS", 16)
    monkeypatch.setattr(delta, "AT_ONCE", 32)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "table"


@pytest.fixture
def export(out: Path) -> Export:
    def run(pairs: list[Any]) -> ExportResult:
        rows = [row_of(*pair) for pair in sorted(pairs, key=lambda pair: pair[0].id)]
        return write_delta(Store.open(str(out)), rows, {})

    return run


def rows_of(out: Path) -> list[dict[str, Any]]:
    """The newest version, read file by file: independent of how the export reads it."""
    found = []
    for uri in DeltaTable(out).file_uris():
        month = Path(uri).parent.name.removeprefix("month=")
        for row in pq.ParquetFile(unquote(uri)).read().to_pylist():
            found.append(row | {"month": month})
    return sorted(found, key=lambda row: row["id"])


def wanted(pairs: list[Any]) -> list[dict[str, Any]]:
    rows = [row_of(*pair) for pair in sorted(pairs, key=lambda pair: pair[0].id)]
    return [json.loads(line_of(row)) | {"row_digest": digest_of(row), "month": month_of(row)} for row in rows]


def changed(pair: Any, **values: Any) -> Any:
    return (replace(pair[0], **values), pair[1])


def test_the_table_has_every_row_in_its_month(made: list[Any], out: Path, export: Export) -> None:
    result = export(made)
    assert rows_of(out) == wanted(made)
    assert (result.inserted, result.updated, result.deleted, result.version) == (len(made), 0, 0, 0)
    assert "unknown" in {row["month"] for row in rows_of(out)}
    assert DeltaTable(out).count() == len(made)


def test_again_commits_nothing(made: list[Any], out: Path, export: Export) -> None:
    export(made)
    before = sorted(path for path in out.rglob("*") if path.is_file())
    result = export(random.Random(1).sample(made, len(made)))
    assert not result.changed
    assert result.version == DeltaTable(out).version() == 0
    assert sorted(path for path in out.rglob("*") if path.is_file()) == before


def test_new_rows_are_appended_without_touching_files(made: list[Any], out: Path, export: Export) -> None:
    export(made[:200])
    before = set(DeltaTable(out).file_uris())
    result = export(made)
    assert before <= set(DeltaTable(out).file_uris())
    assert (result.inserted, result.removed) == (100, 0)
    assert rows_of(out) == wanted(made)


def test_only_touched_months_are_written(made: list[Any], out: Path, export: Export) -> None:
    export(made)
    before = set(DeltaTable(out).file_uris())
    newer = [
        changed(pair, headline="改") if "2020-03" in str(pair[0].date_published) else pair for pair in made
    ]
    result = export(newer)
    touched = {Path(uri).parent.name for uri in before ^ set(DeltaTable(out).file_uris())}
    assert touched == {"month=2020-03"}
    assert result.updated == sum("2020-03" in str(pair[0].date_published) for pair in made) > 0
    assert result.version == 1
    assert rows_of(out) == wanted(newer)


def test_everything_at_once_is_one_commit(made: list[Any], out: Path, export: Export) -> None:
    export(made[:250])
    newer = [
        changed(made[0], date_published="2031-05-01"),
        *made[20:240],
        changed(made[240], tags=()),
        *made[250:],
    ]
    result = export(newer)
    assert result.version == 1
    assert (result.inserted, result.updated, result.deleted) == (50, 2, 28)
    assert rows_of(out) == wanted(newer)


def test_an_old_state_comes_back_under_its_old_files(made: list[Any], out: Path, export: Export) -> None:
    export(made)
    export(made[:10])
    assert export(made).version == 2
    assert rows_of(out) == wanted(made)


def test_nothing_to_export_makes_an_empty_table(out: Path, export: Export, made: list[Any]) -> None:
    assert export([]).version == 0
    assert export([]).version == 0
    assert DeltaTable(out).count() == 0
    assert export(made[:3]).version == 1


def test_row_twice_in_a_table_is_healed(made: list[Any], out: Path, export: Export) -> None:
    export(made[:20])
    store = Store.open(str(out))
    uri = DeltaTable(out).file_uris()[0]
    twin = Path(uri).with_name("ffffffff-twin.parquet")
    twin.write_bytes(Path(uri).read_bytes())
    state = read_state(store)
    file = next(file for file in state.files if uri.endswith(file.path))
    commit(store, state, Change((replace(file, path=f"month={file.month}/{twin.name}"),), ()), {})
    assert len(rows_of(out)) > 20
    export(made[:20])
    assert rows_of(out) == wanted(made[:20])


def test_a_commit_meanwhile_is_not_overwritten(made: list[Any], out: Path, export: Export) -> None:
    export(made[:10])
    store = Store.open(str(out))
    state = read_state(store)
    export(made[:5])
    with pytest.raises(ExportError, match="another export committed meanwhile"):
        commit(store, state, Change((), state.files[:1]), {})
    assert rows_of(out) == wanted(made[:5])


def test_two_first_exports_at_once(made: list[Any], out: Path, export: Export) -> None:
    store = Store.open(str(out))
    state = read_state(store)
    export(made[:5])
    with pytest.raises(ExportError, match="another export committed meanwhile"):
        commit(store, state, Change((), ()), {})


@pytest.mark.parametrize("name", ["a %41", "50%", "地 #?"])
def test_folders_of_any_name_hold_a_table_or_are_refused(made: list[Any], tmp_path: Path, name: str) -> None:
    """The Delta library undoes an escape that the name itself has, and looked in another folder."""
    store, rows = Store.open(str(tmp_path / name)), [row_of(*made[0])]
    if "%41" in name:
        with pytest.raises(ExportError, match="%41 in a path"):
            write_delta(store, rows, {})
    else:
        assert write_delta(store, rows, {}).rows == 1
        assert [row["id"] for row in rows_of(tmp_path / name)] == [rows[0].id]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_snapshot_is_not_turned_into_a_table(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path / "a"), "jsonl")
    with pytest.raises(ExportError, match="another address"):
        archive.export(str(tmp_path / "a"), "delta")
    archive.export(str(tmp_path / "b"), "delta")
    with pytest.raises(ExportError, match="--format delta"):
        archive.export(str(tmp_path / "b"), "parquet")


def test_a_table_of_others_is_left_alone(made: list[Any], out: Path, export: Export) -> None:
    import pyarrow as pa

    write_deltalake(out, pa.table({"id": ["a"], "price": [1.5]}))
    with pytest.raises(SchemaError, match=r"other columns.*another address"):
        export(made[:3])
    assert DeltaTable(out).version() == 0


def test_months_with_more_rows_than_a_file_holds(made: list[Any], out: Path, export: Export) -> None:
    same = [changed(pair, date_published="2024-05-05") for pair in made[:50]]
    export(same)
    counts = [pq.ParquetFile(uri).metadata.num_rows for uri in DeltaTable(out).file_uris()]
    assert max(counts) == 16
    assert sum(counts) == 50
    assert rows_of(out) == wanted(same)


def test_every_article_field_is_in_the_table() -> None:
    assert set(Article.__dataclass_fields__) - {"sketch", "warc"} <= set(table.TABLE_SCHEMA.names)


def test_clearing_takes_our_old_files_and_no_others(made: list[Any], out: Path, export: Export) -> None:
    """Also when nothing changed since: text that was withdrawn a week ago goes with any export."""
    export(made)
    gone = set(DeltaTable(out).file_uris())
    export([pair for pair in made if "2020-03" not in str(pair[0].date_published)])
    gone -= set(DeltaTable(out).file_uris())
    assert gone
    others = [out / name for name in ("mine.csv", "month=2020-01/notes.parquet")]
    others += [out / "below" / Path(uri).parent.name / Path(uri).name for uri in gone]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a stranger's")
    old = 8 * 24 * 3600
    for path in [*others, *map(Path, gone)]:
        os.utime(path, (path.stat().st_mtime - old,) * 2)
    _age_log(out, old)
    result = export([pair for pair in made if "2020-03" not in str(pair[0].date_published)])
    assert not result.changed
    assert not any(Path(uri).exists() for uri in gone)
    assert all(path.read_bytes() == b"a stranger's" for path in others)
    assert rows_of(out) == wanted([pair for pair in made if "2020-03" not in str(pair[0].date_published)])


def _age_log(out: Path, seconds: int) -> None:
    """Let the table's commits have happened so long ago."""
    for path in (out / "_delta_log").glob("*.json"):
        actions = [json.loads(line) for line in path.read_text().splitlines()]
        for action in actions:
            if removed := action.get("remove"):
                removed["deletionTimestamp"] -= seconds * 1000
        path.write_text("".join(json.dumps(action) + "\n" for action in actions))
