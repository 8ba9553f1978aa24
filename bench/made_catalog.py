"""Catalogs of made articles: a few by way of the tables, a million at the speed of the disk."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import Connection, Index, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, DropIndex

from bench.made_articles import made_articles
from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.codec import pack
from pipelines.archive.schema import articles, edits, settled
from pipelines.archive.spellings import host_of
from pipelines.records import Article, Settled, version_id, work_id

DISTINCT = 5_000
"""Texts made; the others repeat them under ids and addresses of their own, packed each by itself."""

_AT_ONCE = 20_000
_TABLES: tuple[Table, ...] = (articles, settled, edits)

Values = dict[str, Any]


def insert_articles(connection: Connection, batch: list[tuple[int, tuple[Article, Settled]]]) -> None:
    """Put numbered articles and what settle derived into the tables."""
    rows = [_row(number, article, one) for number, (article, one) in batch]
    for table, values in zip(_TABLES, zip(*rows, strict=True), strict=True):
        if some := [one for one in values if one is not None]:
            connection.execute(table.insert(), some)


def fill_catalog(folder: Path, size: int) -> None:
    """A catalog with `size` settled IP articles, in no order of their ids; search is not exported.

    The rows are those of `insert_articles`. Written without a journal, and the indexes made at the end: a
    million rows take a minute, and with both they took ten.
    """
    Catalog.open(folder).close()
    with closing(sqlite3.connect(folder / CATALOG_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        indexes = [index for table in _TABLES for index in sorted(table.indexes, key=_name)]
        for index in indexes:
            connection.execute(_sql(DropIndex(index)))
        with ThreadPoolExecutor(2) as packers:
            for batch in _in_turn(packers, _batches(size)):
                connection.execute("BEGIN")
                for table, rows in zip(_TABLES, batch, strict=True):
                    _insert(connection, table, rows)
                connection.execute("COMMIT")
        for index in indexes:
            connection.execute(_sql(CreateIndex(index)))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One text as rows, and its records as JSON, in which a copy's id and address are put."""

    article: Article
    rows: tuple[Values, Values, Values | None]
    record: bytes
    derived: bytes

    @classmethod
    def of(cls, article: Article, one: Settled) -> _Pattern:
        alone = replace(one, cluster_id=article.id, canonical=True)
        bare = replace(article, edits=())
        return cls(article, _row(0, article, alone), msgspec.json.encode(bare), msgspec.json.encode(alone))

    def copy(self, number: int, turn: int) -> tuple[Values, Values, Values | None]:
        """The rows of an article of this text with another address."""
        url = f"{self.article.url}?turn={turn}"
        new, work = version_id(url, self.article.payload_digest), work_id(url)
        record = self.record.replace(self.article.url.encode(), url.encode())
        record = record.replace(self.article.work_id.encode(), work.encode())
        row, derived, changes = self.rows
        old = self.article.id.encode()
        return (
            {**row, "id": new, "number": number, "work_id": work, "url": url}
            | {"record": pack(Raw(record.replace(old, new.encode())))},
            {**derived, "id": new, "cluster_id": new}
            | {"record": pack(Raw(self.derived.replace(old, new.encode())))},
            changes and {**changes, "article_id": new},
        )


def _batches(size: int) -> Iterator[list[tuple[int, int, _Pattern]]]:
    """(number, turn, text) of every row, in lists."""
    made = [_Pattern.of(*pair) for pair in made_articles(DISTINCT) if pair[0].relevance > 0.5]
    endless = ((turn, one) for turn in count() for one in made)
    rows = ((number, turn, one) for number, (turn, one) in enumerate(islice(endless, size), start=1))
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _in_turn(
    packers: ThreadPoolExecutor, batches: Iterable[list[tuple[int, int, _Pattern]]]
) -> Iterator[list[list[Values]]]:
    """The batches packed, in their order; never more than three at a time, which `map` would not mind."""
    waiting: deque[Future[list[list[Values]]]] = deque()
    for batch in batches:
        waiting.append(packers.submit(_packed, batch))
        if len(waiting) == 3:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _packed(batch: list[tuple[int, int, _Pattern]]) -> list[list[Values]]:
    copies = [one.copy(number, turn) for number, turn, one in batch]
    return [[row for row in rows if row is not None] for rows in zip(*copies, strict=True)]


def _insert(connection: sqlite3.Connection, table: Table, rows: Sequence[Values]) -> None:
    names = list(rows[0])
    marks = ", ".join(f":{name}" for name in names)
    connection.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", rows)


def _sql(statement: CreateIndex | DropIndex) -> str:
    return str(statement.compile(dialect=sqlite.dialect()))


def _name(index: Index) -> str:
    return str(index.name)


def _row(number: int, article: Article, one: Settled) -> tuple[Values, Values, Values | None]:
    """The rows of `articles`, `settled` and `edits` for one article; no edits, no row."""
    derived = {
        "id": one.id,
        "cluster_id": one.cluster_id,
        "canonical": one.canonical,
        "relation": one.relation,
        "record": pack(one),
    }
    changes = {"article_id": article.id, "edits": pack(article.edits)} if article.edits else None
    return _columns(number, article), derived, changes


def _columns(number: int, article: Article) -> Values:
    return {
        "id": article.id,
        "number": number,
        "work_id": article.work_id,
        "url": article.url,
        "host": host_of(article.url),
        "site": article.site,
        "fetched_at": article.fetched_at,
        "headline": article.headline,
        "source": article.source,
        "date_published": article.date_published,
        "in_language": article.in_language,
        "relevance": article.relevance,
        "characters": len(article.article_body),
        "lacunae": 0,
        "body_digest": "",
        "current": True,
        "record": pack(replace(article, edits=())),
        "settle_state": "settled",
    }
