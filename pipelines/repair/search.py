"""The likeliest path through a lattice under the language model, and the margin of every choice on it.

Forward: tokens (partial words) are passed along the arcs, so that each way of cutting the text into words is
weighed (Viterbi 1967; Young et al. 1989 for token passing). Backward: the best completion of every node. Their sum
gives each arc its max-marginal, hence for each place the runners-up with their distance from the best, in nats.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Protocol

from pipelines.records import Rival
from pipelines.repair.language import EMPTY_KEY, Characters, extend
from pipelines.repair.lattice import ANY, IN_STEP, Arc, Lattice, Node

BEAM: Final = 36.0
"""Nats behind the best hypothesis of an index at which one is given up; a wrong alignment loses about ten a
character, so it lives for three or four."""
RIGHT_CONTEXT: Final = 10
"""Characters read beyond the last place: words reach four, a clause seldom more than ten."""
MOST_RIVALS: Final = 20
WEAK: Final = 8.0

Token = tuple[int, Node, float, tuple[Arc, ...]]
"""Key of the word begun, node where it began, score from the start, arcs of the word."""


class Model(Protocol):
    """What the search asks of a language model."""

    def word(self, key: int, length: int) -> tuple[float | None, bool]:
        """(cost in nats or None, whether longer words begin so)."""

    def character(self, char: str) -> float:
        """Cost in nats of a character that is no word of the table."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One arc of the best path, its distance to the best path without it (nats), and its rivals.

    `weak`: the language model finds nothing likely here, so that something else may have happened.
    """

    arc: Arc
    margin: float
    rivals: tuple[Rival, ...]
    weak: bool


@dataclass(slots=True)
class _State:
    alpha: float
    back: tuple[Node, tuple[Arc, ...]] | None
    tokens: list[Token]
    best: float


class Search:
    """One search over one region of a block."""

    def __init__(self, lattice: Lattice, model: Model, characters: Characters, start: int) -> None:
        self._lattice = lattice
        self._model = model
        self._simple = characters.simple
        self._states: dict[int, dict[Node, _State]] = defaultdict(dict)
        self._words: list[tuple[Node, Node, float, tuple[Arc, ...]]] = []
        self._start: Node = (start, IN_STEP)
        self._states[start][self._start] = _State(0.0, None, [], 0.0)
        self.dead: set[int] = set()

    def run(self) -> tuple[int, list[Choice]]:
        """(index after the region, choices in order). The region ends in step, with context to its right."""
        index, settled = self._start[0], 0
        length = len(self._lattice.found)
        while True:
            nodes = self._states[index]
            only_in_step = len(nodes) == 1 and (index, IN_STEP) in nodes
            settled = settled + 1 if only_in_step else 0
            if index >= length or settled > RIGHT_CONTEXT:
                break
            self._expand(index)
            index += 1
            while index < length and not self._states[index]:
                index += 1
        end = (index, IN_STEP)
        if end not in self._states[index]:
            return index, []
        return index, self._choices(end)

    def _expand(self, index: int) -> None:
        nodes = self._states[index]
        if not nodes:
            return
        floor = max(state.best for state in nodes.values()) - BEAM
        done: set[Node] = set()
        while pending := [node for node in nodes if node not in done]:
            node = min(pending, key=lambda node: node[1])
            done.add(node)
            state = nodes[node]
            if state.best < floor:
                continue
            alive = False
            for arc in self._lattice.arcs(node):
                self._follow(node, state, arc)
                alive = True
            if not alive and node[1] != IN_STEP:
                self.dead.add(index)

    def _follow(self, node: Node, state: _State, arc: Arc) -> None:
        target = self._state(arc.target)
        if not arc.text:
            self._reach(node, arc.target, state.alpha - arc.cost, -arc.cost, (arc,))
            for key, began, score, arcs in state.tokens:
                target.tokens.append((key, began, score - arc.cost, (*arcs, arc)))
                target.best = max(target.best, score - arc.cost)
            return
        code = ord(self._simple(arc.text))
        fresh: Token = (EMPTY_KEY, node, state.alpha, ())
        for key, began, score, arcs in (fresh, *state.tokens):
            self._lengthen(target, arc, code, (key, began, score - arc.cost, arcs))

    def _lengthen(self, target: _State, arc: Arc, code: int, token: Token) -> None:
        key, began, score, arcs = token
        if score == float("-inf"):
            return
        key = extend(key, code)
        path = (*arcs, arc)
        cost, goes_on = self._model.word(key, len(path))
        if cost is None and not arcs:
            cost = self._model.character(arc.text)
        if cost is not None:
            began_at = self._states[began[0]][began].alpha
            self._reach(began, arc.target, score - cost, score - cost - began_at, path)
        if goes_on:
            target.tokens.append((key, began, score, path))
            target.best = max(target.best, score)

    def _state(self, node: Node) -> _State:
        nodes = self._states[node[0]]
        state = nodes.get(node)
        if state is None:
            state = nodes[node] = _State(float("-inf"), None, [], float("-inf"))
        return state

    def _reach(self, began: Node, node: Node, score: float, gain: float, path: tuple[Arc, ...]) -> None:
        if score == float("-inf"):
            return
        self._words.append((began, node, gain, path))
        state = self._state(node)
        if score > state.alpha:
            state.alpha, state.back = score, (began, path)
            state.best = max(state.best, score)

    def _choices(self, end: Node) -> list[Choice]:
        best = self._states[end[0]][end].alpha
        marginals = self._marginals(end)
        by_start: dict[tuple[int, bool], dict[tuple[int, str], float]] = defaultdict(dict)
        for arc, score in marginals.items():
            known = by_start[arc.start, arc.start == arc.end]
            known[arc.end, arc.text] = max(score, known.get((arc.end, arc.text), score))
        choices: list[Choice] = []
        node = end
        while back := self._states[node[0]][node].back:
            score = self._states[node[0]][node].alpha
            node, arcs = back
            weak = self._states[node[0]][node].alpha - score > WEAK * len(arcs)
            choices[:0] = [
                self._choice(arc, best, by_start[arc.start, arc.start == arc.end], weak) for arc in arcs
            ]
        return choices

    def _choice(self, arc: Arc, best: float, known: dict[tuple[int, str], float], weak: bool) -> Choice:
        others = [(score, text) for (end, text), score in known.items() if (end, text) != (arc.end, arc.text)]
        if not others:
            return Choice(arc, float("inf"), (), weak)
        others.sort(reverse=True)
        rivals = tuple(Rival(text, round(score - best, 2)) for score, text in others[:MOST_RIVALS])
        return Choice(arc, best - others[0][0], rivals, weak)

    def _marginals(self, end: Node) -> dict[Arc, float]:
        """Score of the best whole path through each arc. Words were found in an order in which starts ascend."""
        beta: dict[Node, float] = defaultdict(lambda: float("-inf"))
        beta[end] = 0.0
        order = sorted(self._words, key=lambda word: (word[0][0], _rank(word[0])), reverse=True)
        for began, node, gain, _ in order:
            beta[began] = max(beta[began], gain + beta[node])
        scores: dict[Arc, float] = {}
        for began, node, gain, path in self._words:
            score = self._states[began[0]][began].alpha + gain + beta[node]
            if score == float("-inf"):
                continue
            for arc in path:
                if score > scores.get(arc, float("-inf")):
                    scores[arc] = score
        return scores


def _rank(node: Node) -> int:
    return node[1] if node[1] > ANY else 0
