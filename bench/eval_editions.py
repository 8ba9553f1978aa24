"""Editions: what several damaged copies give together, place by place, and what they do to whole text.

Each text is damaged as on four mirrors that cut independently at half of all places, and read again. The
edition of the first copy alone, with one and with three others is held against what was printed. A text
damaged several times over is several cases: the intervals are those of places, not of texts.
`python -m bench.run eval editions`.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace

from bench.edition_cases import COPIES, Case, Copy, cases, copies, revised
from bench.figures import Figure, floors, proportion
from bench.repair_score import align
from pipelines.convert.simplify import simplify
from pipelines.dedupe.edition import edition, part_of, witness_of
from pipelines.dedupe.witness import Witness
from pipelines.records import LACUNA, Article, Edit
from pipelines.repair.proof import prove
from pipelines.text import fold_width, is_figure

AREA = "editions"
SIZES = (1, 2, COPIES)
WHOLE_ELSEWHERE = "eaten where another copy is whole"
EVERY = "every damaged place"
FAMILIES = ("last", "first", "vanished", "inside", EVERY, WHOLE_ELSEWHERE)
NEWS = ("own", "reference")
ENOUGH = 100
"""Places below which a share is printed and not held: of 100 that are right at .93, .88 to .98 are in 95 of
100 samples."""


@dataclass(slots=True)
class Tally:
    """Counts over many texts; keys are (source, copies, family) and (source, copies)."""

    places: defaultdict[tuple[str, int, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    wrong: Counter[tuple[str, int]] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    invented: Counter[int] = field(default_factory=Counter)
    figures: Counter[int] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    echoed: int = 0

    def add(self, other: Tally) -> None:
        """Take in what another text gave."""
        for key, counts in other.places.items():
            self.places[key] += counts
        self.wrong += other.wrong
        self.characters += other.characters
        self.invented += other.invented
        self.figures += other.figures
        self.replaced += other.replaced
        self.echoed += other.echoed


def run(full: bool) -> Iterator[Figure]:
    """All figures; the short form has sixteen of our own articles."""
    total = Tally()
    if full:
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            for tally in pool.map(tallied, cases(full), chunksize=8):
                total.add(tally)
    else:
        for case in cases(full):
            total.add(tallied(case))
    yield from _figures(total, floors(AREA), full)


def tallied(case: Case) -> Tally:
    """What one text gives."""
    tally = Tally()
    read = copies(case)
    printed = read[0].printed
    tally.characters[case.source] = len(printed)
    for size in SIZES:
        text, edits = edition_of([copy.article for copy in read[:size]])
        where = align(fold_width(printed), fold_width(text))
        tally.wrong[case.source, size] = _wrong(printed, text, where)
        for family, index in _places(read[:size]):
            tally.places[case.source, size, family][_outcome(printed, text, where, index)] += 1
        tally.figures[size], tally.invented[size] = _invented(printed, text, edits, where)
    _add_harm(tally, read[0], revised(case))
    return tally


def edition_of(articles: Sequence[Article]) -> tuple[str, tuple[Edit, ...]]:
    """The edition of the first of these, and its edits."""
    base, *others = [_witness(article) for article in articles]
    return edition((part_of(articles[0], frozenset()),), base, others, prove)


def _witness(article: Article) -> Witness:
    return witness_of((part_of(article, frozenset()),), simplify)


def _places(read: Sequence[Copy]) -> Iterator[tuple[str, int]]:
    """(family, index) of the damaged places of the first copy."""
    for index, family in read[0].families.items():
        yield family, index
        yield EVERY, index
        if family == "eaten" and any(index not in other.families for other in read[1:]):
            yield WHOLE_ELSEWHERE, index


def _outcome(printed: str, text: str, where: dict[int, int], index: int) -> str:
    at = where.get(index)
    if at is None:
        return "wrong"
    same = fold_width(printed[index]) == fold_width(text[at])
    return "right" if same else "lost" if text[at] == LACUNA else "wrong"


def _wrong(printed: str, text: str, where: dict[int, int]) -> int:
    return sum(
        _outcome(printed, text, where, index) == "wrong"
        for index, char in enumerate(printed)
        if not char.isspace()
    )


def _invented(printed: str, text: str, edits: Sequence[Edit], where: dict[int, int]) -> tuple[int, int]:
    """(figures that copies put in, those of them that were not printed there)."""
    printed_at = {at: index for index, at in where.items()}
    put_in = wrong = shift = 0
    for edit in edits:
        for at in range(edit.start + shift, edit.start + shift + len(edit.after)):
            if is_figure(text[at]):
                put_in += 1
                index = printed_at.get(at)
                wrong += index is None or fold_width(printed[index]) != fold_width(text[at])
        shift += len(edit.after) - len(edit.before)
    return put_in, wrong


def _add_harm(tally: Tally, copy: Copy, other: Copy) -> None:
    """What another edition does to characters that were right, and a copy with the very same damage to
    any."""
    before = align(fold_width(copy.printed), fold_width(copy.article.article_body))
    text, _ = edition_of([copy.article, other.article])
    after = align(fold_width(copy.printed), fold_width(text))
    for index, char in enumerate(copy.printed):
        if not char.isspace() and _outcome(copy.printed, text, after, index) == "wrong":
            was = _outcome(copy.printed, copy.article.article_body, before, index)
            tally.replaced["damaged" if index in copy.families else "whole"] += was == "right"
    same = [replace(copy.article, id=f"{number:032}") for number in range(3)]
    tally.echoed += len(edition_of([copy.article, *same])[1])


def _figures(total: Tally, bounds: dict[str, float], full: bool) -> Iterator[Figure]:
    for size in SIZES:
        for family in FAMILIES:
            if size > 1 or family != WHOLE_ELSEWHERE:
                yield _share(f"{family}: right in editions of {size}", total, (size, family), NEWS, bounds)
                if full:
                    name = f"{family}, manuals: right in editions of {size}"
                    yield _share(name, total, (size, family), ("manual",), bounds)
        characters = total.characters.total()
        name = f"figures invented in editions of {size}"
        yield Figure(AREA, name, total.invented[size], total.figures[size], ceiling=0)
        name = f"wrong characters in 10,000 in editions of {size}"
        share = 10_000 * sum(total.wrong[source, size] for source in total.characters) / characters
        yield Figure(AREA, name, share, characters, ceiling=bounds.get(name))
    name = "undamaged characters replaced by another edition's"
    yield Figure(AREA, name, total.replaced["whole"], characters, ceiling=0)
    # One in seventy characters has the byte that survives: such another wording passes for the print.
    name = "restored characters replaced by another edition's"
    yield Figure(AREA, name, total.replaced["damaged"], characters, ceiling=bounds.get(name))
    name = "edits made of copies with the very same damage"
    yield Figure(AREA, name, total.echoed, characters, ceiling=0)


def _share(
    name: str, total: Tally, key: tuple[int, str], sources: Sequence[str], bounds: dict[str, float]
) -> Figure:
    counts = sum((total.places[source, *key] for source in sources), Counter[str]())
    floor = bounds.get(name) if counts.total() >= ENOUGH else None
    return proportion(AREA, name, counts["right"], counts.total(), floor=floor)
