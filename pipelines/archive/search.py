"""Full text of the articles as read: words of any length, Chinese words of two characters included.

SQLite: FTS5, contentless (the text stands in `articles.record` already), every character a token of its own,
a word asked for as a phrase. The trigram tokenizer would need three characters and finds nothing for
专利. PostgreSQL: a substring scan (ILIKE), right but linear; docs/archive.md says what to add at size.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, text

from pipelines.archive.article_rows import indexed
from pipelines.archive.codec import unpack
from pipelines.archive.schema import articles, members, settled
from pipelines.records import Article
from pipelines.text import fold_width, squeeze

_SURE = re.compile(r"[0-9A-Za-z\u4e00-\u9fa5]{1,8}")
_HOLDS = text("SELECT rowid FROM search WHERE search MATCH :query AND rowid = :number")
_SNIPPET = 40
"""Code points on either side of the first hit: about two lines of a terminal."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One story found, by its canonical article where that has the words. `snippet` is body text around the
    first hit, `start:end` the hit inside it; `copies` are the other articles of the story, by id."""

    id: str
    url: str
    headline: str
    date_published: str | None
    source: str | None
    snippet: str
    start: int
    end: int
    copies: tuple[str, ...] = ()


def create(connection: Connection) -> None:
    """Make the index of a new catalog."""
    if connection.dialect.name == "sqlite":
        # prefix and columnsize are left out: nothing here ranks by length, and both cost a third of the size.
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE search USING fts5(headline, body, content='', columnsize=0)"
        )


def add(connection: Connection, rows: Sequence[tuple[int, str, str]]) -> None:
    """Index articles: number, headline and body, both texts as `indexed` gives them."""
    if connection.dialect.name == "sqlite" and rows:
        connection.execute(_ADD, [{"number": row[0], "headline": row[1], "body": row[2]} for row in rows])


def remove(connection: Connection, number: int, headline: str, body: str) -> None:
    """Take an article out; the texts must be those it was indexed with (the index keeps none)."""
    if connection.dialect.name == "sqlite":
        row = {"number": number, "headline": headline, "body": body}
        connection.execute(_REMOVE, row)


def holds(connection: Connection, number: int, article: Article) -> bool:
    """Whether the index has an article, by its first few characters that are surely words to it."""
    words = _SURE.search(fold_width(f"{article.headline}\n{article.article_body}"))
    if connection.dialect.name != "sqlite" or words is None:
        return True
    row = {"number": number, "query": f'"{indexed(words[0])}"'}
    return connection.execute(_HOLDS, row).first() is not None


def search(connection: Connection, words: str, limit: int = 20) -> list[Hit]:
    """Stories with a current article in which every one of the blank-separated `words` occurs, best first.

    Words in Simplified characters, as the articles are. No words, no hits. An article that is not settled yet
    is a story by itself.
    """
    asked = squeeze(fold_width(words)).split()
    if not asked:
        return []
    matching = _in_index if connection.dialect.name == "sqlite" else _by_scan
    with closing(matching(connection, asked)) as found:
        best = _first_stories(found, limit)
    return list(_hits(connection, best, asked))


_ADD = text("INSERT INTO search(rowid, headline, body) VALUES (:number, :headline, :body)")
_REMOVE = text(
    "INSERT INTO search(search, rowid, headline, body) VALUES ('delete', :number, :headline, :body)"
)
_FOUND = (
    text("SELECT rowid AS number, bm25(search, 4.0, 1.0) AS rank FROM search WHERE search MATCH :query")
    .bindparams(bindparam("query"))
    .columns(number=articles.c.number.type, rank=articles.c.relevance.type)
    .subquery("found")
)


class Found(NamedTuple):
    """An article that has the words, and the story that it belongs to (itself, before it was settled)."""

    id: str
    story: str


_STORY = func.coalesce(settled.c.cluster_id, articles.c.id)
_HEAD = func.coalesce(members.c.head, articles.c.id)
"""The first page of an article of several: the others are in no story of their own."""
_OF_STORIES = articles.outerjoin(members, members.c.id == articles.c.id).outerjoin(
    settled, settled.c.id == _HEAD
)


def _in_index(connection: Connection, asked: list[str]) -> Generator[Found, None, None]:
    # Inside a quoted phrase FTS5 reads no operators; a quotation mark is doubled.
    query = " ".join('"' + squeeze(indexed(word)).replace('"', '""') + '"' for word in asked)
    statement = (
        select(articles.c.id, _STORY)
        .select_from(_OF_STORIES.join(_FOUND, _FOUND.c.number == articles.c.number))
        .where(articles.c.current)
        .order_by(_FOUND.c.rank, articles.c.id)
    )
    with connection.execute(statement, {"query": query}) as rows:
        for id, story in rows:
            yield Found(id, story)


def _by_scan(connection: Connection, asked: list[str]) -> Generator[Found, None, None]:
    columns = (articles.c.id, _STORY, articles.c.record)
    statement = select(*columns).select_from(_OF_STORIES).where(articles.c.current).order_by(articles.c.id)
    with connection.execute(statement.execution_options(yield_per=500)) as rows:
        for id, story, record in rows:
            if _has(unpack(record, Article), asked):
                yield Found(id, story)


def _has(article: Article, asked: list[str]) -> bool:
    text = fold_width(f"{article.headline}\n{article.article_body}").lower()
    return all(word.lower() in text for word in asked)


def _first_stories(found: Iterator[Found], limit: int) -> dict[str, str]:
    """The best article of each of the first stories, by story."""
    best: dict[str, str] = {}
    for one in found:
        if one.story not in best and len(best) == limit:
            break
        best.setdefault(one.story, one.id)
    return best


def _hits(connection: Connection, best: Mapping[str, str], asked: list[str]) -> Iterator[Hit]:
    of_story: dict[str, list[str]] = {story: [] for story in best}
    statement = (
        select(settled.c.cluster_id, settled.c.id)
        .join(articles, articles.c.id == settled.c.id)
        .where(settled.c.cluster_id.in_(of_story) & articles.c.current)
        .order_by(settled.c.canonical.desc(), settled.c.id)
    )
    for story, id in connection.execute(statement):
        of_story[story].append(id)
    for story, id in best.items():
        shown = _article(connection, of_story[story][0] if of_story[story] else id)
        if not _has(shown, asked):
            shown = _article(connection, id)
        yield _hit(shown, asked, tuple(one for one in of_story[story] if one != shown.id))


def _article(connection: Connection, id: str) -> Article:
    return unpack(connection.scalars(select(articles.c.record).where(articles.c.id == id)).one(), Article)


def _hit(article: Article, asked: list[str], copies: tuple[str, ...]) -> Hit:
    body = article.article_body
    folded = fold_width(body).lower()
    at = min((place for word in asked if (place := folded.find(word.lower())) >= 0), default=-1)
    word = next((word for word in asked if folded.startswith(word.lower(), max(at, 0))), "")
    first = max(0, at - _SNIPPET)
    snippet = body[first : max(at, 0) + len(word) + _SNIPPET].replace("\n", " ")
    start = at - first if at >= 0 else 0
    return Hit(
        id=article.id,
        url=article.url,
        headline=article.headline,
        date_published=article.date_published,
        source=article.source,
        snippet=snippet,
        start=start,
        end=start + len(word) if at >= 0 else 0,
        copies=copies,
    )
