"""From the catalog to rows: what the filters take, in the order of ids, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from pipelines.archive import tombstones
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import unpack
from pipelines.archive.schema import articles, edits, settled
from pipelines.export.filters import RELEVANCE_FLOOR, Filters
from pipelines.export.parts import ends_part
from pipelines.records import Article, Edit, Settled

BATCH = 500
"""Rows asked for at once, each query going on behind the last id: no cursor stays open while a store is
slow, and memory is bounded whatever the driver buffers."""

Pair = tuple[Article, Settled | None]


EVERY_ID = ("", "g")
"""Ids are hex digits: all of them lie between these."""


def selected(catalog: Catalog, filters: Filters, between: tuple[str, str] = EVERY_ID) -> Iterator[Pair]:
    """Current articles that the filters take, with their edits and what settle derived, by ascending id.

    One state of the catalog throughout, whatever is written meanwhile. What was withdrawn is left out even
    when its rows are still there. `between` (start, end) takes the parts that start behind the first end of
    a part at or behind `start`, up to the first at or behind `end`: ranges side by side give each part once.
    """
    start, end = between
    inside = not start
    with catalog.read() as connection:
        withdrawn = tombstones.load(connection)
        any_withdrawn = bool(withdrawn.ids or withdrawn.urls or withdrawn.hosts)
        for row in _rows(connection, _statement(filters), start):
            ends = row.id >= start and ends_part(row.id)
            if not (inside or ends):
                continue
            pair = _pair(row)
            gone = any_withdrawn and withdrawn.cover(pair[0].url, pair[0].id)
            if gone or not filters.selects(*pair):
                continue
            if inside:
                yield pair
            if ends and row.id >= end:
                return
            inside = True


def count(catalog: Catalog, filters: Filters) -> int:
    """About how many articles the filters take (days and sources are not looked at): for a progress bar."""
    with catalog.read() as connection:
        return connection.scalar(_statement(filters).with_only_columns(func.count(articles.c.id))) or 0


def _statement(filters: Filters) -> Select[Any]:
    """What the catalog's columns can decide; the rest is decided on the record."""
    tests: list[ColumnElement[bool]] = [articles.c.current]
    if not filters.copies:
        tests.append(or_(settled.c.canonical, settled.c.id.is_(None)))
    if filters.topics == "ip":
        tests.append(articles.c.relevance >= RELEVANCE_FLOOR)
    if filters.sites:
        tests.append(or_(articles.c.site.in_(filters.sites), articles.c.host.in_(filters.sites)))
    joined = articles.outerjoin(settled, settled.c.id == articles.c.id).outerjoin(
        edits, edits.c.article_id == articles.c.id
    )
    columns = (articles.c.id, articles.c.record, edits.c.edits, settled.c.record.label("settled"))
    return select(*columns).select_from(joined).where(and_(*tests))


def _rows(connection: Connection, statement: Select[Any], after: str) -> Iterator[Row[Any]]:
    while True:
        page = statement.where(articles.c.id > after).order_by(articles.c.id).limit(BATCH)
        rows = connection.execute(page).all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _pair(row: Row[Any]) -> Pair:
    article = unpack(row.record, Article)
    if row.edits is not None:
        article = replace(article, edits=unpack(row.edits, tuple[Edit, ...]))
    return article, unpack(row.settled, Settled) if row.settled is not None else None
