"""Figures of the repair: what comes back by family of damage, how sure it is, and what is done to clean text.

The project's own texts and, where present, the references of `../shared/data/daniel-zh` are damaged by the
forward model at every gloss level and none, cut at every possible place and at half of them, user rows shown
and dropped. The full form adds Chinese documentation of Debian packages. None of these texts was learnt from.
What is damaged several times over is one text: the intervals are those between texts.

    python -m bench.eval_repair [--short]
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import chain, product
from typing import NamedTuple

from bench.figures import Figure, clustered, floors, report
from bench.repair_score import SURVIVING, Score
from bench.repair_texts import own_texts, packages, references
from pipelines.convert.simplify import simplify
from pipelines.repair.channel import Channel
from pipelines.repair.gloss_list import LEVELS
from pipelines.repair.language import Characters
from pipelines.repair.restorer import Restorer

AREA = "repair"
CHANNELS = tuple(
    Channel(level=level, cut=cut, seed=seed, drop_user_rows=drop, fold_width=seed % 8 == 3)
    for seed, (drop, cut, level) in enumerate(product((True, False), (1.0, 0.5), (None, *LEVELS)))
)
"""Every level and none, each cut at all places and at half, user rows shown and dropped; three fold width."""
CUT_EVERYWHERE = tuple(channel for channel in CHANNELS if channel.cut == 1.0)
WIDE = {ord(figure): ord(figure) + 0xFEE0 for figure in "0123456789"}
MISTAKES_OF = 24
"""Pages of which mistakes are shown."""
MANUALS = "manuals"
NEWS = "news"


class Case(NamedTuple):
    """A Simplified page to be damaged, paragraphs as `<p>`, in each of these ways."""

    kind: str
    text: str
    channels: Sequence[Channel]


def run(full: bool) -> list[Figure]:
    """All figures; `full` adds the packages, and tells news from manuals."""
    bounds = floors(AREA)
    clean = list(clean_texts(full))
    scores: defaultdict[str, list[Score]] = defaultdict(list)
    for case in cases(full):
        score = Score()
        for damaged in (channel.run(case.text) for channel in case.channels):
            score.add(damaged, Restorer.load().restore(damaged.text))
        scores[case.kind].append(score)
    every = list(chain(*scores.values()))
    for mistake in chain(*(score.mistakes[:2] for score in every[:MISTAKES_OF])):
        print("  ", mistake, file=sys.stderr)
    figures = [*family_figures(every, bounds), *certainty_figures(every, bounds), harm(clean, bounds)]
    figures += [
        *silent_figures(full, bounds),
        *unconverted_figures(full, bounds),
        *wide_figures(full, bounds),
    ]
    if full:
        figures += (figure for kind in scores for figure in figures_of_kind(kind, scores[kind]))
    return figures


def cases(full: bool) -> Iterator[Case]:
    """The short form damages our own articles once each. Manuals are damaged twice, news in every way."""
    for number, text in enumerate(_news(full)):
        channels: Sequence[Channel] = CHANNELS if full else (CHANNELS[number * 5 % len(CHANNELS)],)
        yield Case(NEWS, _marked_up(text), channels)
    for number, text in enumerate(_pages_of(_whole(packages())) if full else ()):
        channels = [CUT_EVERYWHERE[(number + turn) % len(CUT_EVERYWHERE)] for turn in (0, 9)]
        yield Case(MANUALS, _marked_up(simplify(text)), channels)


def _news(full: bool) -> list[str]:
    """Our own articles and, in full, the references, in Simplified."""
    references_too = [*references("hans"), *map(simplify, references("hant"))] if full else []
    return [*own_texts(), *references_too]


def clean_texts(full: bool) -> Iterator[str]:
    """Undamaged texts of both scripts."""
    yield from own_texts()
    yield from references("hans")
    yield from references("hant")
    if full:
        yield from _pages_of(packages())


def _marked_up(text: str) -> str:
    """The lines of a text as paragraphs of HTML: what a text says of tags is none itself."""
    lines = (escape(line.strip(), quote=False) for line in text.splitlines())
    return "\n".join(f"<p>{line}</p>" for line in lines if line)


def _whole(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the paragraphs that a wrong decoding has been through already: 2 of 133,554."""
    wrong = re.compile(rf"[{Characters.load().rare()}][^\x00-\x7f！，？；：。、]{{0,6}}\?[\u4e00-\u9fff]")
    return {name: [text for text in found if not wrong.search(text)] for name, found in texts.items()}


def _pages_of(texts: dict[str, list[str]], lines: int = 60) -> Iterator[str]:
    """Paragraphs of a package in their order, sixty to a page."""
    for paragraphs in texts.values():
        for start in range(0, len(paragraphs), lines):
            yield "\n".join(paragraphs[start : start + lines])


def family_figures(scores: list[Score], bounds: dict[str, float]) -> list[Figure]:
    """What comes back, by family of damage."""
    eaten = _family("eaten")
    return [
        _share("inside runs, both bytes or a gloss survive: right", scores, _surviving, bounds.get("inside")),
        _share("the same, where no pair vanished", scores, _undisturbed, bounds.get("undisturbed")),
        _share("vanished with a pair: right", scores, _family("vanished"), bounds.get("vanished")),
        _share("lost first byte: right", scores, _family("first"), bounds.get("first")),
        _given("lost first byte: right of those given", scores, _family("first"), bounds.get("first_given")),
        _share("lost last byte: recovered", scores, _family("last"), bounds.get("last")),
        _given("lost last byte: right of those given", scores, _family("last"), bounds.get("last_given")),
        _share("lost byte left open: printed one among the rivals", scores, _named, bounds.get("rivals")),
        _share("eaten: right or left open", scores, lambda s: _not_wrong(eaten(s)), bounds.get("eaten")),
        _share("glosses removed", scores, _glosses, bounds.get("glosses")),
        Figure(
            AREA,
            "figures invented",
            sum(score.invented for score in scores),
            sum(sum(eaten(score).values()) for score in scores),
            ceiling=0,
        ),
        _share(
            "undamaged characters of damaged pages: unchanged",
            scores,
            lambda score: score.clean,
            bounds.get("collateral"),
        ),
    ]


def certainty_figures(scores: list[Score], bounds: dict[str, float]) -> list[Figure]:
    """How often a reading of each certainty is right."""
    return [
        _given(f"certainty {name}: right", scores, _certainty(name), bounds.get(name))
        for name in ("exact", "likely")
    ]


def silent_figures(full: bool, bounds: dict[str, float]) -> list[Figure]:
    """News damaged once each as in variant 2, by which a lone byte leaves no `?`."""
    scores = _damaged_once(full, lambda channel: replace(channel, variant=2))
    return [
        _share("no ? printed: inside runs, right", scores, _surviving, bounds.get("silent")),
        _given(
            "no ? printed: of all readings given, right", scores, _every_certainty, bounds.get("silent_given")
        ),
        _share(
            "no ? printed: undamaged characters unchanged",
            scores,
            lambda score: score.clean,
            bounds.get("silent_collateral"),
        ),
    ]


def unconverted_figures(full: bool, bounds: dict[str, float]) -> list[Figure]:
    """News cut once each by a site that leaves them Simplified."""
    scores = _damaged_once(full, lambda channel: replace(channel, converts=False))
    return [
        _share("left Simplified: inside runs, right", scores, _surviving, bounds.get("unconverted")),
        _given(
            "left Simplified: of all readings given, right",
            scores,
            _every_certainty,
            bounds.get("unconverted_given"),
        ),
    ]


def wide_figures(full: bool, bounds: dict[str, float]) -> list[Figure]:
    """News damaged once each, its figures printed in full width as papers did for years."""
    scores = _damaged_once(full, lambda channel: channel, printed=lambda text: text.translate(WIDE))
    return [
        _share("figures in full width: inside runs, right", scores, _surviving, bounds.get("wide")),
        _given(
            "figures in full width: certainty exact", scores, _certainty("exact"), bounds.get("wide_exact")
        ),
    ]


def _damaged_once(
    full: bool, as_site: Callable[[Channel], Channel], printed: Callable[[str], str] = str
) -> list[Score]:
    """News, `printed` so, damaged once each by the channels in turn, altered so."""
    scores = []
    for number, text in enumerate(_news(full)):
        damaged = as_site(CHANNELS[number * 5 % len(CHANNELS)]).run(printed(_marked_up(text)))
        score = Score()
        score.add(damaged, Restorer.load().restore(damaged.text))
        scores.append(score)
    return scores


def figures_of_kind(kind: str, scores: list[Score]) -> list[Figure]:
    """The main figures of one kind of text, without bounds."""
    return [
        _share(f"{kind}: inside runs, right", scores, _surviving),
        _share(f"{kind}: the same, where no pair vanished", scores, _undisturbed),
        _share(f"{kind}: vanished with a pair, right", scores, _family("vanished")),
        _share(f"{kind}: lost first byte, right", scores, _family("first")),
        _share(f"{kind}: lost last byte, recovered", scores, _family("last")),
        _given(f"{kind}: certainty exact", scores, _certainty("exact")),
        _given(f"{kind}: certainty likely", scores, _certainty("likely")),
    ]


def harm(texts: list[str], bounds: dict[str, float]) -> Figure:
    """Changes to clean text."""
    changes = sum(len(Restorer.load().restore(text).edits) for text in texts)
    size = sum(len(text.encode()) for text in texts)
    return Figure(AREA, "changes in clean text (n: bytes)", changes, size, ceiling=bounds.get("harm", 0))


Pick = Callable[[Score], Counter[str]]


def _share(
    name: str, scores: Iterable[Score], pick: Pick, floor: float | None = None, lost: str = "lost"
) -> Figure:
    """Share of the right among the right, the wrong and those left open."""
    counts = [(found["right"], found["right"] + found["wrong"] + found[lost]) for found in map(pick, scores)]
    right, n = sum(right for right, _ in counts), sum(n for _, n in counts)
    return Figure(AREA, name, right / n if n else 0.0, n, clustered(counts), floor=floor)


def _given(name: str, scores: Iterable[Score], pick: Pick, floor: float | None = None) -> Figure:
    """Share of the right among those that were not left open."""
    return _share(name, scores, pick, floor, lost="")


def _family(name: str) -> Pick:
    return lambda score: score.of(name)


def _surviving(score: Score) -> Counter[str]:
    return score.of(*SURVIVING)


def _undisturbed(score: Score) -> Counter[str]:
    return score.undisturbed


def _certainty(name: str) -> Pick:
    return lambda score: score.certainties[name]


def _every_certainty(score: Score) -> Counter[str]:
    return sum(score.certainties.values(), Counter())


def _glosses(score: Score) -> Counter[str]:
    return Counter(right=score.glosses - score.glosses_left, wrong=score.glosses_left)


def _not_wrong(counts: Counter[str]) -> Counter[str]:
    return Counter(right=counts["right"] + counts["lost"], wrong=counts["wrong"])


def _named(score: Score) -> Counter[str]:
    counts = score.of("first", "last", "vanished")
    return Counter(right=counts["rival"], wrong=counts["lost"] - counts["rival"])


if __name__ == "__main__":
    sys.exit(report(run(full="--short" not in sys.argv)))
