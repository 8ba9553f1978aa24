"""The likeliest path through a lattice under the language model, and the margin of every choice on it.

Forward: tokens (partial words) are passed along the arcs, so that each way of cutting the text into words is
weighed (Viterbi 1967; Young et al. 1989 for token passing). Backward: the best completion of every node.
Their sum gives each arc its max-marginal, hence for each place the runners-up with their distance from the
best, in nats.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.repair.arcs import IN_STEP, TAIL, VANISHED, Arc, Fan
from pipelines.repair.brackets import BLOCK_START, PLACED, Context, at_end, follow
from pipelines.repair.choices import Choice, choices_of
from pipelines.repair.lattice import Lattice
from pipelines.repair.model import Model, Prefix, character_cost
from pipelines.repair.neighbours import Neighbours
from pipelines.repair.ranking import BEAM as RANKING_BEAM
from pipelines.repair.ranking import NEVER, NOTHING, Node, Path, Word, rank

BEAM: Final = 16.0
"""Nats behind the best hypothesis of an index at which one is given up. With what a word begun will cost at
least (Ortmanns and Ney 1996) a wrong alignment shows after two characters. Before triples of words were
weighed, 40 nats gave no better readings of news. It holds for the words begun in one node, too: with 10 nats
there 新和戶 was exact, 新湖客戶端 had been given up before its 端."""
VANISHED_BEAM: Final = 14.0
"""The same where bytes vanished: there are many ways, and each is as good at once as it will ever be. But for
numbers of items: with 12 nats （六）強化 was given up for （電化 before its bracket closed."""
MOST_TOKENS: Final = 16
"""Partial words kept in one node, of those within the beam of its best."""
RIGHT_CONTEXT: Final = 10
"""Characters read beyond the last place: words reach four, a clause seldom more than ten."""
LONGEST_REGION: Final = 160
"""Found characters after which a region that has not come back into step is given up."""
MOST_WORK: Final = 10_000
"""Steps of the language model after which a region is given up. Of 496 regions of our own articles half need
519 at most, ninety-nine in a hundred 2,014, the greatest 3,479; of 442 of all kinds of text the greatest
2,881."""


class Token(NamedTuple):
    """A word begun: its prefix, where it began, costs of marks and channel since, its arcs, the context
    now, and the score that it can reach at best."""

    prefix: Prefix
    began: Node
    alpha: float
    spent: float
    path: Path
    context: Context
    score: float


_SCORE: Final = attrgetter("score")


@dataclass(slots=True)
class _State:
    """The best score of a node, and the words that are begun across it."""

    alpha: float
    tokens: list[Token]
    best: float


class Search:
    """One search over one region of a block, beginning in step at `start`, after this context."""

    def __init__(
        self,
        lattice: Lattice,
        model: Model,
        neighbours: Neighbours,
        start: int,
        context: Context = BLOCK_START,
    ) -> None:
        self._lattice = lattice
        self._model = model
        self._neighbours = neighbours
        self._states: dict[int, dict[Node, _State]] = defaultdict(dict)
        self._ways = cache(lambda node: tuple(lattice.arcs(node)))
        self._best: dict[int, float] = defaultdict(lambda: NEVER)
        self._words: list[Word] = []
        self._start = self._open = start
        self._first: Node = (start, IN_STEP, context)
        self._states[start][self._first] = _State(0.0, [], 0.0)
        self.work = 0

    def run(self) -> list[Choice]:
        """The choices in order; none when no path leads back into step."""
        index = self._start
        length = len(self._lattice.found)
        while index < length and index - self._open <= RIGHT_CONTEXT and index - self._start < LONGEST_REGION:
            self._expand(index)
            index += 1
            if self.work > MOST_WORK:
                return []
        if index == length:
            self._expand(index)
        while index < length and not self._ends(index) and index <= max(self._states):
            index += 1
        ends = self._ends(index)
        ranking = rank(self._words, self._first, ends, self._neighbours) if ends else None
        return choices_of(ranking, self._lattice.found) if ranking else []

    def _ends(self, index: int) -> dict[Node, float]:
        """The nodes of an index at which a path can end, in step and at the end of a word, and what the end
        costs there."""
        ahead = self._lattice.found[index:]
        return {
            node: at_end(node[2], ahead)
            for node, state in self._states.get(index, {}).items()
            if node[1] == IN_STEP and state.alpha > NEVER
        }

    def _expand(self, index: int) -> None:
        """Leave every node of an index; zero-width arcs add nodes to it while this runs."""
        nodes = self._states[index]
        rank = -1
        while ranks := [node[1] for node in nodes if node[1] > rank]:
            rank = min(ranks)
            beam = VANISHED_BEAM if VANISHED <= rank < TAIL else BEAM
            floor = max(state.best for state in nodes.values()) - beam
            for node in [node for node in nodes if node[1] == rank]:
                if nodes[node].best >= floor:
                    self._leave(node, nodes[node])

    def _leave(self, node: Node, state: _State) -> None:
        """Follow every arc that leaves a node."""
        if node[1] != IN_STEP:
            self._open = max(self._open, node[0])
        self._prune(state)
        for way in self._ways(node[:2]):
            self._follow(node, state, way)

    @staticmethod
    def _prune(state: _State) -> None:
        floor = state.best - BEAM
        kept = [token for token in state.tokens if token.score >= floor]
        if len(kept) > MOST_TOKENS:
            kept = sorted(kept, key=_SCORE, reverse=True)[:MOST_TOKENS]
        state.tokens = kept

    def _follow(self, node: Node, state: _State, way: Arc | Fan) -> None:
        if way.kind != "found":
            self._open = max(self._open, way.target[0] - 1)
        tokens = state.tokens
        fresh = [self._fresh(node, state)] if state.alpha > NEVER else []
        if isinstance(way, Fan):
            for token in fresh:
                room = state.alpha - way.cost - self._floor(*way.target)
                for place in self._model.beginnings(way.options, room):
                    self._lengthen(way.arcs[place], token)
            for token in tokens:
                for code in self._model.continuations(token.prefix, way.options.codes):
                    for place in way.options.places[code]:
                        self._lengthen(way.arcs[place], token)
        elif not way.text:
            self._pass_on(node, state, way)
        else:
            for token in (*fresh, *tokens):
                self._lengthen(way, token)

    def _fresh(self, node: Node, state: _State) -> Token:
        return Token(self._model.begin, node, state.alpha, 0.0, (), node[2], 0.0)

    def _lengthen(self, arc: Arc, token: Token) -> None:
        """One character more: the word may end here, and may go on."""
        prefix, began, alpha, spent, arcs, context, _ = token
        self.work += 1
        cost, longer, number = self._model.step(prefix, arc.code)
        if cost is None and not arcs:
            cost = character_cost(arc.code)
        elif cost is None and longer is None:
            return
        spent += arc.cost
        if context.last or context.fresh or arc.text in PLACED:
            placed, context = follow(context, arc.text)
            spent += placed
        ended = NEVER if cost is None else alpha - spent - cost
        score = NEVER if longer is None else alpha - spent - longer.least
        index, pending = arc.target
        floor = self._floor(index, pending)
        if ended < floor and score < floor:
            return
        if arc.kind == "eaten":
            context = Context(context.opened, "")
        path = (*arcs, arc)
        node = (index, pending, context)
        state = self._state(node)
        if cost is not None:
            self._reach(node, state, token, cost + spent, path, number)
        if longer is not None and score >= state.best - BEAM:
            state.tokens.append(Token(longer, began, alpha, spent, path, context, score))
            state.best = max(state.best, score)
            self._best[index] = max(self._best[index], score)

    def _floor(self, index: int, pending: int) -> float:
        """The score below which nothing that leads to a node is worth keeping."""
        return self._best[index] - (VANISHED_BEAM if VANISHED <= pending < TAIL else BEAM)

    def _pass_on(self, node: Node, state: _State, arc: Arc) -> None:
        """An arc that prints nothing (a gloss): partial words go on behind it."""
        target = (*arc.target, node[2])
        reached = self._state(target)
        if state.alpha > NEVER:
            self._reach(target, reached, self._fresh(node, state), arc.cost, (arc,), NOTHING)
        for prefix, began, alpha, spent, arcs, context, score in state.tokens:
            cost = spent + arc.cost
            left = score - arc.cost
            reached.tokens.append(Token(prefix, began, alpha, cost, (*arcs, arc), context, left))
            reached.best = max(reached.best, left)

    def _state(self, node: Node) -> _State:
        nodes = self._states[node[0]]
        state = nodes.get(node)
        if state is None:
            state = nodes[node] = _State(NEVER, [], NEVER)
        return state

    def _reach(self, node: Node, state: _State, token: Token, loss: float, path: Path, number: int) -> None:
        """A word ends at a node; one that the ranking would leave out is not kept."""
        score = token.alpha - loss
        if score < state.alpha - RANKING_BEAM:
            return
        self._words.append(Word(token.began, node, -loss, path, number))
        if score > state.alpha:
            state.alpha = score
            state.best = max(state.best, score)
            self._best[node[0]] = max(self._best[node[0]], score)
