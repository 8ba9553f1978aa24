"""Settle on a real catalog: the same for any order, any number of runs, any moment of a kill."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from bench.copies_texts import bulletins, damaged, excerpt, made_article, own_articles, padded, stories
from pipelines.archive import postings, segment_rows, settled, shingle_index
from pipelines.archive.articles import remove_article, store_article
from pipelines.archive.catalog import Catalog
from pipelines.archive.copies_faults import faults_of_copies
from pipelines.archive.index_schema import posting_blocks
from pipelines.archive.schema import links, tombstones
from pipelines.archive.search import search
from pipelines.dedupe.candidates import PIECE, is_in
from pipelines.dedupe.hosts import host_pairs
from pipelines.records import Article, Settled, replay
from pipelines.settle import rebuild, settle

NOTICE = "星河网络声明：本文标题《{}》。如发现版权问题，请告之我们，我们将及时处理。本站内容系统采集于网络，与本站无关。"


def network() -> list[Article]:
    """Eight stories on four hosts: clean, cut, damaged, padded or dressed in furniture; bulletins; a digest."""
    rng = random.Random(1)
    made: list[Article] = []
    for number, own in enumerate(own_articles()[20:28]):
        body, title = own.body, own.headline
        made.append(made_article(f"https://one.test/{number}", title, f"{body}\n{NOTICE.format(title)}"))
        made.append(made_article(f"https://two.test/{number}", title, excerpt(body, 0.6, rng)))
        made.append(damaged(body, "three.test", 2, 0.5, number, title).article)
        made.append(damaged(body, "four.test", 1, 0.5, number + 50, title).article)
    made.append(made_article("https://five.test/p", own_articles()[20].headline, padded(stories()[20], rng)))
    made += [
        made_article(f"https://six.test/{i}", f"公报{i}", body) for i, body in enumerate(bulletins(9, rng))
    ]
    return made


def store(catalog: Catalog, articles: Sequence[Article]) -> None:
    for article in articles:
        catalog.write(lambda connection, article=article: store_article(connection, article)).result()


def result(catalog: Catalog) -> dict[str, Settled]:
    with catalog.read() as connection:
        rows = connection.scalars(select(settled.settled.c.record))
        found = [settled.unpack(row, Settled) for row in rows]
        assert shingle_index.in_state(connection, "new") == shingle_index.in_state(connection, "dirty") == []
    return {row.id: row for row in found}


def settled_at_once(tmp_path: Path, articles: Sequence[Article]) -> dict[str, Settled]:
    with Catalog.open(tmp_path / "at-once") as catalog:
        store(catalog, articles)
        settle(catalog)
        return result(catalog)


def clusters(rows: dict[str, Settled]) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for row in rows.values():
        groups.setdefault(row.cluster_id, set()).add(row.id)
    return {frozenset(group) for group in groups.values()}


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return network()


@pytest.fixture(scope="module")
def expected(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settled]:
    return settled_at_once(tmp_path_factory.mktemp("expected"), articles)


def test_copies_are_found_and_bulletins_are_not_joined(
    articles: list[Article], expected: dict[str, Settled]
) -> None:
    by_story = {frozenset(a.id for a in articles[i * 4 : i * 4 + 4]) for i in range(1, 8)}
    by_story.add(frozenset([*(a.id for a in articles[:4]), articles[32].id]))
    alone = {frozenset({a.id}) for a in articles[33:]}
    found = clusters(expected)
    assert alone <= found
    assert len(by_story & found) >= 7
    for group in found:
        rows = [expected[id] for id in group]
        (canonical,) = [row for row in rows if row.canonical]
        assert {row.cluster_id for row in rows} == {min(group)}
        assert set(canonical.witnesses) == set(group) - {canonical.id}
        assert canonical.canonical_reason


def test_editions_replay_over_the_body_and_have_no_furniture(
    articles: list[Article], expected: dict[str, Settled]
) -> None:
    bodies = {article.id: article.article_body for article in articles}
    for row in expected.values():
        if row.canonical:
            assert replay(bodies[row.id], row.edition_edits, "edition_body") == row.edition_body
            assert "星河网络声明" not in str(row.edition_body)
        else:
            assert row.edition_body is None
            assert row.edition_edits == ()


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_search_lists_a_story_once_by_its_canonical_article(
    tmp_path: Path, articles: list[Article], place: str, request: pytest.FixtureRequest
) -> None:
    sought = articles[4].article_body[40:46]
    location = tmp_path if place == "sqlite" else request.getfixturevalue("postgres")
    with Catalog.open(location) as catalog:
        store(catalog, articles[4:12])
        with catalog.read() as connection:
            before = search(connection, sought)
        settle(catalog)
        rows = result(catalog)
        with catalog.read() as connection:
            (hit,) = search(connection, sought)
            assert search(connection, sought, 0) == []
        story = {row.id for row in rows.values() if row.cluster_id == rows[articles[4].id].cluster_id}
        assert len(before) > 1
        assert rows[hit.id].canonical
        assert {hit.id, *hit.copies} == story == {hit.id for hit in before} | story
        cut = next(id for id in sorted(story) if not rows[id].canonical)
        catalog.write(lambda connection: remove_article(connection, hit.id)).result()
        with catalog.read() as connection:
            (left,) = search(connection, sought)
            assert hit.id not in {left.id, *left.copies}
            assert cut in {left.id, *left.copies}


@pytest.mark.parametrize("step", [1, 7])
def test_one_by_one_in_any_order_is_the_same(
    tmp_path: Path, articles: list[Article], expected: dict[str, Settled], step: int
) -> None:
    order = articles[:]
    random.Random(step).shuffle(order)
    with Catalog.open(tmp_path) as catalog:
        for start in range(0, len(order), step):
            store(catalog, order[start : start + step])
            settle(catalog)
        assert result(catalog) == expected


def test_a_second_settle_has_nothing_to_do(tmp_path: Path, articles: list[Article]) -> None:
    told: list[str] = []
    with Catalog.open(tmp_path) as catalog:
        store(catalog, articles[:9])
        settle(catalog, progress=lambda step, done: told.append(step))
        assert {"members", "texts", "matched", "clusters"} <= set(told)
        again = settle(catalog, progress=lambda step, done: pytest.fail(f"{step}: {done}"))
        assert (again.members, again.texts, again.matched, again.clusters) == (0, 0, 0, 0)


def test_processes_that_help_change_nothing(
    tmp_path: Path, articles: list[Article], expected: dict[str, Settled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.settle.work.Workers.WORTHWHILE", 1)
    with Catalog.open(tmp_path) as catalog:
        store(catalog, articles)
        settle(catalog, workers=2)
        assert result(catalog) == expected


def test_on_postgresql_it_is_the_same(
    postgres: str, articles: list[Article], expected: dict[str, Settled]
) -> None:
    with Catalog.open(postgres) as catalog:
        store(catalog, articles[10:])
        settle(catalog)
        store(catalog, articles[:10])
        settle(catalog)
        assert result(catalog) == expected
        rebuild(catalog)
        assert result(catalog) == expected
        with catalog.read() as connection:
            assert list(faults_of_copies(connection)) == []
        catalog.write(lambda connection: connection.execute(delete(posting_blocks)).rowcount).result()
        with catalog.read() as connection:
            assert len(list(faults_of_copies(connection))) == 1


class Killed(Exception):
    """Stands for SIGKILL: the transactions before it are in the catalog, nothing after it is."""


class Mortal:
    """A catalog whose process dies at its n-th transaction."""

    def __init__(self, catalog: Catalog, lives: int) -> None:
        self._catalog, self._lives = catalog, lives

    def write(self, work: Callable[[Connection], Any]) -> Future[Any]:
        if self._lives == 0:
            raise Killed
        self._lives -= 1
        return self._catalog.write(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalog, name)


def test_killed_at_any_transaction_and_started_again_it_is_the_same(
    tmp_path: Path, articles: list[Article]
) -> None:
    some = [*articles[:8], *articles[32:35]]
    later = replace(some[0], id="f" * 32, fetched_at="2026-02-01T00:00:00Z", article_body=stories()[0])
    final = settled_at_once(tmp_path, [*some[:5], *some[6:], later])
    deaths = 0
    with Catalog.open(tmp_path / "mortal") as catalog:
        store(catalog, some)
        settle(catalog)
        store(catalog, [later])
        catalog.write(lambda connection: remove_article(connection, some[5].id)).result()
        for lives in range(40):
            try:
                settle(Mortal(catalog, lives % 3))  # type: ignore[arg-type]
            except Killed:
                deaths += 1
        settle(catalog)
        assert result(catalog) == final
    assert deaths > 5


class Busy(Mortal):
    """A catalog in which another process changes something right before our n-th transaction."""

    def __init__(self, catalog: Catalog, before: int, changed: list[Article]) -> None:
        super().__init__(catalog, before)
        self._changed = changed

    @property
    def has_changed(self) -> bool:
        return self._lives < 0

    def write(self, work: Callable[[Connection], Any]) -> Future[Any]:
        if self._lives == 0:
            store(self._catalog, self._changed)
        self._lives -= 1
        return self._catalog.write(work)


def test_what_changes_while_it_is_settled_is_due_again(tmp_path: Path, articles: list[Article]) -> None:
    """As a crawl beside it does: an article read anew, and one that a new version takes the place of."""
    anew = replace(articles[1], article_body=articles[5].article_body)
    newer = made_article(articles[0].url, "另一篇", stories()[40], fetched_at="2026-03-01T00:00:00Z")
    final = settled_at_once(tmp_path, [articles[0], newer, anew, *articles[2:6]])
    changed = True
    before = 0
    while changed:
        with Catalog.open(tmp_path / str(before)) as catalog:
            store(catalog, articles[:6])
            busy = Busy(catalog, before, [newer, anew])
            settle(busy)  # type: ignore[arg-type]
            if not (changed := busy.has_changed):
                store(catalog, [newer, anew])
            settle(catalog)
            assert result(catalog) == final, before
        before += 1
    assert before > 5


def test_rebuilt_it_is_the_same_and_common_shingles_are_left_out(
    tmp_path: Path, articles: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.settle.common.COMMON", 6)
    monkeypatch.setattr("pipelines.settle.common.COMMON_SHARE", 0)
    line = "想了解更多海边小城的手艺故事，欢迎每个星期天傍晚到老码头的茶馆里坐一坐，听说书人慢慢讲。"
    lined = [
        made_article(f"https://n{i}.test/1", f"题{i}", f"{body[:400]}\n{line}")
        for i, body in enumerate(stories()[30:38])
    ]
    with Catalog.open(tmp_path) as catalog:
        store(catalog, [*articles[:12], *lined])
        settle(catalog)
        before = result(catalog)
        rebuild(catalog)
        assert result(catalog) == before
        store(catalog, [made_article("https://nine.test/1", "又一份", f"{stories()[40][:300]}\n{line}")])
        settle(catalog)
        with catalog.read() as connection:
            common = shingle_index.common_hashes(connection)
            assert len(common)
            pieces = postings.scan(connection, segment_rows.whole(connection), PIECE)
            assert not any(is_in(piece.hashes, common).any() for piece in pieces)


OLD_TABLES = (
    "DROP TABLE hosts",
    "DROP INDEX addresses_next",
    "CREATE INDEX addresses_host ON addresses (host, state)",
    "DROP TABLE texts",
    "DROP TABLE text_bodies",
    "DROP TABLE segments",
    "DROP TABLE posting_blocks",
    "DROP TABLE segment_filters",
    "CREATE TABLE texts (key BIGINT NOT NULL PRIMARY KEY, state VARCHAR NOT NULL, density INTEGER NOT NULL, "
    "length INTEGER NOT NULL, hashes BLOB NOT NULL, plain BLOB NOT NULL)",
    "CREATE INDEX texts_state ON texts (state)",
    "CREATE TABLE shingles (hash BIGINT NOT NULL, text BIGINT NOT NULL, PRIMARY KEY (hash, text))",
    "CREATE TABLE exports (target TEXT NOT NULL, format VARCHAR NOT NULL)",
    "UPDATE meta SET value = '1' WHERE key = 'schema'",
)
"""What schema 1 had instead."""


def test_a_catalog_of_the_first_schema_is_settled_anew(tmp_path: Path, articles: list[Article]) -> None:
    with Catalog.open(tmp_path) as catalog:
        store(catalog, articles[:8])
        settle(catalog)
        before = result(catalog)
        # In one transaction: another connection of the pool may still think of the index that was dropped.
        catalog.write(lambda c: [c.exec_driver_sql(statement) for statement in OLD_TABLES] and None).result()
    with Catalog.open(tmp_path) as catalog:
        assert result(catalog) == before
        assert settle(catalog).texts == 8
        assert result(catalog) == before


def test_a_new_version_leaves_its_cluster_and_the_old_one_is_superseded(
    tmp_path: Path, articles: list[Article]
) -> None:
    old, copy = articles[0], articles[2]
    new = made_article(old.url, "另一篇", stories()[40], fetched_at="2026-03-01T00:00:00Z")
    with Catalog.open(tmp_path) as catalog:
        store(catalog, [old, copy])
        settle(catalog)
        assert frozenset({old.id, copy.id}) in clusters(result(catalog))
        store(catalog, [new])
        settle(catalog)
        rows = result(catalog)
        assert rows[old.id] == Settled(old.id, old.id, canonical=False, superseded_by=new.id)
        assert rows[copy.id].witnesses == ()
        catalog.write(lambda connection: remove_article(connection, new.id)).result()
        settle(catalog)
        assert result(catalog) == settled_at_once(tmp_path, [old, copy])


def test_a_bridge_that_goes_splits_the_cluster(tmp_path: Path) -> None:
    body = next(body for body in stories() if len(body) > 900)
    head, whole, tail = (
        made_article(f"https://{name}.test/1", "水乡的专利", text)
        for name, text in (("head", body[:300]), ("whole", body), ("tail", body[-300:]))
    )
    with Catalog.open(tmp_path) as catalog:
        store(catalog, [head, whole, tail])
        settle(catalog)
        assert clusters(result(catalog)) == {frozenset({head.id, whole.id, tail.id})}
        catalog.write(lambda connection: remove_article(connection, whole.id)).result()
        settle(catalog)
        assert result(catalog) == settled_at_once(tmp_path, [head, tail])
        assert len(clusters(result(catalog))) == 2


def test_withdrawn_articles_are_settled_no_more(tmp_path: Path, articles: list[Article]) -> None:
    with Catalog.open(tmp_path) as catalog:
        store(catalog, articles[:4])
        settle(catalog)
        stone = {"target": "host:one.test", "kind": "host", "reason": "asked", "withdrawn_at": "2026-01-02"}
        catalog.write(
            lambda connection: connection.execute(tombstones.insert().values(**stone)) and None
        ).result()
        settle(catalog)
        assert articles[0].id not in result(catalog)
        assert all(articles[0].id not in row.witnesses for row in result(catalog).values())
        assert settle(catalog).members == 0


def test_pages_of_one_article_are_joined(tmp_path: Path) -> None:
    paragraphs = stories()[30].split("\n")
    third = max(1, len(paragraphs) // 3)
    texts = [
        "\n".join(paragraphs[:third]),
        "\n".join(paragraphs[third : 2 * third]),
        "\n".join(paragraphs[2 * third :]),
    ]
    urls = tuple(f"https://paged.test/9{end}.html" for end in ("", "_2", "_3"))
    pages = [
        made_article(url, "水乡的专利", text, page_number=number, page_urls=urls)
        for number, (url, text) in enumerate(zip(urls, texts, strict=True), 1)
    ]
    whole = made_article("https://whole.test/9", "水乡的专利", stories()[30])
    for name, order in (("a", [*pages, whole]), ("b", [whole, *pages[::-1]])):
        with Catalog.open(tmp_path / name) as catalog:
            for article in order:
                store(catalog, [article])
                settle(catalog)
            rows = result(catalog)
            with catalog.read() as connection:
                (hit,) = search(connection, texts[2][:8])
        assert {hit.id, *hit.copies} >= {pages[0].id, whole.id}
        assert rows[pages[1].id].superseded_by == rows[pages[2].id].superseded_by == pages[0].id
        assert rows[pages[0].id].joined == (pages[1].id, pages[2].id)
        assert frozenset({pages[0].id, whole.id}) in clusters(rows)
        (canonical,) = [row for row in rows.values() if row.canonical]
        assert canonical.edition_body == stories()[30]


def test_dates_from_lists_fill_what_the_page_leaves_open(tmp_path: Path, articles: list[Article]) -> None:
    dated = replace(articles[1], date_published="2021-05-05")

    def say(connection: Connection, url: str, date: str, source: str) -> None:
        connection.execute(links.insert().values(source_url=source, url=url, kind="article", date=date))

    with Catalog.open(tmp_path) as catalog:
        store(catalog, [articles[0], dated])
        settle(catalog)
        for source, date in (
            ("https://one.test/list2", "2021-03-02"),
            ("https://one.test/list1", "2021-03-01"),
        ):
            catalog.write(lambda c, s=source, d=date: say(c, articles[0].url, d, s)).result()
            catalog.write(lambda c, s=source, d=date: say(c, dated.url, d, s)).result()
            settle(catalog)
        rows = result(catalog)
        assert rows[articles[0].id].date_published == "2021-03-01"
        assert rows[dated.id].date_published is None


def test_the_day_of_a_capture_is_no_date_of_an_appearance(tmp_path: Path) -> None:
    """Years later than the copy it stands beside: a host would seem late by them."""
    dates = {"a": "2021-01-01", "b": "2021-01-03", "c": None}
    made = [
        made_article(f"https://{host}.test/", "水乡的专利", stories()[30], date_published=date)
        for host, date in dates.items()
    ]
    with Catalog.open(tmp_path) as catalog:
        store(catalog, made)
        settle(catalog)
        with catalog.read() as connection:
            (members,) = settled.appearances(connection)
    assert {member.host.partition(".")[0]: member.date for member in members} == dates


def test_odd_articles_harm_nobody(tmp_path: Path, articles: list[Article]) -> None:
    odd = ["", "图", "哈" * 200_000, "专利" * 40_000, "□" * 3000, "\x00" * 400, "12" * 500]
    made = [made_article(f"https://odd.test/{i}", f"怪{i}", body) for i, body in enumerate(odd)]
    many = [made_article(f"https://h{i % 20}.test/{i}", "同文", stories()[5]) for i in range(150)]
    twins = [
        made_article(f"https://short{i}.test/", "短讯", "商标局今天休息，明天照常办公。请相互转告")
        for i in (1, 2)
    ]
    with Catalog.open(tmp_path) as catalog:
        store(catalog, [*made, *articles[4:8], *many, *twins])
        settle(catalog)
        found = clusters(result(catalog))
        with catalog.read() as connection:
            pairs = host_pairs(settled.appearances(connection))
    assert {frozenset({article.id}) for article in made} <= found
    assert frozenset(article.id for article in many) in found
    assert frozenset(article.id for article in twins) in found
    assert frozenset(article.id for article in articles[4:8]) in found
    assert {"three.test", "four.test"} in [{pair.first, pair.second} for pair in pairs]
