"""Every kind of damage is found, named with its place, and answered with what to type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update

from pipelines.archive.article_rows import row_of
from pipelines.archive.articles import store_articles
from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.frames import frames
from pipelines.archive.problems import Problem
from pipelines.archive.schema import articles, captures, drops, members, settled, sketches, tombstones
from pipelines.archive.verify import verify
from pipelines.settle import settle


def problems(archive: Any) -> list[Problem]:
    return list(verify(archive.folder, archive.catalog))


@pytest.fixture
def stored(archive: Any, make_page: Any, make_capture: Any) -> list[Any]:
    added: list[Any] = archive.add(*(make_capture(f"http://a.test/{n}", make_page(n)) for n in range(3)))
    return added


def warc_of(archive: Any, capture: Any) -> Path:
    path: Path = archive.folder / "warc" / capture.warc.file
    return path


def test_a_sound_archive_has_none(archive: Any, stored: list[Any]) -> None:
    assert problems(archive) == []
    assert len(stored) == 3


def test_a_flipped_byte(archive: Any, stored: list[Any]) -> None:
    path = warc_of(archive, stored[1])
    data = bytearray(path.read_bytes())
    data[stored[1].warc.offset + stored[1].warc.length // 2] ^= 0xFF
    path.write_bytes(data)
    (problem,) = problems(archive)
    assert problem.where == f"{path.name}, byte {stored[1].warc.offset:,}"
    assert "ipnews backfill OLD/warc --archive NEW" in problem.remedy


def test_another_page_in_its_place(archive: Any, stored: list[Any]) -> None:
    wrong = update(captures).where(captures.c.id == stored[0].id).values(payload_digest="sha256:" + "0" * 64)
    archive.catalog.write(lambda c: c.execute(wrong).rowcount).result()
    (problem,) = problems(archive)
    assert "another digest" in problem.seen


def test_a_pointer_into_nothing(archive: Any, stored: list[Any]) -> None:
    moved = update(captures).where(captures.c.id == stored[0].id).values(warc_offset=7)
    archive.catalog.write(lambda c: c.execute(moved).rowcount).result()
    assert [problem.seen for problem in problems(archive)] == [
        "no record starts where a row points",
        "names another record than its capture",
    ]


def test_a_clipped_file(archive: Any, stored: list[Any]) -> None:
    path = warc_of(archive, stored[2])
    path.write_bytes(path.read_bytes()[:-9])
    (problem,) = problems(archive)
    assert "clipped" in problem.seen


def test_a_file_that_is_gone(archive: Any, stored: list[Any]) -> None:
    warc_of(archive, stored[0]).unlink()
    (problem,) = problems(archive)
    assert "3 rows point there" in problem.seen


def test_a_capture_without_a_row(archive: Any, stored: list[Any]) -> None:
    gone = delete(captures).where(captures.c.id == stored[1].id)
    archive.catalog.write(lambda c: c.execute(gone).rowcount).result()
    seen = {problem.seen for problem in problems(archive)}
    assert seen == {"a capture that no row names", "an article without its capture"}


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        (delete(articles), "read as an article that is not there"),
        (delete(drops), "dropped without a reason"),
        (update(sketches).values(number=sketches.c.number + 1000), "a sketch of no article"),
    ],
)
def test_orphans(archive: Any, stored: list[Any], statement: Any, seen: str) -> None:
    dropped = update(captures).where(captures.c.id == stored[0].id).values(read_state="drop")
    if "reason" in seen:
        archive.catalog.write(lambda c: c.execute(dropped).rowcount).result()
    archive.catalog.write(lambda c: c.execute(statement).rowcount).result()
    assert seen in {problem.seen for problem in problems(archive)}


def test_edits_that_do_not_fit(archive: Any, stored: list[Any], make_article: Any) -> None:
    from dataclasses import replace

    wrong = replace(make_article(stored[0]), headline_raw="x", edits=make_article(stored[0]).edits)
    wrong = replace(wrong, edits=(replace(wrong.edits[0], field="headline", before="没有"),))
    archive.catalog.write(lambda c: store_articles(c, [row_of(wrong)])).result()
    (problem,) = problems(archive)
    assert problem.where == f"article {stored[0].id}"
    assert "does not fit" in problem.line()


def test_leftovers_of_the_dead(archive: Any, stored: list[Any]) -> None:
    (archive.folder / "parts").mkdir()
    (archive.folder / "parts" / "1-x.draft").write_text("")
    (problem,) = problems(archive)
    assert "killed" in problem.seen
    assert len(stored) == 3


def test_a_damaged_database(archive: Any, stored: list[Any]) -> None:
    archive.catalog.close()
    path = archive.folder / CATALOG_FILE
    data = bytearray(path.read_bytes())
    data[-8192:] = b"\xa5" * 8192
    path.write_bytes(data)
    with Catalog.open(archive.folder) as catalog:
        found = list(verify(archive.folder, catalog))
    assert {problem.where for problem in found} == {str(archive.folder)}
    assert "ipnews backfill OLD/warc --archive NEW" in found[0].remedy
    assert len(stored) == 3


def test_a_pointer_to_its_request(archive: Any, stored: list[Any]) -> None:
    """The record before the answer: whole, of the same address, and no page."""
    first = min(stored, key=lambda one: one.warc.offset)
    with warc_of(archive, first).open("rb") as file:
        offsets = [frame.offset for frame in frames(file)]
    request = offsets[offsets.index(first.warc.offset) - 1]
    moved = update(captures).where(captures.c.id == first.id).values(warc_offset=request)
    archive.catalog.write(lambda c: c.execute(moved).rowcount).result()
    assert f"row {first.id} points to a record that holds no page" in {one.seen for one in problems(archive)}


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        (update(captures).values(url="http://b.test/"), "record of http://a.test/"),
        (text("INSERT INTO search(search) VALUES ('delete-all')"), "is not in the search index"),
        (update(articles).values(current=False), "0 of its versions are current, not one"),
        (
            insert(tombstones).values(
                target="host:a.test", kind="host", reason="x", withdrawn_at="", purged=False
            ),
            "was withdrawn and is there",
        ),
    ],
)
def test_rows_that_belie_each_other(archive: Any, stored: list[Any], statement: Any, seen: str) -> None:
    archive.catalog.write(lambda c: c.execute(statement).rowcount).result()
    assert sum(one.seen.startswith(seen) for one in problems(archive)) == len(stored)


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        (delete(members), "takes part in no cluster"),
        (update(settled).values(cluster_id="f" * 32), "is not named by its first member"),
    ],
)
def test_clusters_that_do_not_hold(archive: Any, stored: list[Any], statement: Any, seen: str) -> None:
    settle(archive.catalog)
    assert problems(archive) == []
    archive.catalog.write(lambda c: c.execute(statement).rowcount).result()
    assert {one.seen for one in problems(archive)} == {seen}
    assert stored
