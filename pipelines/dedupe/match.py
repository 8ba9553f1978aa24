"""Whether two texts are one story: how much of each stands in the other, and how they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipelines import text
from pipelines.dedupe.figures import LOST
from pipelines.dedupe.moved import Pass, passes
from pipelines.dedupe.particulars import Tally, compare
from pipelines.dedupe.templates import other_figures
from pipelines.records import LACUNA, Relation

LEAST_SHARED = 60
"""Equal characters below which two texts prove nothing: a quotation, a motto, a list of names."""

COVERED = 0.75
"""Share of one text that must lie in aligned spans for it to be a copy or part of the other. Copies with
30 % replaced have .97 on average (200 own texts of 300 characters; least .80), two reports of one event at
most .14 (200 pairs); a page that puts an excerpt of one story beside another story lies between."""

ALIKE = 0.5
"""Share of equal characters in the aligned spans; copies with 30 % random edits have .70."""

ALIKE_MOVED = 0.66
"""The same where passages stand in another order. Copies in another order with 30 % edited have .7 (texts of
300 to 1,200 characters); lists of one form, whose lines fit each other in some order, .56 to .73."""

ALIKE_LISTS = 0.75
"""The same up to which texts in another order may be such lists. Copies with 10 % edited have .80 and more
(139 of 300 to 1,200 characters), of which a slip in three of four long figures would make lists."""

REVISED, LEAST_REVISED = 2 / 3, 150
NEARLY_EQUAL = 0.9
"""A revision keeps two thirds of both texts, at least 150 characters, and nearly letter for letter (>= .9).
Comments of 650 characters that quote one article of a law share .62 to .65, columns with one opening and one
end .61 to .63, notices of 110 characters with other parties .63 to .66."""

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
    found = _aligned(a, b)
    if found is None or any(another_story(compare(one.a, one.b, one.alignment)) for one in found.passes):
        return None
    # Lists of one form fit each other in some order: then figures tell that are not even alike. (A copy in
    # another order, with 30 % edited, in which four long figures stand, is given up for it.)
    if found.may_be_lists and other_figures(a, b, [(0, len(a))], 0.0):
        return None
    return Match(found.relation, round(found.matched / len(a), 4), round(found.matched / len(b), 4))


@dataclass(frozen=True, slots=True)
class _Found:
    relation: Relation
    matched: int
    alike: float
    passes: tuple[Pass, ...]

    @property
    def may_be_lists(self) -> bool:
        """Whether no one alignment says it all, and the lines fit no better than those of two lists."""
        in_order = len(self.passes) == 1 and self.passes[0].in_order
        return not in_order and self.alike < ALIKE_LISTS


def _aligned(a: str, b: str) -> _Found | None:
    """As many passes as are needed for the texts to be one story; None where they never are. `a` is not
    longer."""
    taken: list[Pass] = []
    matched = covered_a = covered_b = 0
    for one in passes(a, b):
        taken.append(one)
        matched += one.alignment.matched
        covered_a += one.alignment.covered[0]
        covered_b += one.alignment.covered[1]
        if matched < min(LEAST_SHARED, len(a)):
            return None
        relation = _relation(matched, covered_a, covered_b, len(a), len(b))
        alike = matched / max(covered_a, covered_b)
        if relation is not None and (one.in_order or alike >= ALIKE_MOVED):
            return _Found(relation, matched, alike, tuple(taken))
    return None


def mirror(match: Match) -> Match:
    """The match of (b, a) from that of (a, b)."""
    turned: dict[Relation, Relation] = {"part": "extended", "extended": "part"}
    return Match(turned.get(match.relation, match.relation), match.contained_b, match.contained_a)


def _relation(matched: int, covered_a: int, covered_b: int, length_a: int, length_b: int) -> Relation | None:
    if matched < ALIKE * max(covered_a, covered_b):
        return None
    whole_a, whole_b = covered_a >= COVERED * length_a, covered_b >= COVERED * length_b
    if whole_a and whole_b:
        return "same"
    if whole_a or whole_b:
        return "part" if whole_a else "extended"
    kept = min(covered_a / length_a, covered_b / length_b)
    nearly_equal = matched >= NEARLY_EQUAL * max(covered_a, covered_b)
    revised = kept >= REVISED and nearly_equal and matched >= LEAST_REVISED
    return "revised" if revised else None


def another_story(tally: Tally) -> bool:
    """Whether particulars disagree more than the text around them, and too often for a correction.

    `SIGMAS` above what edits as frequent as those around would do, at least two disagreements, and a fifth of
    the weight: an agency corrects a figure or two, a template changes most. One disagreement is enough where
    it is at least half of what can be compared. In short texts the constants of a template (thirty days, the
    year of a law) outweigh what is filled in: there it is enough that names change along with figures.
    """
    if tally.filled_anew or tally.other_figures:
        return True
    if tally.disagree <= tally.expected + SIGMAS * math.sqrt(tally.variance):
        return False
    compared = tally.agree + tally.disagree
    return tally.disagree >= (0.5 if tally.disagreements == 1 else 0.2) * compared
