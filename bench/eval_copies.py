"""Near-copies: recall by kind and length, false pairs, clusters. Editions are `eval_editions`.

A copy counts as found when the sketches share enough for it to become a candidate *and* the alignment accepts
it: the whole way that settle goes. Texts: the project's own; for the full run also the references of
`../shared/data/daniel-zh`, where present.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from bench import copies_texts as made
from bench import notice_texts as notices
from bench import rival_texts as rivals
from bench.eval_network import TODAY, pages
from bench.event_texts import reports
from bench.figures import Figure, floors, proportion
from bench.framed_texts import columns, comments
from bench.related_texts import corrected, digests, interviews, titles
from crawler.demo.network import Network
from pipelines.archive.articles import store_article
from pipelines.archive.catalog import Catalog
from pipelines.archive.settled import settled_of
from pipelines.convert.simplify import simplify
from pipelines.dedupe.candidates import common_size, enough_shared, indexed
from pipelines.dedupe.cluster import Edge, clusters
from pipelines.dedupe.compare import Chunk, compare_chunk
from pipelines.dedupe.match import comparable, verify
from pipelines.dedupe.sketch import sketch
from pipelines.records import Article
from pipelines.settle import settle

AREA = "copies"
REFERENCES = made.ROOT.parent / "shared" / "data" / "daniel-zh"
LENGTHS = (300, 600, 1200)
LEVELS = (None, 0, 1, 2, 3, 4)
SCALED = 600
"""Stories of the scaled network: the written ones and others recombined from their paragraphs."""


def run(full: bool) -> Iterator[Figure]:
    """All figures, as they are found; the short form has fewer cases of each."""
    bounds = floors(AREA)
    yield from false_pairs(2000 if full else 120, 500 if full else 60, bounds)
    yield from templates(120 if full else 20, bounds)
    yield from related(60 if full else 10, bounds)
    yield _network("bundled network", Network(today=TODAY, mirrors=11 if full else 8), bounds)
    if full:
        yield _network("scaled network", Network(today=TODAY, articles=SCALED), bounds)
    yield from recall(200 if full else 15, full, bounds)


def found(a: str, b: str) -> bool:
    """Whether settle would find the pair: candidate by sketch, not told apart at a look, accepted by
    alignment."""
    one, other = sketch(a), sketch(b)
    ours, theirs = (indexed(np.array(s.hashes, dtype=np.uint64)) for s in (one, other))
    shared = len(np.intersect1d(ours, theirs, assume_unique=True))
    sizes = len(ours), one.density, len(theirs), other.density
    if not enough_shared(shared, *sizes):
        return False
    share = shared / max(common_size(*sizes), 1)
    return bool(compare_chunk(Chunk(((0, 1, share),), {0: comparable(a), 1: comparable(b)})))


def _sources(full: bool) -> list[str]:
    texts = list(made.stories())
    if full and REFERENCES.is_dir():
        texts += [
            simplify(path.read_text(encoding="utf-8").strip()) for path in sorted(REFERENCES.glob("*.txt"))
        ]
    return texts


def recall(count: int, full: bool, bounds: dict[str, float]) -> Iterable[Figure]:
    kinds: dict[str, Callable[[str, random.Random], str]] = {
        "10 % replaced": lambda text, rng: made.replaced(text, 0.1, rng),
        "10 % edited": lambda text, rng: made.edited(text, 0.1, rng),
        "30 % replaced": lambda text, rng: made.replaced(text, 0.3, rng),
        "30 % edited": lambda text, rng: made.edited(text, 0.3, rng),
        "30 % kept": lambda text, rng: made.excerpt(text, 0.3, rng),
        "800 characters added": made.padded,
        "Traditional edition": lambda text, _: made.through_traditional(text),
    }
    kinds |= {
        "passages in another order": rivals.reordered,
        "another order, 10 % edited": lambda text, rng: made.edited(rivals.reordered(text, rng), 0.1, rng),
        "sentences left out, 10 % edited": lambda text, rng: made.edited(rivals.thinned(text, rng), 0.1, rng),
        "the text twice": lambda text, _: f"{text}\n{text}",
        "badly scanned": rivals.scanned,
        "synonyms": rivals.spun,
        "figures in another notation": notices.other_notation,
        "one word in ten another": notices.reworded,
        "three words in ten another": lambda text, rng: notices.reworded(text, rng, 0.3),
        "one digit corrected": notices.one_digit_corrected,
    }
    for level in LEVELS:
        name = "damaged, no glosses" if level is None else f"damaged, gloss level {level}"
        kinds[name] = lambda text, rng, level=level: (  # type: ignore[misc]
            made.damaged(text, "m.test", level, 0.5, rng.randrange(10**6)).article.article_body
        )
    for kind, copy in kinds.items():
        hits: Counter[int] = Counter()
        cases: Counter[int] = Counter()
        for length in LENGTHS:
            rng = random.Random(f"{kind} {length}")
            long = [text for text in _sources(full) if len(text) >= length]
            for number in range(count):
                text = long[number % len(long)]
                start = rng.randrange(len(text) - length + 1)
                body = text[start : start + length]
                hits[length] += found(body, copy(body, rng))
                cases[length] += 1
        for length in LENGTHS:
            yield proportion(AREA, f"recall, {kind}, {length} characters", hits[length], cases[length])
        name = f"recall, {kind}"
        yield proportion(AREA, name, hits.total(), cases.total(), floor=bounds.get(name))


def templates(count: int, bounds: dict[str, float]) -> Iterable[Figure]:
    """False pairs among all pairs of texts of one template each; copies of them found."""
    made_of = dict.fromkeys(rivals.TEMPLATES, rivals.templated)
    made_of |= dict.fromkeys(notices.KINDS, notices.notices)
    for kind, siblings in made_of.items():
        rng = random.Random(kind)
        texts = list(siblings(kind, count, rng))
        pairs = list(combinations(texts, 2))
        false = sum(verify(a, b) is not None for a, b in pairs)
        name = f"false pairs, {kind}"
        yield Figure(AREA, f"{name}, share", false / len(pairs), len(pairs), ceiling=bounds.get(name))
        right = sum(found(text, made.replaced(text, 0.05, rng)) for text in texts)
        name = f"recall, {kind}, 5 % replaced"
        yield proportion(AREA, name, right, count, floor=bounds.get(name))


def related(count: int, bounds: dict[str, float]) -> list[Figure]:
    """Texts with an event or a passage in common that are no copies, and corrected ones, which are."""
    rng = random.Random(4)
    texts = list(interviews(count, rng))
    joined = [pair for pair in combinations([text for pair in texts for text in pair], 2) if verify(*pair)]
    halves = [body[: rng.choice((300, 600, len(body)))] for body in (made.stories() * count)[:count]]
    right = sum(found(half, corrected(half, rng)) for half in halves)
    framed = [pair for group in (columns(), comments()) for pair in combinations(group, 2)]
    bare = [pair for pair in titles() if verify(*pair)]
    chained = sum(
        _chained(page, held, named) for page, held in digests(count, rng) for named in (True, False)
    )
    wrong = {
        "false pairs, interviews and reports of events": (len(joined), count * (2 * count - 1)),
        "false pairs, a title and its article": (len(bare), len(titles())),
        "false pairs, one frame or one quotation": (
            sum(verify(*pair) is not None for pair in framed),
            len(framed),
        ),
        "digests that join stories they hold": (chained, 2 * count),
    }
    name = "recall, corrected articles"
    return [
        *(Figure(AREA, name, value, n, ceiling=bounds.get(name)) for name, (value, n) in wrong.items()),
        proportion(AREA, name, right, count, floor=bounds.get(name)),
    ]


def _chained(page: str, held: Sequence[str], named: bool) -> bool:
    """Whether a digest, under a headline of its own or without one, joins two of its stories."""
    matches = ((number, verify(text, page)) for number, text in enumerate(held))
    edges = [Edge(n, -1, m.relation, m.contained_a, m.contained_b) for n, m in matches if m]
    headlines = {number: frozenset({text[:20]}) for number, text in enumerate(held)}
    headlines[-1] = frozenset({"本周知识产权要闻回顾"} if named else ())
    groups = clusters([-1, *range(len(held))], edges, headlines)
    return any(len(group - {-1}) > 1 for group in groups)


def false_pairs(templated: int, events: int, bounds: dict[str, float]) -> list[Figure]:
    bulletins = list(made.bulletins(templated, random.Random(1)))
    rng = random.Random(2)
    pairs: Sequence[tuple[str, str]] = list(combinations(bulletins, 2))
    # Every pair of a template with itself would be two thirds of a million: a sample bounds the rate as well.
    sample = [pair for pair in rng.sample(pairs, min(len(pairs), 20_000)) if verify(*pair)]
    both = [pair for pair in reports(events, rng) if verify(*pair)]
    own = [pair for pair in combinations(made.stories(), 2) if verify(*pair)]
    counts = {
        "false pairs, bulletins of one template": (len(sample), min(len(pairs), 20_000)),
        "false pairs, reports of one event": (len(both), events),
        "false pairs, our own articles": (len(own), len(made.stories()) * (len(made.stories()) - 1) // 2),
    }
    return [Figure(AREA, name, wrong, n, ceiling=bounds.get(name)) for name, (wrong, n) in counts.items()]


def _network(which: str, network: Network, bounds: dict[str, float]) -> Figure:
    """Adjusted Rand index of the clusters against the stories, over the pages of a demo network."""
    story_of = {}
    with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder)) as catalog:
        for page in pages(network):
            if isinstance(page.outcome, Article) and page.truth.pages == 1:
                article = page.outcome
                story_of[article.id] = page.truth.story
                catalog.write(partial(store_article, article=article)).result()
        settle(catalog)
        with catalog.read() as connection:
            rows = {id: settled_of(connection, id) for id in story_of}
    cluster_of = {id: row.cluster_id for id, row in rows.items() if row is not None}
    value = adjusted_rand([(story_of[id], cluster) for id, cluster in cluster_of.items()])
    name = f"adjusted Rand index, {which}"
    return Figure(AREA, name, value, len(cluster_of), floor=bounds.get(name))


def adjusted_rand(labels: Sequence[tuple[str, str]]) -> float:
    """Agreement of two partitions beyond chance (Hubert and Arabie 1985), 1 for equal ones."""

    def couples(counts: Iterable[int]) -> float:
        return sum(n * (n - 1) / 2 for n in counts)

    both = couples(Counter(labels).values())
    true = couples(Counter(label for label, _ in labels).values())
    ours = couples(Counter(label for _, label in labels).values())
    chance = true * ours / couples([len(labels)]) if len(labels) > 1 else 0.0
    best = (true + ours) / 2
    return 1.0 if best == chance else (both - chance) / (best - chance)
