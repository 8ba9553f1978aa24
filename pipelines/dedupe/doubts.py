"""Places of a body that repair left open: which characters are not certain, and what else they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipelines.records import LACUNA, Article, Edit, Rival

Simplify = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Characters [start, end) of a text: `likely` (chosen by a model) or `lost`, with the other readings.

    `rivals` are in the script of the text. `found` is what the page had there: equal `found` in two copies
    is the same damage.
    """

    start: int
    end: int
    found: str
    lost: bool
    rivals: tuple[Rival, ...]


def doubts_of(article: Article, simplify: Simplify, field: str = "article_body") -> tuple[Doubt, ...]:
    """The doubtful places of `article_body` or `headline`, ascending.

    Edits count from the text as found; conversion keeps lengths, so replaying the lengths is enough to place
    them. Where a text does not replay to the length of the body (read by another version), only its lacunae
    are known.
    """
    own = [edit for edit in article.edits if edit.field == field]
    text, found = getattr(article, field), getattr(article, f"{field}_raw")
    shift, doubts = 0, []
    for edit in own:
        start = edit.start + shift
        shift += len(edit.after) - len(edit.before)
        if edit.certainty in ("likely", "lost") and edit.after:
            doubts.append(_doubt(edit, start, simplify))
    if len(found) + shift != len(text):
        doubts = []
    return tuple(_with_bare_lacunae(text, doubts))


def shifted(doubts: Iterable[Doubt], by: int) -> tuple[Doubt, ...]:
    """The same doubts, `by` characters further on."""
    return tuple(Doubt(d.start + by, d.end + by, d.found, d.lost, d.rivals) for d in doubts)


def _doubt(edit: Edit, start: int, simplify: Simplify) -> Doubt:
    rivals: dict[str, float] = {}
    for rival in edit.rivals:
        reading = _simplified(simplify, rival.text)
        rivals[reading] = max(rival.score, rivals.get(reading, rival.score))
    ordered = tuple(Rival(text, score) for text, score in sorted(rivals.items(), key=lambda r: (-r[1], r[0])))
    return Doubt(start, start + len(edit.after), edit.before, edit.certainty == "lost", ordered)


@lru_cache(maxsize=8192)
def _simplified(simplify: Simplify, reading: str) -> str:
    """A lost byte leaves the same readings again and again: one conversion in fifty is a new one."""
    return simplify(reading)


def _with_bare_lacunae(body: str, doubts: list[Doubt]) -> list[Doubt]:
    """Lacunae that no edit names are doubts too: the sign stands in the text for everyone to see."""
    covered = {place for doubt in doubts for place in range(doubt.start, doubt.end)}
    at = body.find(LACUNA)
    while at >= 0:
        if at not in covered:
            doubts.append(Doubt(at, at + 1, LACUNA, True, ()))
        at = body.find(LACUNA, at + 1)
    return sorted(doubts, key=lambda doubt: doubt.start)
