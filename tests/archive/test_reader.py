"""Records of other writers: dates, digests, addresses, HTTP heads as they really come."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from functools import partial

import brotli
import pytest

from pipelines.archive.digests import matches, normal_label, parse_label
from pipelines.archive.reader import Found, Revisit, read_captures, warc_date
from pipelines.archive.record import payload_digest
from pipelines.read import read
from pipelines.records import Article, Capture, Drop, Reason

PAGE = "<html><p>商标注册</p></html>".encode()


def record(block: bytes, kind: str = "response", version: str = "1.0", **fields: str) -> bytes:
    head = {
        "WARC-Type": kind,
        "WARC-Target-URI": "http://a.test/1",
        "WARC-Date": "2020-02-03T04:05:06Z",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    return f"WARC/{version}\r\n{lines}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, *lines: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, *lines, "", ""]).encode("latin-1") + body


def only(data: bytes) -> Capture:
    (item,) = read_captures(io.BytesIO(data), "x.warc")
    assert isinstance(item, Found), item
    return item.capture


@pytest.mark.parametrize(
    ("said", "full"),
    [
        ("2020-02-03T04:05:06Z", "2020-02-03T04:05:06Z"),
        ("2020-02-03T04:05:06.123456Z", "2020-02-03T04:05:06.123456Z"),
        ("2020-02-03t04:05:06z", "2020-02-03T04:05:06Z"),
        ("2020-02-03T04:05Z", "2020-02-03T04:05:00Z"),
        ("2020-02-03", "2020-02-03T00:00:00Z"),
        ("2020-02", "2020-02-01T00:00:00Z"),
        ("2020", "2020-01-01T00:00:00Z"),
        ("2020-02-30T00:00:00Z", None),
        ("2020-13-01", None),
        ("2020-02-03T04:05:06+08:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(said: str | None, full: str | None) -> None:
    assert warc_date(said) == full


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha384", "sha512"])
def test_digests_of_every_writer(algorithm: str) -> None:
    digest = hashlib.new(algorithm, PAGE).digest()
    for value in (
        digest.hex(),
        digest.hex().upper(),
        base64.b32encode(digest).decode(),
        base64.b32encode(digest).decode().rstrip("="),
    ):
        label = f"{algorithm}:{value}"
        assert matches(label, PAGE) is True
        assert matches(label, PAGE + b"x") is False
        assert normal_label(label) == f"{algorithm}:{digest.hex()}"


@pytest.mark.parametrize("label", ["sha1:", "sha1:   ", "sharif-1; omar", "crc32:abcd", "sha1:zz", "", None])
def test_a_digest_that_cannot_be_understood_proves_nothing(label: str | None) -> None:
    assert parse_label(label) is None
    assert only(record(http(PAGE), WARC_Payload_Digest=label or "")).payload == PAGE


@pytest.mark.parametrize("stored", ["as sent", "decoded", "unchunked"])
def test_payload_digests_over_any_form_of_the_body_are_accepted(stored: str) -> None:
    packed = gzip.compress(PAGE, mtime=0)
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    over = {"as sent": sent, "decoded": PAGE, "unchunked": packed}[stored]
    block = http(sent, "Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Length: 9")
    capture = only(record(block, WARC_Payload_Digest=payload_digest(over)))
    assert capture.payload == PAGE
    assert capture.payload_digest == payload_digest(PAGE)
    assert capture.header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert capture.header("X-Archive-Orig-Transfer-Encoding") == "chunked"
    assert capture.header("Content-Length") == str(len(PAGE))


def test_a_payload_digest_over_something_else_is_refused() -> None:
    (item,) = read_captures(io.BytesIO(record(http(PAGE), WARC_Payload_Digest=payload_digest(b"other"))), "x")
    assert isinstance(item, Drop)
    assert item.reason is Reason.BAD_RECORD


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_bomb_and_a_cut_body_are_drops(coding: str) -> None:
    pack = gzip.compress if coding == "gzip" else partial(brotli.compress, quality=1)
    bomb, cut = pack(b"\0" * (20 << 20)), pack(PAGE)[:-6]
    reasons = []
    for body in (bomb, cut):
        (item,) = read_captures(io.BytesIO(record(http(body, f"Content-Encoding: {coding}"))), "x")
        assert isinstance(item, Drop)
        reasons.append(item.reason)
    assert reasons == [Reason.TOO_LARGE, Reason.TRUNCATED]


def test_addresses_in_angle_brackets_and_beyond_ascii() -> None:
    assert only(record(http(PAGE), WARC_Target_URI="<http://a.test/2>")).url == "http://a.test/2"
    assert (
        only(record(http(PAGE), WARC_Target_URI="http://a.test/新 闻")).url
        == "http://a.test/%E6%96%B0%20%E9%97%BB"
    )


@pytest.mark.parametrize("user", ["u:secret@", "secret@", "@", "a@b:secret@", "<u:secret@"])
def test_a_users_name_and_password_are_no_part_of_an_address(user: str) -> None:
    bracket, user = user.startswith("<"), user.lstrip("<")
    written = f"http://{user}a.test/1?mail=x@y.test"
    data = record(http(PAGE), WARC_Target_URI=f"<{written}>" if bracket else written)
    capture, plain = only(data), only(data.replace(f"//{user}".encode(), b"//"))
    assert (capture.url, capture.id) == ("http://a.test/1?mail=x@y.test", plain.id)
    (again,) = read_captures(
        io.BytesIO(record(b"", "revisit", WARC_Target_URI=written, WARC_Refers_To_Target_URI=written)), "x"
    )
    assert isinstance(again, Revisit)
    assert again.url == again.refers_to_url == capture.url


def test_addresses_that_a_page_names_have_no_passwords() -> None:
    body = "<p>国家知识产权局公布专利统计，发明专利授权量居前。</p>" * 9
    head = (
        '<link rel="canonical" href="http://u:secret@b.test/1.html"><h1>专利统计公布</h1>'
        "<p>来源：http://u:secret@c.test/1.html</p>"
    )
    capture = only(record(http(f"{head}{body}".encode()), WARC_Target_URI="http://a.test/1.html"))
    article = read(capture)
    assert isinstance(article, Article)
    assert article.canonical_url == "http://b.test/1.html"
    assert article.origin_url == "http://c.test/1.html"


def test_heads_as_they_come() -> None:
    block = http(PAGE, "Content-Type: text/html", "X-Folded: one\r\n two", "no colon here", "X-Byte: \xe9")
    capture = only(record(block))
    assert capture.header("x-folded") == "one two"
    assert capture.header("X-Byte") == "\xe9"
    assert capture.payload == PAGE
    assert only(record(http(PAGE, status="HTTP/2 204"))).status == 204
    assert only(record(b"HTTP/1.1 200 OK\n\n" + PAGE)).payload == PAGE
    assert only(record(b"HTTP/1.1 200 OK\r\nA: b")).payload == b""


def test_what_is_no_capture_is_passed_over() -> None:
    data = b"".join(
        [
            record(b"a: b", "warcinfo"),
            record(b"GET / HTTP/1.1\r\n\r\n", "request"),
            record(b"a: b", "metadata"),
            record(b"x", "conversion"),
            record(b"2008 x", WARC_Target_URI="dns:a.test"),
        ]
    )
    assert list(read_captures(io.BytesIO(data), "x")) == []


def test_records_in_segments_are_refused() -> None:
    data = record(http(PAGE), WARC_Segment_Number="1") + record(b"rest", "continuation")
    items = list(read_captures(io.BytesIO(data), "x"))
    assert [item.reason for item in items if isinstance(item, Drop)] == [Reason.BAD_RECORD] * 2


def test_revisits_of_both_versions_of_the_standard() -> None:
    old = record(
        http(b""),
        "revisit",
        WARC_Payload_Digest=f"sha1:{hashlib.sha1(PAGE).hexdigest()}",
        WARC_Profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
    )
    (item,) = read_captures(io.BytesIO(old), "x")
    assert isinstance(item, Revisit)
    assert item.profile == "identical-payload-digest"
    assert item.refers_to_url == item.url
    assert item.record_digest == f"sha1:{hashlib.sha1(PAGE).hexdigest()}"
