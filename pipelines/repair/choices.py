"""What a search has chosen, place by place: how far the best path is ahead of those that read otherwise."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Final

from pipelines.records import Rival
from pipelines.repair.arcs import Arc
from pipelines.repair.ranking import NEVER, Ranking, Word

MOST_RIVALS: Final = 20
WEAK: Final = 8.0
"""Cost of a word, in nats a character, above which the model finds nothing likely in it."""
PRONOUNS: Final = frozenset("他她")
PRONOUN_MARGIN: Final = 5.0
"""Nats: of 35 places with less on pages that have 她, 25 were read wrongly; of 17 on other pages, one."""
_WHOLE: Final = frozenset(("found", "pair", "named"))


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


def choices_of(ranking: Ranking, found: str) -> list[Choice]:
    """The choices of the best path through a region of `found`, in order."""
    by_place: dict[tuple[int, int], dict[tuple[int, str], float]] = defaultdict(dict)
    for arc, score in ranking.arcs.items():
        known = by_place[_place(arc)]
        known[arc.end, arc.text] = max(score, known.get((arc.end, arc.text), score))
    return [
        _choice(arc, ranking.best, by_place[_place(arc)], found, *_judged(word))
        for word in ranking.words
        for arc in word.path
    ]


def _place(arc: Arc) -> tuple[int, int]:
    """Arcs of one place are rivals: where it begins in the found text; those that take up none of it, with
    fewer vanished pairs or more; the bracket behind one of them."""
    if arc.start < arc.end:
        return arc.start, 0
    return arc.start, 2 if arc.kind == "named" else 1


def _judged(word: Word) -> tuple[bool, bool]:
    """(whether the model finds nothing likely in a word, whether it is a longer one all of whose bytes
    survive)."""
    spent = sum(arc.cost for arc in word.path)
    printed = [arc.kind for arc in word.path if arc.text]
    weak = -word.gain - spent > WEAK * len(word.path)
    return weak, len(printed) > 1 and _WHOLE.issuperset(printed)


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


def open_pronoun(choice: Choice) -> Choice:
    """A choice of 他 or 她 left open where the other might stand as well: on a page of men and women a clause
    does not tell which, though a corpus has more men speak."""
    if choice.arc.text not in PRONOUNS:
        return choice
    told = all(rival.text not in PRONOUNS or rival.score < -PRONOUN_MARGIN for rival in choice.rivals)
    return choice if told else replace(choice, odds=0.0)


def unsure(choice: Choice) -> Choice:
    """A choice of a region in which pairs may have vanished, which took too long to find out: within a longer
    word it is likely, else it is left open."""
    return replace(choice, margin=0.0, odds=choice.odds if choice.in_word else 0.0)


def up_to_last_change(choices: list[Choice]) -> list[Choice]:
    """Without the right-hand context: another place may begin in it."""
    last = max(number for number, choice in enumerate(choices) if choice.arc.kind != "found")
    return choices[: last + 1]
