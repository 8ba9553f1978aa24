"""The end of phase 1 for one capture: its article or its drop, and the state of its row, in one step."""

from __future__ import annotations

from sqlalchemy import Connection

from pipelines.archive import captures
from pipelines.archive.articles import ArticleRow, remove_article, row_of, store_article
from pipelines.archive.drops import remove_drop, store_drop
from pipelines.records import Article, Drop


def store_outcome(
    connection: Connection, capture_id: str, outcome: Article | ArticleRow | Drop, pipeline_version: str
) -> bool:
    """Store what `read` made of a capture, in place of what an earlier reading made of it.

    True when the articles changed. The capture's row must be there already (`insert_capture`).
    """
    if isinstance(outcome, Drop):
        store_drop(connection, outcome)
        captures.mark_read(connection, capture_id, "drop", pipeline_version)
        return remove_article(connection, capture_id)
    remove_drop(connection, capture_id)
    captures.mark_read(connection, capture_id, "article", pipeline_version)
    return store_article(connection, row_of(outcome) if isinstance(outcome, Article) else outcome)
