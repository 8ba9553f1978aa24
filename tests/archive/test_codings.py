"""Undoing chunks and compression: right, within bounds, and never silently half."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
from fastwarc.stream_io import ZstdWriter
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.codings import (
    MAX_PAYLOAD,
    CodingError,
    TooLarge,
    identity_headers,
    identity_payload,
    unchunk,
)

PAGE = "<html><p>专利权人应当缴纳年费。</p></html>".encode() * 40


def zstd(data: bytes) -> bytes:
    import io

    out = io.BytesIO()
    with ZstdWriter(out) as writer:
        writer.write(data)
        writer.finish()
    return out.getvalue()


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CODED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "br": brotli.compress(PAGE),
    "zstd": zstd(PAGE),
    "identity": PAGE,
    "utf-8": PAGE,
}


@pytest.mark.parametrize("coding", CODED)
def test_each_coding_is_undone(coding: str) -> None:
    assert identity_payload((("Content-Encoding", coding),), CODED[coding]) == PAGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_stored_undone_below_its_old_header_is_taken_as_it_is(coding: str) -> None:
    assert identity_payload((("content-encoding", coding),), PAGE) == PAGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_body_cut_inside_its_coding_is_refused(coding: str, share: float) -> None:
    with pytest.raises(CodingError):
        identity_payload((("Content-Encoding", coding),), CODED[coding][: int(len(CODED[coding]) * share)])


def test_bare_deflate_and_two_gzip_members_and_padding() -> None:
    assert identity_payload((("Content-Encoding", "deflate"),), bare_deflate(PAGE)) == PAGE
    two = gzip.compress(PAGE) + gzip.compress(b"more") + b"\0" * 7
    assert identity_payload((("Content-Encoding", "gzip"),), two) == PAGE + b"more"


def test_codings_are_undone_last_applied_first() -> None:
    body = brotli.compress(gzip.compress(PAGE))
    assert identity_payload((("Content-Encoding", "gzip, br"),), body) == PAGE
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    headers = (("Content-Encoding", "gzip, br"), ("Transfer-Encoding", "chunked"))
    assert identity_payload(headers, chunked) == PAGE


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: gzip.compress(gzip.compress(data))])
def test_a_bomb_is_stopped_in_bounded_memory(pack: object) -> None:
    bomb = pack(b"\0" * (2 * MAX_PAYLOAD))  # type: ignore[operator]
    coding = "gzip" if pack is gzip.compress else "gzip, gzip"
    tracemalloc.start()
    with pytest.raises(TooLarge):
        identity_payload((("Content-Encoding", coding),), bomb)
    assert tracemalloc.get_traced_memory()[1] < 3 * MAX_PAYLOAD
    tracemalloc.stop()


@given(st.lists(st.binary(min_size=1, max_size=50)), st.sampled_from([b"\r\n", b"\n"]))
def test_chunks(pieces: list[bytes], end: bytes) -> None:
    body = b"".join(b"%X;ext=1%s%s%s" % (len(piece), end, piece, end) for piece in pieces)
    if pieces:
        assert unchunk(body + b"0" + end + end) == b"".join(pieces)


def test_a_chunked_body_that_breaks_off_is_refused() -> None:
    for cut in (b"5\r\nabc", b"3\r\nabc\r\n", b"3\r\nabc\r\nzz\r\n"):
        with pytest.raises(CodingError):
            unchunk(cut)


NAMES = st.sampled_from(["Content-Length", "content-encoding", "Transfer-Encoding", "X-A", "Content-Type"])


@given(st.lists(st.tuples(NAMES, st.text("abc123", min_size=1))), st.integers(0, 10**6))
def test_headers_of_an_identity_payload_are_stable(headers: list[tuple[str, str]], length: int) -> None:
    once = identity_headers(tuple(headers), length)
    assert identity_headers(once, length) == once
    assert [value for name, value in once if name.lower() == "content-length"] == [str(length)]
    assert not {name.lower() for name, _ in once} & {"content-encoding", "transfer-encoding"}
