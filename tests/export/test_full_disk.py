"""A destination with no room and a folder that cannot be written: one line, exit code 2, nothing visible."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive.catalog import Catalog
from pipelines.archive.shelf import Shelf
from pipelines.errors import ExportError, UsageError
from pipelines.export.job import Format, export
from pipelines.export.store import Store

FORMS: tuple[Format, ...] = ("parquet", "jsonl", "delta")


def export_with_little_room(archive: Path, out: str, answer: Any) -> None:
    """Export while no file may grow beyond 4 KB: the system refuses writes as it does on a full disk."""
    with Catalog.open(archive, read_only=True) as catalog:
        store = Store.open(out)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            store.put_once("large", b"x" * 100_000, "")
        except ExportError as error:
            answer.send(str(error))
        for form in FORMS:
            try:
                export(catalog, Shelf(archive), f"{out}/{form}", form)
            except ExportError as error:
                answer.send(str(error))


def test_no_room_is_one_line(archive: Any, tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    out = tmp_path / "out"
    child = context.Process(target=export_with_little_room, args=(archive.folder, str(out), theirs))
    child.start()
    theirs.close()
    child.join()
    assert child.exitcode == 0
    assert "no space left at the destination; make room, then the same command again" in ours.recv()
    for form in FORMS:
        said = ours.recv()
        assert "set TMPDIR to a folder with free space" in said
        assert "\n" not in said
        assert list((out / form).rglob("*")) == []


def test_no_folder_for_temporary_files(archive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not-there"))
    with pytest.raises(ExportError, match="set TMPDIR to a folder with free space"):
        archive.export(str(tmp_path / "out"), "parquet")


def test_an_unknown_format(archive: Any, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="--format csv: type --format with one of delta, parquet, jsonl, warc"
    ):
        archive.export(str(tmp_path / "out"), "csv")
