"""Rows of articles: what was read from captures, packed by the worker that read it, stored by the writer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, delete, select, update

from pipelines.archive import search
from pipelines.archive.captures import host_of
from pipelines.archive.codec import pack, unpack
from pipelines.archive.migrations import next_number
from pipelines.archive.schema import articles, edits, settled, sketches
from pipelines.records import Article, Edit, Sketch
from pipelines.text import plain


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An Article made ready for its tables: plain work is done where the page was read, not by the writer."""

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
        search_headline=search.indexed(article.headline),
        search_body=search.indexed(article.article_body),
        pipeline_version=article.pipeline_version,
    )


def body_digest(body: str) -> str:
    """32 hex digits of a body in its plain form: bodies that differ only in marks and blanks agree."""
    return hashlib.sha256(plain(body).encode()).hexdigest()[:32]


def store_article(connection: Connection, article: Article | ArticleRow) -> bool:
    """Put an article in, or in place of what was read of the same capture before. True when that changed
    anything: its settling is then due again. The id keeps its number for ever."""
    row = article if isinstance(article, ArticleRow) else row_of(article)
    known = connection.execute(_KNOWN, {"wanted": row.id}).first()
    if known is not None:
        if known.record == row.record and _edits_bytes(connection, row.id) == row.edits:
            return False
        _unindex(connection, known.number, known.record)
        number = known.number
        _remove_beside(connection, row.id, number)
        connection.execute(update(articles).where(articles.c.id == row.id).values(**_values(row)))
    else:
        number = next_number(connection)
        connection.execute(_INSERT, {"id": row.id, "number": number, "current": False, **_values(row)})
    _store_beside(connection, row, number)
    mark_current(connection, row.work_id)
    return True


def remove_article(connection: Connection, article_id: str) -> bool:
    """Take an article out of every table that reading fills, and its `settled` row; True when it was there.

    Pairs and clusters it had are settle's to undo: the newest remaining version of its work becomes current.
    """
    columns = (articles.c.number, articles.c.record, articles.c.work_id)
    row = connection.execute(select(*columns).where(articles.c.id == article_id)).first()
    if row is None:
        return False
    _unindex(connection, row.number, row.record)
    _remove_beside(connection, article_id, row.number)
    connection.execute(delete(settled).where(settled.c.id == article_id))
    connection.execute(delete(articles).where(articles.c.id == article_id))
    mark_current(connection, row.work_id)
    return True


def mark_current(connection: Connection, work_id: str) -> None:
    """Mark the newest version of a work, by (fetched_at, id), as the current one."""
    rows = connection.execute(_VERSIONS, {"work": work_id}).all()
    for row in rows:
        if row.current != (row is rows[-1]):
            connection.execute(_MARK_CURRENT, {"wanted": row.id, "newest": row is rows[-1]})


def load(connection: Connection, article_id: str) -> Article | None:
    """One article with its edits and sketch."""
    return next(iterate(connection, where=articles.c.id == article_id, whole=True), None)


def iterate(
    connection: Connection, *, where: Any = None, whole: bool = False, batch: int = 500
) -> Iterator[Article]:
    """Articles in the order of their ids, a batch at a time; `whole` adds edits and sketch to each."""
    after = ""
    while True:
        statement = select(articles.c.id, articles.c.number, articles.c.record)
        statement = statement.where(articles.c.id > after).order_by(articles.c.id).limit(batch)
        rows = connection.execute(statement if where is None else statement.where(where)).all()
        if not rows:
            return
        for row in rows:
            article = unpack(row.record, Article)
            yield _completed(connection, article, row.number) if whole else article
        after = rows[-1].id


def edits_of(connection: Connection, article_id: str) -> tuple[Edit, ...]:
    """The edits of an article; () when it has none."""
    packed = _edits_bytes(connection, article_id)
    return unpack(packed, tuple[Edit, ...]) if packed else ()


def sketch_of(connection: Connection, number: int) -> Sketch | None:
    """The sketch of the article with this number."""
    row = connection.execute(select(sketches).where(sketches.c.number == number)).first()
    if row is None:
        return None
    hashes = np.frombuffer(row.hashes, dtype="<u8").tolist()
    return Sketch(tuple(hashes), row.density, row.length)


def _completed(connection: Connection, article: Article, number: int) -> Article:
    return replace(article, edits=edits_of(connection, article.id), sketch=sketch_of(connection, number))


def _values(row: ArticleRow) -> dict[str, object]:
    return {
        "work_id": row.work_id,
        "url": row.url,
        "host": host_of(row.url),
        "site": row.site,
        "fetched_at": row.fetched_at,
        "headline": row.headline,
        "source": row.source,
        "date_published": row.date_published,
        "in_language": row.in_language,
        "relevance": row.relevance,
        "characters": row.characters,
        "lacunae": row.lacunae,
        "body_digest": row.body_digest,
        "record": row.record,
        "settle_state": "pending",
    }


def _store_beside(connection: Connection, row: ArticleRow, number: int) -> None:
    if row.edits is not None:
        connection.execute(_INSERT_EDITS, {"article_id": row.id, "edits": row.edits})
    if row.sketch is not None:
        density, length, hashes = row.sketch
        values = {"number": number, "density": density, "length": length, "hashes": hashes}
        connection.execute(_INSERT_SKETCH, values)
    search.add(connection, number, row.search_headline, row.search_body)


def _remove_beside(connection: Connection, article_id: str, number: int) -> None:
    connection.execute(delete(sketches).where(sketches.c.number == number))
    connection.execute(delete(edits).where(edits.c.article_id == article_id))


def _unindex(connection: Connection, number: int, record: bytes) -> None:
    article = unpack(record, Article)
    search.remove(connection, number, search.indexed(article.headline), search.indexed(article.article_body))


def _packed_sketch(sketch: Sketch | None) -> tuple[int, int, bytes] | None:
    if sketch is None:
        return None
    return sketch.density, sketch.length, np.array(sketch.hashes, dtype="<u8").tobytes()


def _edits_bytes(connection: Connection, article_id: str) -> bytes | None:
    return connection.scalar(select(edits.c.edits).where(edits.c.article_id == article_id))


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_INSERT = articles.insert()
_INSERT_EDITS = edits.insert()
_INSERT_SKETCH = sketches.insert()
_KNOWN = select(articles.c.number, articles.c.record).where(articles.c.id == bindparam("wanted"))
_VERSIONS = (
    select(articles.c.id, articles.c.current)
    .where(articles.c.work_id == bindparam("work"))
    .order_by(articles.c.fetched_at, articles.c.id)
)
_MARK_CURRENT = (
    update(articles)
    .where(articles.c.id == bindparam("wanted"))
    .values(current=bindparam("newest"), settle_state="pending")
)
