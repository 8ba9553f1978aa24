"""Speed of the search for copies: beside its peers on planted copies, and at scale on disk.

At scale: made documents of 1,500 characters go through the steps of settle on a real catalog in a temporary
folder, all at once; then further ones in batches with their queries; then single queries are timed.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import datasketch
import jieba
import numpy as np
import rensa
import simhash

from bench import copies_texts as made
from bench.figures import Figure, floors, proportion
from pipelines.archive import shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.dedupe.candidates import common_size, count_shared, enough_shared, indexed
from pipelines.dedupe.compare import chunks, compare_chunk
from pipelines.dedupe.match import comparable
from pipelines.dedupe.sketch import sketch
from pipelines.settle.matching import match, match_batch
from pipelines.settle.texts import derive_plain
from pipelines.settle.work import BATCH, SettleCounts, Workers, slices

AREA = "bench_copies"
LENGTH = 1_500
COPIED = 0.1
"""Share of the documents that are copies of an earlier one, one character in twenty replaced."""

Pairs = set[tuple[int, int]]


def run(full: bool) -> list[Figure]:
    """Peers on 3,000 documents; at scale 100,000 (the short form: 300 and 1,500)."""
    bounds = floors(AREA)
    return [*_peers(1000 if full else 100), *_scale(100_000 if full else 1_500, bounds)]


class Documents:
    """Endless documents of words drawn as often as in jieba's counts, the same each time."""

    def __init__(self, seed: int = 1, copied: float = COPIED) -> None:
        self._copied = copied
        rows = [line.split(" ") for line in _dictionary().read_text(encoding="utf-8").splitlines()]
        self._words = np.array([row[0] for row in rows], dtype=object)
        # To the power of .75: pure counts would make every tenth word 的, which no text of news does.
        weights = np.array([float(row[1]) for row in rows]) ** 0.75
        self._sums = np.cumsum(weights / weights.sum())
        self._random, self._earlier = np.random.default_rng(seed), list[str]()

    def __iter__(self) -> Iterator[str]:
        rng = random.Random(1)
        while True:
            if self._earlier and rng.random() < self._copied:
                yield made.replaced(rng.choice(self._earlier), 0.05, rng)
                continue
            drawn = np.searchsorted(self._sums, self._random.random(LENGTH // 2 + 200))
            text = "".join(self._words[np.minimum(drawn, len(self._words) - 1)])[:LENGTH]
            if len(self._earlier) < 20_000:
                self._earlier.append(text)
            yield text


def _dictionary() -> Path:
    return Path(jieba.__file__).parent / "dict.txt"


def _peers(stories: int) -> list[Figure]:
    """Recall of 30 % edits and of 30 % kept, false pairs, documents a second, each by four tools."""
    rng = random.Random(3)
    kept, edits, texts = set(), set(), list[str]()
    for body in islice(Documents(2, copied=0), stories):
        first = len(texts)
        texts += [body, made.replaced(body, 0.3, rng), made.excerpt(body, 0.3, rng)]
        edits.add((first, first + 1))
        kept.add((first, first + 2))
    templated = len(texts)
    texts += made.bulletins(stories, rng)
    figures = []
    tools: dict[str, Callable[[Sequence[str]], Pairs]] = {
        "ours": _ours,
        "datasketch MinHash 128": _datasketch,
        "rensa RMinHash 128": _rensa,
        "simhash 64, distance 3": _simhash,
    }
    for name, tool in tools.items():
        started = time.process_time()
        found = tool(texts)
        rate = len(texts) / (time.process_time() - started)
        planted = {tuple(sorted((b, c))) for (_, b), (_, c) in zip(sorted(edits), sorted(kept), strict=True)}
        false = len({pair for pair in found if pair not in edits | kept | planted})
        bulletins = len({pair for pair in found if pair[0] >= templated})
        figures += [
            proportion(AREA, f"{name}: 30 % edits found", len(found & edits), len(edits)),
            proportion(AREA, f"{name}: 30 % kept found", len(found & kept), len(kept)),
            Figure(AREA, f"{name}: false pairs", false, len(texts)),
            Figure(AREA, f"{name}: of these bulletins of one template", bulletins, stories),
            Figure(AREA, f"{name}: documents, sketch to pairs", rate, len(texts), unit="/cpu-s"),
        ]
    return figures


def _ours(texts: Sequence[str]) -> Pairs:
    made_of = [sketch(text) for text in texts]
    own = [indexed(np.array(one.hashes, dtype=np.uint64)) for one in made_of]
    hashes = np.concatenate(own)
    owners = np.repeat(np.arange(len(own)), [len(one) for one in own])
    order = np.argsort(hashes, kind="stable")
    plains = {number: comparable(text) for number, text in enumerate(texts)}
    candidates = []
    for shared in count_shared(own, hashes[order], owners[order]):
        for a, b, count in zip(
            shared.query.tolist(), shared.key.tolist(), shared.count.tolist(), strict=True
        ):
            sizes = (len(own[a]), made_of[a].density, len(own[b]), made_of[b].density)
            if a < b and enough_shared(count, *sizes):
                candidates.append((a, b, count / common_size(*sizes)))
    return {(edge.a, edge.b) for chunk in chunks(candidates, plains) for edge in compare_chunk(chunk)}


def _grams(text: str) -> list[str]:
    return [text[i : i + 5] for i in range(len(text) - 4)]


def _datasketch(texts: Sequence[str]) -> Pairs:
    """Its own defaults for the bands; threshold .5."""
    lsh = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
    found = set()
    for number, text in enumerate(texts):
        sketched = datasketch.MinHash(num_perm=128)
        sketched.update_batch([gram.encode() for gram in _grams(text)])
        found |= {(int(other), number) for other in lsh.query(sketched)}
        lsh.insert(str(number), sketched)
    return found


def _rensa(texts: Sequence[str]) -> Pairs:
    lsh = rensa.RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    found = set()
    for number, text in enumerate(texts):
        sketched = rensa.RMinHash(num_perm=128, seed=1)
        sketched.update(_grams(text))
        found |= {(other, number) for other in lsh.query(sketched)}
        lsh.insert(number, sketched)
    return found


def _simhash(texts: Sequence[str]) -> Pairs:
    index = simhash.SimhashIndex([], k=3)
    found = set()
    for number, text in enumerate(texts):
        value = simhash.Simhash(_grams(text))
        found |= {(int(other), number) for other in index.get_near_dups(value)}
        index.add(str(number), value)
    return found


def _scale(count: int, bounds: dict[str, float]) -> list[Figure]:
    documents, more = iter(Documents()), max(500, count // 50)
    with (
        tempfile.TemporaryDirectory() as folder,
        Catalog.open(Path(folder)) as catalog,
        Workers(2) as workers,
    ):
        cpu = time.process_time()
        indexing = sum(_add(catalog, list(islice(documents, BATCH)), workers) for _ in range(0, count, BATCH))
        counts = SettleCounts()
        matching = _seconds(lambda: match(catalog, counts, workers))
        cpu = time.process_time() - cpu
        size = (Path(folder) / "catalog.db").stat().st_size
        adding = 0.0
        for _ in range(0, more, BATCH):
            adding += _add(catalog, list(islice(documents, BATCH)), workers)
            adding += _seconds(lambda: match(catalog, SettleCounts(), workers))
        waits = sorted(_queries(catalog, 300))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bulk = count / (indexing + matching)
    high = waits[int(len(waits) * 0.99)]
    return [
        Figure(AREA, "bulk: documents sketched, indexed, matched", bulk, count, unit="/s"),
        Figure(AREA, "bulk: of which sketched and indexed", count / indexing, count, unit="/s"),
        Figure(AREA, "bulk: of which matched", count / matching, count, unit="/s"),
        Figure(AREA, "bulk: one core of this process, documents made too", count / cpu, count, unit="/cpu-s"),
        Figure(AREA, "bulk: minutes for 1,000,000 at this rate", 1e6 / bulk / 60, count, unit="min"),
        Figure(AREA, "bulk: pairs found per document", counts.pairs / count, count),
        Figure(AREA, "catalog a document", size / count, count, unit="bytes"),
        Figure(AREA, "memory, greatest", memory, count, unit="MB", ceiling=bounds.get("memory")),
        Figure(AREA, "incremental: documents added and matched", more / adding, more, unit="/s"),
        Figure(AREA, "query from disk, median", 1000 * waits[len(waits) // 2], len(waits), unit="ms"),
        Figure(AREA, "query from disk, 99th percentile", 1000 * high, len(waits), unit="ms"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _add(catalog: Catalog, batch: list[str], workers: Workers) -> float:
    """Seconds to sketch and index a batch as settle does; the making of the documents is not counted."""

    def add() -> None:
        derived = [row for rows in workers.map(_derived, slices(batch)) for row in rows]
        rows = {row.key: row for row in derived}
        with catalog.read() as connection:
            known = shingle_index.known(connection, rows)
        fresh = [row for key, row in rows.items() if key not in known]
        catalog.write(lambda connection: shingle_index.add(connection, fresh)).result()

    return _seconds(add)


def _derived(texts: Sequence[str]) -> list[shingle_index.TextRow]:
    return [derive_plain(text) for text in texts]


def _queries(catalog: Catalog, count: int) -> Iterator[float]:
    """Seconds for one text each: its hashes, its candidates, their texts, the alignments."""
    with catalog.read() as connection:
        keys = shingle_index.in_state(connection, "dirty")
    rng = random.Random(5)
    with Workers(1) as alone:
        for key in rng.sample(keys, min(count, len(keys))):
            with catalog.read() as connection:
                started = time.perf_counter()
                match_batch(connection, [key], alone)
                yield time.perf_counter() - started
