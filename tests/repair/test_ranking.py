"""Ranking of words by their neighbours against trying every path, and the tables of pairs and
triples against their rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.repair.arcs import IN_STEP, Arc
from pipelines.repair.brackets import BLOCK_START
from pipelines.repair.language import ROOT, TABLES, WordTable
from pipelines.repair.neighbours import BACKOFF_SCALE, GAIN_SCALE, HEADER, SECOND, Neighbours, Sequences
from pipelines.repair.ranking import NOTHING, Node, Word, rank

LAST = 4


class Chosen(Neighbours):
    """Pairs and triples given as dictionaries."""

    def __init__(
        self, pairs: dict[tuple[int, int], float], triples: dict[tuple[int, int, int], float]
    ) -> None:
        self.pairs, self.triples = pairs, triples
        self.step = lru_cache(self._by_hand)

    def _by_hand(self, history: int, word: int) -> tuple[float, int]:
        before, last = history >> SECOND, history & 0xFFFF
        begins = any(triple[:2] == (last, word) for triple in self.triples)
        gain = self.gain([before, last], word)
        return gain, last << SECOND | word if begins else word

    def gain(self, printed: list[int], word: int) -> float:
        """What a word gains behind all that was printed before it."""
        gain = self.pairs.get((printed[-1], word), 0.0)
        return gain + (self.triples.get((*printed[-2:], word), 0.0) if len(printed) > 1 else 0.0)


def node(at: int) -> Node:
    return at, IN_STEP, BLOCK_START


ENDS = {node(LAST - 1): 1.5, node(LAST): 0.5}
"""Where a path may end, and what that costs."""


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
    if at in ENDS:
        yield ()
    for word in found:
        if word.began == at:
            yield from ((word, *rest) for rest in every_path(found, word.node))


def score(path: tuple[Word, ...], neighbours: Chosen) -> float:
    printed = [0, *(word.number for word in path if word.number != NOTHING)]
    gains = (neighbours.gain(printed[:at], printed[at]) for at in range(1, len(printed)))
    return sum(word.gain for word in path) + sum(gains) - ENDS[path[-1].node]


NUMBERS = st.integers(1, 3)
GAINS = st.integers(-4, 4).map(lambda gain: gain / 2)


@settings(deadline=None)
@given(
    words(),
    st.dictionaries(st.tuples(NUMBERS, NUMBERS), GAINS),
    st.dictionaries(st.tuples(NUMBERS, NUMBERS, NUMBERS), GAINS),
)
def test_the_best_path_is_the_best_of_all(
    found: list[Word], pairs: dict[tuple[int, int], float], triples: dict[tuple[int, int, int], float]
) -> None:
    neighbours = Chosen(pairs, triples)
    ranking = rank(found, node(0), ENDS, neighbours)
    paths = list(every_path(found, node(0)))
    assert ranking.best == pytest.approx(max(score(path, neighbours) for path in paths))
    assert score(ranking.words, neighbours) == pytest.approx(ranking.best)
    for word in found:
        if word.number != NOTHING and any(word in path for path in paths):
            best = max(score(path, neighbours) for path in paths if word in path)
            assert ranking.arcs[word.path[0]] == pytest.approx(best)


def test_a_neighbour_decides_between_words_of_one_cost() -> None:
    found = [
        Word(node(0), node(1), -1.0, (Arc(0, 1, "打", 0, 0.0, "found", (1, IN_STEP)),), 1),
        Word(node(1), node(LAST), -2.0, (Arc(1, 4, "仗", 0, 0.0, "last", (4, IN_STEP)),), 2),
        Word(node(1), node(LAST), -2.0, (Arc(1, 4, "丈", 0, 0.0, "last", (4, IN_STEP)),), 3),
    ]
    for likely, text in ((2, "仗"), (3, "丈")):
        ranking = rank(found, node(0), {node(LAST): 0.0}, Chosen({(1, likely): 3.0}, {}))
        assert ranking.words[-1].path[0].text == text
        assert sorted(ranking.arcs.values()) == [-3.0, 0.0, 0.0]


def number_of(word: str, table: WordTable) -> int:
    at = ROOT
    for char in word:
        at = table.child(at, ord(char))
    assert at != ROOT
    return at


@pytest.mark.parametrize("name", ["pairs.bin", "triples.bin"])
def test_the_table_gives_what_its_bytes_say(name: str) -> None:
    data = (TABLES / name).read_bytes()
    _, _, heads, count = HEADER.unpack_from(data)
    at = HEADER.size
    histories = struct.unpack_from(f"<{heads}Q", data, at)
    starts = struct.unpack_from(f"<{heads + 1}I", data, at + 8 * heads)
    behind = struct.unpack_from(f"<{count}I", data, at + 12 * heads + 4)
    gains = struct.unpack_from(f"<{count}b", data, at + 12 * heads + 4 + 4 * count)
    losses = data[at + 12 * heads + 4 + 5 * count :]
    table = Sequences(TABLES / name)
    assert list(histories) == sorted(set(histories))
    for row in range(0, heads, 997):
        known = dict(
            zip(behind[starts[row] : starts[row + 1]], gains[starts[row] : starts[row + 1]], strict=True)
        )
        for word, gain in known.items():
            assert table.gain(histories[row], word) == gain / GAIN_SCALE
        stranger = next(number for number in range(1, count) if number not in known)
        assert table.gain(histories[row], stranger) == -losses[row] / BACKOFF_SCALE


def gain_of(*printed: str) -> float:
    """What the last of these words gains behind the others."""
    table, neighbours = WordTable(), Neighbours()
    gain, history = 0.0, 0
    for word in printed:
        gain, history = neighbours.step(history, number_of(word, table))
    return gain


def test_words_that_belong_together_gain() -> None:
    assert gain_of("专利", "保护") > 1 > gain_of("专利", "香蕉")


def test_two_words_before_say_more_than_one() -> None:
    assert gain_of("哭", "不", "哭") > gain_of("不", "哭")


def test_what_is_no_word_gains_nothing_and_is_forgotten() -> None:
    neighbours, patent = Neighbours(), number_of("专利", WordTable())
    assert neighbours.step(0, patent) == (0.0, patent)
    assert neighbours.step(patent, 0) == (0.0, 0)
