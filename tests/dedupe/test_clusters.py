"""Clusters, the canonical member, hosts that share text, pages of one article: pure rules, in any order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.copies_texts import made_article
from pipelines.dedupe.canonical import Candidate, choose
from pipelines.dedupe.cluster import Edge, clusters, components
from pipelines.dedupe.hosts import Appearance, host_pairs, moment
from pipelines.dedupe.join import groups, page_of
from pipelines.report.sharing import sharings

nodes = st.lists(st.integers(0, 15), unique=True, min_size=1)


@given(nodes, st.data())
def test_components_are_what_walking_finds(members: list[int], data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.tuples(st.sampled_from(members), st.sampled_from(members)), max_size=20))
    near = {node: {node} for node in members}
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)

    def walk(start: int) -> frozenset[int]:
        seen, todo = {start}, [start]
        while todo:
            fresh = near[todo.pop()] - seen
            seen |= fresh
            todo += fresh
        return frozenset(seen)

    assert set(components(members, edges)) == {walk(node) for node in members}
    assert set(components(members[::-1], edges[::-1])) == {walk(node) for node in members}


def edge(
    a: str, b: str, relation: str = "same", contained_a: float = 1.0, contained_b: float = 1.0
) -> Edge[str]:
    return Edge(a, b, relation, contained_a, contained_b)  # type: ignore[arg-type]


def split(edges: list[Edge[str]], **headlines: str) -> set[frozenset[str]]:
    found = {}
    for seed in range(4):
        rng = random.Random(seed)
        order, members = edges[:], sorted({end for e in edges for end in (e.a, e.b)})
        rng.shuffle(order)
        rng.shuffle(members)
        found[seed] = frozenset(clusters(members, order, {k: frozenset({v}) for k, v in headlines.items()}))
    assert len(set(found.values())) == 1
    return set(found[0])


def test_a_digest_joins_nothing() -> None:
    edges = [edge("one", "digest", "part", 1, 0.4), edge("two", "digest", "part", 1, 0.35)]
    apart = split(edges, one="药材之乡的官司", two="渔港里的商标", digest="一周要闻")
    assert apart == {frozenset({"one"}), frozenset({"two"}), frozenset({"digest"})}


def test_a_digest_without_a_headline_joins_nothing() -> None:
    edges = [edge("one", "digest", "part", 1, 0.4), edge("two", "digest", "part", 1, 0.35)]
    apart = split(edges, one="药材之乡的官司", two="渔港里的商标")
    assert apart == {frozenset({"one"}), frozenset({"two"}), frozenset({"digest"})}
    excerpts = split(edges, one="渔港里的商标", two="渔港里的商标")
    assert excerpts == {frozenset({"one", "two", "digest"})}


@pytest.mark.parametrize("headline", ["一周要闻回顾", None])
def test_a_digest_that_is_nearly_all_one_story_does_not_join_the_other(headline: str | None) -> None:
    edges = [
        edge("digest", "long", "same", 0.8, 1),
        edge("long", "copy"),
        edge("short", "digest", "part", 1, 0.2),
    ]
    named = {"long": "药材之乡的官司", "copy": "药材之乡的官司", "short": "渔港里的商标"}
    assert split(edges, **named, **({"digest": headline} if headline else {})) == {
        frozenset({"digest", "long", "copy"}),
        frozenset({"short"}),
    }


def test_a_padded_copy_stays_with_the_story_under_whose_headline_it_stands() -> None:
    edges = [
        edge("padded", "one", "extended", 0.3, 1),
        edge("two", "padded", "part", 1, 0.6),
        edge("one", "copy"),
    ]
    stories = split(
        edges, one="药材之乡的官司", copy="药材之乡的官司", two="渔港里的商标", padded="药材之乡的官司_某站"
    )
    assert stories == {frozenset({"one", "copy", "padded"}), frozenset({"two"})}


def test_two_excerpts_of_one_story_join_through_it() -> None:
    edges = [edge("head", "whole", "part", 1, 0.3), edge("whole", "tail", "extended", 0.3, 1)]
    assert split(edges, head="渔港里的商标", tail="渔港里的商标", whole="渔港里的商标") == {
        frozenset({"head", "tail", "whole"})
    }
    assert split(edges) == {frozenset({"head", "tail", "whole"})}


def candidate(name: str, **more: object) -> Candidate:
    base = Candidate(name, f"{name}.test", 1000, 0, "2026-01-01", confirmed=False)
    return replace(base, **more)  # type: ignore[arg-type]


RULES = [
    (
        [candidate("b"), candidate("a", characters=500, origins=frozenset({"a.test"}))],
        "a",
        "original publisher",
    ),
    ([candidate("a", characters=900), candidate("b")], "b", "most complete"),
    ([candidate("a", doubtful=3), candidate("b", characters=990)], "b", "least damaged"),
    ([candidate("a", date="2026-01-02"), candidate("b")], "b", "earliest"),
    ([candidate("b"), candidate("a")], "a", "smallest id"),
    ([candidate("a")], "a", "only copy"),
    (
        [
            candidate("a", characters=1800),
            candidate("b", confirmed=True),
            candidate("c", confirmed=True, doubtful=1),
        ],
        "b",
        "most complete, least damaged",
    ),
]


@pytest.mark.parametrize(("members", "chosen", "reason"), RULES, ids=[rule[2] for rule in RULES])
def test_the_canonical_member_and_why(members: list[Candidate], chosen: str, reason: str) -> None:
    assert choose(members) == (chosen, reason)
    assert choose(members[::-1]) == (chosen, reason)


def test_no_member_no_choice() -> None:
    with pytest.raises(ValueError, match="at least one member"):
        choose([])


def test_hosts_that_share_text() -> None:
    late = [
        [Appearance("a.test", "2026-01-01", 0), Appearance("b.test", f"2026-01-0{day}T00:00:00+08:00", 4)]
        for day in (2, 3, 5)
    ]
    alone = [Appearance("c.test", "2026", 0), Appearance("c.test", "2026", 0)]
    for order in ([*late, alone], [alone, *(members[::-1] for members in late[::-1])]):
        (pair,) = host_pairs(order)
        assert (pair.first, pair.second, pair.stories, pair.ahead, pair.behind) == (
            "a.test",
            "b.test",
            3,
            3,
            0,
        )
        assert (pair.delay_days, pair.damage_first, pair.damage_second) == (2.0, 0, 4)
    (turned,) = host_pairs([[Appearance("b.test", "2026-01-01", 1), Appearance("a.test", "2026-02-01", 0)]])
    assert (turned.first, turned.delay_days) == ("b.test", 31.0)


def test_a_page_without_a_date_shares_text_but_says_nothing_of_delays() -> None:
    a, b, undated = (Appearance(host, date, 0) for host, date in
                     (("a.test", "2021-01-01"), ("b.test", "2021-01-03"), ("b.test", None)))  # fmt: skip
    (pair,) = host_pairs([[a, b], [a, undated], [a, undated], [a, undated, b]])
    assert (pair.first, pair.stories, pair.ahead, pair.behind, pair.delay_days) == ("a.test", 4, 2, 0, 2.0)
    (unknown,) = host_pairs([[a, undated]])
    assert (unknown.stories, unknown.delay_days) == (1, None)
    (sharing,) = sharings([[a, b], [a, undated], [undated, b]])
    assert (sharing.earlier, sharing.later, sharing.stories, sharing.delays) == (
        "a.test",
        "b.test",
        1,
        (2.0,),
    )


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2021", "2021-03"),
        ("2021-03", "2021-03-04T00:01"),
        ("2021-03-04T00:00:00Z", "2021-03-04T10:00:00+08:00"),
    ],
)
def test_dates_of_any_precision_compare(earlier: str, later: str) -> None:
    assert moment(earlier) < moment(later)
    assert moment(later) < moment("gestern")


def pages(**numbers: int | None) -> list[object]:
    urls = tuple(f"https://m.test/1_{name}.html" for name in numbers)
    articles = [
        made_article(url, "水乡的专利", f"第{name}页", page_number=number, page_urls=urls)
        for url, (name, number) in zip(urls, numbers.items(), strict=True)
    ]
    return [page_of(article) for article in articles]


def test_pages_are_joined_in_their_order() -> None:
    for numbers in ({"a": 1, "b": 2, "c": 3}, {"a": None, "b": None, "c": None}, {"a": None, "b": 2, "c": 3}):
        found = pages(**numbers)
        ids = tuple(page.id for page in found)  # type: ignore[attr-defined]
        assert groups(found) == [ids]  # type: ignore[arg-type]
        assert groups(found[::-1]) == [ids]  # type: ignore[arg-type]


def test_pages_of_other_articles_and_whole_articles_stay_alone() -> None:
    lonely = pages(a=1)
    assert groups(lonely) == []  # type: ignore[arg-type]
    assert page_of(made_article("https://m.test/2.html", "一页", "全文")) is None
    twice = pages(a=1, b=2)
    copy = page_of(
        made_article(
            "https://m.test/1_a.html", "x", "y", page_number=1, page_urls=("https://m.test/1_b.html",)
        )
    )
    assert copy is not None
    first = min(twice[0].id, copy.id)  # type: ignore[attr-defined]
    assert groups([*twice, copy]) == [(first, twice[1].id)]  # type: ignore[list-item,attr-defined]
