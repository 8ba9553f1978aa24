"""`ipnews withdraw` given again after it was killed goes on where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.commands import withdraw
from pipelines.archive import captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import captures as capture_table
from pipelines.archive.warc import WarcWriter
from pipelines.archive.withdraw import lift, target_of
from pipelines.records import Capture

HOST = "a.test"
AT = "2026-01-02T03:04:05Z"


def states(archive: Path) -> list[Any]:
    with Catalog.open(archive, read_only=True) as catalog, catalog.read() as connection:
        return list(connection.scalars(select(capture_table.c.read_state)))


def test_what_was_let_in_is_read_by_the_same_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "archive"
    with Catalog.open(archive) as catalog, WarcWriter(archive / "warc", "test") as warc:
        page = warc.write_exchange(Capture(f"http://{HOST}/1", AT, b"<p>x</p>", "", 200, ()))
        catalog.write(lambda connection: captures.insert_capture(connection, page)).result()
    assert withdraw.run(HOST, reason="asked", archive=archive) == 0
    assert states(archive) == ["withdrawn"]
    with Catalog.open(archive) as catalog:  # and killed here
        catalog.write(lambda connection: lift(connection, target_of(HOST), "a slip", AT)).result()
    assert states(archive) == ["pending"]
    assert withdraw.run(HOST, reason="a slip", lifted=True, archive=archive) == 0
    assert states(archive) == ["drop"]
    assert f"let in before: {HOST}" in capsys.readouterr().err
