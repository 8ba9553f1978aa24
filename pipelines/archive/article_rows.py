"""An Article as the values of its tables, packed by the worker that read it: the writer only inserts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from pipelines.archive.codec import pack, unpack
from pipelines.records import Article, Edit, Sketch, WarcPointer
from pipelines.text import fold_width, plain

HASH = np.dtype("<u8")
"""A hash of a sketch, as its column holds it."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """The columns of `articles`, and what goes into `edits`, `sketches` and the search index beside them."""

    id: str
    work_id: str
    url: str
    site: str | None
    fetched_at: str
    headline: str
    source: str | None
    date_published: str | None
    in_language: str | None
    relevance: float
    characters: int
    lacunae: int
    body_digest: str
    record: bytes
    edits: bytes | None
    sketch: tuple[int, int, bytes] | None
    search_headline: str
    search_body: str
    pipeline_version: str


def row_of(article: Article) -> ArticleRow:
    """Pack an article. Pure; equal articles give equal rows."""
    return ArticleRow(
        id=article.id,
        work_id=article.work_id,
        url=article.url,
        site=article.site,
        fetched_at=article.fetched_at,
        headline=article.headline,
        source=article.source,
        date_published=article.date_published,
        in_language=article.in_language,
        relevance=article.relevance,
        characters=len(article.article_body),
        lacunae=article.lacunae,
        body_digest=body_digest(article.article_body),
        record=pack(replace(article, edits=(), sketch=None)),
        edits=pack(article.edits) if article.edits else None,
        sketch=_packed_sketch(article.sketch),
        search_headline=indexed(article.headline),
        search_body=indexed(article.article_body),
        pipeline_version=article.pipeline_version,
    )


def article_of(row: ArticleRow) -> Article:
    """The article that `row_of` was given."""
    return unpacked(row.record, row.edits, row.sketch)


def unpacked(
    record: bytes, edits: bytes | None = None, drawn: tuple[int, int, bytes] | None = None
) -> Article:
    """An article of its columns: what stands in `articles`, `edits` and `sketches`."""
    return replace(
        unpack(record, Article),
        edits=unpack(edits, tuple[Edit, ...]) if edits else (),
        sketch=unpacked_sketch(*drawn) if drawn is not None else None,
    )


def unpacked_sketch(density: int, length: int, hashes: bytes) -> Sketch:
    """A sketch of its columns."""
    return Sketch(tuple(np.frombuffer(hashes, dtype=HASH).tolist()), density, length)


def indexed(value: str) -> str:
    """A text as the search index holds it: width folded, every character a token of its own (letters too, so
    that any part of a word is found)."""
    return " ".join(fold_width(value))


def body_digest(body: str) -> str:
    """32 hex digits of a body in its plain form: bodies that differ only in marks and blanks agree."""
    return hashlib.sha256(plain(body).encode()).hexdigest()[:32]


def with_pointer(row: ArticleRow, pointer: WarcPointer) -> ArticleRow:
    """The row of an article whose WARC record lies elsewhere now."""
    return replace(row, record=pack(replace(unpack(row.record, Article), warc=pointer)))


def _packed_sketch(sketch: Sketch | None) -> tuple[int, int, bytes] | None:
    if sketch is None:
        return None
    return sketch.density, sketch.length, np.array(sketch.hashes, dtype=HASH).tobytes()
