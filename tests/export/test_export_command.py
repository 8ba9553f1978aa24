"""What `ipnews export` says, and what it refuses before anything is removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.commands.export import run
from pipelines.archive.schema import articles
from pipelines.errors import UsageError


def test_a_site_that_is_none_removes_nothing(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run(str(out), topics="all", archive=archive.folder)
    before = sorted(out.iterdir())
    with archive.catalog.read() as connection:
        host = connection.scalar(select(articles.c.host))
    with pytest.raises(UsageError, match=f"neither declared nor in this archive; there are .*{host}"):
        run(str(out), topics="all", site=[f"{host}x"], archive=archive.folder)
    assert sorted(out.iterdir()) == before
    assert run(str(out), topics="all", since="2999-01-01", archive=archive.folder) == 0
    said = capsys.readouterr().err
    assert "0 rows in" in said
    assert f"{len(before) - 1} file{'s' * (len(before) > 2)} removed" in said
    assert run(str(out), topics="all", site=[host], archive=archive.folder) == 0


def test_a_missing_file_of_a_table_is_told_as_put_back(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run(str(out), "delta", topics="all", archive=archive.folder)
    file = next(out.rglob("*.parquet"))
    file.unlink()
    capsys.readouterr()
    run(str(out), "delta", topics="all", archive=archive.folder)
    assert ": 0 files written, " in (said := capsys.readouterr().err)
    assert said.endswith(", 1 file put back\n")
    assert file.exists()
    run(str(out), "delta", topics="all", archive=archive.folder)
    assert capsys.readouterr().err.endswith(": nothing to write\n")
