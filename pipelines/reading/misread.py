"""Pages that were stored after a reader took their bytes for Latin letters."""

from __future__ import annotations

import re

from pipelines.reading.decode import judge, read_as

SAMPLE = 40_000
"""Characters looked at: more than the head of any page, so that some of the text is among them."""

MANY = 100
"""Latin letters beyond ASCII from which on a page without one Han character is suspected."""

_LATIN = re.compile(r"[\u0080-\u00ff\u0152-\u0178]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def undo_misreading(text: str) -> str | None:
    """The text of a page that was stored after a reader took its bytes for Latin letters; None for others.

    Such a page is valid UTF-8 without one Han character and with Latin letters in hundreds (`Â±Â±Å¸Â©`).
    """
    for _ in range(2):
        if _HAN.search(text, 0, SAMPLE) or len(_LATIN.findall(text, 0, SAMPLE)) < MANY:
            return None
        for codec in ("latin-1", "cp1252", "iso8859-15"):
            try:
                payload = text.encode(codec)
            except UnicodeEncodeError:
                continue
            again = read_as(payload, judge(payload)[0])
            if len(_HAN.findall(again[:SAMPLE])) > 20 and again.count("\ufffd") < len(again) // 100:
                return again
            if len(_LATIN.findall(again[:SAMPLE])) >= MANY and "\ufffd" not in again:
                text = again
                break
        else:
            return None
    return None
