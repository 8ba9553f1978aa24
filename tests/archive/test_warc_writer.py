"""What we write is valid to other tools, reads back as it was, and survives a full disk."""

from __future__ import annotations

import errno
import gzip
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.frames import Record, frames
from pipelines.archive.reader import Found, Revisit, read_at, read_captures
from pipelines.archive.shelf import Shelf
from pipelines.archive.warc import WarcWriter, archived, payload_digest
from pipelines.errors import ArchiveUnwritable, UsageError
from pipelines.records import Capture

BIN = Path(sys.executable).parent
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def write_some(folder: Path, make_capture: Callable[..., Capture]) -> list[Capture]:
    with WarcWriter(folder, "w1", info={"operator": "somebody"}) as writer:
        page = writer.write_exchange(
            make_capture("http://a.test/新闻/1.html", "<p>专利</p>".encode()),
            (("User-Agent", "x"),),
            ip="127.0.0.1",
        )
        writer.write_revisit(page, "identical-payload-digest", page.fetched_at)
        not_modified = replace(page, payload=b"", status=304, fetched_at="2026-02-01T00:00:00Z")
        writer.write_revisit(not_modified, "server-not-modified", page.fetched_at)
        rendered = replace(make_capture("http://a.test/app", b"<p>late</p>"), kind="rendered")
        drawn = writer.write_exchange(rendered)
        writer.write_metadata("http://a.test/", {"outlinks": "http://a.test/2"})
    return [page, drawn]


def test_two_other_tools_find_every_record_valid(
    tmp_path: Path, make_capture: Callable[..., Capture]
) -> None:
    write_some(tmp_path, make_capture)
    (path,) = tmp_path.iterdir()
    for command in (["gzip", "-t"], [BIN / "fastwarc", "check"], [BIN / "warcio", "check", "-v"]):
        done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "fail" not in done.stdout.lower()
    assert done.stdout.count("digest pass") == 7  # all but the two revisits, whose payload is elsewhere


def test_a_gzip_member_for_each_record(tmp_path: Path, make_capture: Callable[..., Capture]) -> None:
    write_some(tmp_path, make_capture)
    (path,) = tmp_path.iterdir()
    with path.open("rb") as file:
        records = list(frames(file))
    assert all(isinstance(record, Record) and record.alone for record in records)
    data = path.read_bytes()
    for record in records:
        one = gzip.decompress(data[record.offset : record.offset + record.length])
        assert one.startswith(b"WARC/1.1\r\n")
        assert one.count(b"WARC-Date") == 1


def test_pointers_lead_back_to_the_capture(tmp_path: Path, make_capture: Callable[..., Capture]) -> None:
    stored = write_some(tmp_path / "warc", make_capture)
    for capture in stored:
        assert capture.warc is not None
        assert read_at(capture.warc, Shelf(tmp_path)) == capture


def test_revisits_say_what_they_refer_to(tmp_path: Path, make_capture: Callable[..., Capture]) -> None:
    page, _ = write_some(tmp_path, make_capture)
    (path,) = tmp_path.iterdir()
    with path.open("rb") as file:
        revisits = [item for item in read_captures(file, path.name) if isinstance(item, Revisit)]
    assert [one.profile for one in revisits] == ["identical-payload-digest", "server-not-modified"]
    assert {one.refers_to_url for one in revisits} == {page.url}
    assert {one.refers_to_date for one in revisits} == {page.fetched_at}
    assert {one.record_digest for one in revisits} == {page.payload_digest}


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["Content-Type", "X-Note", "Content-Encoding", "Set-Cookie", "content-length", "X Y:"]
        ),
        st.text(max_size=20),
    ),
    max_size=4,
).map(tuple)


@given(
    url=st.text(max_size=20).map(lambda path: "http://a.test/" + path),
    payload=st.binary(max_size=300),
    headers=HEADERS,
    status=st.integers(100, 599),
    kind=st.sampled_from(["response", "rendered", "resource"]),
)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    url: str,
    payload: bytes,
    headers: object,
    status: int,
    kind: str,
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    given_ = Capture(url, "2026-01-02T03:04:05Z", payload, "", status, headers, kind)  # type: ignore[arg-type]
    with WarcWriter(folder / "warc", "w") as writer:
        stored = writer.write_exchange(given_)
    assert stored == replace(archived(given_), warc=stored.warc)
    assert archived(stored) == stored
    assert stored.payload_digest == payload_digest(payload)
    assert stored.warc is not None
    assert read_at(stored.warc, Shelf(folder)) == stored


def test_files_rotate_and_their_names_sort(tmp_path: Path, make_capture: Callable[..., Capture]) -> None:
    with WarcWriter(tmp_path, "host-1", max_bytes=1, now=lambda: NOON) as writer:
        files = [
            writer.write_exchange(make_capture(f"http://a.test/{n}", b"x" * 100)).warc.file  # type: ignore[union-attr]
            for n in range(3)
        ]
    assert files == sorted(set(files))
    assert all("-host-1." in name for name in files)
    with WarcWriter(tmp_path, "host-1", now=lambda: NOON) as writer:
        again = writer.write_exchange(make_capture("http://a.test/4", b"y"))
    assert again.warc is not None
    assert again.warc.file not in files


def test_nothing_is_opened_before_the_first_record(tmp_path: Path) -> None:
    with WarcWriter(tmp_path / "warc", "w"):
        pass
    assert not (tmp_path / "warc").exists()


@pytest.mark.parametrize("name", ["", "a b", "../x", "A", "-a"])
def test_names_that_make_no_file_name_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="writer name"):
        WarcWriter(tmp_path, name)


@contextmanager
def full_disk() -> Iterator[None]:
    """A limit on the size of files stands in for the end of the disk: the kernel fails the same write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def written_around_a_full_disk(folder: Path, make_capture: Callable[..., Capture]) -> list[Capture | None]:
    """What is written before the disk is full and after it has room again; between them a record fails."""
    noise = b"".join(payload_digest(bytes([n, k])).encode() for n in range(120) for k in range(20))
    with WarcWriter(folder, "w") as writer:
        kept = writer.write_exchange(make_capture("http://a.test/1", b"small"))
        with full_disk(), pytest.raises(ArchiveUnwritable, match="free space"):
            writer.write_exchange(make_capture("http://a.test/2", noise))
        return [kept, writer.write_exchange(make_capture("http://a.test/3", b"small again"))]


def captures_in(path: Path) -> list[Capture]:
    with path.open("rb") as file:
        return [item.capture for item in read_captures(file, path.name) if isinstance(item, Found)]


def test_a_full_disk_takes_the_torn_record_back(tmp_path: Path, make_capture: Callable[..., Capture]) -> None:
    kept, after = written_around_a_full_disk(tmp_path, make_capture)
    (path,) = tmp_path.iterdir()
    assert captures_in(path) == [kept, after]
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0


def test_a_torn_record_that_cannot_be_taken_back_has_no_record_behind_it(
    tmp_path: Path, make_capture: Callable[..., Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails the write and the cut behind it: the second failure cannot be had from the kernel."""

    def fails(*_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "ftruncate", fails)
    kept, after = written_around_a_full_disk(tmp_path, make_capture)
    first, second = sorted(tmp_path.iterdir())
    assert captures_in(first) == [kept]
    assert captures_in(second) == [after]
    assert subprocess.run(["gzip", "-t", second], check=False).returncode == 0
