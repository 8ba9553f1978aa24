"""Which stored article a new one is a copy of: many asked for at once, as by looking at each stored one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipelines.archive.article_rows import ArticleRow, row_of
from pipelines.archive.articles import store_articles
from pipelines.archive.copies import originals
from pipelines.records import Article, Capture, version_id


def test_each_of_many_is_given_the_first_of_other_works_with_its_text(
    archive: Any, make_capture: Callable[..., Capture], make_article: Callable[..., Article]
) -> None:
    rng = random.Random(5)

    def row(number: int, bodies: int) -> ArticleRow:
        """A version of one of six works, with one of so many texts."""
        capture = make_capture(f"http://a.example/{rng.randrange(6)}.html", b"")
        body = f"专利公告第{rng.randrange(bodies)}号"
        article = make_article(capture, body=body)
        return row_of(replace(article, id=version_id(capture.url, str(number))))

    stored = [row(number, 5) for number in range(40)]
    archive.catalog.write(lambda connection: store_articles(connection, stored)).result()
    asked = [row(number, 7) for number in range(40, 90)]
    expected = [
        min(
            (old.id for old in stored if old.body_digest == new.body_digest and old.work_id != new.work_id),
            default=None,
        )
        for new in asked
    ]
    with archive.catalog.read() as connection:
        assert originals(connection, asked) == expected
        assert originals(connection, []) == []
    assert 0 < expected.count(None) < len(expected)
