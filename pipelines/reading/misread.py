"""Pages that were stored after a reader took their bytes for Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from pipelines.reading.decode import judge, read_as

SAMPLE = 40_000
"""Characters looked at: more than the head of any page, so that some of the text is among them."""

MANY = 100
"""Latin letters beyond ASCII from which on a page without one Han character is suspected."""

_LATIN = re.compile(r"[\u0080-\u00ff\u0152-\u0178]")
_WINDOWS = {ord(bytes([byte]).decode("cp1252", "replace")): byte for byte in range(0x80, 0xA0)}
"""Letters of windows-1252 to their bytes. As browsers read it, it has controls where Python's has nothing, so
that with these in place every text that was read by it, or as ISO 8859-1, is one of ISO 8859-1."""

_BEYOND_LATIN = re.compile(r"[^\x00-\xff]+")

_HAN = re.compile(r"[\u4e00-\u9fff]")


def _payloads(text: str) -> Iterator[bytes]:
    """The bytes that a reader may have taken for this text. ISO 8859-15 has no quotation marks and dashes, of
    which windows-1252 makes some of every text."""
    for codec in ("latin-1", "iso8859-15"):
        with suppress(UnicodeEncodeError):
            yield text.encode(codec)
    with suppress(UnicodeEncodeError):
        yield _BEYOND_LATIN.sub(lambda found: found[0].translate(_WINDOWS), text).encode("latin-1")


def undo_misreading(text: str) -> str | None:
    """The text of a page that was stored after a reader took its bytes for Latin letters; None for others.

    Such a page is valid UTF-8 without one Han character and with Latin letters in hundreds (`Â±Â±Å¸Â©`).
    """
    for _ in range(2):
        if _HAN.search(text, 0, SAMPLE) or len(_LATIN.findall(text, 0, SAMPLE)) < MANY:
            return None
        for payload in _payloads(text):
            again = read_as(payload, judge(payload)[0])
            if len(_HAN.findall(again[:SAMPLE])) > 20 and again.count("\ufffd") < len(again) // 100:
                return again
            if len(_LATIN.findall(again[:SAMPLE])) >= MANY and "\ufffd" not in again:
                text = again
                break
        else:
            return None
    return None
