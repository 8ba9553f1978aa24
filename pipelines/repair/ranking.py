"""The words that a search has found, ranked by what stands beside them.

A search weighs every word by itself, because what was printed before it would multiply its states. Here the
words on all good paths are weighed again with their left neighbours (lattice rescoring: Ortmanns, Ney and
Aubert 1997), forward and backward, so that each arc has the score of the best path through it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from pipelines.repair.arcs import Arc
from pipelines.repair.brackets import Context
from pipelines.repair.pairs import WordPairs

Path = tuple[Arc, ...]
Node = tuple[int, int, Context]
"""A node of the lattice, and what was printed before it as far as marks care."""

BEAM: Final = 16.0
"""Nats behind the best path without neighbours at which a word is left out: no pair gains more."""
UNKNOWN: Final = 0
"""The number of what is no word of the table."""
NOTHING: Final = -1
"""The number of arcs that print nothing: the word before them is still the neighbour."""
NEVER: Final = float("-inf")


class Word(NamedTuple):
    """A word of the search: the nodes it leads from and to, its gain by itself (nats, below 0), its arcs, its
    number."""

    began: Node
    node: Node
    gain: float
    path: Path
    number: int


class Ranking(NamedTuple):
    """The score of the best path, its words in order, and of every arc the best path through it."""

    best: float
    words: tuple[Word, ...]
    arcs: dict[Arc, float]


_Way = tuple[float, Word | None, int]
"""Score up to the end of a word, the word, and the number of the one before it."""


def rank(words: Iterable[Word], start: Node, ends: Collection[Node], pairs: WordPairs) -> Ranking:
    """Weigh all paths from `start` to one of `ends`. Raises nothing; `ends` must be reached."""
    kept = _within_beam(sorted(words, key=lambda word: word.began[:2]), start, ends)
    into, ending = _forward(kept, start, pairs)
    rest = _backward(kept, into, ends, pairs)
    arcs: dict[Arc, float] = {}
    for word, ways in zip(kept, ending, strict=True):
        through = max(way[0] + rest.get((word.node, number), NEVER) for number, way in ways.items())
        for arc in word.path:
            if through > arcs.get(arc, NEVER):
                arcs[arc] = through
    finals = ((way, node, number) for node in ends for number, way in into.get(node, {}).items())
    way, node, number = max(finals, key=lambda final: final[0][0])
    return Ranking(way[0], _trail(into, node, number), arcs)


def _within_beam(words: list[Word], start: Node, ends: Collection[Node]) -> list[Word]:
    """The words on paths that are within the beam of the best, neighbours not weighed."""
    alpha = {start: 0.0}
    for began, node, gain, _, _ in words:
        before = alpha.get(began)
        if before is not None and before + gain > alpha.get(node, NEVER):
            alpha[node] = before + gain
    beta = dict.fromkeys(ends, 0.0)
    for began, node, gain, _, _ in reversed(words):
        behind = beta.get(node)
        if behind is not None and gain + behind > beta.get(began, NEVER):
            beta[began] = gain + behind
    floor = beta.get(start, NEVER) - BEAM
    return [
        word
        for word in words
        if alpha.get(word.began, NEVER) + word.gain + beta.get(word.node, NEVER) >= floor
    ]


def _forward(
    words: list[Word], start: Node, pairs: WordPairs
) -> tuple[dict[Node, dict[int, _Way]], list[dict[int, _Way]]]:
    """(best ways into each node by their last word, the ways that end with each word)."""
    into: dict[Node, dict[int, _Way]] = defaultdict(dict)
    into[start][UNKNOWN] = (0.0, None, UNKNOWN)
    ending = []
    for word in words:
        ways = _ways(into[word.began], word, pairs)
        known = into[word.node]
        for number, way in ways.items():
            if number not in known or way[0] > known[number][0]:
                known[number] = way
        ending.append(ways)
    return into, ending


def _ways(before: dict[int, _Way], word: Word, pairs: WordPairs) -> dict[int, _Way]:
    """The ways through a node, led on by a word, by what is then the last word."""
    if word.number == NOTHING:
        return {number: (way[0] + word.gain, word, number) for number, way in before.items()}
    score, last = NEVER, UNKNOWN
    for number, way in before.items():
        total = way[0] + pairs.gain(number, word.number)
        if total > score:
            score, last = total, number
    return {word.number: (score + word.gain, word, last)}


def _backward(
    words: list[Word], into: dict[Node, dict[int, _Way]], ends: Collection[Node], pairs: WordPairs
) -> dict[tuple[Node, int], float]:
    """Score of the best completion of each node behind each last word."""
    rest = {(node, number): 0.0 for node in ends for number in into.get(node, ())}
    gain_of = pairs.gain
    for word in reversed(words):
        for number in into[word.began]:
            follows = number if word.number == NOTHING else word.number
            behind = rest.get((word.node, follows))
            if behind is None:
                continue
            total = word.gain + behind + (gain_of(number, word.number) if word.number > 0 else 0.0)
            if total > rest.get((word.began, number), NEVER):
                rest[word.began, number] = total
    return rest


def _trail(into: dict[Node, dict[int, _Way]], node: Node, number: int) -> tuple[Word, ...]:
    trail: list[Word] = []
    while True:
        _, word, last = into[node][number]
        if word is None:
            return tuple(reversed(trail))
        trail.append(word)
        node, number = word.began, last
