"""One row of an export: what a reader of a table or of a JSON line gets for one article.

The names are those of the records, flat; the fields stand in alphabetical order, so that a JSON line, a
Parquet column list and the documentation agree without a second list. Nothing here depends on the clock, on
the machine or on the order in which articles were read.

A row is decoded straight from the stored record, and the bodies stay the JSON that stands there: turning them
into Python strings and back took twice the time of decoding all the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

import msgspec
import pyarrow as pa
from msgspec import UNSET, Raw, UnsetType

from pipelines.records import LACUNA, SCHEMA_VERSION, Article, Settled, WarcPointer

VOLATILE = frozenset({"fetched_at", "warc_file", "warc_length", "warc_offset"})
"""Fields that differ between two crawls of an unchanged page: when it was fetched and where that was kept."""

UNKNOWN_MONTH = "unknown"
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_LACUNA = LACUNA.encode()
_NULL = Raw(b"null")


class RivalRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A `records.Rival` with its fields in alphabetical order."""

    score: float
    text: str


class EditRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A `records.Edit` with its fields in alphabetical order."""

    after: str
    before: str
    certainty: str
    field: str
    rivals: tuple[RivalRow, ...] = ()
    start: int
    step: str
    witness: str | None = None


class Derived(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What of a stored `records.Settled` goes into a row, or decides whether there is one."""

    canonical: bool
    canonical_reason: str = ""
    cluster_id: str
    date_published: str | None = None
    edition_body: Raw = _NULL
    edition_edits: tuple[EditRow, ...] = ()
    edition_headline: str | None = None
    joined: tuple[str, ...] = ()
    relation: str = "same"
    superseded_by: str | None = None
    witnesses: tuple[str, ...] = ()


class ExportRow(msgspec.Struct, kw_only=True, gc=False):
    """One exported article. `article_body` is the edition where the article is canonical and has one.

    A `Raw` is a string as JSON. What `Derived` gives, and the place of the record, is filled in by
    `complete`; until then this is the article as it was stored, with its `warc`.
    """

    article_body: Raw
    article_body_raw: Raw
    authors: tuple[str, ...]
    breadcrumbs: tuple[str, ...]
    canonical: bool = True
    canonical_reason: str = ""
    canonical_url: str | None
    cluster_id: str = ""
    conversion: str | None
    date_modified: str | None
    date_precision: str | None
    date_published: str | None
    date_published_raw: str | None
    editors: tuple[str, ...]
    edits: tuple[EditRow, ...] = ()
    encoding: str
    fetched_at: str
    headline: str
    headline_raw: str
    id: str
    in_language: str | None
    joined: tuple[str, ...] = ()
    keywords: tuple[str, ...]
    lacunae: int
    noarchive: bool
    noise: tuple[str, ...]
    origin_raw: Raw
    origin_url: str | None
    original_headline: str | None
    page_number: int | None
    page_urls: tuple[str, ...]
    payload_digest: str
    pipeline_version: str
    relation: str = "same"
    relevance: float
    rights: str | None
    schema_version: int
    site: str | None
    source: str | None
    sources: tuple[str, ...]
    tags: tuple[str, ...]
    tdm_reservation: bool
    url: str
    warc_file: str | None = None
    warc_length: int | None = None
    warc_offset: int | None = None
    witnesses: tuple[str, ...] = ()
    work_id: str
    warc: WarcPointer | UnsetType | None = UNSET


FIELDS = tuple(name for name in ExportRow.__annotations__ if name != "warc")


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
    "Raw": pa.string(),
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "tuple[str, ...]": _list_of(pa.string()),
    "tuple[EditRow, ...]": _list_of(_EDIT),
}


def _arrow_field(name: str) -> pa.Field:
    annotation = ExportRow.__annotations__[name]
    bare = annotation.removesuffix(" | None")
    return pa.field(name, _ARROW[bare], nullable=bare != annotation)


SCHEMA = pa.schema(
    [_arrow_field(name) for name in FIELDS], metadata={"ipnews.schema_version": str(SCHEMA_VERSION)}
)
"""The Arrow schema of every export, one field per field of ExportRow."""

_encoder = msgspec.json.Encoder()
_encode = _encoder.encode
stored = msgspec.json.Decoder(ExportRow).decode
"""JSON of an Article -> its row, to be completed."""

derived = msgspec.json.Decoder(Derived).decode
"""JSON of a Settled -> what of it goes into a row."""

edits_of = msgspec.json.Decoder(tuple[EditRow, ...]).decode
"""JSON of the edits of an article."""


def row_of(article: Article, settled: Settled | None) -> ExportRow:
    """The row of an article and what settle derived for it."""
    own = derived(_encode(settled)) if settled is not None else None
    return complete(stored(_encode(article)), own)


def complete(row: ExportRow, own: Derived | None) -> ExportRow:
    """Fill in, in place, what settle derived for the article. Returns the row.

    An article that settle has not seen stands alone: canonical, in a cluster of its own.
    """
    if own is None:
        row.cluster_id, row.date_published = row.id, row.date_published or None
    else:
        row.canonical, row.canonical_reason = own.canonical, own.canonical_reason
        row.cluster_id, row.relation = own.cluster_id, own.relation
        row.joined, row.witnesses = own.joined, own.witnesses
        row.date_published = row.date_published or own.date_published
        row.headline = own.edition_headline or row.headline
        if own.edition_body != _NULL:
            row.article_body = own.edition_body
        row.edits += own.edition_edits
    row.lacunae = row.headline.count(LACUNA) + bytes(row.article_body).count(_LACUNA)
    if isinstance(row.warc, WarcPointer):
        row.warc_file, row.warc_length, row.warc_offset = row.warc.file, row.warc.length, row.warc.offset
    row.warc = UNSET
    return row


def line_of(row: ExportRow) -> bytes:
    """The canonical JSON line: keys sorted at every level, UTF-8 as it is, no blanks, ends with a newline.

    The same row gives the same bytes in every process and on every machine (RFC 8259; floats in the
    shortest form that reads back equal).
    """
    return _encode(row) + b"\n"


def lines_of(rows: Sequence[ExportRow]) -> bytes:
    """`line_of` of each, in their order; in one buffer, which takes two thirds of the time."""
    return _encoder.encode_lines(rows)


def digest_of(row: ExportRow) -> str:
    """32 hex digits over everything a reader sees: equal means that nothing has to be written."""
    return hashlib.sha256(_encode(row)).hexdigest()[:32]


def month_of(row: ExportRow) -> str:
    """YYYY-MM of publication, or `unknown`: a date known to the year alone names no month."""
    if row.date_precision == "year" or not row.date_published:
        return UNKNOWN_MONTH
    month = row.date_published[:7]
    return month if _MONTH.fullmatch(month) else UNKNOWN_MONTH


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
