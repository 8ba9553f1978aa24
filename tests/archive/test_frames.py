"""Records are found where they are; what is damaged is named with its place; what lies behind it is found."""

from __future__ import annotations

import gzip
import io
import re
from itertools import pairwise
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.feed import Broken, Feed
from pipelines.archive.frames import MAX_BLOCK, Damage, Record, _headers, borders, frames
from pipelines.archive.reader import Found, interpret, read_captures
from pipelines.archive.record import gzip_record
from pipelines.records import Drop, Reason

HERE = Path(__file__).parent
DAMAGED = HERE / "damaged"
SHARED = HERE.parent.parent.parent / "shared" / "data" / "jwat"

EXPECTED = {
    # file -> addresses read, (offset, words of the reason) of each refusal
    "intact.warc.gz": ("123", []),
    "intact.warc": ("123", []),
    "line-feeds-only.warc": ("123", []),
    "plain-behind-gzip.warc.gz": ("123", []),
    "one-member-for-all.warc.gz": ("123", []),
    "empty.warc": ("", []),
    "clipped-in-last-record.warc.gz": ("12", [(758, "clipped")]),
    "clipped-in-last-record.warc": ("12", [(1048, "clipped")]),
    "clipped-in-first-header.warc": ("", [(0, "clipped")]),
    "one-member-for-all-clipped.warc.gz": ("12", [(0, "clipped")]),
    "one-byte.warc.gz": ("", [(0, "no WARC record")]),
    "not-a-warc.warc.gz": ("", [(0, "no WARC record")]),
    "garbage-head.warc.gz": ("123", [(0, "80 bytes")]),
    "garbage-tail.warc.gz": ("123", [(1137, "112 bytes")]),
    "garbage-tail.warc": ("123", [(1572, "117 bytes")]),
    "flipped-byte-in-second.warc.gz": ("13", [(379, "corrupt gzip")]),
    "second-overwritten-with-zeros.warc.gz": ("13", [(379, "no WARC record")]),
    "second-overwritten-with-zeros.warc": ("13", [(524, "no WARC record")]),
    "wrong-block-digest.warc": ("13", [(524, "WARC-Block-Digest")]),
    "wrong-payload-digest.warc": ("13", [(524, "WARC-Payload-Digest")]),
    "wrong-payload-digest.warc.gz": ("13", [(379, "WARC-Payload-Digest")]),
    "content-length-too-long.warc": ("13", [(524, "Content-Length is wrong")]),
    "content-length-too-short.warc": ("13", [(524, "Content-Length is wrong")]),
    "content-length-huge.warc": ("13", [(524, "of 99,999,999,999,999 bytes")]),
    "content-length-negative.warc": ("13", [(524, "Content-Length is '-5'")]),
    "date-in-words.warc": ("13", [(524, "blue monday")]),
    "no-target.warc": ("13", [(524, "WARC-Target-URI")]),
    "no-status-line.warc": ("13", [(524, "status line")]),
    "header-line-without-colon.warc": ("13", [(524, "without a colon")]),
}


def read_all(data: bytes, name: str = "x.warc") -> tuple[str, list[Drop]]:
    items = list(read_captures(io.BytesIO(data), name))
    read = "".join(item.capture.url[-1] for item in items if isinstance(item, Found))
    return read, [item for item in items if isinstance(item, Drop)]


@pytest.mark.parametrize("name", EXPECTED)
def test_reading_can_begin_at_every_border(name: str) -> None:
    data = (DAMAGED / name).read_bytes()
    found = list(frames(io.BytesIO(data)))
    starts = list(borders(io.BytesIO(data)))
    assert sorted({frame.offset for frame in found}) == [place for place in starts if data[place:].strip()]
    cut = [*starts, len(data)]
    assert [one for a, b in pairwise(cut) for one in frames(io.BytesIO(data), a, b)] == found


@given(st.lists(st.text("aW-: \t\r\n\x0b\x85é", max_size=9), max_size=5), st.sampled_from(["\r\n", "\n"]))
def test_a_header_told_as_a_whole_is_what_its_lines_are(lines: list[str], end: str) -> None:
    head = end.join(["WARC/1.0", "Content-Length: 0", *lines, *["", "", "", ""]]).encode("latin-1")
    at_once, by_bytes = (
        Feed(iter([*pieces, b""]).__next__) for pieces in ([head], (bytes([b]) for b in head))
    )
    for feed in (at_once, by_bytes):
        feed.line()
    try:
        expected = _headers(by_bytes)
    except Broken as broken:
        with pytest.raises(Broken, match=re.escape(str(broken))):
            _headers(at_once)
    else:
        assert _headers(at_once) == expected
        assert at_once.position == by_bytes.position


def test_every_damaged_file_has_its_expectation() -> None:
    assert {path.name for path in DAMAGED.glob("*.warc*")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_damaged_files(name: str) -> None:
    read, drops = read_all((DAMAGED / name).read_bytes(), name)
    wanted, refusals = EXPECTED[name]
    assert read == wanted
    assert len(drops) == len(refusals)
    for drop, (offset, words) in zip(drops, refusals, strict=True):
        assert drop.reason is Reason.BAD_RECORD
        assert drop.detail.startswith(f"{name}, byte {offset:,}: ")
        assert words in drop.detail


PACKED_AS_ONE = [
    name
    for name in EXPECTED
    # A length beyond all bounds is passed over unseen, and a file that ends is one without its closing lines.
    if name.endswith(".warc") and name not in ("empty.warc", "content-length-huge.warc")
]


@pytest.mark.parametrize("name", PACKED_AS_ONE)
def test_a_file_packed_as_one_member_gives_what_it_gives_unpacked(name: str) -> None:
    data = (DAMAGED / name).read_bytes()
    (read, drops), (wanted, refusals) = read_all(gzip.compress(data)), EXPECTED[name]
    assert read == wanted
    assert len(drops) == len(refusals)
    for drop, (_, words) in zip(drops, refusals, strict=True):
        assert "byte 0: " in drop.detail
        assert ("passed over" in drop.detail or words in drop.detail) is True


def test_equal_damages_of_one_member_are_told_apart() -> None:
    data = (DAMAGED / "header-line-without-colon.warc").read_bytes()
    read, drops = read_all(gzip.compress(data + data))
    assert read == "1313"
    assert len({drop.capture_id for drop in drops}) == len(drops) == 2


def test_records_of_one_member_refused_alike_are_told_apart() -> None:
    data = (DAMAGED / "no-status-line.warc").read_bytes()
    read, drops = read_all(gzip.compress(data + data))
    assert read == "1313"
    assert len({drop.capture_id for drop in drops}) == len(drops) == 2
    assert drops[1].detail.endswith(f", at byte {len(data) + 524:,} of what the gzip member holds")


def test_fastwarc_agrees_on_intact_files() -> None:
    files = [DAMAGED / "intact.warc.gz", DAMAGED / "intact.warc"]
    if SHARED.exists():
        files.append(SHARED / "IAH-20080430204825-00000-blackbook.warc.gz")
    for path in files:
        with path.open("rb") as file:
            ours = [(r.offset, r.block) for r in frames(file) if isinstance(r, Record)]
        with path.open("rb") as file:
            theirs = [(r.stream_pos, r.reader.read()) for r in ArchiveIterator(file, parse_http=False)]
        assert ours == theirs


@pytest.mark.parametrize("name", ["intact.warc.gz", "intact.warc"])
def test_cut_at_every_byte_gives_the_whole_records_before_the_cut(name: str) -> None:
    data = (DAMAGED / name).read_bytes()
    ends = [r.offset + r.length for r in frames(io.BytesIO(data)) if isinstance(r, Record)]
    for cut in range(len(data)):
        read, drops = read_all(data[:cut])
        whole = sum(end <= cut for end in ends)
        # The two line ends behind a plain record's block may be missing: the block is whole without them.
        assert whole <= len(read) <= whole + (name == "intact.warc")
        assert read == "123"[: len(read)]
        assert len(drops) <= 1


@given(
    noise=st.binary(min_size=1, max_size=200),
    place=st.sampled_from([0, 379, 758, 1137]),
)
def test_noise_between_records_costs_no_record(noise: bytes, place: int) -> None:
    data = (DAMAGED / "intact.warc.gz").read_bytes()
    read, _ = read_all(data[:place] + noise + data[place:])
    assert read == "123"


@given(st.lists(st.tuples(st.integers(0, 1571), st.integers(0, 255)), max_size=6), st.booleans())
def test_flipped_bytes_never_raise_and_never_pass_for_right(
    flips: list[tuple[int, int]], packed: bool
) -> None:
    name = "intact.warc.gz" if packed else "intact.warc"
    whole = (DAMAGED / name).read_bytes()
    right = {item.capture.id for item in read_captures(io.BytesIO(whole), name) if isinstance(item, Found)}
    data = bytearray(whole)
    for place, value in flips:
        data[place % len(data)] = value
    for item in read_captures(io.BytesIO(bytes(data)), name):
        if isinstance(item, Found) and packed:
            assert item.capture.id in right


@pytest.mark.parametrize("name", [n for n in EXPECTED if n != "empty.warc"])
def test_ranges_hold_each_record_once(name: str) -> None:
    data = (DAMAGED / name).read_bytes()
    whole = list(frames(io.BytesIO(data)))
    borders = sorted({frame.offset for frame in whole})
    for border in borders:
        first = list(frames(io.BytesIO(data), 0, border))
        rest = list(frames(io.BytesIO(data), border))
        assert first + rest == whole


@given(
    status=st.sampled_from([200, 404, 0]),
    sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=5),
    plain=st.booleans(),
)
def test_blocks_are_the_bytes_that_were_written(status: int, sizes: list[int], plain: bool) -> None:
    blocks = [bytes(range(256)) * (size // 256) + b"\r\n" * (size % 3) + b"WARC/1.0\r\n" for size in sizes]
    members = [gzip_record("resource", f"0-{n}", [], block) for n, block in enumerate(blocks)]
    data = b"".join(gzip.decompress(member) if plain else member for member in members)
    found = list(frames(io.BytesIO(data)))
    assert [frame.block for frame in found if isinstance(frame, Record)] == blocks
    assert sum(frame.length for frame in found) == len(data)


def test_a_block_too_large_is_passed_over_and_counted() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    fields = [("WARC-Target-URI", "http://a.test/big"), ("WARC-Date", "2026-01-01T00:00:00Z")]
    big = gzip_record("response", "0-1", fields, head + b"\0" * MAX_BLOCK)
    small = gzip_record("response", "0-2", [("WARC-Target-URI", "http://a.test/2"), fields[1]], head + b"x")
    items = list(read_captures(io.BytesIO(big + small), "x.warc.gz"))
    assert isinstance(items[0], Drop)
    assert items[0].reason is Reason.TOO_LARGE
    assert isinstance(items[1], Found)


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_every_jwat_file_is_read_or_refused_with_its_place() -> None:
    for path in sorted(SHARED.iterdir()):
        with path.open("rb") as file:
            found = list(frames(file))
        assert found, path.name
        for frame in found:
            item = interpret(frame, path.name)
            if isinstance(frame, Damage):
                assert isinstance(item, Drop)
                assert item.detail.startswith(f"{path.name}, byte {frame.offset:,}: ")
    with (SHARED / "IAH-20080430204825-00000-blackbook.warc.gz").open("rb") as file:
        assert len(list(read_captures(file, "iah"))) == 261
