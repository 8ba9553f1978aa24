"""What `ipnews verify` says to type mends what it has named, in an archive read by this very version."""

from __future__ import annotations

import shlex
from pathlib import Path

from sqlalchemy import delete

from crawler.commands import backfill
from pipelines.archive import captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import drops
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
