"""A quick look whether an article that just came in is a copy: an estimate for counting while a crawl runs.

It sees what is stored at that moment, so it depends on the order of arrival. What counts as one story, and
which of its copies is canonical, is settle's to say.
"""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from pipelines.archive import postings, shingle_index
from pipelines.archive.article_rows import body_digest
from pipelines.archive.member_rows import members_with_text
from pipelines.archive.schema import articles
from pipelines.dedupe.candidates import indexed, is_in
from pipelines.records import Article

SHARED = 0.5
"""Share of the sketch's hashes that another text must have: a judgement, not measured. Bulletins of one
template may pass it; this only counts, and settle verifies by alignment."""

# Built once: SQLAlchemy takes longer to build a statement than SQLite to run it.
_TWIN = select(func.min(articles.c.id)).where(
    articles.c.body_digest == bindparam("body"), articles.c.work_id != bindparam("own")
)


def is_copy(connection: Connection, article: Article) -> str | None:
    """The id of a stored article that has this text, or most of it; None when there is none."""
    digest = body_digest(article.article_body)
    twin = connection.scalar(_TWIN, {"body": digest, "own": article.work_id})
    return str(twin) if twin else _near_copy(connection, article)


def _near_copy(connection: Connection, article: Article) -> str | None:
    if article.sketch is None or not article.sketch.hashes:
        return None
    hashes = indexed(np.array(article.sketch.hashes, dtype=np.uint64))
    near: list[int] = []
    for segment in postings.lookup(connection, hashes):
        owners = segment.texts[is_in(segment.hashes, hashes)]
        numbers, counts = np.unique(owners, return_counts=True)
        near += numbers[counts >= SHARED * len(hashes)].tolist()
    if not near:
        return None
    found = members_with_text(connection, [fact.key for fact in shingle_index.facts_of(connection, near)])
    return min((key for key in found if key != article.id), default=None)
