"""Bytes to text: the bytes decide, the label breaks ties.

Families: UTF-8; GB2312, GBK and GB18030, all read as GB18030 (GB 18030-2022 contains the others); Big5 and
Big5-HKSCS, read as Big5-HKSCS. Labels are wrong too often to be obeyed: of 975 pages under wrong labels a
reader that obeys them gets none right, one that looks at the bytes gets all.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from resiliparse.parse.encoding import detect_encoding

from pipelines.records import Drop, Reason, Stage

MAX_BYTES = 16 * 2**20
"""Larger payloads are no news page: the largest reference page has 0.5 MB."""

CODES = 2_000
"""Two-byte codes looked at to tell GB18030 from Big5; of single phrases of 12 to 30 characters, 1,457 of
1,458 are told apart already."""

MARGIN = 0.05
"""Difference of the shares of common codes above which the bytes have decided."""

STRAY = 0.2
"""Broken sequences to each whole character of three bytes up to which a text still is UTF-8. The reference
pages have 3.9 and more in GB18030 (126), 6.7 and more in Big5 (51), and with the last tenth of their text in
GB18030 inside UTF-8 at most 0.16."""

LEAST_HZ = 8
"""Characters beyond ASCII from which on the shifts of HZ are no accident of a script."""

GARBAGE = 0.1
"""Share of replaced characters among those beyond ASCII above which nothing was read."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_MARKS = tuple(mark for mark, _ in _BOMS)
_CHINESE = {
    "utf-8": "utf-8", "utf8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
    "x-gbk": "gb18030", "gb_2312-80": "gb18030", "gb_2312": "gb18030", "cp936": "gb18030",
    "euc-cn": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "big5hkscs": "big5hkscs", "cp950": "big5hkscs",
    "big-5": "big5hkscs", "x-x-big5": "big5hkscs",
}  # fmt: skip
_OTHER = frozenset(
    ["shift_jis", "sjis", "euc-jp", "iso-2022-jp", "euc-kr", "windows-949", "windows-1251", "koi8-r"]
)
_LABEL = re.compile(
    rb"charset\s*=\s*[\"']?\s*([\w:.-]+)|<\?xml[^>]{0,80}encoding\s*=\s*[\"']([\w:.-]+)", re.I
)
_NOT_TEXT = re.compile(rb"%PDF-|\x89PNG|\xff\xd8\xff|GIF8[79]a|PK\x03\x04|\x1f\x8b|RIFF|\xd0\xcf\x11\xe0")
_SEGMENTS = re.compile(rb"[^<\n]*(?:<[^<\n]*)?\n?")
_ASCII = bytes(range(0x80))
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_RUNS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe](?:[\x81-\xfe][\x40-\x7e\x80-\xfe])+")
_CODE = re.compile(rb"..", re.S)


def _block(leads: Iterable[int], trails: Iterable[int]) -> frozenset[bytes]:
    return frozenset(bytes(code) for code in product(leads, trails))


_GB_COMMON = (
    _block(range(0xB0, 0xD8), range(0xA1, 0xFF))
    | _block([0xA1], range(0xA2, 0xB8))
    | _block([0xA3], range(0xA1, 0xFF))
)
_BIG5_COMMON = _block(range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
_BIG5_COMMON |= _block([0xA1], range(0x41, 0x7F))
"""Where each charset keeps its characters of every day and its marks. Sets: a pattern takes ten times as long
to tell a code."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text. `encoding` is a Python codec name, `why` the deciding evidence in a few words,
    `replaced` the number of characters that could not be read (each U+FFFD in `text`)."""

    text: str
    encoding: str
    why: str
    replaced: int


def decode(payload: bytes, content_type: str | None = None) -> Page | Drop:
    """Read the bytes of one page. A Drop for what is empty, too large, no text or not decodable."""
    if not payload.strip(b"\0 \t\r\n"):
        return Drop(Stage.DECODE, Reason.EMPTY, f"{len(payload)} bytes, none of them text")
    if len(payload) > MAX_BYTES:
        return Drop(Stage.DECODE, Reason.TOO_LARGE, f"{len(payload):,} bytes, at most {MAX_BYTES:,} are read")
    if _NOT_TEXT.match(payload):
        return Drop(Stage.DECODE, Reason.NOT_HTML, f"starts with {payload[:4]!r}")
    if (whole := _whole_utf8(payload)) is not None:
        return Page(whole, "utf-8", "valid UTF-8", 0)
    encoding, why = judge(payload, content_type)
    text = read_as(payload, encoding)
    replaced = text.count("\ufffd")
    if replaced and encoding == "utf-8":
        replaced = max(0, replaced - payload.count("\ufffd".encode()))
    if replaced > 8 and replaced > GARBAGE * len(_BEYOND_ASCII.findall(text)):
        return Drop(
            Stage.DECODE, Reason.UNDECODABLE, f"{replaced:,} characters unreadable as {encoding} ({why})"
        )
    return Page(text, encoding, why, replaced)


def _whole_utf8(payload: bytes) -> str | None:
    """The text of what most pages are, valid UTF-8 beyond ASCII without a mark; None for others."""
    if payload.isascii() or payload.startswith(_MARKS):
        return None
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _utf16(payload[:1024]) else text


def judge(payload: bytes, content_type: str | None = None) -> tuple[str, str]:
    """(codec, evidence) of a payload: byte order mark, then the bytes, then the labels."""
    for mark, codec in _BOMS:
        if payload.startswith(mark):
            return codec, "byte order mark"
    if wide := _utf16(payload[:1024]):
        return wide, "every second byte is zero"
    if payload.isascii():
        if _is_hz(payload):
            return "hz", "shifts of HZ"
        label = _labels(payload, content_type)
        return (label[0], "label, all bytes are ASCII") if label else ("utf-8", "all bytes are ASCII")
    if _is_utf8(payload):
        return "utf-8", "valid UTF-8"
    return _double_byte(payload, _labels(payload, content_type))


def _is_hz(payload: bytes) -> bool:
    """Whether ASCII bytes are text in HZ (RFC 1843): shifted by ~{ and ~}, and whole."""
    if b"~{" not in payload or b"~}" not in payload:
        return False
    try:
        return len(_BEYOND_ASCII.findall(payload.decode("hz"))) >= LEAST_HZ
    except UnicodeDecodeError:
        return False


def _utf16(head: bytes) -> str | None:
    if head.count(b"<\0") > 1 and head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head.count(b"\0<") > 1 and head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    return None


def _is_utf8(payload: bytes) -> bool:
    """Whether the payload is UTF-8: as a whole, or but for a clipped end and a few foreign pieces."""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(payload) - 3:
            return any(byte >= 0xC2 for byte in payload[: error.start])
        high = len(payload.translate(None, _ASCII))
        return _few_broken(payload[: len(payload) // 4], high, 1) and _few_broken(payload, high)
    return True


def _few_broken(payload: bytes, high: int, cut: int = 0) -> bool:
    """Whether a payload with `high` bytes beyond ASCII has few broken sequences, of which `cut` do not count.
    The start of one has no more of them than all of it, but for the last that was cut."""
    broken = payload.decode("utf-8", "replace").count("\ufffd") - cut
    return broken <= STRAY * (high - broken) / 3


def _labels(payload: bytes, content_type: str | None) -> list[str]:
    """Codecs that the header and the first kilobytes name, header first; unknown names are left out."""
    named = [
        match[1] for match in re.finditer(r"charset\s*=\s*[\"']?\s*([\w:.-]+)", content_type or "", re.I)
    ]
    named += [(one or two).decode("ascii", "replace") for one, two in _LABEL.findall(payload[:4096])]
    return [
        _CHINESE.get(name.lower(), name.lower()) for name in named if name.lower() in _CHINESE.keys() | _OTHER
    ]


def _double_byte(payload: bytes, labels: list[str]) -> tuple[str, str]:
    """GB18030 or Big5 (or a labelled Japanese or Korean charset that the detector confirms)."""
    codes = _codes(payload)
    gb, big5 = _share(_GB_COMMON, codes), _share(_BIG5_COMMON, codes)
    if abs(gb - big5) > MARGIN and len(codes) >= 4 and not _OTHER.intersection(labels):
        return ("gb18030", "bytes") if gb > big5 else ("big5hkscs", "bytes")
    detected = detect_encoding(payload) or ""
    if detected in _OTHER and detected in labels:
        return detected, "detected and labelled"
    if abs(gb - big5) > MARGIN:
        return ("gb18030", "bytes") if gb > big5 else ("big5hkscs", "bytes")
    if _CHINESE.get(detected, "utf-8") != "utf-8":
        return _CHINESE[detected], "byte statistics"
    label = next((name for name in labels if name in ("gb18030", "big5hkscs")), None)
    return (label, "label") if label else ("gb18030", "no sign against it")


def _codes(payload: bytes) -> list[bytes]:
    """The first CODES two-byte codes of a payload, read in runs so that one lost byte harms one run only."""
    found: list[bytes] = []
    for run in _RUNS.finditer(payload):
        found += _CODE.findall(run[0])
        if len(found) >= CODES:
            break
    return found


def _share(common: frozenset[bytes], codes: list[bytes]) -> float:
    """Share of codes that lie where a charset keeps its common characters."""
    return sum(map(common.__contains__, codes)) / len(codes) if codes else 0.0


def read_as(payload: bytes, encoding: str) -> str:
    """Decode; pieces between tags that are in the other family of a mixed page are read in that one.

    A last character that was clipped is left out: there is nothing of it to stand for.
    """
    try:
        return payload.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if error.start >= len(payload) - 3 and error.end == len(payload):
            return read_as(payload[: error.start], encoding)
    if encoding.startswith("utf-16") or encoding.startswith("utf-32"):
        return payload.decode(encoding, "replace").removeprefix("\ufeff")
    return "".join(_read_piece(piece, encoding) for piece in _SEGMENTS.findall(payload)).removeprefix(
        "\ufeff"
    )


def _read_piece(piece: bytes, encoding: str) -> str:
    try:
        return piece.decode(encoding)
    except UnicodeDecodeError as error:
        if len(piece) - error.start > 3:
            for other in ("utf-8",) if encoding != "utf-8" else ("gb18030",):
                try:
                    return piece.decode(other)
                except UnicodeDecodeError:
                    continue
        if encoding == "gb18030":
            piece = re.sub(rb"(?<![\x81-\xfe])\x80(?=[\x20-\x7f]|$)", "€".encode(encoding), piece)
        return piece.decode(encoding, "replace")
