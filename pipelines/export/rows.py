"""One row of an export: what a reader of a table or of a JSON line gets for one article.

`row_of` is pure. The names are those of the records, flat; the fields stand in alphabetical order, so that
a JSON line, a Parquet column list and the documentation agree without a second list. Nothing here depends
on the clock, on the machine or on the order in which articles were read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from pipelines.records import LACUNA, SCHEMA_VERSION, Article, Edit, Settled

VOLATILE = frozenset({"fetched_at", "warc_file", "warc_length", "warc_offset"})
"""Fields that differ between two crawls of an unchanged page: when it was fetched and where that was kept."""

UNKNOWN_MONTH = "unknown"
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_ENCODER = msgspec.json.Encoder(order="sorted")


class ExportRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One exported article. `article_body` is the edition where the article is canonical and has one."""

    article_body: str
    article_body_raw: str
    authors: tuple[str, ...]
    breadcrumbs: tuple[str, ...]
    canonical: bool
    canonical_reason: str
    canonical_url: str | None
    cluster_id: str
    conversion: str | None
    date_modified: str | None
    date_precision: str | None
    date_published: str | None
    date_published_raw: str | None
    editors: tuple[str, ...]
    edits: tuple[Edit, ...]
    encoding: str
    fetched_at: str
    headline: str
    headline_raw: str
    id: str
    in_language: str | None
    joined: tuple[str, ...]
    keywords: tuple[str, ...]
    lacunae: int
    noarchive: bool
    noise: tuple[str, ...]
    origin_raw: str
    origin_url: str | None
    original_headline: str | None
    page_number: int | None
    page_urls: tuple[str, ...]
    payload_digest: str
    pipeline_version: str
    relation: str
    relevance: float
    rights: str | None
    schema_version: int
    site: str | None
    source: str | None
    sources: tuple[str, ...]
    tags: tuple[str, ...]
    tdm_reservation: bool
    url: str
    warc_file: str | None
    warc_length: int | None
    warc_offset: int | None
    witnesses: tuple[str, ...]
    work_id: str


def _list_of(kind: pa.DataType) -> pa.ListType:
    return pa.list_(pa.field("element", kind))  # the name that Parquet gives it (LogicalTypes.md, Lists)


_RIVAL = pa.struct([pa.field("score", pa.float64(), False), pa.field("text", pa.string(), False)])
_EDIT = pa.struct(
    [
        pa.field("after", pa.string(), False),
        pa.field("before", pa.string(), False),
        pa.field("certainty", pa.string(), False),
        pa.field("field", pa.string(), False),
        pa.field("rivals", _list_of(_RIVAL), False),
        pa.field("start", pa.int64(), False),
        pa.field("step", pa.string(), False),
        pa.field("witness", pa.string()),
    ]
)
_ARROW: dict[str, pa.DataType] = {
    "str": pa.string(),
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "tuple[str, ...]": _list_of(pa.string()),
    "tuple[Edit, ...]": _list_of(_EDIT),
}


def _arrow_field(name: str, annotation: str) -> pa.Field:
    bare = annotation.removesuffix(" | None")
    return pa.field(name, _ARROW[bare], nullable=bare != annotation)


SCHEMA = pa.schema(
    [_arrow_field(name, kind) for name, kind in ExportRow.__annotations__.items()],
    metadata={"ipnews.schema_version": str(SCHEMA_VERSION)},
)
"""The Arrow schema of every export, one field per field of ExportRow."""


def row_of(article: Article, settled: Settled | None) -> ExportRow:
    """Flatten an article and what settle derived for it.

    An article that settle has not seen stands alone: canonical, in a cluster of its own.
    """
    own = settled or Settled(article.id, article.id, canonical=True)
    body = article.article_body if own.edition_body is None else own.edition_body
    warc = article.warc
    return ExportRow(
        **dict(zip(_COPIED, _copied_from(article), strict=True)),
        article_body=body,
        canonical=own.canonical,
        canonical_reason=own.canonical_reason,
        cluster_id=own.cluster_id,
        date_published=article.date_published or own.date_published,
        edits=article.edits + own.edition_edits,
        joined=own.joined,
        lacunae=article.headline.count(LACUNA) + body.count(LACUNA),
        relation=own.relation,
        warc_file=warc.file if warc else None,
        warc_length=warc.length if warc else None,
        warc_offset=warc.offset if warc else None,
        witnesses=own.witnesses,
    )


_DERIVED = {"article_body", "date_published", "edits", "lacunae"}
_COPIED = tuple(
    name
    for name in ExportRow.__annotations__
    if name in Article.__dataclass_fields__ and name not in _DERIVED
)
_copied_from = attrgetter(*_COPIED)


def line_of(row: ExportRow) -> bytes:
    """The canonical JSON line: keys sorted at every level, UTF-8 as it is, no blanks, ends with a newline.

    The same row gives the same bytes in every process and on every machine (RFC 8259; floats in the
    shortest form that reads back equal).
    """
    return _ENCODER.encode(row) + b"\n"


def digest_of(row: ExportRow) -> str:
    """32 hex digits over everything a reader sees: equal means that nothing has to be written."""
    return hashlib.sha256(_ENCODER.encode(row)).hexdigest()[:32]


def month_of(row: ExportRow) -> str:
    """YYYY-MM of publication, or `unknown`: a date known to the year alone names no month."""
    if row.date_precision == "year" or not row.date_published:
        return UNKNOWN_MONTH
    month = row.date_published[:7]
    return month if _MONTH.fullmatch(month) else UNKNOWN_MONTH


def batch_of(rows: Sequence[ExportRow]) -> pa.RecordBatch:
    """Rows as one Arrow batch of SCHEMA."""
    return pa.RecordBatch.from_arrays(_columns(rows, list(SCHEMA)), schema=SCHEMA)


def _columns(records: Sequence[Any], fields: list[pa.Field]) -> list[pa.Array]:
    """Records turned into one Arrow array per field.

    Nested kinds are flattened, so that each leaf is filled in one call: handing pyarrow lists of
    dictionaries costs three times as much.
    """
    values_of = attrgetter(*(field.name for field in fields))
    columns = list(zip(*map(values_of, records), strict=True)) or [()] * len(fields)
    return [_column(values, field.type) for values, field in zip(columns, fields, strict=True)]


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind):
        offsets = pa.array(list(accumulate(map(len, values), initial=0)), pa.int32())
        inner = _column(list(chain.from_iterable(values)), kind.value_type)
        return pa.ListArray.from_arrays(offsets, inner, type=kind)
    if pa.types.is_struct(kind):
        fields = list(kind)
        return pa.StructArray.from_arrays(_columns(values, fields), fields=fields)
    return pa.array(values, kind)


def in_batches(rows: Iterable[ExportRow], size: int) -> Iterable[list[ExportRow]]:
    """Consecutive rows in lists of `size`, the last one shorter."""
    batch: list[ExportRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
