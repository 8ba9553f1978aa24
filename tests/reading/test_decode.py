"""Encodings: every charset under every label, marks, clipped ends, mixed and unreadable pages."""

from __future__ import annotations

import codecs
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reading.decode import Page, decode
from pipelines.reading.misread import undo_misreading
from pipelines.records import Drop, Reason

SIMPLIFIED = (
    "<html><body><p>国家知识产权局今天发布年度报告，专利审查周期继续缩短，企业表示欢迎。</p></body></html>"
)
TRADITIONAL = (
    "<html><body><p>智慧財產局今天發布年度報告，專利審查週期繼續縮短，企業表示歡迎。</p></body></html>"
)
LABELS = (
    "utf-8",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "iso-8859-1",
    "windows-1252",
    "shift_jis",
    "nonsense",
    None,
)
FAMILY = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
}


def read(payload: bytes, label: str | None = None) -> Page:
    page = decode(payload, f"text/html; charset={label}" if label else None)
    assert isinstance(page, Page), page
    return page


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "gb2312"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "gbk"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "big5hkscs"),
        (SIMPLIFIED, "utf-16"),
    ],
)
def test_the_bytes_decide_under_every_label(text: str, charset: str, label: str | None) -> None:
    page = read(text.encode(charset), label)
    assert page.text == text
    assert page.replaced == 0
    assert page.encoding == FAMILY.get(charset, "utf-16-le" if charset == "utf-16" else charset)


@pytest.mark.parametrize("meta", ["gb2312", "utf-8", "big5"])
def test_a_label_in_the_page_does_not_decide_either(meta: str) -> None:
    text = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">{TRADITIONAL}'
    assert read(text.encode("big5")).text == text
    assert read(text.encode("gbk")).text == text


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_byte_order_mark_decides_and_goes(codec: str) -> None:
    mark = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    payload = mark.get(codec, codecs.BOM_UTF32_LE) + SIMPLIFIED.encode(codec)
    page = read(payload, "gbk")
    assert (page.text, page.encoding, page.why) == (SIMPLIFIED, codec, "byte order mark")


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5hkscs"])
def test_a_clipped_last_character_is_left_out(charset: str) -> None:
    text = TRADITIONAL.split("</p>", maxsplit=1)[0]
    page = read(text.encode(charset)[:-1])
    assert page.text == text[:-1]
    assert page.replaced == 0


def test_a_foreign_piece_of_a_mixed_page_is_read_in_its_own_charset() -> None:
    payload = SIMPLIFIED.encode() * 20 + "<div>本地广告：专利代理</div>".encode("gbk") + SIMPLIFIED.encode()
    page = read(payload, "utf-8")
    assert "本地广告：专利代理" in page.text
    assert page.encoding == "utf-8"


def test_what_cannot_be_read_is_counted() -> None:
    page = read(SIMPLIFIED.encode("gbk") + b"<p>\xff\xff\xff</p>" + SIMPLIFIED.encode("gbk"))
    assert page.encoding == "gb18030"
    assert page.replaced == page.text.count("\ufffd") == 3


def test_a_replacement_character_of_the_page_itself_is_not_counted() -> None:
    assert read((SIMPLIFIED + "\ufffd").encode()).replaced == 0


def test_ascii_takes_the_label() -> None:
    assert read(b"<p>patent</p>", "gb2312").encoding == "gb18030"
    assert read(b"<p>patent</p>").encoding == "utf-8"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"\0\0\0 \n", Reason.EMPTY),
        (b"%PDF-1.4\n" + bytes(range(256)), Reason.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n", Reason.NOT_HTML),
        (Random(1).randbytes(5_000), Reason.UNDECODABLE),
        (b"a" * (16 * 2**20 + 1), Reason.TOO_LARGE),
    ],
)
def test_what_is_no_page_is_dropped(payload: bytes, reason: Reason) -> None:
    drop = decode(payload, "text/html")
    assert isinstance(drop, Drop)
    assert drop.reason == reason


@given(st.binary(max_size=400), st.sampled_from(LABELS))
def test_no_bytes_raise(payload: bytes, label: str | None) -> None:
    page = decode(payload, f"text/html; charset={label}")
    assert isinstance(page, Drop) or page.replaced == page.text.count("\ufffd") or page.encoding == "utf-8"


@pytest.mark.parametrize("label", [None, "text/html; charset=hz-gb-2312"])
def test_the_shifts_of_hz_are_undone(label: str | None) -> None:
    text = "<p>专利审查周期缩短，企业欢迎~A</p>"
    page = decode(text.encode("hz"), label)
    assert isinstance(page, Page)
    assert (page.text, page.encoding) == (text, "hz")


def test_a_script_with_such_signs_is_ascii() -> None:
    page = decode(b"<script>a=~{}.b;c=[~}~{]</script>")
    assert isinstance(page, Page)
    assert page.encoding == "utf-8"


def test_a_page_that_was_read_as_windows_1252_is_read_as_meant() -> None:
    text = "<p>一件外观设计专利，让两家灯具店对簿公堂；最终以“调解”结案。原告与被告都表示满意。</p>" * 3
    seen = "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )
    assert undo_misreading(seen) == text


def test_foreign_pieces_up_to_a_tenth_leave_a_page_utf_8() -> None:
    page = decode(("<p>专利审查周期缩短。</p>" * 20).encode() + "<p>版权所有，翻印必究。</p>".encode("gbk"))
    assert isinstance(page, Page)
    assert (page.encoding, page.replaced) == ("utf-8", 0)
    assert "版权所有" in page.text
