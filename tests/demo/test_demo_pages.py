from __future__ import annotations

import base64
import json
import re
from html import unescape
from xml.etree import ElementTree

import opencc
import pytest

from crawler.demo import feeds, truth
from crawler.demo.answer import Answer, Request
from crawler.demo.hosts import PUBLISHER
from crawler.demo.network import Network
from crawler.demo.render import PER_LIST, list_pages, path_of, system_of
from crawler.demo.respond import answer
from crawler.demo.templates import SYSTEMS

GLOSS = re.compile(r"[\u4e00-\u9fff]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+\)")
EATEN = re.compile(r"\?/[a-z]+>")


def get(network: Network, host: str, path: str) -> Answer:
    return answer(network, Request(host, path))


def text_of(network: Network, fact: truth.Truth) -> str:
    """The page decoded strictly in its true encoding, entities resolved."""
    found = get(network, fact.host, fact.url.removeprefix(f"http://{fact.host}"))
    assert found.status == 200, fact.url
    return unescape(found.body.decode(fact.encoding))


@pytest.fixture(scope="module")
def facts(network: Network) -> list[truth.Truth]:
    return list(truth.truths(network))


@pytest.fixture(scope="module")
def shown(network: Network, facts: list[truth.Truth]) -> dict[str, str]:
    """Every article page of the default network, decoded strictly in its true encoding."""
    return {fact.url: text_of(network, fact) for fact in facts}


def test_every_page_renders_and_decodes_in_its_encoding(
    network: Network, facts: list[truth.Truth], shown: dict[str, str]
) -> None:
    assert all(text.startswith("<!DOCTYPE html>") for text in shown.values())
    assert {network.hosts[fact.host].template for fact in facts} == set(SYSTEMS)


def test_pages_without_damage_show_every_printed_paragraph(clean: Network) -> None:
    checked = 0
    for fact in truth.truths(clean):
        if fact.traditional or fact.needs_browser:
            continue
        shown = text_of(clean, fact)
        for paragraph in fact.text.split("\n"):
            assert paragraph in shown, (fact.url, paragraph)
            checked += 1
        assert fact.headline in shown
    assert checked > 2000


def test_pages_show_what_the_truth_says_they_show(clean: Network) -> None:
    for fact in truth.truths(clean):
        if fact.traditional or fact.needs_browser:
            continue
        body = text_of(clean, fact)
        assert fact.source is None or fact.source in body
        assert all(author in body for author in fact.authors)
        if fact.date_shown == "minute":
            assert re.search(rf"{fact.date:%Y-%m-%d.%H:%M}", body), fact.url
        elif fact.date_shown == "day":
            assert (
                f"{fact.date:%Y-%m-%d}" in body
                or f"{fact.date.year}年{fact.date.month}月{fact.date.day}日" in body
            )


def test_every_way_of_showing_source_and_date_occurs(facts: list[truth.Truth]) -> None:
    assert {fact.date_shown for fact in facts} == {"minute", "day", "no_year", "relative", None}
    assert {fact.source is None for fact in facts} == {True, False}
    assert any(fact.wrong_label for fact in facts)


def test_damage_is_that_of_the_host(
    network: Network, facts: list[truth.Truth], shown: dict[str, str]
) -> None:
    glosses: dict[int | None, int] = {}
    eaten = 0
    for fact in facts:
        host, text = network.hosts[fact.host], shown[fact.url]
        found = len(GLOSS.findall(text))
        if host.tool:
            glosses[host.level] = glosses.get(host.level, 0) + found
            eaten += len(EATEN.findall(text))
        else:
            assert found == 0, fact.url
    assert glosses[None] == 0
    assert all(count > 100 for level, count in glosses.items() if level is not None)
    assert eaten > 50


def test_damage_follows_from_the_seed(facts: list[truth.Truth], shown: dict[str, str]) -> None:
    again = Network()
    for fact in reversed(facts[::7]):
        assert text_of(again, fact) == shown[fact.url]


def test_two_mirrors_of_a_story_are_damaged_at_different_places(network: Network) -> None:
    first, second = (network.hosts[name] for name in ("www.zhishitong.test", "www.islandnews.test"))
    both = set(network.copied[first.name]) & set(network.copied[second.name])
    texts = [
        {
            line
            for host in (first, second)
            for line in get(network, host.name, path_of(network, host, index)).body.decode().splitlines()
            if network.stories[index].paragraphs[-1][:6] in line
        }
        for index in both
    ]
    assert both
    assert any(len(lines) != 1 for lines in texts)


def test_the_honest_traditional_edition_has_nothing_to_repair(
    facts: list[truth.Truth], shown: dict[str, str]
) -> None:
    """Converted back it says what was printed, but for the characters that no table can tell apart."""
    simplified = opencc.OpenCC("tw2s").convert
    honest = [fact for fact in facts if fact.traditional]
    paragraphs = [
        (paragraph, simplified(shown[fact.url])) for fact in honest for paragraph in fact.text.split("\n")
    ]
    assert len(paragraphs) > 100
    assert sum(paragraph in page for paragraph, page in paragraphs) > 0.9 * len(paragraphs)


def test_the_long_article_is_split_where_the_system_can(facts: list[truth.Truth]) -> None:
    split = {fact.host for fact in facts if fact.pages == 3}
    assert PUBLISHER in split
    whole = next(fact for fact in facts if fact.pages == 3 and fact.page == 1)
    parts = [fact.text for fact in facts if fact.story == whole.story and fact.host == whole.host]
    assert "\n".join(parts) == next(
        fact.text for fact in facts if fact.story == whole.story and fact.pages == 1
    )


def test_only_a_browser_sees_the_packed_article(facts: list[truth.Truth], shown: dict[str, str]) -> None:
    fact = next(fact for fact in facts if fact.needs_browser)
    plain = shown[fact.url]
    assert fact.text.split("\n")[0] not in plain
    assert "<noscript>" in plain
    packed = re.search(r'id="packed">([A-Za-z0-9+/=]+)<', plain)
    assert packed
    assert fact.text.split("\n")[0] in json.loads(base64.b64decode(packed[1]))["body"]


def test_exactly_one_page_asks_not_to_be_archived(facts: list[truth.Truth], shown: dict[str, str]) -> None:
    asking = [fact.url for fact in facts if "noarchive" in shown[fact.url]]
    assert asking == [fact.url for fact in facts if fact.noarchive]
    assert len(asking) == 1


def test_the_publisher_says_so_in_json_ld(facts: list[truth.Truth], shown: dict[str, str]) -> None:
    for fact in facts:
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown[fact.url])
        assert bool(found) == (fact.host == PUBLISHER)
        if found:
            entry = json.loads(found[1])
            assert entry["headline"] == fact.headline
            assert entry["datePublished"] == fact.printed_at.isoformat()


@pytest.mark.parametrize(("articles", "mirrors"), [(-1, 11), (400, 14)])
def test_lists_show_every_article_exactly_once(articles: int, mirrors: int) -> None:
    network = Network(articles=articles, mirrors=mirrors, damaged=False)
    for name, host in network.hosts.items():
        system, seen = system_of(host), []
        expected = [path_of(network, host, index) for index in network.copied[name]]
        for number in range(1, list_pages(network, host) + 1):
            shown = unescape(get(network, name, system.list_path(number)).body.decode(host.encoding))
            links = [re.sub(r"[?&]sid=\w+", "", link) for link in re.findall(r'href="([^"]+)"', shown)]
            seen += [link for link in links if link in expected]
            assert len(seen) <= number * PER_LIST
        assert seen == expected
        assert get(network, name, system.list_path(list_pages(network, host) + 1)).status == 404


def test_sitemaps_and_feeds_hold_what_the_lists_hold(network: Network) -> None:
    for name, host in network.hosts.items():
        if host.sitemap:
            index = ElementTree.fromstring(get(network, name, "/sitemap.xml").body)
            maps = [node.text or "" for node in index.iter() if node.tag.endswith("loc")]
            assert len(maps) == -(-len(network.copied[name]) // feeds.PER_SITEMAP)
            listed = [
                node.text
                for url in maps
                for node in ElementTree.fromstring(
                    get(network, name, url.removeprefix(f"http://{name}")).body
                ).iter()
                if node.tag.endswith("loc")
            ]
            kept = network.copied[name]
            assert listed == [f"http://{name}{path_of(network, host, index)}" for index in kept]
        if host.feed:
            feed = get(network, name, host.feed).body.decode()
            assert ElementTree.fromstring(feed) is not None
            assert f"http://{name}{path_of(network, host, network.copied[name][0])}" in feed


def test_session_ids_never_repeat_and_never_matter(network: Network) -> None:
    host = "bbs.falvquan.test"
    first = get(network, host, "/portal.php?mod=list&catid=2").body.decode("gb18030")
    sids = set(re.findall(r"sid=(\w+)", first))
    assert len(sids) == 1
    again = get(network, host, f"/portal.php?mod=list&catid=2&sid={sids.pop()}").body.decode("gb18030")
    assert re.sub(r"sid=\w+", "", again) == re.sub(r"sid=\w+", "", first)
    assert again != first


def test_robots_txt_names_delay_and_sitemap(network: Network) -> None:
    text = get(network, PUBLISHER, "/robots.txt").body.decode()
    assert "Crawl-delay: 0.05" in text
    assert f"Sitemap: http://{PUBLISHER}/sitemap.xml" in text
    assert "Crawl-delay" not in get(Network(crawl_delay=0), PUBLISHER, "/robots.txt").body.decode()
