"""The words that a search has found, ranked by what stands beside them.

A search weighs every word by itself, because what was printed before it would multiply its states. Here the
words on all good paths are weighed again with the two words before them (lattice rescoring: Ortmanns, Ney and
Aubert 1997), forward and backward, so that each arc has the score of the best path through it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pipelines.repair.arcs import Arc
from pipelines.repair.brackets import Context
from pipelines.repair.neighbours import NO_HISTORY, Neighbours

Path = tuple[Arc, ...]
Node = tuple[int, int, Context]
"""A node of the lattice, and what was printed before it as far as marks care."""

BEAM: Final = 13.0
"""Nats behind the best path without neighbours at which a word is left out: what stands beside a word seldom
gains more, and then for the right one as well. With 16 the readings of news were the same."""
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
"""Score up to the end of a word, the word, and the history before it (see `neighbours`)."""
_Step = tuple[int, int, float]
"""The histories before and behind a word, and what it gains between them."""


def rank(words: Iterable[Word], start: Node, ends: Mapping[Node, float], neighbours: Neighbours) -> Ranking:
    """Weigh all paths from `start` to one of `ends`, each with what it costs (nats) to end there. Raises
    nothing; `ends` must be reached.

    `words` in the order in which they were found: all that lead to a node before any that leads on from it.
    """
    kept = _within_beam(list(words), start, ends)
    into, steps = _forward(kept, start, neighbours)
    rest = {(node, history): -cost for node, cost in ends.items() for history in into.get(node, ())}
    arcs: dict[Arc, float] = {}
    for word, taken in zip(reversed(kept), reversed(steps), strict=True):
        through = _backward(word, taken, into[word.began], rest)
        for arc in word.path:
            if through > arcs.get(arc, NEVER):
                arcs[arc] = through
    finals = (
        (way[0] - cost, node, history)
        for node, cost in ends.items()
        for history, way in into.get(node, {}).items()
    )
    best, node, history = max(finals, key=lambda final: final[0])
    return Ranking(best, _trail(into, node, history), arcs)


def _within_beam(words: list[Word], start: Node, ends: Mapping[Node, float]) -> list[Word]:
    """The words on paths that are within the beam of the best, neighbours not weighed."""
    alpha = {start: 0.0}
    for began, node, gain, _, _ in words:
        before = alpha.get(began)
        if before is not None and before + gain > alpha.get(node, NEVER):
            alpha[node] = before + gain
    beta = {node: -cost for node, cost in ends.items()}
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
    words: list[Word], start: Node, neighbours: Neighbours
) -> tuple[dict[Node, dict[int, _Way]], list[list[_Step]]]:
    """(best ways into each node by the history there, the steps of each word)."""
    into: dict[Node, dict[int, _Way]] = defaultdict(dict)
    into[start][NO_HISTORY] = (0.0, None, NO_HISTORY)
    steps = []
    for word in words:
        taken: list[_Step] = []
        known = into[word.node]
        for history, way in into[word.began].items():
            gain, behind = (0.0, history) if word.number == NOTHING else neighbours.step(history, word.number)
            gain += word.gain
            taken.append((history, behind, gain))
            score = way[0] + gain
            if behind not in known or score > known[behind][0]:
                known[behind] = (score, word, history)
        steps.append(taken)
    return into, steps


def _backward(
    word: Word, steps: list[_Step], before: dict[int, _Way], rest: dict[tuple[Node, int], float]
) -> float:
    """Score of the best path through a word; notes in `rest` how what it leads on from is best completed."""
    through = NEVER
    for history, behind, gain in steps:
        completion = rest.get((word.node, behind))
        if completion is None:
            continue
        total = gain + completion
        if total > rest.get((word.began, history), NEVER):
            rest[word.began, history] = total
        through = max(through, before[history][0] + total)
    return through


def _trail(into: dict[Node, dict[int, _Way]], node: Node, history: int) -> tuple[Word, ...]:
    trail: list[Word] = []
    while True:
        _, word, before = into[node][history]
        if word is None:
            return tuple(reversed(trail))
        trail.append(word)
        node, history = word.began, before
