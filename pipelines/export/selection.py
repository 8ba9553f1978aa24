"""From the catalog to rows: what the filters take, in the order of ids, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Select, and_, bindparam, func, or_, select

from pipelines.archive import tombstones
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import unpacked_json
from pipelines.archive.schema import articles, edits, settled
from pipelines.export.filters import RELEVANCE_FLOOR, Filters
from pipelines.export.parts import ends_part
from pipelines.export.rows import ExportRow, complete, derived, edits_of, stored

BATCH = 500
"""Rows asked for at once, each query going on behind the last id: no cursor stays open while a store is
slow, and memory is bounded whatever the driver buffers."""

EVERY_ID = ("", "g")
"""Ids are hex digits: all of them lie between these."""


def selected(catalog: Catalog, filters: Filters, between: tuple[str, str] = EVERY_ID) -> Iterator[ExportRow]:
    """Rows of the current articles that the filters take, by ascending id.

    One state of the catalog throughout, whatever is written meanwhile. What was withdrawn is left out even
    when its rows are still there. `between` (start, end) takes the parts that start behind the first end of
    a part at or behind `start`, up to the first at or behind `end`: ranges side by side give each part once.
    """
    start, end = between
    with catalog.read() as connection:
        selection = _Selection(connection, filters)
        after = selection.first_end(start) if start else ""
        if after >= end:
            return
        for row in selection.rows(articles.c.id > after):
            yield row
            if row.id >= end and ends_part(row.id):
                return


def count(catalog: Catalog) -> int:
    """How many articles there are."""
    with catalog.read() as connection:
        return connection.scalar(select(func.count(articles.c.id))) or 0


class _Selection:
    """What the filters take of one state of the catalog."""

    def __init__(self, connection: Connection, filters: Filters) -> None:
        self._connection, self._filters = connection, filters
        self._statement = _statement(filters)
        self._withdrawn = tombstones.load(connection)

    def rows(self, where: ColumnElement[bool]) -> Iterator[ExportRow]:
        """Rows whose articles are so, by ascending id."""
        for _, record, changes, settling in _pages(self._connection, self._statement, where):
            row = self._row(record, changes, settling)
            if row is not None:
                yield row

    def first_end(self, start: str) -> str:
        """The first id at or behind `start` that ends a part; the end of all ids when there is none.

        Only ids are looked at, but for one in PART_ROWS: an article that is not taken ends no part.
        """
        for (found,) in _pages(self._connection, select(articles.c.id), articles.c.id >= start):
            if ends_part(found) and any(self.rows(articles.c.id == found)):
                return str(found)
        return EVERY_ID[1]

    def _row(self, record: bytes, changes: bytes | None, settling: bytes | None) -> ExportRow | None:
        row = stored(unpacked_json(record))
        own = derived(unpacked_json(settling)) if settling is not None else None
        if not self._filters.selects(row, own) or self._withdrawn.cover(row.url, row.id):
            return None
        if changes is not None:
            row.edits = edits_of(unpacked_json(changes))
        return complete(row, own)


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


def _pages(connection: Connection, statement: Select[Any], where: ColumnElement[bool]) -> Iterator[Any]:
    """Rows as the driver gives them, tuples that begin with an id.

    Both statements are built once: building one takes a millisecond, as SQLite takes for a hundred rows.
    """
    first = statement.where(where).order_by(articles.c.id).limit(BATCH)
    following = first.where(articles.c.id > bindparam("last"))
    rows = _fetched(connection.execute(first))
    while rows:
        yield from rows
        if len(rows) < BATCH:
            return
        rows = _fetched(connection.execute(following, {"last": rows[-1][0]}))


def _fetched(result: CursorResult[Any]) -> Sequence[Any]:
    return result.cursor.fetchall() if result.cursor is not None else ()
