"""Rows of articles: what was read from captures, packed by the worker that read it, stored by the writer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from pipelines.archive import search
from pipelines.archive.article_rows import ArticleRow, indexed, row_of, unpacked
from pipelines.archive.batches import groups
from pipelines.archive.codec import pack, unpack
from pipelines.archive.migrations import take_numbers
from pipelines.archive.schema import articles, edits, settled, sketches
from pipelines.archive.spellings import host_of
from pipelines.records import Article, Edit, WarcPointer


def store_article(connection: Connection, article: Article) -> bool:
    """Put one article in; see `store_articles`. True when that changed anything."""
    return store_articles(connection, [row_of(article)]) == 1


def store_articles(connection: Connection, rows: Sequence[ArticleRow]) -> int:
    """Put articles in, each in place of what was read of its capture before; returns how many changed.

    What changed is due to be settled again. An id keeps its number for ever. Ids occur once in `rows`.
    """
    known = _known(connection, [row.id for row in rows])
    fresh = [row for row in rows if row.id not in known]
    changed = [row for row in rows if row.id in known and _differs(connection, row, known[row.id].record)]
    for row in changed:
        number, record = known[row.id].number, known[row.id].record
        _remove_beside(connection, row.id, number, record)
        connection.execute(update(articles).where(articles.c.id == row.id).values(**_values(row)))
        _store_beside(connection, [(number, row)])
    if fresh:
        numbered = list(zip(take_numbers(connection, len(fresh)), fresh, strict=True))
        values = [{"id": row.id, "number": n, "current": False, **_values(row)} for n, row in numbered]
        connection.execute(_INSERT, values)
        for some in groups([row.id for row in fresh]):  # left where somebody has deleted an article by hand
            connection.execute(_DELETE_EDITS, {"gone": some})
        _store_beside(connection, numbered)
    mark_current(connection, {row.work_id for row in (*fresh, *changed)})
    return len(fresh) + len(changed)


def remove_article(connection: Connection, article_id: str) -> bool:
    """Take an article out of every table that reading fills, and its `settled` row; True when it was there.

    Pairs and clusters it had are settle's to undo: the newest remaining version of its work becomes current.
    """
    columns = (articles.c.number, articles.c.record, articles.c.work_id)
    row = connection.execute(select(*columns).where(articles.c.id == article_id)).first()
    if row is None:
        return False
    _remove_beside(connection, article_id, row.number, row.record)
    connection.execute(delete(settled).where(settled.c.id == article_id))
    connection.execute(delete(articles).where(articles.c.id == article_id))
    mark_current(connection, {row.work_id})
    return True


def remove_orphans(connection: Connection) -> None:
    """Take out edits and sketches of no article: what is left where somebody has deleted articles by hand."""
    connection.execute(delete(edits).where(edits.c.article_id.not_in(select(articles.c.id))))
    connection.execute(delete(sketches).where(sketches.c.number.not_in(select(articles.c.number))))


def mark_current(connection: Connection, works: Iterable[str]) -> None:
    """Mark the newest version of each work, by (fetched_at, id), as the current one."""
    newest: dict[str, Any] = {}
    rows: list[Any] = []
    for some in groups(sorted(works)):
        rows += connection.execute(_VERSIONS, {"works": some}).all()
    for row in rows:  # in the order of the times
        newest[row.work_id] = row
    wrong = [row for row in rows if row.current != (row is newest[row.work_id])]
    if wrong:
        values = [{"wanted": row.id, "newest": row is newest[row.work_id]} for row in wrong]
        connection.execute(_MARK_CURRENT, values)


def known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Which of some ids are articles."""
    return set(_known(connection, ids))


def load(connection: Connection, article_id: str) -> Article | None:
    """One article with its edits and sketch."""
    return next(iterate(connection, where=articles.c.id == article_id, whole=True), None)


def iterate(
    connection: Connection, *, where: Any = None, whole: bool = False, batch: int = 500
) -> Iterator[Article]:
    """Articles in the order of their ids, a batch at a time; `whole` adds edits and sketch to each."""
    after = ""
    while True:
        statement = select(articles.c.id, articles.c.record).where(articles.c.id > after)
        statement = statement.order_by(articles.c.id).limit(batch)
        rows = connection.execute(statement if where is None else statement.where(where)).all()
        if not rows:
            return
        if whole:
            yield from _whole(connection, articles.c.id.in_([row.id for row in rows]))
        else:
            yield from (unpack(row.record, Article) for row in rows)
        after = rows[-1].id


def packed_rows(connection: Connection, ids: Sequence[str]) -> list[ArticleRow]:
    """The rows of some articles, whole, as `row_of` made them."""
    return [row_of(article) for article in _whole(connection, articles.c.id.in_(ids))]


def move(connection: Connection, article_id: str, pointer: WarcPointer) -> None:
    """Note in an article that its WARC record lies elsewhere now."""
    this = articles.c.id == article_id
    record = connection.scalar(select(articles.c.record).where(this))
    if record is not None:
        moved = pack(replace(unpack(record, Article), warc=pointer))
        connection.execute(update(articles).where(this).values(record=moved))


def edits_of(connection: Connection, article_id: str) -> tuple[Edit, ...]:
    """The edits of an article; () when it has none."""
    packed = _edits_bytes(connection, article_id)
    return unpack(packed, tuple[Edit, ...]) if packed else ()


def _whole(connection: Connection, where: Any) -> Iterator[Article]:
    """Articles with edits and sketch, in one statement."""
    columns = (articles.c.record, edits.c.edits, sketches.c.density, sketches.c.length, sketches.c.hashes)
    statement = (
        select(*columns)
        .outerjoin(edits, edits.c.article_id == articles.c.id)
        .outerjoin(sketches, sketches.c.number == articles.c.number)
        .where(where)
        .order_by(articles.c.id)
    )
    for row in connection.execute(statement).all():
        drawn = (row.density, row.length, row.hashes) if row.hashes is not None else None
        yield unpacked(row.record, row.edits, drawn)


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


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in groups(ids):
        found.update((row.id, row) for row in connection.execute(_KNOWN, {"wanted": some}))
    return found


def _differs(connection: Connection, row: ArticleRow, record: bytes) -> bool:
    return record != row.record or _edits_bytes(connection, row.id) != row.edits


def _store_beside(connection: Connection, numbered: Sequence[tuple[int, ArticleRow]]) -> None:
    changes = [{"article_id": row.id, "edits": row.edits} for _, row in numbered if row.edits is not None]
    if changes:
        connection.execute(_INSERT_EDITS, changes)
    drawn = [_sketch_values(number, row.sketch) for number, row in numbered if row.sketch is not None]
    if drawn:
        connection.execute(_INSERT_SKETCH, drawn)
    search.add(connection, [(number, row.search_headline, row.search_body) for number, row in numbered])


def _remove_beside(connection: Connection, article_id: str, number: int, record: bytes) -> None:
    connection.execute(delete(sketches).where(sketches.c.number == number))
    connection.execute(delete(edits).where(edits.c.article_id == article_id))
    article = unpack(record, Article)
    search.remove(connection, number, indexed(article.headline), indexed(article.article_body))


def _sketch_values(number: int, sketch: tuple[int, int, bytes]) -> dict[str, object]:
    density, length, hashes = sketch
    return {"number": number, "density": density, "length": length, "hashes": hashes}


def _edits_bytes(connection: Connection, article_id: str) -> bytes | None:
    return connection.scalar(select(edits.c.edits).where(edits.c.article_id == article_id))


# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_INSERT = articles.insert()
_INSERT_EDITS = edits.insert()
_DELETE_EDITS = delete(edits).where(edits.c.article_id.in_(bindparam("gone", expanding=True)))
_INSERT_SKETCH = sketches.insert()
_KNOWN = select(articles.c.id, articles.c.number, articles.c.record).where(
    articles.c.id.in_(bindparam("wanted", expanding=True))
)
_VERSIONS = (
    select(articles.c.id, articles.c.work_id, articles.c.current)
    .where(articles.c.work_id.in_(bindparam("works", expanding=True)))
    .order_by(articles.c.fetched_at, articles.c.id)
)
_MARK_CURRENT = (
    update(articles)
    .where(articles.c.id == bindparam("wanted"))
    .values(current=bindparam("newest"), settle_state="pending")
)
