"""Whether two texts are one story: how much of each stands in the other, and how they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipelines import text
from pipelines.dedupe.align import Alignment, align
from pipelines.dedupe.particulars import LOST, Tally, compare
from pipelines.records import LACUNA, Relation

LEAST_SHARED = 60
"""Equal characters below which two texts prove nothing: a quotation, a motto, a list of names."""

COVERED = 0.75
"""Share of one text that must lie in aligned spans for it to be a copy or part of the other. Copies with
30 % replaced have .97 on average (200 own texts of 300 characters; least .80), two reports of one event at
most .14 (200 pairs); a page that puts an excerpt of one story beside another story lies between."""

ALIKE = 0.5
"""Share of equal characters in the aligned spans; copies with 30 % random edits have .70."""

REVISED = 0.6
NEARLY_EQUAL = 0.9
"""A revision keeps at least .6 of both texts, and what it keeps nearly letter for letter (>= .9)."""

QUICK_FIGURES = 4
QUICK_SHARE = 0.3
QUICK_ALIKE = 0.5
"""Two texts that share half of their shingles are equal in .87 of their characters (.87**5 = .5), so that
nearly all figures (.87**2 and better) must be equal too; with 4 figures and fewer than .3 of them shared it
is one template with other figures, and no alignment is needed to say so."""


SIGMAS = 2.5
"""Standard deviations above the expected number of disagreements: chance gives more in .6 % of copies
(normal tail), and of those only the ones pass on that meet the other two conditions of `another_story`."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two texts are one story: `relation` of the first to the second, and the share of each that is shared.

    `part`: the first is a part of the second; `extended`: the other way round; `revised`: the same story
    with passages of its own on both sides.
    """

    relation: Relation
    contained_a: float
    contained_b: float


def comparable(body: str) -> str:
    """The plain form of a body with its lacunae kept as a letter."""
    return text.plain(body.replace(LACUNA, LOST))


def verify(a: str, b: str) -> Match | None:
    """Compare two bodies (repaired, converted); None where they are not one story."""
    return verify_comparable(comparable(a), comparable(b))


def verify_comparable(a: str, b: str) -> Match | None:
    """As `verify`, of texts in the form of `comparable`. The same for (a, b) and (b, a), mirrored."""
    if not a or not b:
        return None
    if a == b:
        return Match("same", 1.0, 1.0)
    if (len(a), a) > (len(b), b):
        mirrored = verify_comparable(b, a)
        return mirror(mirrored) if mirrored else None
    alignment = align(a, b)
    if alignment.matched < min(LEAST_SHARED, len(a)):
        return None
    relation = _relation(alignment, len(a), len(b))
    if relation is None or another_story(compare(a, b, alignment)):
        return None
    return Match(relation, round(alignment.matched / len(a), 4), round(alignment.matched / len(b), 4))


def mirror(match: Match) -> Match:
    """The match of (b, a) from that of (a, b)."""
    turned: dict[Relation, Relation] = {"part": "extended", "extended": "part"}
    return Match(turned.get(match.relation, match.relation), match.contained_b, match.contained_a)


def unlike_figures(figures_a: frozenset[str], figures_b: frozenset[str], shared_shingles: float) -> bool:
    """Whether texts with that share of common shingles have figures so unlike that they are two bulletins."""
    fewer = min(len(figures_a), len(figures_b))
    if shared_shingles < QUICK_ALIKE or fewer < QUICK_FIGURES:
        return False
    return len(figures_a & figures_b) < QUICK_SHARE * fewer


def _relation(alignment: Alignment, length_a: int, length_b: int) -> Relation | None:
    covered_a, covered_b = alignment.covered
    if alignment.matched < ALIKE * max(covered_a, covered_b):
        return None
    whole_a, whole_b = covered_a >= COVERED * length_a, covered_b >= COVERED * length_b
    if whole_a and whole_b:
        return "same"
    if whole_a or whole_b:
        return "part" if whole_a else "extended"
    kept = min(covered_a / length_a, covered_b / length_b)
    nearly_equal = alignment.matched >= NEARLY_EQUAL * max(covered_a, covered_b)
    return "revised" if kept >= REVISED and nearly_equal else None


def another_story(tally: Tally) -> bool:
    """Whether particulars disagree more than the text around them, and too often for a correction.

    `SIGMAS` above what edits as frequent as those around would do, at least two disagreements, and a fifth of
    the weight: an agency corrects a figure or two, a template changes most. One disagreement is enough where
    it is at least half of what can be compared.
    """
    if tally.disagree <= tally.expected + SIGMAS * math.sqrt(tally.variance):
        return False
    compared = tally.agree + tally.disagree
    return tally.disagree >= (0.5 if tally.disagreements == 1 else 0.2) * compared
