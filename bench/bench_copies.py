"""Speed of the search for copies: beside its peers on planted copies, and at scale on disk.

At scale: see `copies_scale`, which runs by itself for any number of documents.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

import numpy as np

from bench import copies_texts as made
from bench.copies_queries import AREA
from bench.copies_scale import measure
from bench.figures import Figure, proportion
from bench.made_documents import Documents
from bench.peak import peak_memory
from pipelines.dedupe.candidates import common_size, count_shared, enough_shared, indexed
from pipelines.dedupe.compare import chunks, compare_chunk
from pipelines.dedupe.match import comparable
from pipelines.dedupe.sketch import sketch
from pipelines.dedupe.spanning import Pairs as Candidates

Pairs = set[tuple[int, int]]


def run(full: bool) -> Iterator[Figure]:
    """Peers on 4,000 documents, and 1,000,000 at scale (the short form: 400 and 1,500)."""
    yield from _peers(1000 if full else 100)
    yield from measure(1_000_000 if full else 1_500)


TOOLS = {
    "ours": "ours",
    "datasketch MinHash 128": "datasketch",
    "rensa RMinHash 128": "rensa",
    "simhash 64, distance 3": "simhash",
}


def _peers(stories: int) -> Iterator[Figure]:
    """Recall of 30 % edits and of 30 % kept, false pairs, speed and memory, each by four tools."""
    rng = random.Random(3)
    texts: list[str] = []
    for body, _ in islice(Documents(2, copied=0), stories):
        texts += [body, made.replaced(body, 0.3, rng), made.excerpt(body, 0.3, rng)]
    templated = len(texts)
    texts += made.bulletins(stories, rng)
    for name, tool in TOOLS.items():
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            found, seconds, memory = alone.submit(_timed, tool, texts).result()
        edits = sum((first, first + 1) in found for first in range(0, templated, 3))
        kept = sum((first, first + 2) in found for first in range(0, templated, 3))
        false = [pair for pair in found if pair[1] >= templated or pair[0] // 3 != pair[1] // 3]
        bulletins = sum(pair[0] >= templated for pair in false)
        yield proportion(AREA, f"{name}: 30 % edits found", edits, stories)
        yield proportion(AREA, f"{name}: 30 % kept found", kept, stories)
        yield Figure(AREA, f"{name}: false pairs", len(false), len(texts))
        yield Figure(AREA, f"{name}: of these bulletins of one template", bulletins, stories)
        yield Figure(AREA, f"{name}: documents", len(texts) / seconds, len(texts), unit="/cpu-s")
        yield Figure(AREA, f"{name}: memory for them", memory, len(texts), unit="MB")


def _timed(tool: str, texts: Sequence[str]) -> tuple[Pairs, float, float]:
    """What a tool finds, its processor seconds, and by how much memory rose (MB); in a process of its own."""
    work = {"ours": _ours, "datasketch": _datasketch, "rensa": _rensa, "simhash": _simhash}[tool]
    work(texts[:3])  # imports and tables are not its speed
    before = peak_memory()
    started = time.process_time()
    found = work(texts)
    seconds = time.process_time() - started
    return found, seconds, peak_memory() - before


def _ours(texts: Sequence[str]) -> Pairs:
    """The steps of settle, in memory."""
    made_of = [sketch(text) for text in texts]
    own = [indexed(np.array(one.hashes, dtype=np.uint64)) for one in made_of]
    hashes = np.concatenate(own)
    owners = np.repeat(np.arange(len(own)), [len(one) for one in own])
    order = np.argsort(hashes, kind="stable")
    plains = {number: comparable(text) for number, text in enumerate(texts)}
    size = np.array([len(one) for one in own])
    density = np.array([one.density for one in made_of])
    found = set()
    for shared in count_shared(own, hashes[order], owners[order]):
        a, b = shared.query, shared.text
        sizes = size[a], density[a], size[b], density[b]
        chosen = (a < b) & enough_shared(shared.count, *sizes)
        candidates = Candidates(a, b, shared.count / np.maximum(1, common_size(*sizes)))[chosen]
        for chunk in chunks(candidates, lambda keys: {key: plains[key] for key in keys}):
            found |= {(edge.a, edge.b) for edge in compare_chunk(chunk)}
    return found


def _grams(text: str) -> list[str]:
    return [text[i : i + 5] for i in range(len(text) - 4)]


def _datasketch(texts: Sequence[str]) -> Pairs:
    """Its own defaults for the bands; threshold .5."""
    import datasketch

    lsh = datasketch.MinHashLSH(threshold=0.5, num_perm=128)
    found = set()
    for number, text in enumerate(texts):
        sketched = datasketch.MinHash(num_perm=128)
        sketched.update_batch([gram.encode() for gram in _grams(text)])
        found |= {(int(other), number) for other in lsh.query(sketched)}
        lsh.insert(str(number), sketched)
    return found


def _rensa(texts: Sequence[str]) -> Pairs:
    import rensa

    lsh = rensa.RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    found = set()
    for number, text in enumerate(texts):
        sketched = rensa.RMinHash(num_perm=128, seed=1)
        sketched.update(_grams(text))
        found |= {(other, number) for other in lsh.query(sketched)}
        lsh.insert(number, sketched)
    return found


def _simhash(texts: Sequence[str]) -> Pairs:
    import simhash

    index = simhash.SimhashIndex([], k=3)
    found = set()
    for number, text in enumerate(texts):
        value = simhash.Simhash(_grams(text))
        found |= {(int(other), number) for other in index.get_near_dups(value)}
        index.add(str(number), value)
    return found
