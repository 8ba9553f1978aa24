"""Snapshots on a local disk: content, names, idempotence, order, readers."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, update

from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import articles, settled, tombstones
from pipelines.errors import ExportError, SchemaError
from pipelines.export import parallel, parts, snapshot
from pipelines.export.filters import Filters
from pipelines.export.parallel import ranges
from pipelines.export.result import ExportResult
from pipelines.export.rows import SCHEMA, line_of, row_of
from pipelines.export.selection import selected
from pipelines.export.snapshot import make_parts, publish
from pipelines.export.store import Store


def write_snapshot(store: Store, rows: Iterable[Any], form: Any, filters: dict[str, Any]) -> ExportResult:
    return publish(store, form, filters, lambda made: make_parts(made, rows, form))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def manifest(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "_manifest.json").read_bytes())
    return content


def lines(folder: Path) -> bytes:
    """All JSON lines of a snapshot, by way of its manifest and an independent zstd reader."""
    names = [part["name"] for part in manifest(folder)["parts"]]
    return b"".join(pa.input_stream(str(folder / name), compression="zstd").read() for name in names)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 32)
    monkeypatch.setattr(snapshot, "AT_ONCE", 10)


@pytest.fixture
def wanted(made: list[Any]) -> list[bytes]:
    """The obvious way: all pairs in memory, filtered and sorted."""
    return [line_of(row_of(a, s)) for a, s in made if s.canonical and a.relevance >= 0.5]


def test_jsonl_has_the_lines_in_the_order_of_ids(archive: Any, wanted: list[bytes], tmp_path: Path) -> None:
    result = archive.export(f"file://{tmp_path}/out", "jsonl")
    assert lines(tmp_path / "out") == b"".join(wanted)
    assert result.rows == len(wanted) > 200
    assert result.written == len(manifest(tmp_path / "out")["parts"]) + 1 > 4


def test_parquet_says_what_jsonl_says(archive: Any, wanted: list[bytes], tmp_path: Path) -> None:
    archive.export(str(tmp_path / "out"), "parquet")
    table = pq.read_table(tmp_path / "out", schema=SCHEMA)
    assert sorted(table.to_pylist(), key=lambda row: row["id"]) == [json.loads(line) for line in wanted]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_the_manifest_counts_and_hashes(archive: Any, tmp_path: Path, form: str) -> None:
    archive.export(str(tmp_path / "out"), form)
    said = manifest(tmp_path / "out")
    assert said["format"] == form
    assert said["schema_version"] == 1
    assert said["filters"]["topics"] == "ip"
    assert list(said["fields"]) == SCHEMA.names
    assert said["rows"] == sum(part["rows"] for part in said["parts"])
    for part in said["parts"]:
        content = (tmp_path / "out" / part["name"]).read_bytes()
        assert part["size"] == len(content)
        assert part["sha256"] == hashlib.sha256(content).hexdigest()
        assert part["sha256"][:32] in part["name"]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_again_writes_nothing(archive: Any, tmp_path: Path, form: str) -> None:
    archive.export(str(tmp_path / "out"), form)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    result = archive.export(str(tmp_path / "out"), form)
    assert not result.changed
    assert result.written == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == stamps


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_the_order_of_reading_leaves_no_trace(
    made: list[Any], tmp_path: Path, archive: Any, form: str
) -> None:
    archive.export(str(tmp_path / "one"), form)
    with Catalog.open(tmp_path / "shuffled") as catalog:
        shuffled = type(archive)(tmp_path / "shuffled", catalog)
        mixed = random.Random(3).sample(made, len(made))
        shuffled.put(mixed)
        shuffled.export(str(tmp_path / "two"), form)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_one_new_article_changes_one_part(
    made: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 16)
    rows = [row_of(*pair) for pair in made]
    store = Store.open(str(tmp_path / "out"))
    write_snapshot(store, rows[:150] + rows[151:], "parquet", {})
    result = write_snapshot(store, rows, "parquet", {})
    assert (result.written, result.removed) == (2, 1)  # the part and the manifest; the old part
    assert len(manifest(tmp_path / "out")["parts"]) > 5


def test_what_was_withdrawn_leaves_the_next_snapshot(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path / "out"), "jsonl")
    gone = json.loads(lines(tmp_path / "out").splitlines()[5])

    def withdraw(connection: Any) -> None:
        values = {
            "target": gone["id"],
            "kind": "id",
            "reason": "asked",
            "withdrawn_at": "2026-11-22T00:00:00Z",
        }
        connection.execute(tombstones.insert().values(purged=False, **values))

    archive.catalog.write(withdraw).result()
    archive.export(str(tmp_path / "out"), "jsonl")
    assert gone["id"].encode() not in b"".join(
        pa.input_stream(str(path), compression="zstd").read() for path in (tmp_path / "out").glob("*.zst")
    )


def test_only_current_versions(archive: Any, tmp_path: Path, wanted: list[bytes]) -> None:
    old = json.loads(wanted[0])["id"]
    archive.catalog.write(
        lambda connection: connection.execute(
            update(articles).where(articles.c.id == old).values(current=False)
        )
    ).result()
    assert archive.export(str(tmp_path / "out"), "jsonl").rows == len(wanted) - 1


def test_articles_not_settled_yet_are_taken(archive: Any, tmp_path: Path, made: list[Any]) -> None:
    archive.catalog.write(lambda connection: connection.execute(delete(settled))).result()
    ip_news = sum(1 for article, _ in made if article.relevance >= 0.5)
    assert archive.export(str(tmp_path / "out"), "jsonl").rows == ip_news


def test_filters_reach_the_catalog(archive: Any, tmp_path: Path, made: list[Any]) -> None:
    everything = archive.export(str(tmp_path / "all"), "jsonl", filters=Filters(copies=True, topics="all"))
    assert everything.rows == len(made)
    narrow = Filters(
        sites=("mirror3",), since="2020-02-01", until="2020-03-31", sources=("专利观察",), copies=True
    )
    assert archive.export(str(tmp_path / "few"), "jsonl", filters=narrow).rows == sum(
        1 for article, derived in made if narrow.selects(article, derived)
    )


def test_nothing_to_export_is_a_snapshot_too(archive: Any, tmp_path: Path) -> None:
    result = archive.export(str(tmp_path / "out"), "parquet", filters=Filters(sites=("none",)))
    assert result.rows == 0
    assert list(tree(tmp_path / "out")) == ["_manifest.json"]


def test_a_missing_or_clipped_part_is_put_back(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path / "out"), "parquet")
    before = tree(tmp_path / "out")
    first, second = sorted((tmp_path / "out").glob("*.parquet"))[:2]
    first.unlink()
    second.write_bytes(second.read_bytes()[:100])
    assert archive.export(str(tmp_path / "out"), "parquet").written == 2
    assert tree(tmp_path / "out") == before


def test_parts_of_a_killed_export_are_cleared_and_strangers_are_left(archive: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / f"0123abcd-{'0' * 32}.parquet").write_bytes(b"left by a kill")
    (out / "notes.txt").write_text("mine")
    archive.export(str(out), "parquet")
    assert not list(out.glob("0123abcd-*"))
    assert (out / "notes.txt").exists()


def test_formats_are_not_mixed(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path / "out"), "jsonl")
    with pytest.raises(ExportError, match="--format jsonl"):
        archive.export(str(tmp_path / "out"), "parquet")
    with pytest.raises(ExportError, match="another address"):
        archive.export(str(tmp_path / "out"), "delta")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b'{"format": "par', "delete it, then export"), (b"\xff\xfe", "delete it"), (b"{}", "delete it")],
)
def test_a_damaged_manifest_is_named(archive: Any, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "_manifest.json").write_bytes(content)
    with pytest.raises(SchemaError, match=said):
        archive.export(str(tmp_path / "out"), "parquet")


def test_a_newer_snapshot_is_refused(archive: Any, tmp_path: Path) -> None:
    archive.export(str(tmp_path / "out"), "parquet")
    newer = manifest(tmp_path / "out") | {"schema_version": 99}
    (tmp_path / "out" / "_manifest.json").write_text(json.dumps(newer))
    with pytest.raises(SchemaError, match="upgrade ipnews"):
        archive.export(str(tmp_path / "out"), "parquet")


def test_rows_out_of_order_are_refused(made: list[Any], tmp_path: Path) -> None:
    rows: Iterable[Any] = [row_of(*pair) for pair in (made[1], made[0])]
    with pytest.raises(ValueError, match="ascend"):
        write_snapshot(Store.open(str(tmp_path / "out")), rows, "jsonl", {})
    assert not (tmp_path / "out" / "_manifest.json").exists()


def test_duckdb_reads_parts_by_the_manifest(archive: Any, tmp_path: Path, wanted: list[bytes]) -> None:
    for form, function in (("parquet", "read_parquet"), ("jsonl", "read_json")):
        out = tmp_path / form
        archive.export(str(out), form)
        files = [str(out / part["name"]) for part in manifest(out)["parts"]]
        found = duckdb.sql(
            f"select count(*), count(distinct id), sum(len(edits)) from {function}({files})"
        ).fetchall()
        edits = sum(len(json.loads(line)["edits"]) for line in wanted)
        assert found == [(len(wanted), len(wanted), edits)]


@pytest.mark.parametrize("number", [1, 2, 3, 7, 40])
def test_ranges_side_by_side_give_every_row_once(archive: Any, number: int) -> None:
    whole = [row.id for row in selected(archive.catalog, Filters())]
    pieces = [[row.id for row in selected(archive.catalog, Filters(), between)] for between in ranges(number)]
    assert [one for piece in pieces for one in piece] == whole
    assert all(parts.ends_part(piece[-1]) for piece in [piece for piece in pieces if piece][:-1])


def test_ranges_end_only_at_rows_that_are_taken(archive: Any, made: list[Any]) -> None:
    """An id may end a part whose article the columns let through and the filters do not."""
    ending = [a.id for a, s in made if parts.ends_part(a.id) and s.canonical and a.relevance >= 0.5]
    dated = [a for a, s in made if a.id in ending and a.date_published]
    filters = Filters(since=max(a.date_published[:10] for a in dated))
    whole = [row.id for row in selected(archive.catalog, filters)]
    cut = ["".join(part) for part in in_parts(whole)]
    pieces = [[row.id for row in selected(archive.catalog, filters, between)] for between in ranges(7)]
    assert [one for piece in pieces for one in piece] == whole
    assert ["".join(part) for piece in pieces for part in in_parts(piece)] == cut


def in_parts(ids: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for one in ids:
        found[-1].append(one)
        if parts.ends_part(one):
            found.append([])
    return [part for part in found if part]


def test_processes_make_the_same_files(archive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 16_384)  # what the processes see
    monkeypatch.setattr(snapshot, "AT_ONCE", 512)
    archive.export(str(tmp_path / "one"), "parquet")
    monkeypatch.setattr(parallel, "PARALLEL_FROM", 1)
    result = archive.export(str(tmp_path / "many"), "parquet")
    assert tree(tmp_path / "one") == tree(tmp_path / "many")
    assert result.written == len(tree(tmp_path / "many"))


def test_a_catalog_written_meanwhile_is_read_again_in_one_process(
    archive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter((1, 2))
    monkeypatch.setattr(parallel, "_watched", lambda folder: nullcontext(numbers))
    monkeypatch.setattr(parallel, "PARALLEL_FROM", 1)
    result = archive.export(str(tmp_path / "out"), "jsonl")
    assert result.rows == sum(part["rows"] for part in manifest(tmp_path / "out")["parts"])
    assert set(tree(tmp_path / "out")) == {part["name"] for part in manifest(tmp_path / "out")["parts"]} | {
        "_manifest.json"
    }
