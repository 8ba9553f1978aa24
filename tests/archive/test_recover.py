"""After a kill at any byte: valid files, nothing lost, nothing twice."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.archive import captures
from pipelines.archive.cdxj import cdxj_lines, forget_indexes, index_path, surt, write_indexes
from pipelines.archive.frames import Record, frames
from pipelines.archive.recover import recover
from pipelines.archive.schema import captures as capture_table
from pipelines.archive.schema import revisits
from pipelines.archive.verify import verify
from pipelines.archive.warc import WarcWriter
from pipelines.archive.withdraw import lift, target_of, withdraw


def places(archive: Any) -> list[tuple[str, int]]:
    columns = (capture_table.c.url, capture_table.c.warc_offset)
    with archive.catalog.read() as c:
        return [tuple(row) for row in c.execute(select(*columns).order_by("url"))]


@pytest.mark.parametrize("lost", range(1, 900, 83))
def test_a_clipped_record_is_cut_off_and_unnamed_ones_are_adopted(
    archive: Any, make_page: Any, make_capture: Any, lost: int
) -> None:
    with WarcWriter(archive.folder / "warc", "w") as writer:
        stored = [writer.write_exchange(make_capture(f"http://a.test/{n}", make_page(n))) for n in range(4)]
    archive.catalog.write(lambda c: captures.insert_capture(c, stored[0])).result()
    (path,) = (archive.folder / "warc").iterdir()
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size - lost)
    whole = [one for one in stored if one.warc.offset + one.warc.length <= path.stat().st_size]
    done = recover(archive.folder, archive.catalog)
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0
    assert done.captures == len(whole) - 1
    assert places(archive) == [(one.url, one.warc.offset) for one in whole]
    assert list(verify(archive.folder, archive.catalog)) == []
    again = recover(archive.folder, archive.catalog)
    assert (again.cut, again.captures, again.revisits) == ((), 0, 0)


def test_a_file_with_nothing_whole_in_it_goes(archive: Any) -> None:
    folder = archive.folder / "warc"
    folder.mkdir()
    (folder / "ipnews-1-w.warc.gz").write_bytes(b"\x1f\x8b\x08")
    assert recover(archive.folder, archive.catalog).cut == (("ipnews-1-w.warc.gz", 3),)
    assert list(folder.iterdir()) == []


def test_zeros_behind_the_last_record_are_cut_off(archive: Any, make_page: Any, make_capture: Any) -> None:
    """A loss of power can leave a file longer than what was written to it."""
    (stored,) = archive.add(make_capture("http://a.test/1", make_page(1)))
    path = archive.folder / "warc" / stored.warc.file
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 4096)
    recover(archive.folder, archive.catalog)
    assert path.read_bytes() == whole


def test_revisits_are_adopted_and_withdrawn_addresses_are_not(
    archive: Any, make_page: Any, make_capture: Any
) -> None:
    (stored,) = archive.add(make_capture("http://a.test/1", make_page(1)))
    archive.catalog.write(
        lambda c: withdraw(c, target_of("http://b.test/1"), "asked for", "2026-01-01T00:00:00Z")
    ).result()
    with WarcWriter(archive.folder / "warc", "test") as writer:
        later = replace(stored, fetched_at="2026-02-01T00:00:00Z", payload=b"")
        pointer = writer.write_revisit(later, "server-not-modified", stored.fetched_at)
        writer.write_exchange(make_capture("http://b.test/1", make_page(2)))
    done = recover(archive.folder, archive.catalog)
    assert (done.captures, done.revisits) == (0, 1)
    with archive.catalog.read() as c:
        (row,) = c.execute(select(revisits)).all()
    assert (row.url, row.warc_offset, row.payload_digest) == (
        stored.url,
        pointer.offset,
        stored.payload_digest,
    )


def test_only_the_files_of_one_writer_when_asked(archive: Any, make_page: Any, make_capture: Any) -> None:
    archive.add(make_capture("http://a.test/1", make_page(1)), writer="one")
    archive.add(make_capture("http://a.test/2", make_page(2)), writer="two")
    for path in (archive.folder / "warc").iterdir():
        path.write_bytes(path.read_bytes()[:-5])
    assert [
        name.split("-")[-1] for name, _ in recover(archive.folder, archive.catalog, writer_name="two").cut
    ] == ["two.warc.gz"]


def test_a_writer_whose_name_ends_with_another_ones_keeps_its_files(
    archive: Any, make_page: Any, make_capture: Any
) -> None:
    archive.add(make_capture("http://a.test/1", make_page(1)), writer="my-box-0")
    (path,) = (archive.folder / "warc").iterdir()
    path.write_bytes(path.read_bytes()[:-5])
    assert recover(archive.folder, archive.catalog, writer_name="box-0").cut == ()
    assert recover(archive.folder, archive.catalog, writer_name="my-box-0").cut != ()


def test_indexes_name_every_capture(archive: Any, make_page: Any, make_capture: Any) -> None:
    stored = archive.add(
        make_capture("http://www.a.test/b?z=1&a=2", make_page(1)),
        make_capture("http://a.test/专利", make_page(2)),
    )
    assert write_indexes(archive.folder, archive.catalog) == 1
    assert write_indexes(archive.folder, archive.catalog) == 0
    name = stored[0].warc.file
    lines = index_path(archive.folder, name).read_text("ascii").splitlines()
    assert lines == sorted(cdxj_lines(archive.folder / "warc" / name))
    for line, capture in zip(lines, sorted(stored, key=lambda one: surt(one.url)), strict=True):
        assert line.startswith(f"{surt(capture.url)} 20260102030405 {{")
        assert f'"offset": "{capture.warc.offset}"' in line
        assert capture.payload_digest in line


@pytest.mark.parametrize("target", ["http://a.test/1", "a.test"])
def test_indexes_leave_out_what_is_withdrawn_and_name_it_again_when_it_is_let_in(
    archive: Any, make_page: Any, make_capture: Any, target: str
) -> None:
    first = archive.add(*(make_capture(f"http://a.test/{n}", make_page(n)) for n in range(2)), writer="one")
    other = archive.add(make_capture("http://b.test/1", make_page(2)), writer="two")
    assert write_indexes(archive.folder, archive.catalog) == 2
    before = {one: index_path(archive.folder, one.warc.file).read_text() for one in (first[0], other[0])}
    chosen = target_of(target)
    archive.catalog.write(lambda c: withdraw(c, chosen, "asked for", "2026-01-01T00:00:00Z")).result()
    assert write_indexes(archive.folder, archive.catalog) == 1  # the other file names nothing of it
    index_path(archive.folder, other[0].warc.file).write_bytes(b"\xff no line of ours\n")
    assert write_indexes(archive.folder, archive.catalog) == 1
    assert write_indexes(archive.folder, archive.catalog) == 0
    lines = index_path(archive.folder, first[0].warc.file).read_text().splitlines()
    kept = [] if target == "a.test" else ["http://a.test/0"]
    assert [json.loads(line.split(" ", 2)[2])["url"] for line in lines] == kept
    archive.catalog.write(lambda c: lift(c, chosen, "a slip", "2026-01-02T00:00:00Z")).result()
    forget_indexes(archive.folder, [first[0].warc.file])
    assert write_indexes(archive.folder, archive.catalog) == 1
    assert before == {one: index_path(archive.folder, one.warc.file).read_text() for one in before}


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.Example.ORG:80/A/b/?z=1&a=2", "org,example)/a/b?a=2&z=1"),
        ("https://example.org", "org,example)/"),
        ("https://example.org:8443/", "org,example:8443)/"),
        ("http://www2.a.b.test/x.html#part", "test,b,a)/x.html"),
    ],
)
def test_sort_friendly_addresses(url: str, key: str) -> None:
    assert surt(url) == key


def test_members_stay_apart(archive: Any, make_page: Any, make_capture: Any) -> None:
    archive.add(*(make_capture(f"http://a.test/{n}", make_page(n)) for n in range(3)))
    (path,) = Path(archive.folder / "warc").iterdir()
    with path.open("rb") as file:
        assert all(isinstance(frame, Record) and frame.alone for frame in frames(file))
