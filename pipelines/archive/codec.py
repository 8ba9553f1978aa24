"""Records as bytes in a column, and back: JSON, deflated."""

from __future__ import annotations

import zlib
from typing import TypeVar

import msgspec

T = TypeVar("T")

_LEVEL = 3  # articles: 3 is within 5 % of the size of 6 at twice its speed


def pack(record: object) -> bytes:
    """A record, or a tuple of records, as JSON deflated by zlib. Equal records give equal bytes."""
    return zlib.compress(msgspec.json.encode(record), _LEVEL)


def unpack(data: bytes, kind: type[T]) -> T:
    """The record that `pack` was given."""
    return msgspec.json.decode(zlib.decompress(data), type=kind)
