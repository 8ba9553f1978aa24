"""Same captures, same rows: whatever the order, the shards, the engine, the kills."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.archive.catalog import Catalog
from pipelines.archive.merge import merge
from pipelines.archive.schema import captures, parts, revisits
from pipelines.archive.verify import verify
from pipelines.archive.warc import WarcWriter
from pipelines.errors import SourceError, UsageError
from pipelines.records import Capture, Reason
from pipelines.runner.backfill import Result, backfill
from pipelines.runner.reading import Reading
from pipelines.runner.work import Selection
from pipelines.sites import Site
from pipelines.sources import plan
from pipelines.sources.expand import expand

ROOT = Path(__file__).resolve().parent.parent.parent
AT = "2026-01-01T00:00:00Z"


def fill(folder: Path, sources: list[Path], reading: Reading, **options: Any) -> Result:
    options.setdefault("workers", 0)
    with Catalog.open(folder) as catalog:
        return backfill(expand(map(str, sources)), folder, catalog, reading=reading, **options)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory, make_source: Callable[..., Path]) -> list[Path]:
    """Two files that share captures 40 to 59."""
    folder = tmp_path_factory.mktemp("sources")
    return [make_source(folder, range(60), name="a"), make_source(folder, range(40, 100), name="b")]


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, sources: list[Path], reading: Reading, holds: Any
) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("undisturbed") / "archive"
    assert fill(folder, sources, reading).exit_code == 0
    whole: dict[str, Any] = holds(folder)
    assert len(whole["captures"]) == 100
    assert len(whole["articles"]) + len(whole["drops"]) == 100
    return whole


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "RANGE_BYTES", 3000)


@pytest.mark.usefixtures("small_ranges")
def test_neither_ranges_nor_order_matter(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any, undisturbed: Any
) -> None:
    done = fill(tmp_path / "x", sources[::-1], reading)
    assert done.ranges > 10
    assert done.counts.captures == 120
    assert holds(tmp_path / "x") == undisturbed
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []
        with catalog.read() as c:
            assert len(c.scalars(select(parts.c.name)).all()) == done.ranges
    assert list((tmp_path / "x" / "parts").iterdir()) == []


@pytest.mark.usefixtures("small_ranges")
def test_what_is_done_is_not_done_again(tmp_path: Path, sources: list[Path], reading: Reading) -> None:
    first = fill(tmp_path / "x", sources, reading)
    again = fill(tmp_path / "x", sources, reading)
    assert (again.skipped, again.counts.parts) == (first.ranges, 0)
    other = fill(tmp_path / "x", sources, Reading(reading.read, "plain-2"))
    assert other.skipped == 0


@pytest.mark.usefixtures("small_ranges")
def test_a_part_that_was_written_and_not_taken_in_is_taken_in(
    tmp_path: Path,
    sources: list[Path],
    reading: Reading,
    holds: Any,
    undisturbed: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pipelines.runner import backfill as module

    class Stop(BaseException):
        pass

    taken: list[str] = []

    def take(self: Any, name: str) -> None:
        taken.append(name)
        if len(taken) == 5:
            raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[backfill.__module__]._Backfill, "take", take)
        with pytest.raises(Stop):
            fill(tmp_path / "x", sources, reading)
    assert len(list((tmp_path / "x" / "parts").glob("*.part"))) == 5
    read: list[str] = []

    def counting(capture: Any, site: Any) -> Any:
        read.append(capture.url)
        return reading.read(capture, site)

    fill(tmp_path / "x", sources, Reading(counting, reading.version))
    assert len(read) < 120
    assert holds(tmp_path / "x") == undisturbed
    assert module is not None


def test_a_pool_gives_the_same(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any, undisturbed: Any
) -> None:
    fill(tmp_path / "x", sources, reading, workers=2)
    assert holds(tmp_path / "x") == undisturbed


@pytest.mark.usefixtures("small_ranges")
def test_shards_merged_give_the_same(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any, undisturbed: Any
) -> None:
    shards = [tmp_path / str(n) for n in range(3)]
    ranges = [fill(shard, sources, reading, shard=(n, 3)).ranges for n, shard in enumerate(shards)]
    assert all(ranges)
    for name, order in (("x", shards), ("y", shards[::-1])):
        with Catalog.open(tmp_path / name) as catalog:
            merge(order, tmp_path / name, catalog, at=AT)
            merge(order[:1], tmp_path / name, catalog, at=AT)
            assert list(verify(tmp_path / name, catalog)) == []
        assert holds(tmp_path / name) == undisturbed
    assert fill(tmp_path / "x", sources, reading).counts.parts == 0  # the ledgers were merged too


def test_copies_stand_in_the_archive(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any, undisturbed: Any
) -> None:
    fill(tmp_path / "x", sources, reading, copy=True)
    whole = holds(tmp_path / "x")
    assert whole["captures"] == undisturbed["captures"]
    assert [a.article_body for a in whole["articles"]] == [a.article_body for a in undisturbed["articles"]]
    names = {path.name for path in (tmp_path / "x" / "warc").iterdir()}
    assert {article.warc.file for article in whole["articles"]} == names
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []


@pytest.mark.usefixtures("small_ranges")
def test_archives_that_copied_the_same_captures_can_be_merged(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any
) -> None:
    fill(tmp_path / "all", sources, reading, copy=True)
    for name in ("a", "b"):
        fill(tmp_path / name, [*sources[name == "b" :], sources[0]], reading, copy=True)
    with Catalog.open(tmp_path / "x") as catalog:
        merge([tmp_path / "a", tmp_path / "b"], tmp_path / "x", catalog, at=AT)
        assert list(verify(tmp_path / "x", catalog)) == []
    assert holds(tmp_path / "x") == holds(tmp_path / "all")


def test_a_merge_that_is_refused_brings_nothing(
    tmp_path: Path, sources: list[Path], reading: Reading
) -> None:
    for name in ("a", "x"):
        fill(tmp_path / name, sources[:1], reading, copy=True)
    fill(tmp_path / "a", sources[1:], reading, copy=True)
    before = {path.name: path.read_bytes() for path in (tmp_path / "x" / "warc").iterdir()}
    shared = sorted(before)[-1]
    (tmp_path / "a" / "warc" / shared).write_bytes(b"another file")
    with Catalog.open(tmp_path / "x") as catalog:
        with pytest.raises(UsageError, match="share a name and differ"):
            merge([tmp_path / "a"], tmp_path / "x", catalog, at=AT)
        assert list(verify(tmp_path / "x", catalog)) == []
    assert {path.name: path.read_bytes() for path in (tmp_path / "x" / "warc").iterdir()} == before


def test_records_that_share_a_gzip_member_are_copied(tmp_path: Path, reading: Reading, holds: Any) -> None:
    damaged = ROOT / "tests" / "archive" / "damaged" / "one-member-for-all.warc.gz"
    fill(tmp_path / "x", [damaged], reading)
    assert len(holds(tmp_path / "x")["articles"]) == 3
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []


@pytest.mark.parametrize("copy", [False, True])
def test_revisits_that_share_a_gzip_member_are_no_fault(
    tmp_path: Path, reading: Reading, holds: Any, copy: bool
) -> None:
    page = Capture("http://a.test/1", AT, "<p>专利</p>".encode(), "")
    with WarcWriter(tmp_path / "s", "each") as writer:
        stored = writer.write_exchange(page)
        for url in ("http://a.test/2", "http://a.test/3"):
            writer.write_revisit(replace(stored, url=url), "identical-payload-digest", AT)
    (path,) = (tmp_path / "s").iterdir()
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    assert fill(tmp_path / "x", [path], reading, copy=copy).counts.revisits == 2
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []
        path.write_bytes(gzip.compress(b""))
        (problem,) = verify(tmp_path / "x", catalog)
    assert problem.where == f"{path.name}, byte 0"


def test_damaged_files_are_counted_and_the_rest_is_read(tmp_path: Path, reading: Reading, holds: Any) -> None:
    """One archive of all of them: three pages, and one drop for each refusal."""
    folder = ROOT / "tests" / "archive" / "damaged"
    done = fill(tmp_path / "x", [folder], reading)
    assert done.exit_code == 1
    without = ("clipped-in-first-header.warc", "empty.warc", "not-a-warc.warc.gz", "one-byte.warc.gz")
    assert [any(name in problem for name in without) for problem in done.problems] == [True] * 4
    whole = holds(tmp_path / "x")
    assert len(whole["articles"]) == 3
    assert {drop.reason for drop in whole["drops"]} == {Reason.BAD_RECORD}
    assert len(whole["drops"]) == 23


def test_wacz_is_read_in_place(tmp_path: Path, reading: Reading, holds: Any) -> None:
    wacz = ROOT / "tests" / "archive" / "damaged" / "two-files.wacz"
    assert fill(tmp_path / "x", [wacz], reading).ranges == 2
    assert [
        article.url[-1] for article in sorted(holds(tmp_path / "x")["articles"], key=lambda a: a.url)
    ] == ["1", "2", "3"]
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []


def test_a_window_and_a_host(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any, undisturbed: Any
) -> None:
    chosen = Selection("2026-01-10", "2026-02", ("h1.test",))
    fill(tmp_path / "x", sources, reading, selection=chosen)
    expected = [
        row for row in undisturbed["captures"] if "//h1." in row[1] and "2026-01-10" <= row[2] < "2026-02"
    ]
    assert expected
    assert holds(tmp_path / "x")["captures"] == expected


def test_two_files_of_one_name(
    tmp_path: Path, make_source: Callable[..., Path], reading: Reading, holds: Any
) -> None:
    for n in range(2):
        path = make_source(tmp_path / str(n), range(n * 3, n * 3 + 3))
        path.rename(path.with_name("same.warc.gz"))
    fill(tmp_path / "x", [tmp_path / "0", tmp_path / "1"], reading)
    assert len(holds(tmp_path / "x")["articles"]) == 6
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []


def test_a_declared_site_is_named(tmp_path: Path, sources: list[Path], reading: Reading, holds: Any) -> None:
    site = Site(hosts=("h2.test",), name="two")
    fill(tmp_path / "x", sources, reading, sites={"two": site})
    named = {article.url.split("/")[2]: article.site for article in holds(tmp_path / "x")["articles"]}
    assert named == {"h0.test": None, "h1.test": None, "h2.test": "two"}


def test_a_bug_costs_one_page_and_keeps_its_traceback(
    tmp_path: Path, make_source: Callable[..., Path], reading: Reading, holds: Any
) -> None:
    source = make_source(tmp_path / "s", range(9), {4: "raise-a-bug"})
    done = fill(tmp_path / "x", [source], reading)
    assert (done.counts.bugs, done.exit_code) == (1, 1)
    whole = holds(tmp_path / "x")
    assert len(whole["articles"]) == 8
    (drop,) = whole["drops"]
    assert drop.reason is Reason.BUG
    assert "ZeroDivisionError: a fault of the reader" in drop.detail
    assert "plain_reader.py" in drop.detail


def test_revisits_are_resolved_or_counted(tmp_path: Path, reading: Reading, holds: Any) -> None:
    page = Capture("http://a.test/1", AT, "<p>专利</p>".encode(), "")
    with WarcWriter(tmp_path / "s", "late") as writer:
        stored = writer.write_exchange(page)
    with WarcWriter(tmp_path / "s", "again") as writer:
        later = replace(stored, fetched_at="2026-02-01T00:00:00Z")
        writer.write_revisit(later, "identical-payload-digest", AT)
        lone = replace(later, url="http://a.test/9", payload_digest="sha256:" + "0" * 64)
        writer.write_revisit(lone, "identical-payload-digest", AT)
    done = fill(tmp_path / "x", [tmp_path / "s"], reading)
    assert (done.counts.revisits, done.lone_revisits) == (2, 1)
    with Catalog.open(tmp_path / "x") as catalog, catalog.read() as c:
        resolved = dict(c.execute(select(revisits.c.url, revisits.c.capture_id)).all())
    assert resolved == {"http://a.test/1": stored.id, "http://a.test/9": None}


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_revisit_finds_its_original_in_another_shard(
    tmp_path: Path, reading: Reading, holds: Any, order: tuple[str, str]
) -> None:
    """Both shards have a file s.warc.gz, so one of them is renamed in the merge."""
    page = Capture("http://a.test/1", AT, "<p>专利</p>".encode(), "")
    with WarcWriter(tmp_path / "a-warc", "s") as writer:
        stored = writer.write_exchange(page)
    with WarcWriter(tmp_path / "b-warc", "s") as writer:
        elsewhere = replace(stored, url="http://b.test/2", fetched_at="2026-02-01T00:00:00Z")
        writer.write_revisit(elsewhere, "identical-payload-digest", AT)
    for name in ("a", "b"):
        (path,) = (tmp_path / f"{name}-warc").iterdir()
        path.rename(path.with_name("s.warc.gz"))
        fill(tmp_path / name, [tmp_path / f"{name}-warc"], reading)
    fill(tmp_path / "all", [tmp_path / "a-warc", tmp_path / "b-warc"], reading)
    for _ in range(2):
        with Catalog.open(tmp_path / "x") as catalog:
            merge([tmp_path / name for name in order], tmp_path / "x", catalog, at=AT)
            assert list(verify(tmp_path / "x", catalog)) == []
            with catalog.read() as c:
                assert set(c.scalars(select(revisits.c.capture_id))) <= set(c.scalars(select(captures.c.id)))
        assert holds(tmp_path / "x")["captures"] == holds(tmp_path / "all")["captures"]
    assert len(holds(tmp_path / "x")["captures"]) == 2


@pytest.mark.parametrize("shard", [(2, 2), (-1, 2), (0, 0)])
def test_shards_that_cannot_be_are_refused(
    tmp_path: Path, sources: list[Path], reading: Reading, shard: tuple[int, int]
) -> None:
    with pytest.raises(UsageError, match="shard"):
        fill(tmp_path / "x", sources, reading, shard=shard)


@pytest.mark.parametrize("name", ["nowhere.warc.gz", "*.nothing", "ftp://a.test/x.warc.gz"])
def test_sources_that_are_not_there_are_one_line(tmp_path: Path, reading: Reading, name: str) -> None:
    with pytest.raises(SourceError):
        fill(tmp_path / "x", [Path(name)] if "://" not in name else [name], reading)  # type: ignore[list-item]


@pytest.mark.usefixtures("small_ranges")
def test_a_source_that_vanishes_is_one_line_and_gone_on_with(
    tmp_path: Path, sources: list[Path], reading: Reading, holds: Any, undisturbed: Any
) -> None:
    copies = [Path(shutil.copy(source, tmp_path)) for source in sources]

    def vanishing(capture: Any, site: Any) -> Any:
        copies[0].unlink(missing_ok=True)
        return reading.read(capture, site)

    with pytest.raises(SourceError, match=r"No such file.*when it is back, the same command goes on"):
        fill(tmp_path / "x", copies, Reading(vanishing, reading.version))
    shutil.copy(sources[0], copies[0])
    assert fill(tmp_path / "x", copies, reading).skipped > 0
    assert holds(tmp_path / "x") == undisturbed


@pytest.mark.usefixtures("small_ranges")
def test_a_part_left_behind_its_line_in_the_ledger_is_cleared(
    tmp_path: Path, sources: list[Path], reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[backfill.__module__], "remove_part", lambda *_: None)
        fill(tmp_path / "x", sources, reading)
    assert any((tmp_path / "x" / "parts").iterdir())
    fill(tmp_path / "x", sources, reading)
    assert not any((tmp_path / "x" / "parts").iterdir())


KILLED = """
import signal
import sys
from pathlib import Path
sys.path.append(sys.argv[1])
import plain_reader
from pipelines.archive.catalog import Catalog
from pipelines.errors import Stopped
from pipelines.runner.backfill import backfill
from pipelines.runner.reading import Reading
from pipelines.sources import plan
from pipelines.sources.expand import expand
plan.RANGE_BYTES = 3000
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has it ignored by what it runs behind
    folder = Path(sys.argv[2])
    with Catalog.open(folder) as catalog:
        told = lambda progress: print("at", flush=True)
        try:
            backfill(expand(sys.argv[4:]), folder, catalog, workers=int(sys.argv[3]), on_progress=told,
                     reading=Reading(plain_reader.read, plain_reader.VERSION))
        except (Stopped, KeyboardInterrupt):
            sys.exit(3)
"""


@pytest.mark.parametrize(
    ("after", "workers", "signals"),
    [
        (1, 0, [signal.SIGKILL]),
        (4, 0, [signal.SIGKILL]),
        (9, 1, [signal.SIGKILL]),
        (3, 0, [signal.SIGINT]),
        (5, 2, [signal.SIGINT]),
        (5, 1, [signal.SIGINT, signal.SIGINT]),
    ],
)
def test_killed_and_given_again_it_is_the_same(
    tmp_path: Path,
    sources: list[Path],
    reading: Reading,
    holds: Any,
    undisturbed: Any,
    after: int,
    workers: int,
    signals: list[signal.Signals],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Signals when the run has told of its progress `after` times; the large matrix is in bench."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    helpers = Path(__file__).parent / "helpers"
    command = [sys.executable, script, helpers, tmp_path / "x", str(workers), *sources]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert running.stdout is not None
    for _ in range(after):
        assert running.stdout.readline() == b"at\n"
    for one in signals:
        running.send_signal(one)
    _, errors = running.communicate()
    assert running.returncode == (-signal.SIGKILL if signal.SIGKILL in signals else 3)
    assert b"Traceback" not in errors
    with Catalog.open(tmp_path / "x", read_only=True) as catalog, catalog.read() as c:
        assert len(c.scalars(select(captures.c.id)).all()) < 100
    monkeypatch.setattr(plan, "RANGE_BYTES", 3000)
    fill(tmp_path / "x", sources, reading)
    assert holds(tmp_path / "x") == undisturbed
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []
