"""Ranking of words by their neighbours against trying every path, and the table of pairs against its rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.repair.arcs import IN_STEP, Arc
from pipelines.repair.brackets import BLOCK_START
from pipelines.repair.language import ROOT, TABLES, WordTable
from pipelines.repair.pairs import BACKOFF_SCALE, GAIN_SCALE, HEADER, WordPairs
from pipelines.repair.ranking import NOTHING, Node, Word, rank

LAST = 4


class Chosen(WordPairs):
    """Pairs given as a dictionary."""

    def __init__(self, gains: dict[tuple[int, int], float]) -> None:
        self.gains = gains

    def gain(self, first: int, second: int) -> float:
        return self.gains.get((first, second), 0.0) if first and second else 0.0


def node(at: int) -> Node:
    return at, IN_STEP, BLOCK_START


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    """Words between five nodes, two at least behind each, so that an end is always reached."""
    found = []
    for at in range(LAST):
        for number in draw(st.lists(st.integers(NOTHING, 3), min_size=2, max_size=4)):
            gain = -draw(st.integers(0, 12)) / 4
            end = draw(st.integers(at + 1, LAST))
            text = "" if number == NOTHING else f"{len(found)}"
            arc = Arc(at, end, text, 0, 0.0, "pair", (end, IN_STEP))
            found.append(Word(node(at), node(end), gain, (arc,), number))
    return found


def every_path(found: list[Word], at: Node) -> Iterator[tuple[Word, ...]]:
    if at == node(LAST):
        yield ()
    for word in found:
        if word.began == at:
            yield from ((word, *rest) for rest in every_path(found, word.node))


def score(path: tuple[Word, ...], pairs: WordPairs) -> float:
    printed = [0, *(word.number for word in path if word.number != NOTHING)]
    return sum(word.gain for word in path) + sum(pairs.gain(a, b) for a, b in pairwise(printed))


@settings(deadline=None)
@given(words(), st.dictionaries(st.tuples(st.integers(1, 3), st.integers(1, 3)), st.integers(-4, 4)))
def test_the_best_path_is_the_best_of_all(found: list[Word], gains: dict[tuple[int, int], int]) -> None:
    pairs = Chosen({pair: gain / 2 for pair, gain in gains.items()})
    ranking = rank(found, node(0), [node(LAST)], pairs)
    paths = list(every_path(found, node(0)))
    assert ranking.best == pytest.approx(max(score(path, pairs) for path in paths))
    assert score(ranking.words, pairs) == pytest.approx(ranking.best)
    for word in found:
        if word.number != NOTHING and any(word in path for path in paths):
            best = max(score(path, pairs) for path in paths if word in path)
            assert ranking.arcs[word.path[0]] == pytest.approx(best)


def test_a_neighbour_decides_between_words_of_one_cost() -> None:
    found = [
        Word(node(0), node(1), -1.0, (Arc(0, 1, "打", 0, 0.0, "found", (1, IN_STEP)),), 1),
        Word(node(1), node(LAST), -2.0, (Arc(1, 4, "仗", 0, 0.0, "last", (4, IN_STEP)),), 2),
        Word(node(1), node(LAST), -2.0, (Arc(1, 4, "丈", 0, 0.0, "last", (4, IN_STEP)),), 3),
    ]
    for likely, text in ((2, "仗"), (3, "丈")):
        ranking = rank(found, node(0), [node(LAST)], Chosen({(1, likely): 3.0}))
        assert ranking.words[-1].path[0].text == text
        assert sorted(ranking.arcs.values()) == [-3.0, 0.0, 0.0]


def number_of(word: str, table: WordTable) -> int:
    at = ROOT
    for char in word:
        at = table.child(at, ord(char))
    assert at != ROOT
    return at


def test_the_table_gives_what_its_bytes_say() -> None:
    data = (TABLES / "pairs.bin").read_bytes()
    _, _, heads, count = HEADER.unpack_from(data)
    at = HEADER.size
    firsts = struct.unpack_from(f"<{heads}I", data, at)
    starts = struct.unpack_from(f"<{heads + 1}I", data, at + 4 * heads)
    seconds = struct.unpack_from(f"<{count}I", data, at + 8 * heads + 4)
    gains = struct.unpack_from(f"<{count}b", data, at + 8 * heads + 4 + 4 * count)
    losses = data[at + 8 * heads + 4 + 5 * count :]
    pairs = WordPairs()
    for row in range(0, heads, 997):
        known = dict(
            zip(seconds[starts[row] : starts[row + 1]], gains[starts[row] : starts[row + 1]], strict=True)
        )
        for second, gain in known.items():
            assert pairs.gain(firsts[row], second) == gain / GAIN_SCALE
        stranger = next(number for number in range(1, count) if number not in known)
        assert pairs.gain(firsts[row], stranger) == -losses[row] / BACKOFF_SCALE


def test_words_that_belong_together_gain() -> None:
    table, pairs = WordTable(), WordPairs()
    patent, protect, banana = (number_of(word, table) for word in ("专利", "保护", "香蕉"))
    assert pairs.gain(patent, protect) > 1 > pairs.gain(patent, banana)
    assert pairs.gain(0, protect) == pairs.gain(patent, 0) == 0.0
