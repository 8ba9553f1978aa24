"""Rows as Arrow columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from msgspec import Raw

from pipelines.export.rows import SCHEMA, ExportRow

_BACKSLASH = ord("\\")
_SAID = np.zeros(256, np.uint8)
"""What the letter behind a backslash stands for (RFC 8259, 7); 0 where it takes more than taking the
backslash away: behind a `u`, and where another backslash stands."""
_SAID[list(b'bfnrt"/')] = list(b'\b\f\n\r\t"/')
_decode = msgspec.json.Decoder(str).decode

AT_ONCE = 512
"""Rows turned at once, as soon as they are decoded: 2,048 take 1.3 times as long a row, in memory that is new
each time and no longer near the processor."""


def batch_of(rows: Sequence[ExportRow]) -> pa.RecordBatch:
    """Rows as one Arrow batch of SCHEMA."""
    return pa.RecordBatch.from_arrays(_columns(rows, list(SCHEMA)), schema=SCHEMA)


def _columns(records: Sequence[Any], fields: list[pa.Field]) -> list[pa.Array]:
    """Records turned into one Arrow array per field.

    Nested kinds are flattened, so that each leaf is filled in one call: handing pyarrow lists of
    dictionaries costs three times as much.
    """
    rows = map(attrgetter(*(field.name for field in fields)), records)
    values = list(zip(*rows, strict=True)) or [()] * len(fields)
    return [_column(column, field.type) for column, field in zip(values, fields, strict=True)]


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind):
        offsets = pa.array(list(accumulate(map(len, values), initial=0)), pa.int32())
        inner = _column(list(chain.from_iterable(values)), kind.value_type)
        return pa.ListArray.from_arrays(offsets, inner, type=kind)
    if pa.types.is_struct(kind):
        fields = list(kind)
        return pa.StructArray.from_arrays(_columns(values, fields), fields=fields)
    if values and isinstance(values[0], Raw):
        return _texts(values)
    return pa.array(values, kind)


def _texts(values: Sequence[Raw]) -> pa.StringArray:
    """Strings that stand there as JSON, as a column of their UTF-8.

    Unescaped all at once, because hardly anything in an article is escaped but the ends of its paragraphs
    and quotation marks; each decoded by itself and encoded again takes 1.6 times as long.
    """
    joined = bytearray().join([*(memoryview(value)[1:-1] for value in values), b"\0"])  # a text may end in \\
    ends = np.cumsum(np.fromiter(map(len, values), np.int64, len(values)) - 2)
    characters = np.frombuffer(joined, np.uint8)
    escapes = np.flatnonzero(characters == _BACKSLASH)
    said = _SAID[characters[escapes + 1]]
    if not said.all():
        return pa.array([_decode(value) for value in values], pa.string())
    characters[escapes + 1] = said
    offsets = pa.array(np.concatenate([[0], ends - np.searchsorted(escapes, ends)])).cast(pa.int32())
    text = pa.py_buffer(joined.replace(b"\\", b""))
    return pa.StringArray.from_buffers(len(values), offsets.buffers()[1], text)
