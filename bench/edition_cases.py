"""Copies of one text on several mirrors, damaged independently and read again: material of `eval_editions`.

No two mirrors of a text agree in where they cut; gloss level, private-use characters and width change from
mirror to mirror as on stored pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from random import Random

from bench.copies_texts import made_article, replaced
from bench.repair_texts import own_texts, packages, references
from pipelines.convert.simplify import simplify
from pipelines.records import Article, Edit
from pipelines.repair.channel import Channel, Damaged
from pipelines.repair.restorer import Restorer

LEVELS = (2, None, 4, 0, 1, 3)
COPIES = 4
ROUNDS = {"own": 12, "reference": 6, "manual": 1}
"""How often each text is damaged anew: own articles are few, manuals many."""
SHORT = 16
LINES, EVERY = 60, 4
"""Lines of a manual to a page, and every which page is taken: both scripts, all packages."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text to be damaged: where it is from, and the number that all randomness follows."""

    source: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as it was read, what was printed (Simplified), and the family of each damaged place by its
    index in that."""

    article: Article
    printed: str
    families: dict[int, str]


def cases(full: bool) -> Iterator[Case]:
    """All cases: own articles, and in the full form references and manuals."""
    own = own_texts()
    if not full:
        yield from (Case("own", number, text) for number, text in enumerate(own[:SHORT]))
        return
    texts = {
        "own": own,
        "reference": [*references("hans"), *map(simplify, references("hant"))],
        "manual": list(_manual_pages()),
    }
    for source, found in texts.items():
        rounds = chain.from_iterable(found for _ in range(ROUNDS[source]))
        yield from (Case(source, number, text) for number, text in enumerate(rounds))


def _manual_pages() -> Iterator[str]:
    for paragraphs in packages().values():
        for start in range(0, len(paragraphs), LINES * EVERY):
            yield simplify("\n".join(paragraphs[start : start + LINES]))


def copies(case: Case) -> list[Copy]:
    """The copies of a case, each of a mirror of its own."""
    return [read_copy(case.text, _channel(case.number, mirror), mirror) for mirror in range(COPIES)]


def revised(case: Case) -> Copy:
    """A copy of another edition: one character in twenty is another one."""
    text = replaced(case.text, 0.05, Random(case.number))
    return read_copy(text, _channel(case.number, COPIES), COPIES)


def _channel(number: int, mirror: int) -> Channel:
    turn = number + mirror
    return Channel(
        level=LEVELS[turn % len(LEVELS)],
        cut=0.5,
        seed=1000 * (8 * number + mirror),
        drop_user_rows=turn % 2 == 0,
        fold_width=turn % 5 == 4,
    )


def read_copy(text: str, channel: Channel, mirror: int = 0) -> Copy:
    """Damage block by block, as pages are, and restore the blocks together, as `pipelines.read` does."""
    blocks = [line.strip() for line in text.split("\n") if line.strip()]
    runs = [_at(channel, number).run(block) for number, block in enumerate(blocks)]
    page = Restorer.load().restore_page(run.text for run in runs)
    bodies: list[str] = []
    edits: list[Edit] = []
    families: dict[int, str] = {}
    offset = at = 0
    for run, restored in zip(runs, page, strict=True):
        bodies.append(restored.text)
        edits += (replace(edit, start=edit.start + offset) for edit in restored.edits)
        families |= {place.printed + at: place.family for place in run.places}
        offset, at = offset + len(run.text) + 1, at + len(run.printed) + 1
    article = made_article(
        f"https://m{mirror}.test/{channel.seed}.html",
        text[:20],
        simplify("\n".join(bodies)),
        raw="\n".join(run.text for run in runs),
        edits=tuple(edits),
    )
    return Copy(article, simplify(_printed(runs)), families)


def _at(channel: Channel, block: int) -> Channel:
    return replace(channel, seed=channel.seed + block)


def _printed(runs: list[Damaged]) -> str:
    return "\n".join(run.printed for run in runs)
