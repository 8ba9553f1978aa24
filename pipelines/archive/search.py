"""Full text of the articles as read: words of any length, Chinese words of two characters included.

SQLite: FTS5, contentless (the text stands in `articles.record` already), every character a token of its own,
a word asked for as a phrase. The trigram tokenizer would need three characters and finds nothing for
专利. PostgreSQL: a substring scan (ILIKE), right but linear; docs/archive.md says what to add at size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from pipelines.archive.codec import unpack
from pipelines.archive.schema import articles
from pipelines.records import Article
from pipelines.text import fold_width, squeeze

_SNIPPET = 40
"""Code points on either side of the first hit: about two lines of a terminal."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. `snippet` is body text around the first hit, `start:end` the hit inside it."""

    id: str
    url: str
    headline: str
    date_published: str | None
    source: str | None
    snippet: str
    start: int
    end: int


def create(connection: Connection) -> None:
    """Make the index of a new catalog."""
    if connection.dialect.name == "sqlite":
        # prefix and columnsize are left out: nothing here ranks by length, and both cost a third of the size.
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE search USING fts5(headline, body, content='', columnsize=0)"
        )


def indexed(value: str) -> str:
    """A text as the index holds it: width folded, every character a token of its own (letters too, so that
    any part of a word is found)."""
    return " ".join(fold_width(value))


def add(connection: Connection, rows: Sequence[tuple[int, str, str]]) -> None:
    """Index articles: number, headline and body, both texts as `indexed` gives them."""
    if connection.dialect.name == "sqlite" and rows:
        connection.execute(_ADD, [{"number": row[0], "headline": row[1], "body": row[2]} for row in rows])


def remove(connection: Connection, number: int, headline: str, body: str) -> None:
    """Take an article out; the texts must be those it was indexed with (the index keeps none)."""
    if connection.dialect.name == "sqlite":
        row = {"number": number, "headline": headline, "body": body}
        connection.execute(_REMOVE, row)


def search(connection: Connection, words: str, limit: int = 20) -> list[Hit]:
    """Current articles in which every one of the blank-separated `words` occurs, best first.

    Words in Simplified characters, as the articles are. No words, no hits.
    """
    asked = squeeze(fold_width(words)).split()
    if not asked:
        return []
    matching = _in_index if connection.dialect.name == "sqlite" else _by_scan
    return [_hit(row, asked) for row in matching(connection, asked, limit)]


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
_SHOWN = (articles.c.headline, articles.c.record)


def _in_index(connection: Connection, asked: list[str], limit: int) -> list[Any]:
    # Inside a quoted phrase FTS5 reads no operators; a quotation mark is doubled.
    query = " ".join('"' + squeeze(indexed(word)).replace('"', '""') + '"' for word in asked)
    statement = (
        select(*_SHOWN)
        .join(_FOUND, _FOUND.c.number == articles.c.number)
        .where(articles.c.current)
        .order_by(_FOUND.c.rank, articles.c.id)
        .limit(limit)
    )
    return list(connection.execute(statement, {"query": query}))


def _by_scan(connection: Connection, asked: list[str], limit: int) -> list[Any]:
    statement = select(*_SHOWN).where(articles.c.current).order_by(articles.c.id)
    rows: list[Any] = []
    for row in connection.execute(statement):
        article = unpack(row.record, Article)
        found = fold_width(f"{article.headline}\n{article.article_body}").lower()
        if all(word.lower() in found for word in asked):
            rows.append(row)
        if len(rows) == limit:
            break
    return rows


def _hit(row: Any, asked: list[str]) -> Hit:
    article = unpack(row.record, Article)
    body = article.article_body
    folded = fold_width(body).lower()
    at = min((place for word in asked if (place := folded.find(word.lower())) >= 0), default=-1)
    word = next((word for word in asked if folded.startswith(word.lower(), max(at, 0))), "")
    first = max(0, at - _SNIPPET)
    snippet = body[first : max(at, 0) + len(word) + _SNIPPET].replace("\n", " ")
    start = at - first if at >= 0 else 0
    end = start + len(word) if at >= 0 else 0
    return Hit(
        article.id, article.url, row.headline, article.date_published, article.source, snippet, start, end
    )
