"""Records of a WARC file as captures: HTTP undone, digests checked, the untrustworthy refused by name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from pipelines.archive.codings import (
    CodingError,
    Headers,
    TooLarge,
    identity_headers,
    identity_payload,
    unchunk,
)
from pipelines.archive.digests import matches, normal_label
from pipelines.archive.frames import MAX_BLOCK, Damage, Record, frames
from pipelines.archive.record import KIND_HEADER, named_uri, payload_digest
from pipelines.archive.shelf import Shelf
from pipelines.errors import ArchiveError
from pipelines.records import Capture, CaptureKind, Drop, Reason, Stage, WarcPointer, version_id

_STATUS = re.compile(rb"[\r\n]*(?:HTTP(?:/\d+(?:\.\d+)?)?|ICY)[ \t]+(\d{3})(?!\d)([^\r\n]*)", re.IGNORECASE)
"""Status lines as servers have sent them: with blank lines before, tabs, no version, no phrase, `200OK`."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?Z)?)?)?")


@dataclass(frozen=True, slots=True)
class Found:
    """A capture as it stands in a file. `record_digest` is the label the record itself carries, in normal
    form (foreign revisit records name it); `alone` as in `frames.Record`."""

    capture: Capture
    record_digest: str | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Revisit:
    """A record which says that an address had the payload of another record."""

    url: str
    fetched_at: str
    profile: str
    refers_to_url: str
    refers_to_date: str | None
    record_digest: str | None
    warc: WarcPointer


class _Refused(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_captures(
    file: BinaryIO, name: str, start: int = 0, end: int | None = None
) -> Iterator[Found | Revisit | Drop]:
    """Everything of a WARC file that is a capture of a web page, or should have been, in order.

    `name` is the file's name in pointers and messages; `start` and `end` as in `frames`. Requests, metadata,
    DNS answers and conversions are no captures and are passed over. Raises OSError from `file` only.
    """
    for frame in frames(file, start, end):
        item = interpret(frame, name)
        if item is not None:
            yield item


def interpret(frame: Record | Damage, name: str) -> Found | Revisit | Drop | None:
    """What one record, or damage, of the file `name` is. Pure."""
    url = ""
    try:
        if isinstance(frame, Damage):
            passed = f" ({frame.length:,} bytes passed over)" if frame.length else ""
            raise _Refused(Reason.BAD_RECORD, frame.detail + passed)
        kind = (frame.header("WARC-Type") or "").lower()
        if kind not in ("response", "resource", "revisit", "continuation"):
            return None
        url = named_uri(frame.header("WARC-Target-URI") or "")
        if kind == "continuation" or frame.header("WARC-Segment-Number"):
            raise _Refused(Reason.BAD_RECORD, "a record in segments (WARC 1.1, 7): join them before")
        if not url:
            raise _Refused(Reason.BAD_RECORD, f"a {kind} record without WARC-Target-URI")
        if not url.lower().startswith(("http://", "https://")):
            return None
        _check_address(url)
        pointer = WarcPointer(name, frame.offset, frame.length)
        if kind == "revisit":
            return _revisit(frame, url, pointer)
        return _capture(frame, kind, url, pointer)
    except _Refused as refused:
        inside = f", at byte {frame.within:,} of what the gzip member holds" if frame.within else ""
        said = f"{refused}{inside}"
        # The place and the reason stand in for the digest: two broken records are two drops.
        drop_id = version_id(f"{name}#{frame.offset}", said)
        return Drop(Stage.CAPTURE, refused.reason, f"{name}, byte {frame.offset:,}: {said}", url, drop_id)


def read_at(pointer: WarcPointer, shelf: Shelf) -> Capture:
    """The capture of one record. Raises ArchiveError when the record is not there, broken or another kind."""
    try:
        with shelf.open(pointer.file) as file:
            file.seek(pointer.offset)
            data = file.read(pointer.length)
    except OSError as error:
        raise ArchiveError(f"{pointer.file}: {error.strerror or error}; see: ipnews verify") from None
    item = next(read_captures(io.BytesIO(data), pointer.file), None)
    if not isinstance(item, Found):
        said = item.detail if isinstance(item, Drop) else "not a record of a page"
        raise ArchiveError(f"{pointer.file}, byte {pointer.offset:,}: {said}; see: ipnews verify")
    return replace(item.capture, warc=pointer)


def warc_date(value: str | None) -> str | None:
    """A WARC-Date in full (W3C profile of ISO 8601, UTC), reduced precision filled up; None for any other."""
    match = _DATE.fullmatch((value or "").strip().upper())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction = match.groups()
    full = f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}"
    try:
        datetime.fromisoformat(full)
    except ValueError:
        return None
    return f"{full}{fraction or ''}Z"


def _check_address(url: str) -> None:
    """Refuse what no part of this program could take apart."""
    try:
        parts = urlsplit(url)
        if parts.hostname and (parts.port is None or parts.port >= 0):
            return
    except ValueError:
        pass
    raise _Refused(Reason.BAD_RECORD, f"WARC-Target-URI is no address: {url[:80]!r}")


def _capture(record: Record, kind: str, url: str, pointer: WarcPointer) -> Found:
    if record.block is None:
        raise _Refused(Reason.TOO_LARGE, f"a block of more than {MAX_BLOCK:,} bytes")
    date = _date(record)
    _check(record, "WARC-Block-Digest", record.block)
    if kind == "resource":
        return _resource(record, record.block, url, date, pointer)
    status, headers, body = _http(record.block)
    try:
        payload = identity_payload(headers, body)
    except CodingError as error:
        raise _Refused(Reason.TRUNCATED, f"the body cannot be decoded: {error}") from None
    except TooLarge as error:
        raise _Refused(Reason.TOO_LARGE, str(error)) from None
    digest = payload_digest(payload)
    if normal_label(record.header("WARC-Payload-Digest")) != digest:
        # Writers disagree whether the digest is over the body as sent or as decoded.
        _check(record, "WARC-Payload-Digest", payload, body, headers=headers)
    headers = identity_headers(headers, len(payload))
    capture = Capture(url, date, payload, digest, status, headers, warc=pointer)
    return Found(capture, normal_label(record.header("WARC-Payload-Digest")), record.alone)


def _resource(record: Record, block: bytes, url: str, date: str, pointer: WarcPointer) -> Found:
    kind: CaptureKind = "rendered" if record.header(KIND_HEADER) == "rendered" else "resource"
    headers: Headers = (("Content-Type", record.header("Content-Type") or "application/octet-stream"),)
    capture = Capture(url, date, block, payload_digest(block), 200, headers, kind, warc=pointer)
    return Found(capture, normal_label(record.header("WARC-Payload-Digest")), record.alone)


def _revisit(record: Record, url: str, pointer: WarcPointer) -> Revisit:
    profile = (record.header("WARC-Profile") or "").rstrip("/").rpartition("/")[2]
    return Revisit(
        url,
        _date(record),
        profile,
        named_uri(record.header("WARC-Refers-To-Target-URI") or url),
        warc_date(record.header("WARC-Refers-To-Date")),
        normal_label(record.header("WARC-Payload-Digest")),
        pointer,
    )


def _date(record: Record) -> str:
    said = record.header("WARC-Date")
    date = warc_date(said)
    if date is None:
        raise _Refused(Reason.BAD_RECORD, f"WARC-Date is {(said or '')[:40]!r}")
    return date


def _check(record: Record, name: str, *candidates: bytes, headers: Headers = ()) -> None:
    label = record.header(name)
    if label is None or any(matches(label, data) is not False for data in candidates):
        return
    if headers and _matches_unchunked(label, candidates[-1]):
        return
    raise _Refused(Reason.BAD_RECORD, f"{name} {label[:80]} does not match the content")


def _matches_unchunked(label: str, body: bytes) -> bool:
    try:
        return matches(label, unchunk(body)) is True
    except CodingError:
        return False


def _http(block: bytes) -> tuple[int, Headers, bytes]:
    """Status, header lines and body of an HTTP answer (RFC 9112, 2). Bytes of a line become code points.

    What stands before the answer is passed over: 100 Continue, 103 Early Hints (RFC 9110, 15.2), a proxy's
    word that its tunnel is there. Recorders of the wire keep them in the block.
    """
    start, status = 0, None
    while (found := _STATUS.match(block, start)) and (status is None or _is_preliminary(status)):
        end = _END_OF_HEAD.search(block, found.end())
        head, start = block[found.end() : end.start() if end else None], end.end() if end else len(block)
        status = found
    if status is None:
        raise _Refused(Reason.BAD_RECORD, f"no HTTP status line: {block[:40]!r}")
    lines: list[str] = []
    for line in head.decode("latin-1").split("\n")[1:]:
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip("\r"))
    pairs = (line.partition(":") for line in lines)
    return (
        int(status[1]),
        tuple((name.strip(), value.strip(" \t")) for name, colon, value in pairs if colon),
        block[start:],
    )


def _is_preliminary(status: re.Match[bytes]) -> bool:
    return status[1].startswith(b"1") or b"connection established" in status[2].lower()
