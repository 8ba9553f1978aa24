"""WARC 1.1 records as bytes (ISO 28500:2017): pure functions, one gzip member per record.

Which bytes are as received and which are rebuilt stands in docs/archive.md: the payload is what the server
meant (codings undone), header lines are those the HTTP client handed over; the status line's phrase,
Content-Length and the request line are rebuilt.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

from fastwarc.warc import WarcRecord, WarcRecordType

from pipelines.archive.codings import Headers, identity_headers
from pipelines.reading.addresses import without_credentials
from pipelines.records import Capture

Fields = list[tuple[str, str]]
RevisitProfile = Literal["server-not-modified", "identical-payload-digest"]
PROFILE_PREFIX = "http://netpreserve.org/warc/1.1/revisit/"
KIND_HEADER = "X-Archive-Kind"

_COMPRESSION = 6  # as gzip's own default: level 9 takes twice the time for 1 to 2 % of the size
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"
_LINE_BREAKS = re.compile(r"[\r\n\0]+")
_HTTP = "application/http; msgtype="


def payload_digest(payload: bytes) -> str:
    """The labelled digest of an identity-coded payload: `sha256:` and 64 lower-case hex digits.

    fastwarc and warcio verify this form. Not SHA-1: two payloads can be made to share one, which a page on
    the open web might try in order to have another page taken for known.
    """
    return f"sha256:{hashlib.sha256(payload).hexdigest()}"


def target_uri(url: str) -> str:
    """An address as it stands in WARC-Target-URI: everything outside printable ASCII percent-encoded."""
    return quote(url.strip(), safe=_URL_SAFE)


def named_uri(written: str) -> str:
    """The address that a record of any writer names: `target_uri` without the angle brackets that
    the grammar of WARC 1.0 puts around it, and without a user's name and password."""
    return target_uri(without_credentials(written.strip().removeprefix("<").removesuffix(">").strip()))


def archived(capture: Capture) -> Capture:
    """The capture as it will read back from a WARC file: the form that crawl and backfill share.

    Address in ASCII, header lines true of the identity-coded payload, digest computed. Idempotent.
    """
    url, digest = target_uri(capture.url), payload_digest(capture.payload)
    if capture.kind != "response":
        content_type = _one_line(capture.header("Content-Type") or "").strip() or "text/html; charset=utf-8"
        headers: Headers = (("Content-Type", content_type),)
        return replace(capture, url=url, payload_digest=digest, status=200, headers=headers)
    lines = tuple((_token(name), _one_line(value)) for name, value in capture.headers)
    return replace(
        capture, url=url, payload_digest=digest, headers=identity_headers(lines, len(capture.payload))
    )


def gzip_record(kind: str, record_id: str, fields: Fields, block: bytes) -> bytes:
    """One record as one gzip member (WARC 1.1, Annex D), with its block digest. `record_id` is a UUID."""
    record = WarcRecord()
    record.init_headers(record_type=getattr(WarcRecordType, kind), record_urn=f"uuid:{record_id}".encode())
    for name, value in fields:
        record.headers[name] = value  # replaces the WARC-Date of this moment that init_headers has set
    record.headers["WARC-Block-Digest"] = payload_digest(block)
    record.set_bytes_content(block)
    out = io.BytesIO()
    record.write(out)
    # Not fastwarc's GzipWriter: it holds the interpreter's lock while it packs, and took five times as long
    # for a page of 15 kB (2.1 against 0.45 ms side by side on a busy machine).
    return zlib.compress(out.getvalue(), _COMPRESSION, wbits=31)


def response_record(record_id: str, capture: Capture, extra: Fields) -> bytes:
    """The record of an archived capture: `response`, or `resource` for a rendered page or a bare file."""
    if capture.kind != "response":
        # No WARC-Payload-Digest: the block is the payload, and fastwarc's check refuses a second digest.
        kind = [(KIND_HEADER, capture.kind), ("Content-Type", capture.headers[0][1])]
        return gzip_record("resource", record_id, [*_target(capture), *extra, *kind], capture.payload)
    fields = [*_target(capture), ("WARC-Payload-Digest", capture.payload_digest), *extra]
    fields.append(("Content-Type", _HTTP + "response"))
    return gzip_record("response", record_id, fields, _response_head(capture) + capture.payload)


def revisit_record(
    record_id: str, capture: Capture, profile: RevisitProfile, refers_to_date: str, extra: Fields
) -> bytes:
    """A `revisit` record (WARC 1.1, 6.7): new time, status and headers, the payload of an earlier one.

    That of a 304 has an empty block, as the standard allows, and the lines received as fields of the record:
    players show a block's own status, and who asks for that moment would be told 304, without a page.
    """
    lines = tuple((_token(name), _one_line(value)) for name, value in capture.headers)
    not_modified = capture.status == HTTPStatus.NOT_MODIFIED
    received = [("X-Archive-Orig-Status", str(capture.status))]
    received += [(f"X-Archive-Orig-{name}", value) for name, value in lines]
    fields = [
        *_target(capture),
        ("WARC-Profile", PROFILE_PREFIX + profile),
        ("WARC-Refers-To-Target-URI", capture.url),
        ("WARC-Refers-To-Date", refers_to_date),
        ("WARC-Payload-Digest", capture.payload_digest),
        *extra,
        *(received if not_modified else [("Content-Type", _HTTP + "response")]),
    ]
    block = b"" if not_modified else _response_head(replace(capture, headers=lines))
    return gzip_record("revisit", record_id, fields, block)


def request_record(
    record_id: str, answered_by: str, capture: Capture, method: str, headers: Headers, extra: Fields
) -> bytes:
    """The request that led to the record `answered_by`."""
    concurrent = ("WARC-Concurrent-To", f"<urn:uuid:{answered_by}>")
    fields = [*_target(capture), concurrent, *extra, ("Content-Type", _HTTP + "request")]
    return gzip_record("request", record_id, fields, _request_block(method, capture.url, headers))


def fields_record(kind: str, record_id: str, fields: Fields, content: Mapping[str, str]) -> bytes:
    """A `warcinfo` or `metadata` record: lines of `application/warc-fields`."""
    block = "".join(f"{_token(name)}: {_LINE_BREAKS.sub(' ', value)}\r\n" for name, value in content.items())
    return gzip_record(
        kind, record_id, [*fields, ("Content-Type", "application/warc-fields")], block.encode()
    )


def _target(capture: Capture) -> Fields:
    return [("WARC-Target-URI", capture.url), ("WARC-Date", capture.fetched_at)]


def _request_block(method: str, url: str, headers: Headers) -> bytes:
    authority, slash, rest = url.partition("://")[2].partition("/")
    lines = [f"{method} {slash or '/'}{rest.partition('#')[0]} HTTP/1.1"]
    lines.append(f"Host: {authority.rpartition('@')[2]}")
    lines += [f"{_token(name)}: {_one_line(value)}" for name, value in headers if name.lower() != "host"]
    return _latin("\r\n".join([*lines, "", ""]))


def _response_head(capture: Capture) -> bytes:
    try:
        phrase = HTTPStatus(capture.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {capture.status} {phrase}", *(f"{name}: {value}" for name, value in capture.headers)]
    return _latin("\r\n".join([*lines, "", ""]))


def _latin(text: str) -> bytes:
    """Header bytes, one per code point, as RFC 9110 (5.5) reads them; what lies beyond goes as UTF-8."""
    if text.isascii():
        return text.encode("ascii")
    return "".join(c if c < "\u0100" else c.encode().decode("latin-1") for c in text).encode("latin-1")


@lru_cache(maxsize=1_024)
def _one_line(value: str) -> str:
    return _latin(_LINE_BREAKS.sub(" ", value)).decode("latin-1").strip(" \t")


@lru_cache(maxsize=1_024)
def _token(name: str) -> str:
    return re.sub(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]", "-", name) or "X-Unnamed"
