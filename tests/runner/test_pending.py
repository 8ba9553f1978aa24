"""What a crawl left unread is read; reading anew keeps ids; what cannot be had is kept and counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.archive import captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import articles, revisits
from pipelines.archive.schema import captures as capture_table
from pipelines.archive.warc import WarcWriter
from pipelines.records import Capture, Reason
from pipelines.runner.backfill import backfill
from pipelines.runner.pending import queue_again, read_pending
from pipelines.runner.reading import Reading
from pipelines.sources.expand import expand

ROOT = Path(__file__).resolve().parent.parent.parent


def crawl(folder: Path, numbers: range, words: str = "") -> list[Capture]:
    """WARC records and rows, as a crawl leaves them that was killed before anything was read."""
    pages = [
        Capture(f"http://a.test/{n}", "2026-01-01T00:00:00Z", f"<p>第{n}件专利{words}</p>".encode(), "")
        for n in numbers
    ]
    with WarcWriter(folder / "warc", "w") as writer, Catalog.open(folder) as catalog:
        stored = [writer.write_exchange(page) for page in pages]
        for capture in stored:
            catalog.write(lambda c, capture=capture: captures.insert_capture(c, capture)).result()
    return stored


@pytest.mark.parametrize("workers", [0, 1])
def test_the_queue_is_drained_and_equals_a_backfill(
    tmp_path: Path, reading: Reading, holds: Any, workers: int
) -> None:
    crawl(tmp_path / "x", range(7))
    with Catalog.open(tmp_path / "x") as catalog:
        counts = read_pending(catalog, tmp_path / "x", reading=reading, workers=workers)
        assert (counts.articles, counts.unread) == (7, 0)
        assert read_pending(catalog, tmp_path / "x", reading=reading).parts == 0
    with Catalog.open(tmp_path / "y") as catalog:
        backfill(expand([str(tmp_path / "x" / "warc")]), tmp_path / "y", catalog, reading=reading, workers=0)
    assert holds(tmp_path / "x") == holds(tmp_path / "y")
    assert list((tmp_path / "x" / "parts").iterdir()) == []


DIES = """
import os, signal, sys
from pathlib import Path
sys.path.append(sys.argv[1])
import plain_reader
from pipelines.archive.catalog import Catalog
from pipelines.runner.reading import Reading
from pipelines.runner.pending import read_pending
from pipelines.sources.expand import expand
def read(capture, site):
    if capture.url.endswith("/4"):
        os.kill(os.getpid(), signal.SIGKILL)
    return plain_reader.read(capture, site)
with Catalog.open(Path(sys.argv[2])) as catalog:
    read_pending(catalog, Path(sys.argv[2]), workers=0, reading=Reading(read, plain_reader.VERSION))
"""


def test_what_a_killed_reader_held_is_read_by_the_next(tmp_path: Path, reading: Reading, holds: Any) -> None:
    crawl(tmp_path / "x", range(7))
    helpers = Path(__file__).parent / "helpers"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", DIES, helpers, tmp_path / "x"]
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
    with Catalog.open(tmp_path / "x") as catalog:
        with catalog.read() as c:
            assert captures.lease_owners(c) != []
        assert read_pending(catalog, tmp_path / "x", reading=reading, workers=0).articles == 7
    assert len(holds(tmp_path / "x")["articles"]) == 7


def test_what_a_reader_of_another_machine_held_is_read_when_its_lease_has_expired(
    tmp_path: Path, reading: Reading
) -> None:
    crawl(tmp_path / "x", range(3))
    with Catalog.open(tmp_path / "x") as catalog:
        catalog.write(lambda c: captures.claim_pending(c, 9, "elsewhere:1", 0.0)).result()
        assert read_pending(catalog, tmp_path / "x", reading=reading, workers=0).articles == 3


def test_one_capture_is_read_under_watch_too(tmp_path: Path, reading: Reading, holds: Any) -> None:
    crawl(tmp_path / "x", range(1), "kill-the-worker")
    with Catalog.open(tmp_path / "x") as catalog:
        assert read_pending(catalog, tmp_path / "x", reading=reading).poison == 1
    assert {drop.reason for drop in holds(tmp_path / "x")["drops"]} == {Reason.POISON}


def test_reading_anew_keeps_ids_and_numbers(tmp_path: Path, reading: Reading) -> None:
    crawl(tmp_path / "x", range(5))
    columns = (articles.c.id, articles.c.number)
    with Catalog.open(tmp_path / "x") as catalog:
        read_pending(catalog, tmp_path / "x", reading=reading)
        with catalog.read() as c:
            before = c.execute(select(*columns).order_by("id")).all()
        assert queue_again(catalog, reading.version) == 0
        assert queue_again(catalog, "plain-2") == 5

        def louder(capture: Capture, site: Any) -> Any:
            article = reading.read(capture, site)
            return replace(article, headline="新" + article.headline)  # type: ignore[type-var]

        counts = read_pending(catalog, tmp_path / "x", reading=Reading(louder, "plain-2"), workers=0)
        assert counts.changed == 5
        with catalog.read() as c:
            assert c.execute(select(*columns).order_by("id")).all() == before
            assert all(headline.startswith("新") for headline in c.scalars(select(articles.c.headline)))


def test_a_file_that_is_away_keeps_its_captures_waiting(tmp_path: Path, reading: Reading, holds: Any) -> None:
    stored = crawl(tmp_path / "x", range(3))
    assert stored[0].warc is not None
    path = tmp_path / "x" / "warc" / stored[0].warc.file
    away = path.rename(tmp_path / "away")
    with Catalog.open(tmp_path / "x") as catalog:
        assert read_pending(catalog, tmp_path / "x", reading=reading).unread == 3
        assert holds(tmp_path / "x")["drops"] == []
        away.rename(path)
        assert read_pending(catalog, tmp_path / "x", reading=reading, workers=0).articles == 3


def test_a_revisit_of_another_address_becomes_a_capture_that_is_read(
    tmp_path: Path, reading: Reading, holds: Any
) -> None:
    (stored,) = crawl(tmp_path / "s", range(1))
    with WarcWriter(tmp_path / "s" / "warc", "other") as writer:
        twin = replace(stored, url="http://b.test/twin", fetched_at="2026-02-01T00:00:00Z")
        writer.write_revisit(twin, "identical-payload-digest", stored.fetched_at)
    with Catalog.open(tmp_path / "x") as catalog:
        backfill(expand([str(tmp_path / "s" / "warc")]), tmp_path / "x", catalog, reading=reading, workers=0)
        read_pending(catalog, tmp_path / "x", reading=reading)
        with catalog.read() as c:
            assert c.scalar(select(revisits.c.capture_id)) == twin.id
    whole = {article.url: article for article in holds(tmp_path / "x")["articles"]}
    assert whole["http://b.test/twin"].article_body == whole[stored.url].article_body
    assert whole["http://b.test/twin"].fetched_at == twin.fetched_at


def test_captures_of_a_host_are_read_anew_by_the_version_that_read_them(
    tmp_path: Path, reading: Reading
) -> None:
    """A declaration that changed is no other version; hosts below the named one are its own."""
    crawl(tmp_path / "x", range(5))
    with Catalog.open(tmp_path / "x") as catalog:
        read_pending(catalog, tmp_path / "x", reading=reading)
        with catalog.read() as c:
            hosts = list(c.scalars(select(capture_table.c.host)))
        assert queue_again(catalog, reading.version, [hosts[0]]) == hosts.count(hosts[0]) > 0
        assert queue_again(catalog, reading.version, ["test"]) == len(hosts) - hosts.count(hosts[0])
        assert queue_again(catalog, reading.version, ["est"]) == 0
