"""Undo what HTTP did to a payload on its way: chunks and compression, within bounds.

An archived payload is identity-coded, so that one digest holds for a page however it travelled. The header
lines that would now be untrue keep their values under another name, as Common Crawl and pywb do it.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from fastwarc.stream_io import BrotliReader, ZstdReader

MAX_PAYLOAD = 16 << 20
"""Bytes. The largest of 126 real pages measured has 0.3 MB; 16 MiB keep a worker that holds a page as
found, decoded and parsed below its 200 MB."""

_UNTRUE_WHEN_IDENTITY_CODED = ("content-encoding", "transfer-encoding")
_MOVED = "X-Archive-Orig-"
_STEP = 1 << 16
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

Headers = tuple[tuple[str, str], ...]


class CodingError(Exception):
    """The body is not what its headers say, and cannot be undone."""


class TooLarge(Exception):
    """The payload passes MAX_PAYLOAD; nothing of it is kept."""


def identity_payload(headers: Headers, body: bytes) -> bytes:
    """Undo the transfer and content codings that `headers` declare, last applied first (RFC 9110, 8.4).

    A declared coding that the bytes plainly do not have is passed over: many crawlers store the decoded
    body below the header as received. Raises CodingError for a body that breaks off or is corrupt inside a
    coding, TooLarge for one that grows beyond MAX_PAYLOAD.
    """
    for coding in reversed(_listed(headers, "transfer-encoding")):
        body = unchunk(body) if coding == "chunked" else _uncompress(coding, body)
    for coding in reversed(_listed(headers, "content-encoding")):
        body = _uncompress(coding, body)
    if len(body) > MAX_PAYLOAD:
        raise TooLarge(f"{len(body):,} bytes; at most {MAX_PAYLOAD:,} are read")
    return body


def identity_headers(headers: Headers, length: int) -> Headers:
    """The header lines that are true of an identity-coded payload of `length` bytes.

    Content-Length is rebuilt; codings and an original length that differs move to `X-Archive-Orig-*`.
    Applying it twice changes nothing.
    """
    out: list[tuple[str, str]] = []
    for name, value in headers:
        key = name.lower()
        if key == "content-length":
            if value.strip() != str(length):
                out.append((f"{_MOVED}Content-Length", value))
        elif key in _UNTRUE_WHEN_IDENTITY_CODED:
            out.append((_MOVED + name, value))
        else:
            out.append((name, value))
    return (*out, ("Content-Length", str(length)))


def unchunk(body: bytes) -> bytes:
    """Undo chunked transfer coding (RFC 9112, 7.1). A body that starts otherwise stays as is."""
    out: list[bytes] = []
    position = 0
    while True:
        end = body.find(b"\n", position, position + 1024)
        size = _chunk_size(body[position:end]) if end >= 0 else None
        if size is None:
            if not out:
                return body
            raise CodingError(f"chunked body breaks off at byte {position:,} of {len(body):,}")
        if size == 0:
            return b"".join(out)
        chunk = body[end + 1 : end + 1 + size]
        if len(chunk) < size:
            raise CodingError(f"chunk of {size:,} bytes at byte {position:,} has only {len(chunk):,}")
        out.append(chunk)
        position = end + 1 + size
        position += 2 if body[position : position + 2] == b"\r\n" else 1


def _chunk_size(line: bytes) -> int | None:
    digits = line.split(b";", 1)[0].strip()
    try:
        return int(digits, 16) if digits and len(digits) <= 15 and digits[:1] not in b"+-" else None
    except ValueError:
        return None


def _listed(headers: Headers, name: str) -> list[str]:
    return [
        coding.strip().lower()
        for key, value in headers
        if key.lower() == name
        for coding in value.split(",")
        if coding.strip().lower() not in ("", "identity")
    ]


def _uncompress(coding: str, body: bytes) -> bytes:
    """Undo one coding. A name that is no coding ("utf-8", "none": servers do write that) changes nothing."""
    if coding in ("gzip", "x-gzip"):
        return _bounded(_inflate(body, 31)) if body[:2] == b"\x1f\x8b" else body
    if coding == "zstd":
        return _bounded(_from_reader(ZstdReader(io.BytesIO(body)))) if body[:4] == _ZSTD_MAGIC else body
    if coding not in ("deflate", "br") or not body:
        return body
    try:
        if coding == "br":
            return _bounded(_from_reader(BrotliReader(io.BytesIO(body))))
        return _bounded(_inflate(body, 15 if _is_zlib(body) else -15))
    except CodingError:
        # Neither coding has a magic number: only the failure tells that the body was stored undone.
        if body.lstrip()[:1] == b"<":
            return body
        raise


def _is_zlib(body: bytes) -> bool:
    """`deflate` means the zlib format (RFC 9110, 8.4.1.2; head: RFC 1950, 2.2); old servers send it bare."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _bounded(pieces: Iterator[bytes]) -> bytes:
    out: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_PAYLOAD:
            raise TooLarge(f"decoded to more than {MAX_PAYLOAD:,} bytes")
        out.append(piece)
    return b"".join(out)


def _inflate(body: bytes, window_bits: int) -> Iterator[bytes]:
    """Inflate in steps, so that a bomb is noticed after 64 KiB more and not after gigabytes."""
    while body:
        inflater = zlib.decompressobj(window_bits)
        try:
            while not inflater.eof:
                piece = inflater.decompress(body, _STEP)
                body = inflater.unconsumed_tail
                if piece:
                    yield piece
                elif not body and not inflater.eof:
                    raise CodingError("compressed body breaks off")
        except zlib.error as error:
            raise CodingError(str(error)) from None
        # A further member (RFC 1952, 2.2) is part of the body; zero padding or garbage behind it is not.
        body = inflater.unused_data if inflater.unused_data[:2] == b"\x1f\x8b" else b""


def _from_reader(reader: BrotliReader | ZstdReader) -> Iterator[bytes]:
    try:
        while piece := reader.read(_STEP):
            yield piece
    except (OSError, ValueError) as error:
        raise CodingError(str(error)) from None
