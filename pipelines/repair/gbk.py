"""GBK as the damaging tool decodes it: pairs, user rows, undefined pairs, what counts as a lead byte.

The layout is that of code page 936 (GB/T 2312-1980, GBK 1.0). User rows 1 and 2 (AAA1-AFFE, F8A1-FEFE) were
seen as private-use characters in stored pages (AAB1 as U+E010), an undefined pair (A9A1) as nothing at all.
User row 3 (A140-A7A0), a lone 80 as the euro sign and FF as nothing follow code page 936 and are inferred.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import cache
from typing import Final

LEADS: Final = range(0x81, 0xFF)
"""First bytes of two-byte codes."""

SECONDS: Final = tuple(byte for byte in range(0x40, 0xFF) if byte != 0x7F)
"""Second bytes of two-byte codes."""

EURO_BYTE: Final = 0x80
USER_GROUPS: Final = 2
"""How many of `vanishing_groups` are those of the user rows: the first."""
USER_ROWS: Final = 0
"""Index of user rows 1 and 2 among them."""
_USER_LEADS = frozenset((*range(0xAA, 0xB0), *range(0xF8, 0xFF)))
_THIRD_ROW_LEADS = range(0xA1, 0xA8)


@cache
def _pairs() -> dict[bytes, str]:
    """Every two-byte code and what it decodes to; "" for a pair that vanishes. 23,940 entries.

    Decoded in one call: one a pair costs a sixth of a second at every start.
    """
    pairs = [bytes((lead, second)) for lead in LEADS for second in SECONDS]
    defined = b"".join(pairs).decode("gbk", _UNDEFINED)
    table = dict(zip(pairs, defined, strict=True))
    for pair in (pair for pair, char in table.items() if char == _NOTHING):
        table[pair] = pair.decode("gb18030") if is_user_row(*pair) else ""
    return table


_NOTHING: Final = "\0"
_UNDEFINED: Final = "ipnews.undefined-pair"


def _skip_pair(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _NOTHING, error.start + 2


codecs.register_error(_UNDEFINED, _skip_pair)


@cache
def _codes() -> dict[str, bytes]:
    """The inverse of `_pairs`, private-use characters included."""
    return {char: pair for pair, char in _pairs().items() if char}


def is_user_row(lead: int, second: int) -> bool:
    """Whether a pair lies in the user-defined rows, which decode to private-use characters."""
    if lead in _USER_LEADS:
        return second >= 0xA1
    return lead in _THIRD_ROW_LEADS and second <= 0xA0


def decode_pair(lead: int, second: int) -> str | None:
    """The character of a two-byte code, "" when it vanishes, None when the bytes are no two-byte code."""
    return _pairs().get(bytes((lead, second)))


def encode_char(char: str) -> bytes | None:
    """One or two bytes of a character as the tool read them; None when GBK has no such character."""
    if char < "\x80":
        return char.encode("ascii")
    return _codes().get(char)


@cache
def vanishing_groups() -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """(first bytes, second bytes) of the pairs that leave no printable trace, first bytes of a kind together.

    The first USER_GROUPS are those of the user rows, rows 1 and 2 before row 3. User rows and undefined pairs
    as observed; 80 as a first byte for tools that take it for one (inferred).
    """
    users: dict[int, list[int]] = {}
    undefined = {EURO_BYTE: list(LEADS)}
    for (lead, second), char in reversed(_pairs().items()):
        if second in LEADS and is_user_row(lead, second):
            users.setdefault(lead, []).append(second)
        elif second in LEADS and not char:
            undefined.setdefault(lead, []).append(second)
    return (*_alike(users), *_alike(undefined))


def _alike(seconds: dict[int, list[int]]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """First bytes that have the same second bytes together, with these."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for lead, found in seconds.items():
        groups.setdefault(tuple(found), []).append(lead)
    return ((tuple(leads), found) for found, leads in groups.items())
