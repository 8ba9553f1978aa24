"""Find the records in a WARC file, whatever state it is in: each with its place, each damage with its own.

Not fastwarc's iterator: that one ends a file at its first damage, gives a clipped last record as if it were
whole, and names no offset. Here the file is walked member by member; after a damage the walk goes on at the
next place that starts a record. Where it stands is one offset, so a file can be read from any record on.
Tests compare the two on intact files.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from pipelines.archive.codings import MAX_PAYLOAD, Headers
from pipelines.archive.feed import BORDER, MAX_LINE, SCAN, STEP, Broken, BrokenMember, Feed, Member, Window

MAX_HEADER = MAX_LINE
"""Bytes of a record's WARC header. The longest address that browsers take is 32 KB."""

MAX_BLOCK = MAX_PAYLOAD + (1 << 20)
"""Bytes of a record's block that are kept: a payload and its HTTP header."""

_GZIP = b"\x1f\x8b\x08"
_ZSTD = (b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")
"""A frame, and the skippable frame with a dictionary that may stand before the first (RFC 8878, 3.1)."""

_WHITE = " \t\r\n"
_BLANKS = _WHITE.encode()
"""White space around a value (WARC 1.1, 4). A form feed belongs to it, and would come back otherwise."""

_VERSION = re.compile(rb"warc/\d\.\d+[ \t]*\r?\n", re.IGNORECASE)
_HEAD = re.compile(_VERSION.pattern + rb"(?=[a-z-]+:)", re.IGNORECASE)
_PLAIN_FIELD = re.compile(r"([!-9;-~]+):([^\r\n]*)\r\n")
_PLAIN_HEAD = re.compile(rf"(?:{_PLAIN_FIELD.pattern})+\r\n")
"""The header of nearly every record, which is told as a whole: line by line takes five times as long."""

_NEXT = re.compile(_GZIP + rb"|" + _HEAD.pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One whole WARC record. `block` is None where it is larger than MAX_BLOCK or was not asked for.

    `alone`: nothing but this record stands in `length` bytes from `offset`, so it can be read by itself.
    `within`: its first byte in what the gzip member at `offset` holds; 0 where it is the first or none is.
    """

    offset: int
    length: int
    headers: Headers
    block: bytes | None
    alone: bool
    within: int = 0

    def header(self, name: str) -> str | None:
        """The first value of a WARC header; names are compared without case (WARC 1.1, 4)."""
        wanted = name.lower()
        for key, value in self.headers:  # not `next` over a generator: twice the time, nine times a record
            if key.lower() == wanted:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes from `offset` on that are no whole record; `length` of them until a record starts again, none
    where one starts in the same gzip member. `within` as in `Record`."""

    offset: int
    length: int
    detail: str
    within: int = 0


def frames(
    file: BinaryIO, start: int = 0, end: int | None = None, *, blocks: bool = True
) -> Iterator[Record | Damage]:
    """The records and damages that start in `start <= offset < end`, in order.

    `start` is 0 or the offset of one of them. Gzip members and plain records may follow each other in one
    file. `blocks=False` passes over the blocks. Raises OSError from `file` only.
    """
    window = Window(file)
    offset = start
    while end is None or offset < end:
        head = window.at(offset, 16)
        if not head:
            return
        if head[:1].isspace():
            offset += len(head) - len(head.lstrip())
            continue
        try:
            if head.startswith(_GZIP):
                offset = yield from _in_member(window, offset, blocks)
            elif head.startswith(_ZSTD):
                raise Broken(
                    "compressed with zstd, which is not read: unpack it (zstd -d) and name the result"
                )
            else:
                record = _plain(window, offset, blocks)
                yield record
                offset += record.length
        except Broken as broken:
            following = _resume(window, offset + 1)
            yield Damage(offset, following - offset, str(broken))
            offset = following


def borders(file: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Offsets, in order, at which `frames` can begin: of gzip members, plain records and damages. What the
    members hold is not looked at: that takes half the time. Raises OSError from `file` only."""
    window = Window(file)
    offset = start
    while (end is None or offset < end) and (head := window.at(offset, len(_GZIP))):
        yield offset
        try:
            if head == _GZIP:
                offset = Member(window, offset).pass_over()
            else:
                offset += _plain(window, offset, blocks=False).length
        except Broken:
            offset = _resume(window, offset + 1)


def _in_member(window: Window, offset: int, blocks: bool) -> Generator[Record | Damage, None, int]:
    """The records of one gzip member; returns the offset behind it. A damage among its records is told where
    another one follows it; else it is raised, as is that of the member itself."""
    member = Member(window, offset)
    feed = Feed(member.more)
    alone = True
    while True:
        start = feed.position
        try:
            headers, block = _parse(feed, blocks)
        except Broken as broken:
            alone = False
            if isinstance(broken, BrokenMember) or not feed.pass_to(_HEAD):
                raise
            yield Damage(offset, 0, str(broken), start)
            continue
        feed.pass_blank()
        at_end = not feed.peek(1)
        alone = alone and at_end
        yield Record(offset, member.end - offset if alone else 0, headers, block, alone, start)
        if at_end:
            return member.end


def _plain(window: Window, offset: int, blocks: bool) -> Record:
    ahead = offset

    def more() -> bytes:
        nonlocal ahead
        piece = window.at(ahead, STEP)
        ahead += len(piece)
        return piece

    feed = Feed(more)
    headers, block = _parse(feed, blocks)
    return Record(offset, feed.position, headers, block, alone=True)


def _parse(feed: Feed, blocks: bool) -> tuple[Headers, bytes | None]:
    """One record, its closing blank lines included (WARC 1.1, 4)."""
    version = feed.line()
    if version.startswith(b"filedesc://"):
        raise Broken("an ARC file, older than WARC: convert it (warcio recompress OLD NEW)")
    if not _VERSION.fullmatch(version):
        feed.put_back(version)
        raise Broken("no WARC record starts here")
    headers = _headers(feed)
    length = _content_length(headers)
    kept = blocks and length <= MAX_BLOCK
    block = feed.take(length) if kept else None
    got = len(block) if block is not None else feed.skip(length)
    if got < length:
        feed.put_back(block or b"")
        raise Broken(f"clipped: the block has {got:,} of {length:,} bytes")
    if not feed.pass_closing():
        feed.put_back(block or b"")
        raise Broken(f"no blank line after a block of {length:,} bytes: its Content-Length is wrong")
    return headers, block


def _headers(feed: Feed) -> Headers:
    head = feed.head()
    with suppress(UnicodeDecodeError):
        if _PLAIN_HEAD.fullmatch(text := head.decode()):
            return tuple((name, value.strip(_WHITE)) for name, value in _PLAIN_FIELD.findall(text))
    feed.put_back(head)
    return _odd_headers(feed)


def _odd_headers(feed: Feed) -> Headers:
    lines: list[bytes] = []
    size = 0
    while (line := feed.line()).strip():
        size += len(line)
        if size > MAX_HEADER:
            raise Broken(f"a header of more than {MAX_HEADER:,} bytes")
        if line[:1] in b" \t" and lines:
            lines[-1] += b" " + line.strip(_BLANKS)
        else:
            lines.append(line.strip(_BLANKS))
    if not line:
        raise Broken("clipped: the file ends inside a record's header")
    return tuple(_field(line) for line in lines)


def _field(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon:
        raise Broken(f"a header line without a colon: {line[:40]!r}")
    try:
        return name.strip().decode("ascii", "replace"), value.strip(_BLANKS).decode()
    except UnicodeDecodeError:
        return name.strip().decode("ascii", "replace"), value.strip(_BLANKS).decode("latin-1")


def _content_length(headers: Headers) -> int:
    values = {value for name, value in headers if name.lower() == "content-length"}
    if len(values) != 1:
        raise Broken(f"{len(values)} values of Content-Length" if values else "no Content-Length")
    (value,) = values
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise Broken(f"Content-Length is {value[:40]!r}")
    return int(value)


def _resume(window: Window, offset: int) -> int:
    """The first offset from `offset` on where a record starts again, or the end of the file."""
    position = offset
    while True:
        data = window.at(position, SCAN)
        for match in _NEXT.finditer(data):
            place = position + match.start()
            if not match[0].startswith(_GZIP) or _starts_a_record(window.at(place, STEP)):
                return place
        if len(data) < SCAN:
            return position + len(data)
        position += len(data) - BORDER


def _starts_a_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 16)[:5].upper() == b"WARC/"
    except zlib.error:
        return False
