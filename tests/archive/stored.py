"""One outcome put into a catalog: many at once are what the code has."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from pipelines.archive.article_rows import row_of
from pipelines.archive.outcomes import store_outcomes
from pipelines.records import Article, Drop


def store_outcome(
    connection: Connection, capture_id: str, outcome: Article | Drop, pipeline_version: str
) -> bool:
    """What `read` made of one capture; whether the articles changed."""
    if isinstance(outcome, Drop):
        return store_outcomes(connection, [], [replace(outcome, capture_id=capture_id)], pipeline_version) > 0
    return store_outcomes(connection, [row_of(outcome)], [], pipeline_version) > 0
