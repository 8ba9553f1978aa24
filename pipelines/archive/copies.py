"""A quick look whether articles that just came in are copies: an estimate for counting while a crawl runs.

It sees what is stored at that moment, so it depends on the order of arrival. What counts as one story, and
which of its copies is canonical, is settle's to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from pipelines.archive import segment_rows, shingle_index
from pipelines.archive.article_rows import HASH, ArticleRow
from pipelines.archive.lookups import lookup
from pipelines.archive.member_rows import members_with_text
from pipelines.archive.schema import articles
from pipelines.dedupe.candidates import indexed, is_in

SHARED = 0.5
"""Share of the sketch's hashes that another text must have: a judgement, not measured. Bulletins of one
template may pass it; this only counts, and settle verifies by alignment."""

# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_TWINS = (
    select(articles.c.body_digest, articles.c.work_id, func.min(articles.c.id))
    .where(articles.c.body_digest.in_(bindparam("bodies", expanding=True)))
    .group_by(articles.c.body_digest, articles.c.work_id)
)


def originals(connection: Connection, rows: Sequence[ArticleRow]) -> list[str | None]:
    """For each article the id of a stored one that has its text, or most of it; None when there is none."""
    segments = segment_rows.whole(connection)
    return [
        twin or (_near_copy(connection, row) if segments else None)
        for row, twin in zip(rows, _twins(connection, rows), strict=True)
    ]


def _twins(connection: Connection, rows: Sequence[ArticleRow]) -> list[str | None]:
    """For each article the least id of those of other works that have its very text."""
    stored: dict[str, list[tuple[str, str]]] = {}
    bodies = sorted({row.body_digest for row in rows})
    for body, work, first in connection.execute(_TWINS, {"bodies": bodies}):
        stored.setdefault(body, []).append((work, first))
    return [
        min((first for work, first in stored.get(row.body_digest, ()) if work != row.work_id), default=None)
        for row in rows
    ]


def _near_copy(connection: Connection, row: ArticleRow) -> str | None:
    if row.sketch is None:
        return None
    hashes = indexed(np.frombuffer(row.sketch[2], dtype=HASH))
    near: list[int] = []
    for segment in lookup(connection, [hashes], np.zeros(1, dtype=np.int64)):
        owners = segment.texts[is_in(segment.hashes, hashes)]
        numbers, counts = np.unique(owners, return_counts=True)
        near += numbers[counts >= SHARED * len(hashes)].tolist()
    if not near:
        return None
    found = members_with_text(connection, [fact.key for fact in shingle_index.facts_of(connection, near)])
    return min((key for key in found if key != row.id), default=None)
