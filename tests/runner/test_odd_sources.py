"""Files of other makers, and files that are none: each is read, or refused with its place and a reason."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import drops
from pipelines.archive.catalog import Catalog
from pipelines.errors import SourceError
from pipelines.runner.backfill import Result, backfill
from pipelines.runner.reading import Reading
from pipelines.sources.expand import expand

PAGE = "<p>国家知识产权局公布专利统计。</p>".encode()


def http(body: bytes = PAGE, head: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n".encode() + body


def record(number: int, block: bytes | None = None, **said: str) -> bytes:
    block = http() if block is None else block
    url = said.get("url", f"http://odd.test/{number}")
    fields = [
        said.get("version", "WARC/1.0"),
        f"WARC-Type: {said.get('kind', 'response')}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2020-01-02T03:04:05Z",
        *said.get("more", "").splitlines(),
        f"Content-Length: {said.get('length', len(block))}",
    ]
    end = said.get("end", "\r\n")
    return "".join(line + end for line in [*fields, ""]).encode() + block + 2 * end.encode()


def chunked(size: bytes) -> bytes:
    return http(b"5\r\n" + PAGE[:5] + b"\r\n" + size + b"\r\n" + PAGE[5:], "Transfer-Encoding: chunked\r\n")


def zipped(members: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", kind) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return data.getvalue()


def encrypted(members: dict[str, bytes]) -> bytes:
    """A zip whose entries say that they are encrypted, in their own heads and in the directory."""
    data = bytearray(zipped(members))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(sign, at + 1)) >= 0:
            data[at + place] |= 1
    return bytes(data)


STATUS_LINES = (
    "HTTP/1.1\t200\tOK", "HTTP/1.1 200OK", "HTTP/1.1 200", "\r\nHTTP/1.1 200 OK", "HTTP/1.10 200 OK", "HTTP 200 OK", "ICY 200 OK",
    "HTTP/2 200", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK",
    "HTTP/1.0 200 Connection established\r\n\r\nHTTP/1.1 200 OK",
)  # fmt: skip
NO_STATUS_LINES = ("HTTP/1.1 2000 OK", "HTTP/1.1 OK", "GET / HTTP/1.1")


def answers(lines: tuple[str, ...]) -> bytes:
    rest = b"\r\nContent-Type: text/html\r\n\r\n" + PAGE
    return b"".join(record(number, line.encode() + rest) for number, line in enumerate(lines))


ARC = b"filedesc://a.arc 0.0.0.0 20080430204825 text/plain 9\n1 0 Maker\n\nhttp://odd.test/ 1.2.3.4 2 text/html 1\nx\n"
GARBAGE = b"\x1f\x8b\x08 garbage WARC/1.0 " * 9
ZSTD = b"\x28\xb5\x2f\xfd" + bytes(range(80))
GZ = gzip.compress

READ = {
    "lines-end-with-lf.warc": (record(1, end="\n") + record(2, end="\n"), 2, []),
    "members-end-with-lf.warc.gz": (GZ(record(1, end="\n")) + GZ(record(2, end="\n")), 2, []),
    "plain-under-the-name-of-gzip.warc.gz": (record(1), 1, []),
    "gzip-under-a-plain-name.warc": (GZ(record(1)), 1, []),
    "drafts-of-the-standard.warc": (record(1, version="WARC/0.17") + record(2, version="WARC/0.18"), 2, []),
    "名字 with blanks.warc": (record(1), 1, []),
    "x#?%20.warc": (record(1), 1, []),
    "other-kinds.warc": (
        record(1, PAGE, kind="resource", more="Content-Type: text/html")
        + record(2, PAGE, kind="conversion")
        + record(3, b"a: b\r\n", kind="metadata")
        + record(4, b"x", kind="of-the-future"),
        1,
        [],
    ),
    "no-capture-at-all.warc": (record(1, b"a: b\r\n", kind="warcinfo"), 0, []),
    "status-lines.warc": (answers(STATUS_LINES), len(STATUS_LINES), []),
    "no-status-lines.warc": (answers(NO_STATUS_LINES) + record(9), 1, ["no HTTP status line"] * 3),
    "a-thousand-preliminaries.warc": (
        record(1, b"HTTP/1.1 100 Continue\r\n\r\n" * 5000 + http()) + record(2),
        2,
        [],
    ),
    "chunked-and-packed.warc": (
        record(
            1,
            http(
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(GZ(PAGE)), GZ(PAGE)),
                "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n",
            ),
        ),
        1,
        [],
    ),
    "said-to-be-cut.warc": (record(1, more="WARC-Truncated: length"), 1, []),
    "garbage-between-members.warc.gz": (
        GZ(record(1)) + GARBAGE + GZ(record(2)),
        2,
        [f"({len(GARBAGE)} bytes passed over)"],
    ),
    "several-warcs.wacz": (
        zipped({"archive/a.warc.gz": GZ(record(1)), "indexes/i.cdx": b"", "archive/b.warc": record(2)}),
        2,
        [],
    ),
    "wacz-without-index.wacz": (zipped({"archive/a.warc.gz": GZ(record(1))}), 1, []),
    "zeros-between-members.warc.gz": (
        GZ(record(1)) + bytes(512) + GZ(record(2)) + bytes(99),
        2,
        ["(512 bytes passed over)", "(99 bytes passed over)"],
    ),
    "bad-chunks.warc": (
        record(1, chunked(b"zz")) + record(2, chunked(b"ffffff")) + record(3),
        1,
        ["byte 0: the body cannot be decoded: chunked body breaks off", "chunk of 16,777,215 bytes"],
    ),
    "length-too-short.warc": (record(1) + record(2, length="10") + record(3), 2, ["Content-Length is wrong"]),
    "length-too-long.warc.gz": (
        GZ(record(1)) + GZ(record(2, length="99999")) + GZ(record(3)),
        2,
        ["of 99,999 bytes"],
    ),
    "enormous-header.warc": (
        record(1, more="X-Long: " + "a" * 200_000) + record(2),
        1,
        ["byte 0: a header of more than 65,536 bytes"],
    ),
    "in-segments.warc": (
        record(1, more="WARC-Segment-Number: 1") + record(2, kind="continuation") + record(3),
        1,
        ["a record in segments", "a record in segments"],
    ),
    "no-addresses.warc": (
        record(1, url="http://[::1/") + record(2, url="http://odd.test:99999/") + record(3),
        1,
        ["no address: 'http://[::1/'", "no address: 'http://odd.test:99999/'"],
    ),
}

NOT_WARC = {
    "nothing.warc": (b"", "nothing.warc: not one WARC record in it"),
    "zeros.warc.gz": (bytes(5000), "byte 0: no WARC record starts here"),
    "a-page.warc": (PAGE, "byte 0: no WARC record starts here"),
    "an.arc": (ARC, "byte 0: an ARC file, older than WARC: convert it (warcio recompress OLD NEW)"),
    "an.arc.gz": (GZ(ARC), "byte 0: an ARC file"),
    "packed.warc.zst": (ZSTD, "byte 0: compressed with zstd, which is not read: unpack it (zstd -d)"),
    "zstd-under-the-name-of-gzip.warc.gz": (ZSTD, "byte 0: compressed with zstd"),
    "no-warc-inside.wacz": (zipped({"pages.jsonl": b"{}"}), "not one WARC record in it"),
    "not-a-zip.wacz": (b"hello" * 99, "not a whole WACZ"),
    "cut.wacz": (zipped({"archive/a.warc.gz": GZ(record(1))})[:-40], "not a whole WACZ"),
    "encrypted.wacz": (
        encrypted({"archive/a.warc.gz": GZ(record(1))}),
        "archive/a.warc.gz is encrypted; unzip it and name it",
    ),
    "packed-twice.wacz": (
        zipped({"archive/a.warc": record(1) * 9}, zipfile.ZIP_DEFLATED),
        "compressed inside the zip; unzip it",
    ),
}


@pytest.fixture
def give(tmp_path: Path, reading: Reading) -> Callable[..., Result]:
    def run(*names: str, workers: int = 0) -> Result:
        with Catalog.open(tmp_path / "archive") as catalog:
            return backfill(expand(names), tmp_path / "archive", catalog, workers=workers, reading=reading)

    return run


def said(tmp_path: Path) -> list[str]:
    with Catalog.open(tmp_path / "archive", read_only=True) as catalog, catalog.read() as c:
        return sorted(drop.detail for drop in drops.iterate(c))


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read(tmp_path: Path, give: Any, name: str) -> None:
    data, articles, refused = READ[name]
    (tmp_path / name).write_bytes(data)
    result = give(str(tmp_path / name))
    assert (result.exit_code, result.counts.articles, result.problems) == (0, articles, ())
    details = said(tmp_path)
    assert len(details) == len(refused)
    assert all(f"{name}, byte " in detail for detail in details)
    assert [one for one in refused if not any(one in detail for detail in details)] == []


@pytest.mark.parametrize("name", NOT_WARC)
def test_a_source_without_a_record_is_named(tmp_path: Path, give: Any, name: str) -> None:
    data, reason = NOT_WARC[name]
    (tmp_path / name).write_bytes(data)
    for _ in range(2):  # it is not called done, so that a second try says the same
        alone = give(str(tmp_path / name))
        assert (alone.exit_code, len(alone.problems)) == (2, 1)
        assert reason in alone.problems[0]
        assert name in alone.problems[0]
    (tmp_path / "whole.warc").write_bytes(record(1))
    beside = give(str(tmp_path / name), str(tmp_path / "whole.warc"))
    assert (beside.exit_code, beside.counts.articles, beside.problems) == (1, 1, alone.problems)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_file_that_lies_there_twice_is_read_once(tmp_path: Path, give: Any, workers: int) -> None:
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "x.warc").write_bytes(record(1))
        (tmp_path / place / "none.warc").write_bytes(b"no record")
    result = give(str(tmp_path), workers=workers)
    assert (result.counts.captures, result.files, result.without_records) == (1, 4, 2)
    assert [problem for problem in result.problems if "x.warc" in problem] == []


def test_links_are_followed_and_loops_are_not(tmp_path: Path, give: Any) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "real.warc").write_bytes(record(1))
    (folder / "link.warc").symlink_to(folder / "real.warc")
    (folder / "again").symlink_to(folder)
    (folder / "gone.warc").symlink_to(folder / "nowhere.warc")
    os.mkfifo(folder / "pipe.warc")
    assert give(str(folder)).counts.articles == 1
    assert give(str(folder / "link.warc")).skipped == 1
    for name in ("gone.warc", "pipe.warc"):
        with pytest.raises(SourceError, match="name a file, a folder or a glob"):
            give(str(folder / name))


def test_redirects_are_counted_apart(tmp_path: Path, give: Any) -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: /2\r\n\r\n"
    (tmp_path / "a.warc").write_bytes(record(1, moved) + record(2) + record(3, b"HTTP/1.1 404 Gone\r\n\r\n"))
    counts = give(str(tmp_path / "a.warc")).counts
    assert (counts.articles, counts.drops, counts.redirects) == (1, 2, 1)


def test_damaged_records_and_files_of_a_folder_are_told_and_the_others_read(
    tmp_path: Path, give: Any
) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.wacz").write_bytes(zipped({"archive/a.warc": record(1)})[:-30])
    (folder / "b.warc.zst").write_bytes(ZSTD)
    (folder / "c.warc").write_bytes(record(1) + b"x" * 99 + record(2))
    result = give(str(folder))
    assert (result.exit_code, result.counts.captures, result.counts.damaged) == (1, 2, 2)
    assert ["a.wacz: not a whole WACZ" in one or "unpack it (zstd -d)" in one for one in result.problems] == [
        True,
        True,
    ]
    assert any("c.warc, byte" in one and "(99 bytes passed over)" in one for one in result.damaged)
