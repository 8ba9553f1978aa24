"""The compiled tables: whole, true to their sources, and read as a plain dictionary would be."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import TableError
from pipelines.repair.language import ROOT, TABLES, Characters, WordTable
from pipelines.repair.page_words import LONGEST, PageNode, PageWords

WORDS = WordTable()
CHARACTERS = Characters()


def cost_of(word: str) -> float | None:
    node = ROOT
    for char in word:
        node = WORDS.child(node, ord(char))
        if node == ROOT:
            return None
    return WORDS.cost(node)


@pytest.mark.parametrize("word", ["专利", "知识产权", "的", "侵权", "。”", "商标权"])
def test_words_are_there(word: str) -> None:
    cost = cost_of(word)
    assert cost is not None
    assert 0 < cost < 15


@pytest.mark.parametrize("word", ["专权利", "的的的", "龘专", ""])
def test_what_is_no_word_is_not_there(word: str) -> None:
    assert cost_of(word) is None


def test_common_words_cost_less() -> None:
    costs = [cost_of(word) for word in ("的", "发展", "专利权人")]
    assert costs == sorted(cost for cost in costs if cost is not None)


@settings(deadline=None)
@given(st.text(alphabet="专利权人的。”保护", min_size=1, max_size=6))
def test_children_agree_with_child(word: str) -> None:
    node = ROOT
    for char in word:
        following = WORDS.child(node, ord(char))
        assert (following != ROOT) == (ord(char) in WORDS.children(node))
        if following == ROOT:
            return
        node = following


def longer_words(node: int) -> Iterator[float]:
    for code in WORDS.children(node):
        child = WORDS.child(node, code)
        if (cost := WORDS.cost(child)) is not None:
            yield cost
        yield from longer_words(child)


@pytest.mark.parametrize("prefix", ["专", "专利", "知识", "。", "龙", "侵权行"])
def test_the_cheapest_longer_word_is_found_by_trying_all(prefix: str) -> None:
    node = ROOT
    for char in prefix:
        node = WORDS.child(node, ord(char))
    assert WORDS.least(node) == min(longer_words(node))


@settings(deadline=None)
@given(st.lists(st.text(alphabet="丁戊己庚辛", min_size=2, max_size=12), min_size=1, max_size=4))
def test_no_sequence_of_a_page_costs_less_than_its_prefix_says(texts: list[str]) -> None:
    page = PageWords(texts, CHARACTERS, WORDS)

    def below(node: PageNode, length: int) -> Iterator[float]:
        for longer in node.following.values():
            if longer.count:
                yield page.cost(longer.count, length)
            yield from below(longer, length + 1)

    for character in page.root.following.values():
        assert all(cost >= page.least(character.seen) for cost in below(character, 2))


@settings(deadline=None)
@given(st.lists(st.text(alphabet="丁戊己庚辛", max_size=12), max_size=4))
def test_page_words_against_plain_counting(texts: list[str]) -> None:
    """The trie counts what a plain loop counts; the alphabet has no two that make a common word."""
    page = PageWords(texts, CHARACTERS, WORDS)
    plain: Counter[str] = Counter()
    for text in texts:
        if len(text) > 1:
            for length in range(1, LONGEST + 1):
                plain.update(text[at : at + length] for at in range(len(text) - length + 1))
    for sequence, count in plain.items():
        node = page.root
        for char in sequence:
            node = node.following[ord(char)]
        assert node.count == count


def test_a_changed_table_is_refused(tmp_path: Path) -> None:
    copy = Path(shutil.copy(TABLES / "words.bin", tmp_path / "words.bin"))
    data = bytearray(copy.read_bytes())
    data[1000] ^= 1
    copy.write_bytes(data)
    with pytest.raises(TableError, match="digest"):
        WordTable(copy)
