"""What `ipnews verify` says to type mends what it has named, in an archive read by this very version."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Table, delete

from crawler.commands import backfill, copies
from pipelines.archive import captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import articles, drops
from pipelines.archive.schema import captures as capture_table
from pipelines.archive.verify import verify
from pipelines.archive.warc import WarcWriter
from pipelines.records import Capture


def test_a_drop_that_is_gone_is_made_again(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with Catalog.open(archive) as catalog, WarcWriter(archive / "warc", "test") as warc:
        page = Capture("http://a.test/1", "2026-01-02T03:04:05Z", b"<p>x</p>", "", 200, ())
        stored = warc.write_exchange(page)
        catalog.write(lambda connection: captures.insert_capture(connection, stored)).result()
    backfill.run(own=True, archive=archive)
    with Catalog.open(archive) as catalog:
        assert list(verify(archive, catalog)) == []
        catalog.write(lambda connection: connection.execute(delete(drops)).rowcount).result()
        (problem,) = verify(archive, catalog)
    command = shlex.split(problem.remedy.partition(": ")[2])
    assert command == ["ipnews", "backfill", "--own", "--host", "a.test"]
    backfill.run(own=True, host=command[-1:], archive=archive)
    with Catalog.open(archive) as catalog:
        assert list(verify(archive, catalog)) == []


PAGE = "<h1>专利代理质量抽查结果公布</h1><p>{}</p>".format("某省知识产权局抽查了二百件专利申请文件。" * 9)
DAMAGED = PAGE.replace("专利代理", "專利代(dài)理")


def filled(archive: Path) -> Path:
    """An archive of one damaged page, read and settled; returns the WARC files it was read from."""
    source = archive.with_name("source")
    with WarcWriter(source, "test") as warc:
        warc.write_exchange(
            Capture("http://a.test/1.html", "2026-01-02T03:04:05Z", DAMAGED.encode(), "", 200, ())
        )
    assert backfill.run([str(source)], archive=archive) == 0
    return source


def left_behind(archive: Path, *tables: Table) -> set[str]:
    """Empty some tables by hand; what is then said to be typed."""
    with Catalog.open(archive) as catalog:
        for table in tables:
            catalog.write(partial(Connection.execute, statement=delete(table))).result()
        return {problem.remedy.partition(": ")[2] for problem in verify(archive, catalog)}


def faults(archive: Path) -> list[str]:
    with Catalog.open(archive, read_only=True) as catalog:
        return [problem.line() for problem in verify(archive, catalog)]


def test_articles_deleted_by_hand_come_back(tmp_path: Path) -> None:
    filled(archive := tmp_path / "archive")
    typed = left_behind(archive, articles)
    assert typed == {"ipnews backfill --own --host a.test", "ipnews copies --rebuild"}
    assert backfill.run(own=True, host=["a.test"], archive=archive) == 0
    copies.run(rebuild=True, archive=archive)
    assert faults(archive) == []


def test_what_no_capture_names_is_cleared(tmp_path: Path) -> None:
    filled(archive := tmp_path / "archive")
    assert left_behind(archive, articles, capture_table) == {"ipnews copies --rebuild"}
    copies.run(rebuild=True, archive=archive)
    assert faults(archive) == []


def test_rows_that_a_backfill_brought_are_brought_again(tmp_path: Path) -> None:
    source = filled(archive := tmp_path / "archive")
    assert left_behind(archive, capture_table) == {"ipnews backfill ARCHIVE/warc --again"}
    assert backfill.run([str(source)], archive=archive) == 0
    assert faults(archive) != []
    assert backfill.run([str(source)], again=True, archive=archive) == 0
    assert faults(archive) == []
