"""Rows do not depend on the order in which captures come in; outcomes replace each other whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pipelines.archive import articles, captures, drops
from pipelines.archive.article_rows import row_of
from pipelines.archive.catalog import Catalog
from pipelines.archive.intake import take_in
from pipelines.archive.outcomes import Outcomes
from pipelines.archive.parts import Part, part_path, read_part, remove_part, sweep, write_part
from pipelines.archive.schema import articles as article_table
from pipelines.archive.schema import captures as capture_table
from pipelines.archive.schema import edits, sketches
from pipelines.archive.search import search
from pipelines.records import Article, Capture, Drop, Reason, Stage, WarcPointer, version_id
from tests.archive.stored import store_outcome

NOW = "2026-01-01T00:00:00Z"


def dump(catalog: Catalog) -> list[Any]:
    """Everything but the numbers, which count arrivals."""
    with catalog.read() as c:
        rows = [tuple(row) for row in c.execute(select(capture_table).order_by("id"))]
        whole = list(articles.iterate(c, whole=True))
        current = c.execute(select(article_table.c.id, article_table.c.current).order_by("id")).all()
        return [rows, whole, [tuple(row) for row in current], list(drops.iterate(c))]


def part_of(name: str, outcomes: list[tuple[Capture, Article | Drop]]) -> Part:
    return Part(
        name,
        "source",
        "v1",
        tuple(captures.row_of(capture) for capture, _ in outcomes),
        tuple(row_of(outcome) for _, outcome in outcomes if isinstance(outcome, Article)),
        tuple(outcome for _, outcome in outcomes if isinstance(outcome, Drop)),
    )


def outcome_of(
    make_article: Callable[..., Article], url: int, text: int, day: int, place: int
) -> tuple[Capture, Article | Drop]:
    """What reading a capture gives. It depends on the day too, as relative dates and header lines do."""
    payload = f"第{text}件专利".encode()
    pointer = WarcPointer(f"f{place % 2}.warc.gz", place, 10)
    capture = Capture(
        f"http://h{url}.test/", f"2026-01-{day:02d}T00:00:00Z", payload, f"sha256:{text}", warc=pointer
    )
    if day % 5 == 0:
        return capture, Drop(Stage.EXTRACT, Reason.NOARCHIVE, f"day {day}", capture.url, capture.id)
    return capture, make_article(capture, body=f"第{text}件专利 第{day}天")


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_order_and_grouping_of_captures_do_not_matter(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, make_article: Callable[..., Article]
) -> None:
    seen = data.draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 12)),
            min_size=1,
            max_size=9,
            unique=True,
        )
    )
    items = [outcome_of(make_article, *one, place) for place, one in enumerate(seen)]
    results = []
    for order in (items, data.draw(st.permutations(items))):
        size = data.draw(st.integers(1, len(items)))
        with Catalog.open(tmp_path_factory.mktemp("archive")) as catalog:
            for first in range(0, len(order), size):
                chunk = {}
                for capture, outcome in order[first : first + size]:
                    known = chunk.get(capture.id)
                    row = captures.row_of(capture)
                    if known is None or row.precedence < captures.row_of(known[0]).precedence:
                        chunk[capture.id] = (capture, outcome)
                part = part_of(f"p{first}", list(chunk.values()))
                take_in(catalog, part, run=None, taken_at=NOW).result()
                take_in(catalog, part, run=None, taken_at=NOW).result()  # a killed taking-in is repeated
            results.append(dump(catalog))
    assert results[0] == results[1]
    rows, whole, current, dropped = results[0]
    assert {row[0] for row in rows} == {article.id for article in whole} | {
        drop.capture_id for drop in dropped
    }
    works = {article.id: article.work_id for article in whole}
    assert sorted(works[id_] for id_, is_current in current if is_current) == sorted(set(works.values()))


def test_an_article_comes_back_as_it_went_in(
    archive: Any, make_page: Any, make_capture: Any, make_article: Any
) -> None:
    (capture,) = archive.add(make_capture("http://a.test/1", make_page(1)))
    with archive.catalog.read() as c:
        assert articles.load(c, capture.id) == make_article(capture)
        assert articles.load(c, "0" * 32) is None
        assert list(articles.iterate(c)) == [replace(make_article(capture), edits=(), sketch=None)]


def test_reading_again_replaces_and_keeps_the_number(
    archive: Any, make_page: Any, make_capture: Any, make_article: Any
) -> None:
    (capture,) = archive.add(make_capture("http://a.test/1", make_page(1)))
    first = make_article(capture)

    def store(outcome: Article | Drop, version: str) -> bool:
        return bool(archive.catalog.write(lambda c: store_outcome(c, capture.id, outcome, version)).result())

    def number() -> int | None:
        with archive.catalog.read() as c:
            found: int | None = c.scalar(select(article_table.c.number))
            return found

    before = number()
    assert store(first, "v1") is False
    better = replace(first, article_body="外观设计专利申请", edits=())
    assert store(better, "v2") is True
    with archive.catalog.read() as c:
        assert articles.load(c, capture.id) == better
        assert [hit.id for hit in search(c, "外观设计")] == [capture.id]
        assert search(c, "授权发明") == []
    assert number() == before
    assert store(Drop(Stage.EXTRACT, Reason.LIST_PAGE, "", capture.url, capture.id), "v3") is True
    with archive.catalog.read() as c:
        assert articles.load(c, capture.id) is None
        assert search(c, "外观设计") == []
        assert drops.find(c, capture.id) is not None
        assert [c.execute(select(table)).all() for table in (edits, sketches)] == [[], []]
    assert store(first, "v4") is True
    assert number() != before  # a number is never given twice
    with archive.catalog.read() as c:
        assert drops.find(c, capture.id) is None


@pytest.mark.parametrize("second", ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"])
def test_what_a_crawl_has_read_of_a_record_that_no_longer_stands_is_not_stored(
    second: str, archive: Any, make_article: Any
) -> None:
    """A backfill beside the crawl brings an earlier record of the page that the crawl is reading."""
    early, late = (
        Capture("http://h1.test/", at, b"page", "sha256:1", warc=WarcPointer(name, 0, 10))
        for at, name in (("2026-01-02T00:00:00Z", "a.warc.gz"), (second, "b.warc.gz"))
    )
    archive.catalog.write(lambda c: captures.insert_capture(c, late)).result()
    backfilled = part_of("backfilled", [(early, make_article(early))])
    take_in(archive.catalog, backfilled, run=None, taken_at=NOW).result()
    Outcomes(archive.catalog.write, "v1").store(row_of(make_article(late))).result()
    with archive.catalog.read() as c:
        assert articles.load(c, early.id) == make_article(early)
        assert c.scalar(select(capture_table.c.read_state)) == "article"


def test_the_newest_version_of_a_work_is_current(archive: Any, make_capture: Any) -> None:
    url = "http://a.test/1"
    days = [
        archive.add(make_capture(url, f"第{n}版".encode(), f"2026-01-0{n}T00:00:00Z"))[0] for n in (2, 3, 1)
    ]
    with archive.catalog.read() as c:
        rows = dict(c.execute(select(article_table.c.id, article_table.c.current)).all())
    assert rows == {days[0].id: False, days[1].id: True, days[2].id: False}
    archive.catalog.write(lambda c: articles.remove_article(c, days[1].id)).result()
    with archive.catalog.read() as c:
        assert c.scalars(select(article_table.c.id).where(article_table.c.current)).all() == [days[0].id]


def test_a_part_is_whole_or_not_there(tmp_path: Path, make_article: Any) -> None:
    part = part_of("p", [outcome_of(make_article, 1, 1, 1, 1), outcome_of(make_article, 1, 2, 5, 2)])
    path = write_part(tmp_path, part)
    assert read_part(tmp_path, "p") == part
    whole = path.read_bytes()
    for cut in range(0, len(whole), 37):
        path.write_bytes(whole[:cut])
        assert read_part(tmp_path, "p") is None
    remove_part(tmp_path, "p")
    assert read_part(tmp_path, "p") is None
    assert part_path(tmp_path, "p").parent.is_dir()


def test_drafts_of_dead_processes_are_swept(tmp_path: Path) -> None:
    import os
    import subprocess

    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / "parts").mkdir()
    for number, kind in ((dead.pid, "file"), (dead.pid, "folder"), (os.getpid(), "file")):
        draft = tmp_path / "parts" / f"{number}-{kind}.draft"
        if kind == "folder":
            draft.mkdir()
            (draft / "x").write_text("x")
        else:
            draft.write_text("x")
    sweep(tmp_path)
    assert [path.name for path in (tmp_path / "parts").iterdir()] == [f"{os.getpid()}-file.draft"]


def test_ids_follow_from_address_and_payload() -> None:
    assert version_id("http://a.test/", "sha256:00") != version_id("http://a.test/", "sha256:01")


def test_the_reading_queue_is_leased_and_given_back(archive: Any, make_page: Any, make_capture: Any) -> None:
    pages = [make_capture(f"http://a.test/{n}", make_page(n)) for n in range(5)]
    archive.add(*pages, read=False)

    def claim(owner: str, now: float) -> list[str]:
        rows = archive.catalog.write(lambda c: captures.claim_pending(c, 3, owner, now)).result()
        return [row.url for row in rows]

    first, second = claim("one", 0), claim("two", 0)
    assert sorted(first + second) == [page.url for page in pages]
    assert claim("three", 1) == []
    assert claim("three", captures.READ_LEASE_SECONDS + 1) == first
    archive.catalog.write(lambda c: captures.release_leases(c, ["two"])).result()
    assert claim("four", 1) == second
    with archive.catalog.read() as c:
        assert sorted(captures.lease_owners(c)) == ["four", "three"]
