"""The likeliest path through a lattice under the language model, and the margin of every choice on it.

Forward: tokens (partial words) are passed along the arcs, so that each way of cutting the text into words is
weighed (Viterbi 1967; Young et al. 1989 for token passing). Backward: the best completion of every node.
Their sum gives each arc its max-marginal, hence for each place the runners-up with their distance from the
best, in nats.
"""

from __future__ import annotations

import gc
import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.records import Rival
from pipelines.repair.arcs import IN_STEP, TAIL, VANISHED, Arc, Fan
from pipelines.repair.brackets import BLOCK_START, Context, at_end, follow
from pipelines.repair.lattice import Lattice
from pipelines.repair.model import Model, Prefix
from pipelines.repair.neighbours import Neighbours
from pipelines.repair.ranking import BEAM as RANKING_BEAM
from pipelines.repair.ranking import NEVER, NOTHING, Node, Path, Word, rank

BEAM: Final = 16.0
"""Nats behind the best hypothesis of an index at which one is given up. With what a word begun will cost at
least (Ortmanns and Ney 1996) a wrong alignment shows after two characters. Before triples of words were
weighed, 40 nats gave no better readings of news."""
VANISHED_BEAM: Final = 12.0
"""The same where bytes vanished: there are many ways, and each is as good at once as it will ever be."""
TOKEN_BEAM: Final = 10.0
MOST_TOKENS: Final = 16
"""Partial words kept in one node: those within the beam of its best, and never more than this many."""
RIGHT_CONTEXT: Final = 10
"""Characters read beyond the last place: words reach four, a clause seldom more than ten."""
LONGEST_REGION: Final = 160
"""Found characters after which a region that has not come back into step is given up."""
MOST_WORK: Final = 10_000
"""Steps of the language model after which a region is given up. Of 124 regions of our own articles half need
575 at most, ninety-nine in a hundred 2,756; of 2,014 of news and manuals the greatest 8,800."""
MOST_RIVALS: Final = 20
_WHOLE: Final = frozenset(("found", "pair", "named"))
WEAK: Final = 8.0
"""Cost of a word, in nats a character, above which the model finds nothing likely in it."""


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


@dataclass(frozen=True, slots=True)
class Choice:
    """One arc of the best path, its distance to the best path that reads otherwise (nats), and its rivals.

    `odds`: the log odds against all rivals together: twenty that are two nats behind weigh more than one.
    `weak`: the language model finds nothing likely here, so that something else may have happened.
    `genuine`: the distance to the best path on which the found character is what was printed. `in_word`:
    the character is part of a longer word of the best path, all of whose bytes survive.
    """

    arc: Arc
    margin: float
    odds: float
    rivals: tuple[Rival, ...]
    weak: bool
    genuine: float
    in_word: bool


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
        self._words: list[Word] = []
        self._start = self._open = start
        self._first: Node = (start, IN_STEP, context)
        self._states[start][self._first] = _State(0.0, [], 0.0)
        self.work = 0

    def run(self) -> list[Choice]:
        """The choices in order; none when no path leads back into step."""
        with _uncollected():
            return self._run()

    def _run(self) -> list[Choice]:
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
        return self._choices(ends) if ends else []

    def _ends(self, index: int) -> list[Node]:
        """The nodes of an index at which a path can end: in step, and at the end of a word."""
        states = self._states.get(index, {})
        return [node for node, state in states.items() if node[1] == IN_STEP and state.alpha > NEVER]

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
        for way in self._lattice.arcs(node[:2]):
            self._follow(node, state, way)

    @staticmethod
    def _prune(state: _State) -> None:
        floor = state.best - TOKEN_BEAM
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
            for option in way.options.all:
                for token in fresh:
                    self._lengthen(way.arc(option), token)
            for token in tokens:
                for code in self._model.continuations(token.prefix, way.options.codes):
                    for option in way.options.by_code[code]:
                        self._lengthen(way.arc(option), token)
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
            cost = self._model.character(arc.code)
        elif cost is None and longer is None:
            return
        placed, context = follow(context, arc.text)
        if arc.kind == "eaten":
            context = Context(context.opened, "")
        spent += arc.cost + placed
        path = (*arcs, arc)
        node = (*arc.target, context)
        state = self._state(node)
        if cost is not None:
            self._reach(node, state, token, cost + spent, path, number)
        if longer is not None:
            score = alpha - spent - longer.least
            if score >= state.best - TOKEN_BEAM:
                state.tokens.append(Token(longer, began, alpha, spent, path, context, score))
                state.best = max(state.best, score)

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
        if node[0] == len(self._lattice.found):
            loss += at_end(node[2])
        score = token.alpha - loss
        if score < state.alpha - RANKING_BEAM:
            return
        self._words.append(Word(token.began, node, -loss, path, number))
        if score > state.alpha:
            state.alpha = score
            state.best = max(state.best, score)

    def _choices(self, ends: list[Node]) -> list[Choice]:
        found = self._lattice.found
        ranking = rank(self._words, self._first, ends, self._neighbours)
        by_place: dict[tuple[int, bool], dict[tuple[int, str], float]] = defaultdict(dict)
        for arc, score in ranking.arcs.items():
            known = by_place[arc.start, arc.start == arc.end]
            known[arc.end, arc.text] = max(score, known.get((arc.end, arc.text), score))
        choices: list[Choice] = []
        for word in ranking.words:
            spent = sum(arc.cost for arc in word.path)
            weak = -word.gain - spent > WEAK * len(word.path)
            printed = [arc.kind for arc in word.path if arc.text]
            in_word = len(printed) > 1 and _WHOLE.issuperset(printed)
            choices += (
                _choice(arc, ranking.best, by_place[arc.start, arc.start == arc.end], found, weak, in_word)
                for arc in word.path
            )
        return choices


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector of cycles, for the hundredth of a second that a search takes: it makes tens
    of thousands of tuples and no cycle, and looking through them at every 700 took a fifth of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _choice(
    arc: Arc, best: float, known: dict[tuple[int, str], float], found: str, weak: bool, in_word: bool
) -> Choice:
    genuine = best - known.get((arc.start + 1, found[arc.start : arc.start + 1]), NEVER)
    others: dict[str, float] = {}
    for (_, text), score in known.items():
        if text != arc.text:
            others[text] = max(score - best, others.get(text, NEVER))
    ranked = sorted(others.items(), key=lambda other: (-other[1], other[0]))
    rivals = tuple(Rival(text, round(score, 2)) for text, score in ranked[:MOST_RIVALS])
    margin = -ranked[0][1] if ranked else float("inf")
    total = math.fsum(math.exp(score) for _, score in ranked)
    odds = -math.log(total) if total else float("inf")
    return Choice(arc, margin, odds, rivals, weak, genuine, in_word)
