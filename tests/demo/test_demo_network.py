from __future__ import annotations

import re
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.demo.fate import between, chance, lot, pick
from crawler.demo.hosts import PUBLISHER
from crawler.demo.network import WRITTEN, Network
from crawler.demo.stories import OFF_TOPIC, load_stories

ROOT = Path(__file__).resolve().parents[2]


def outline(network: Network) -> list[tuple[str, int, str, str]]:
    """Everything that a network decides about its copies, in order."""
    return [
        (name, index, network.copied_at(host, index).isoformat(), network.copy(host, index).story.text)
        for name, host in network.hosts.items()
        for index in network.copied[name]
    ]


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    assert outline(Network(seed=7)) == outline(Network(seed=7))
    assert outline(Network(seed=7)) != outline(Network(seed=8))


def test_lots_do_not_change_between_versions() -> None:
    """Frozen: a change here moves every page of every network, and every figure measured on them."""
    assert lot(1, "www.wenkuhui.test", 5) == 2654906759884690372
    assert pick("abcdef", 1, "x") == "c"


@given(st.integers(), st.text(), st.integers(1, 50))
def test_lots_stay_in_their_bounds(seed: int, key: str, width: int) -> None:
    assert 0 <= chance(seed, key) < 1
    assert 3 <= between(3, 3 + width, seed, key) < 3 + width


def test_the_default_network_has_what_it_must_have(network: Network) -> None:
    hosts = network.hosts.values()
    mirrors = [host for host in hosts if host.parent]
    assert len(mirrors) >= 8
    assert [host.name for host in hosts if not host.parent] == [PUBLISHER]
    assert {host.level for host in mirrors if host.tool} == {None, 0, 1, 2, 3, 4}
    assert any(not host.tool for host in mirrors)
    assert {host.encoding for host in hosts} == {"utf-8", "gb18030", "big5"}
    assert sum(host.wrong_label for host in hosts) >= 2
    assert {host.template for host in hosts} >= {
        "modern", "seed", "dedecms", "empirecms", "phpcms", "discuz", "wordpress", "trs", "script",
    }  # fmt: skip
    assert 300 <= network.size <= 500
    assert [len(network.copied[host.name]) for host in hosts if host.script_only] == [1]


def test_the_written_articles_are_what_the_demo_promises() -> None:
    stories = load_stories()
    news = [story for story in stories if story.kind != OFF_TOPIC]
    assert len(news) >= 60
    assert len(news) < len(stories)
    assert sum(len(story.page_starts) > 1 for story in news) == 1
    assert sum(story.revised is not None for story in news) == 1
    assert any(story.same_event_as for story in news)
    assert len({story.id for story in stories}) == len({story.headline for story in stories}) == len(stories)


def test_copies_come_after_the_print_and_after_their_parent(network: Network) -> None:
    for host in network.hosts.values():
        for index in network.copied[host.name]:
            copied, printed = network.copied_at(host, index), network.stories[index].date
            if host.parent is None:
                assert copied == printed
            elif index in network.copied[host.parent]:
                assert copied > network.copied_at(network.hosts[host.parent], index)
            else:
                assert network.stories[index].kind == OFF_TOPIC


def test_every_story_is_on_the_publisher_or_is_a_filler_of_some_mirror(network: Network) -> None:
    for index, story in enumerate(network.stories):
        holders = {name for name, kept in network.copied.items() if index in kept}
        assert (PUBLISHER in holders) == (story.kind != OFF_TOPIC)
        assert holders


def test_delays_differ_from_host_to_host(network: Network) -> None:
    def median(name: str) -> timedelta:
        host = network.hosts[name]
        delays = sorted(
            network.copied_at(host, index) - network.stories[index].date for index in network.copied[name]
        )
        return delays[len(delays) // 2]

    assert median("ip.linjiang-gov.test") < median("www.zhishitong.test") < median("www.islandnews.test")


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_generation_changes_exactly_its_share(share: float) -> None:
    first = Network(generation=1, changed=share)
    assert len(first.changes) == round(share * first.size)
    second = first.at(2, share)
    moved = {page for page, generation in second.changes.items() if generation == 2}
    assert len(moved) == round(share * first.size)
    assert {page: 1 for page in first.changes if page not in moved}.items() <= second.changes.items()


def test_the_revision_appears_at_the_publisher_alone(network: Network) -> None:
    index = next(n for n, story in enumerate(network.stories) if story.revised)
    later = network.at(1, 0.0)
    for name, host in later.hosts.items():
        if index in later.copied[name]:
            shown = later.copy(host, index).story.headline
            assert (shown != network.stories[index].headline) == (name == PUBLISHER)


def test_scaled_stories_are_distinct_and_share_no_paragraph() -> None:
    network = Network(articles=1000, mirrors=20)
    stories = list(network.stories)
    assert len(stories) == 1000
    assert len({story.id for story in stories}) == len({story.headline for story in stories}) == 1000
    made = stories[len(network.written) :]
    paragraphs = [paragraph for story in made for paragraph in story.paragraphs]
    assert len(set(paragraphs)) == len(paragraphs)
    assert all(300 <= len(story.text) <= 3000 for story in made)


def test_scaled_stories_are_not_near_copies_of_each_other() -> None:
    """Two of them share a sentence now and then, never so much that they could be taken for copies."""
    made = Network(articles=160).stories[72:]
    grams = [{story.text[n : n + 8] for n in range(len(story.text) - 7)} for story in made]
    shared = [len(a & b) / min(len(a), len(b)) for a, b in combinations(grams, 2)]
    assert max(shared) < 0.35


def test_more_mirrors_get_names_and_damage_of_their_own() -> None:
    network = Network(articles=100, mirrors=40)
    assert len(network.hosts) == 41
    assert len({(host.level, host.cut_rate, host.template) for host in network.hosts.values()}) > 30
    assert list(network.hosts)[:12] == list(Network().hosts)


def test_the_sizes_in_the_documentation_are_true() -> None:
    lines = (ROOT / "docs" / "demo-network.md").read_text("utf-8").splitlines()
    rows = [
        re.findall(r"[\d,]+|as written", line)
        for line in lines
        if re.match(r"\| [\d,as writen]+ \| \d+ \|", line)
    ]
    assert len(rows) == 5
    for articles, mirrors, size in rows[:2]:
        count = WRITTEN if articles == "as written" else int(articles.replace(",", ""))
        assert Network(articles=count, mirrors=int(mirrors)).size == int(size.replace(",", ""))


@pytest.mark.parametrize(("articles", "mirrors"), [(0, 3), (1, 0), (3, 1), (10, 11)])
def test_small_networks_hold_together(articles: int, mirrors: int) -> None:
    network = Network(articles=articles, mirrors=mirrors)
    assert len(network.stories) == articles
    assert all(0 <= index < articles for kept in network.copied.values() for index in kept)
