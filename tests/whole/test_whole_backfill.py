"""The same captures give the same bytes: crawled, backfilled, shuffled, in shards, by several processes."""

from __future__ import annotations

import json
import random
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.network import Network
from pipelines.export.rows import VOLATILE

POINTER = {name for name in VOLATILE if name.startswith("warc_")}


def members(data: bytes) -> Iterator[bytes]:
    """The gzip members of a file, found by unpacking them."""
    while data:
        stream = zlib.decompressobj(31)
        stream.decompress(data)
        assert stream.eof
        yield data[: len(data) - len(stream.unused_data)]
        data = stream.unused_data


@pytest.fixture(scope="module")
def pieces(crawled: Any, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The records of the crawl's WARC files, shuffled, in twelve files: revisits before what they refer to.

    A file goes to one of two shards by its content: that all twelve go to the same has one chance in 2,048.
    """
    files = sorted((crawled.archive / "warc").glob("*.warc.gz"))
    records = [member for file in files for member in members(file.read_bytes())]
    random.Random(7).shuffle(records)
    folder = tmp_path_factory.mktemp("pieces")
    for number in range(12):
        (folder / f"piece-{number}.warc.gz").write_bytes(b"".join(records[number::12]))
    return sorted(folder.iterdir())


@pytest.fixture
def backfilled(place: Callable[..., Any], chosen: Network, crawled: Any) -> Callable[..., Any]:
    """A new archive, filled from sources; the declarations are those of the crawl."""
    sites = {file.stem: file.read_text() for file in (crawled.folder / "sites").iterdir()}

    def run(name: str, *arguments: object) -> Any:
        made = place(name, sites)
        made.done("backfill", *arguments)
        return made

    return run


def without(line: bytes, names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in json.loads(line).items() if name not in names}


def captures(archive: Path) -> int:
    with closing(sqlite3.connect(archive / "catalog.db")) as connection:
        count: int = connection.execute("select count(*) from captures").fetchone()[0]
    return count


def test_the_backfill_of_a_crawl_exports_the_same_bytes(crawled: Any, backfilled: Callable[..., Any]) -> None:
    again = backfilled("again", crawled.archive / "warc", "--workers", 1)
    assert again.exported() == (crawled.folder / "second.jsonl").read_bytes()


def test_order_processes_and_shards_do_not_matter(
    crawled: Any, pieces: list[Path], backfilled: Callable[..., Any], place: Callable[..., Any]
) -> None:
    forwards = backfilled("forwards", *pieces, "--workers", 0).exported()
    assert backfilled("backwards", *reversed(pieces), "--workers", 2).exported() == forwards

    shards = [backfilled(f"shard{i}", *pieces, "--shard", f"{i}/2", "--workers", 0) for i in range(2)]
    parts = [captures(shard.archive) for shard in shards]
    assert all(parts)
    merged = place("merged")
    merged.done("merge", *(shard.archive for shard in reversed(shards)))
    assert merged.exported() == forwards
    assert sum(parts) >= captures(merged.archive) > len(forwards.splitlines())

    crawl = (crawled.folder / "second.jsonl").read_bytes()
    ours, theirs = ([without(line, POINTER) for line in lines.splitlines()] for lines in (forwards, crawl))
    assert ours == theirs


def test_reading_everything_anew_changes_no_byte(crawled: Any, copied: Callable[..., Any]) -> None:
    place = copied(crawled)
    place.done("backfill", "--own")
    place.done("copies", "--rebuild")
    assert place.exported("anew") == (crawled.folder / "second.jsonl").read_bytes()


def test_an_export_that_is_there_is_not_written_again(crawled: Any, copied: Callable[..., Any]) -> None:
    place = copied(crawled)
    place.exported("twice")
    before = {path.name: path.stat().st_mtime_ns for path in (place.folder / "twice").iterdir()}
    place.exported("twice")
    assert {path.name: path.stat().st_mtime_ns for path in (place.folder / "twice").iterdir()} == before
