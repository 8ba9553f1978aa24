"""Figures of the repair: what comes back by family of damage, how sure it is, and what is done to clean text.

The project's own texts and, where present, the references of `../shared/data/daniel-zh` are damaged by the
forward model at every gloss level, cut at every possible place and at half of them. The full form adds
Chinese documentation of Debian packages. None of these texts was learnt from. `python -m bench.eval_repair`
alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import cycle

from bench.figures import Figure, floors, proportion, wilson
from bench.repair_score import Score
from bench.repair_texts import own_texts, packages, references
from pipelines.convert.simplify import simplify
from pipelines.repair.channel import Channel
from pipelines.repair.restorer import Restorer

AREA = "repair"
CHANNELS = tuple(
    Channel(level=level, cut=cut, seed=seed, drop_user_rows=drop, fold_width=fold)
    for seed, (level, cut, drop, fold) in enumerate(
        [
            (2, 1.0, False, False),
            (None, 0.5, True, False),
            (4, 1.0, False, False),
            (0, 1.0, True, True),
            (1, 0.5, False, False),
            (3, 1.0, True, False),
        ]
    )
)
"""Every level and none; half keep private-use characters, one folds width, two cut at half of the places."""
SHORT = 24
PACKAGE_CHARACTERS = 3_200_000
"""Enough for 3,000 places at each kind of run end: one in a thousand characters begins or ends a run."""


def run(full: bool) -> list[Figure]:
    """All figures; `full` adds the packages."""
    bounds = floors(AREA)
    clean = list(clean_texts(full))
    score = Score()
    for channel, text in zip(cycle(CHANNELS), damaged_texts(full), strict=False):
        damaged = channel.run(text)
        score.add(damaged, Restorer.load().restore(damaged.text))
    for mistake in score.mistakes[:20]:
        print("  ", mistake, file=sys.stderr)
    return [*family_figures(score, bounds), *certainty_figures(score, bounds), harm(clean, bounds)]


def damaged_texts(full: bool) -> Iterator[str]:
    """Simplified pages to be damaged, paragraphs as `<p>`."""
    pages = [*own_texts(), *references("hans"), *map(simplify, references("hant"))]
    yield from map(_marked_up, pages if full else pages[:SHORT])
    if not full:
        return
    for size, text in _running_total(_pages_of(packages())):
        if size > PACKAGE_CHARACTERS:
            return
        yield _marked_up(simplify(text))


def clean_texts(full: bool) -> Iterator[str]:
    """Undamaged texts of both scripts."""
    yield from own_texts()
    yield from references("hans")
    yield from references("hant")
    if full:
        yield from _pages_of(packages())


def _marked_up(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(f"<p>{line}</p>" for line in lines if line)


def _pages_of(texts: dict[str, list[str]], lines: int = 60) -> Iterator[str]:
    """Paragraphs of a package in their order, sixty to a page."""
    for paragraphs in texts.values():
        for start in range(0, len(paragraphs), lines):
            yield "\n".join(paragraphs[start : start + lines])


def _running_total(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    total = 0
    for text in texts:
        total += len(text)
        yield total, text


def family_figures(score: Score, bounds: dict[str, float]) -> list[Figure]:
    """What comes back, by family of damage."""
    inside = score.of("inside", "straddled", "glossed")
    first, last = score.families["first"], score.families["last"]
    vanished, eaten = score.families["vanished"], score.families["eaten"]
    removed = score.glosses - score.glosses_left
    return [
        _share("inside runs, both bytes or a gloss survive: right", inside, bounds.get("inside")),
        _share("vanished with a pair, user rows dropped or shown: right", vanished, bounds.get("vanished")),
        _share("lost first byte: right", first, bounds.get("first")),
        _share("lost first byte: right of those given", first, bounds.get("first_given"), given=True),
        _share("lost last byte: recovered", last, bounds.get("last")),
        _share("lost last byte: right of those given", last, bounds.get("last_given"), given=True),
        _named("lost byte left open: printed one among the rivals", score, bounds.get("rivals")),
        _share("eaten: right or left open", _not_wrong(eaten), bounds.get("eaten")),
        proportion(AREA, "glosses removed", removed, score.glosses, bounds.get("glosses")),
        Figure(AREA, "figures invented", score.invented, sum(eaten.values()), ceiling=0),
        _share("undamaged characters of damaged pages: unchanged", score.clean, bounds.get("collateral")),
    ]


def certainty_figures(score: Score, bounds: dict[str, float]) -> list[Figure]:
    """How often a reading of each certainty is right."""
    return [
        _share(f"certainty {name}: right", score.certainties[name], bounds.get(name), given=True)
        for name in ("exact", "likely")
    ]


def harm(texts: list[str], bounds: dict[str, float]) -> Figure:
    """Changes to clean text."""
    changes = sum(len(Restorer.load().restore(text).edits) for text in texts)
    size = sum(len(text.encode()) for text in texts)
    return Figure(AREA, "changes in clean text (n: bytes)", changes, size, ceiling=bounds.get("harm", 0))


def _share(name: str, counts: Counter[str], floor: float | None, given: bool = False) -> Figure:
    n = counts["right"] + counts["wrong"] + (0 if given else counts["lost"])
    return proportion(AREA, name, counts["right"], n, floor)


def _not_wrong(counts: Counter[str]) -> Counter[str]:
    return Counter(right=counts["right"] + counts["lost"], wrong=counts["wrong"])


def _named(name: str, score: Score, floor: float | None) -> Figure:
    counts = score.of("first", "last", "vanished")
    share = counts["rival"] / counts["lost"] if counts["lost"] else 1.0
    return Figure(AREA, name, share, counts["lost"], wilson(counts["rival"], counts["lost"]), floor=floor)


if __name__ == "__main__":
    for figure in run(full="--short" not in sys.argv):
        print(figure.line())
