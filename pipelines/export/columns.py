"""Rows as Arrow columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Raw

from pipelines.export.rows import SCHEMA, ExportRow

_EMPTY = Raw(b'""')
_BACKSLASH, _N, _NEWLINE = b"\\n\n"


def batch_of(rows: Sequence[ExportRow]) -> pa.RecordBatch:
    """Rows as one Arrow batch of SCHEMA."""
    return pa.RecordBatch.from_arrays(_columns(rows, list(SCHEMA)), schema=SCHEMA)


def _columns(records: Sequence[Any], fields: list[pa.Field]) -> list[pa.Array]:
    """Records turned into one Arrow array per field.

    Nested kinds are flattened, so that each leaf is filled in one call: handing pyarrow lists of
    dictionaries costs three times as much.
    """
    return [_column(list(map(attrgetter(field.name), records)), field.type) for field in fields]


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

    Unescaped all at once, because hardly anything in an article is escaped but the ends of its paragraphs;
    each decoded by itself and encoded again takes twice as long (bodies of 126 real pages, 3 % with others).
    """
    joined = bytearray().join([memoryview(value)[1:-1] for value in values])
    ends = np.fromiter(accumulate(len(value) - 2 for value in values), np.int64, len(values))
    characters = np.frombuffer(joined, np.uint8)
    escapes = np.flatnonzero(characters == _BACKSLASH)
    others = escapes[characters[escapes + 1] != _N]
    if len(others):
        return _with_decoded(values, np.unique(np.searchsorted(ends, others, "right")))
    characters[escapes + 1] = _NEWLINE
    offsets = pa.array(np.concatenate([[0], ends - np.searchsorted(escapes, ends)])).cast(pa.int32())
    text = pa.py_buffer(joined.replace(b"\\", b""))
    return pa.StringArray.from_buffers(len(values), offsets.buffers()[1], text)


def _with_decoded(values: Sequence[Raw], places: npt.NDArray[np.int64]) -> pa.StringArray:
    """The same column; the strings at these places may hold any escape."""
    others = [msgspec.json.decode(values[place], type=str) for place in places]
    easy = list(values)
    for place in places:
        easy[place] = _EMPTY
    mask = np.zeros(len(values), np.bool_)
    mask[places] = True
    return pc.replace_with_mask(_texts(easy), pa.array(mask), pa.array(others, pa.string()))
