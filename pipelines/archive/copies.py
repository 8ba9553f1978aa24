"""A quick look whether an article that just came in is a copy: an estimate for counting while a crawl runs.

It sees what is stored at that moment, so it depends on the order of arrival. What counts as one story, and
which of its copies is canonical, is settle's to say.
"""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, select

from pipelines.archive import shingle_index
from pipelines.archive.article_rows import body_digest
from pipelines.archive.member_rows import members_with_text
from pipelines.archive.schema import articles
from pipelines.dedupe.candidates import indexed
from pipelines.records import Article

SHARED = 0.5
"""Share of the sketch's hashes that another text must have: a judgement, not measured. Bulletins of one
template may pass it; this only counts, and settle verifies by alignment."""


def is_copy(connection: Connection, article: Article) -> str | None:
    """The id of a stored article that has this text, or most of it; None when there is none."""
    digest = body_digest(article.article_body)
    same = (articles.c.body_digest == digest) & (articles.c.work_id != article.work_id)
    twin = connection.scalar(select(articles.c.id).where(same).order_by(articles.c.id).limit(1))
    return str(twin) if twin else _near_copy(connection, article)


def _near_copy(connection: Connection, article: Article) -> str | None:
    if article.sketch is None or not article.sketch.hashes:
        return None
    hashes = indexed(np.array(article.sketch.hashes, dtype=np.uint64))
    _, owners = shingle_index.postings(connection, hashes)
    keys, counts = np.unique(owners, return_counts=True)
    near = keys[counts >= SHARED * len(hashes)].tolist()
    found = members_with_text(connection, near)
    return min((key for key in found if key != article.id), default=None)
