"""Folding of width against the table that says what it is."""

from __future__ import annotations

import sys

from pipelines.text import fold_width

EVERY = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
HALF = dict(zip(range(0xFF01, 0xFF5F), range(0x21, 0x7F), strict=True)) | {0x3000: 0x20}


def test_every_character_is_folded_as_the_block_of_full_width_forms_says() -> None:
    assert fold_width(EVERY) == EVERY.translate(HALF)
