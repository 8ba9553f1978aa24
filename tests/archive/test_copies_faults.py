"""What copies are found by, lost or damaged: each kind is told, and everything settled anew has none."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from bench.copies_texts import edited, made_article, stories
from pipelines.archive import postings, segment_rows
from pipelines.archive.articles import remove_article, store_article
from pipelines.archive.catalog import Catalog
from pipelines.archive.copies_faults import faults_of_copies
from pipelines.archive.index_schema import pairs, posting_blocks, segments, text_bodies, texts
from pipelines.archive.schema import furniture, members
from pipelines.archive.verify import verify
from pipelines.settle import rebuild, settle

FOOTER = "本站所有文章均由编辑部整理，转载时请注明出处并保留本行文字，谢谢合作。"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Ten stories on one host under one footer, an edited copy of each on another."""
    rng = random.Random(6)
    with Catalog.open(tmp_path) as catalog:
        for number, body in enumerate(stories()[:10]):
            one = made_article(f"http://a.test/{number}", f"第{number}条", f"{body}\n{FOOTER}")
            other = made_article(f"http://b.test/{number}", f"第{number}条", edited(body, 0.05, rng))
            for article in (one, other):
                catalog.write(partial(store_article, article=article)).result()
        settle(catalog)
        yield catalog


def told(catalog: Catalog) -> list[str]:
    """What is seen to be wrong; each with the command that mends it."""
    with catalog.read() as connection:
        found = list(faults_of_copies(connection))
    assert all("ipnews copies --rebuild" in problem.remedy for problem in found)
    return [problem.seen for problem in found]


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        (delete(posting_blocks), ["20 rows, 1 first, are not indexed as they were sketched"]),
        (delete(segments), ["20 rows, 1 first, are not indexed as they were sketched"]),
        (
            text("UPDATE posting_blocks SET postings = zeroblob(length(postings))"),
            ["20 rows, 1 first, are not indexed as they were sketched"],
        ),
        (
            text("UPDATE text_bodies SET hashes = zeroblob(length(hashes)) WHERE number = 7"),
            ["1 rows, 7 first, are not indexed as they were sketched"],
        ),
        (
            text("UPDATE text_bodies SET hashes = substr(hashes, 1, length(hashes) - 3) WHERE number < 4"),
            ["3 rows are cut short"],
        ),
        (
            text("UPDATE text_bodies SET plain = substr(plain, 1, length(plain) - 9) WHERE number = 5"),
            ["1 rows, 5 first, are missing or cannot be read"],
        ),
        (
            delete(text_bodies).where(text_bodies.c.number > 18),
            ["2 rows, 19 first, are missing or cannot be read"],
        ),
        (text("UPDATE segment_filters SET present = zeroblob(0)"), ["does not tell all that segment 1 has"]),
        (
            text("UPDATE segment_filters SET repeated = zeroblob(length(repeated))"),
            ["does not tell all that segment 1 has"],
        ),
        (delete(pairs), ["no pairs hold its copies together"] * 10),
        (update(pairs).values(a=5), ["10 rows, 5 first, name a text that is not there"]),
        (delete(furniture), ["1 blocks are not those that its pages give"]),
    ],
)
def test_what_copies_are_found_by_is_checked(catalog: Catalog, statement: Any, seen: list[str]) -> None:
    assert told(catalog) == []
    catalog.write(lambda connection: connection.execute(statement).rowcount).result()
    assert told(catalog)[: len(seen)] == seen
    rebuild(catalog)
    assert told(catalog) == []


def test_what_is_left_of_a_text_that_was_taken_out_is_no_fault(catalog: Catalog, tmp_path: Path) -> None:
    with catalog.read() as connection:
        id = str(connection.scalar(select(members.c.id).order_by(members.c.id)))
    catalog.write(partial(remove_article, article_id=id)).result()
    settle(catalog)
    with catalog.read() as connection:
        numbers = connection.scalars(select(texts.c.number)).all()
        (whole,) = segment_rows.whole(connection)
        left = {number for one in postings.scan(connection, [whole], 1_000) for number in one.texts.tolist()}
    assert len(left - set(numbers)) == 1
    assert not [problem for problem in verify(tmp_path, catalog) if "copies --rebuild" in problem.remedy]


def test_an_archive_says_so_when_its_index_is_lost(catalog: Catalog, tmp_path: Path) -> None:
    catalog.write(lambda connection: connection.execute(delete(posting_blocks)).rowcount).result()
    lines = [problem.line() for problem in verify(tmp_path, catalog) if "texts" in problem.where]
    assert lines == [
        "table texts: 20 rows, 1 first, are not indexed as they were sketched; "
        "settle all anew: ipnews copies --rebuild"
    ]
