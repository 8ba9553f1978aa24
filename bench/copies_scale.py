"""The search for copies at scale, on disk: 1,000,000 documents in bulk, then batches of new ones, queries.

    python -m bench.copies_scale 50000

Made documents of 1,500 characters, a tenth of them copies with one character in twenty replaced, go through
the steps that `rebuild` takes with texts: sketched, indexed, common shingles left out, matched.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select

from bench.figures import Figure, floors, proportion
from bench.made_documents import documents
from bench.peak import HelpersWatched, helpers, peak_memory
from pipelines.archive import shingle_index
from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.index_schema import pairs
from pipelines.archive.shingle_index import TextRow
from pipelines.dedupe.edition import text_key
from pipelines.dedupe.match import comparable
from pipelines.dedupe.spanning import Forest
from pipelines.settle.common import leave_out_common
from pipelines.settle.matching import match, match_batch
from pipelines.settle.texts import derive_plain
from pipelines.settle.work import BATCH, SettleCounts, Workers, slices

AREA = "bench_copies"
QUERIES = 1_000


def measure(count: int, workers: int = 2) -> Iterator[Figure]:
    """Figures of `count` documents in bulk, then a fiftieth more in batches, then single queries."""
    with tempfile.TemporaryDirectory() as folder:
        yield from built(Path(folder), count, workers)
        yield from queries(Path(folder))


def built(folder: Path, count: int, workers: int = 2) -> Iterator[Figure]:
    """Figures of `count` documents in bulk, then a fiftieth more in batches, into a folder."""
    bounds = floors(AREA)
    more = max(1_000, min(10_000, count // 50))
    source = folder / "documents.txt"
    planted = _write(source, count + more)
    with source.open(encoding="utf-8") as lines, Catalog.open(folder) as catalog:
        clock = Clock()
        with HelpersWatched() as watched, Workers(workers) as pool:
            yield from _bulk(catalog, lines, count, pool, clock, bounds)
        yield from _found(catalog, planted, count)
        size = (folder / CATALOG_FILE).stat().st_size
        yield Figure(AREA, "catalog a document", size / count, count, unit="bytes")
        with Workers(workers) as pool:
            yield from _incremental(catalog, lines, more, pool, bounds)
        name = f"memory, greatest, with {workers} helpers"
        total = peak_memory() + workers * watched.largest
        yield Figure(AREA, name, total, count, unit="MB", ceiling=bounds.get("memory"))


class Clock:
    """Wall seconds of steps, printed as they end with processor time and load."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        wall, own = time.perf_counter(), _processor()
        yield
        self.seconds[name] = time.perf_counter() - wall
        spent = _processor() - own
        say(f"{name}: {self.seconds[name]:.1f} s, processor time {spent:.1f} s")


def _processor() -> float:
    """Processor seconds of this process and of those that help it now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in helpers())
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in stats)
    return used.ru_utime + used.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def say(line: str) -> None:
    """Progress, with the load of the machine."""
    now, load = time.strftime("%H:%M:%S"), os.getloadavg()[0]
    print(f"   {now} load {load:.1f}  {line}", file=sys.stderr, flush=True)


def _write(path: Path, count: int) -> np.ndarray:
    """Documents, a line each; for each the number of the one that it is a copy of, -1 for none."""
    planted = np.full(count, -1, dtype=np.int64)
    with path.open("w", encoding="utf-8") as file:
        for number, (text, original) in enumerate(documents(count)):
            file.write(text + "\n")
            planted[number] = -1 if original is None else original
    say(f"{count:,} documents made")
    return planted


def _bulk(
    catalog: Catalog, lines: Iterator[str], count: int, pool: Workers, clock: Clock, bounds: dict[str, float]
) -> Iterator[Figure]:
    counts = SettleCounts()
    with clock.step("sketched and indexed"):
        index(catalog, islice(lines, count), pool)
    with clock.step("common shingles left out"):
        leave_out_common(catalog)
    with clock.step("matched"):
        match(catalog, counts, pool)
    total = sum(clock.seconds.values())
    minutes = 1e6 / count * total / 60
    for name, seconds in clock.seconds.items():
        yield Figure(AREA, f"bulk: {name}", count / seconds, count, unit="/s")
    yield Figure(AREA, "bulk: documents", count / total, count, unit="/s", floor=bounds.get("bulk"))
    yield Figure(AREA, "bulk: minutes for 1,000,000 at this rate", minutes, count, unit="min")
    yield Figure(AREA, "bulk: pairs verified", counts.pairs, count)


def index(catalog: Catalog, lines: Iterator[str], pool: Workers) -> None:
    """Sketch and index documents as `settle` does: while a batch is written the next one is sketched."""
    before: Future[None] | None = None
    done = 0
    while batch := [line.rstrip("\n") for line in islice(lines, BATCH)]:
        rows = {row.key: row for some in pool.map(derived, slices(batch)) for row in some}
        if before is not None:
            before.result()
        before = catalog.write(partial(_add, rows))
        done += len(batch)
        if done % 50_000 == 0:
            say(f"{done:,} documents indexed")
    if before is not None:
        before.result()


def _add(rows: dict[int, TextRow], connection: Connection) -> None:
    known = shingle_index.known(connection, rows)
    shingle_index.add(connection, [row for key, row in rows.items() if key not in known])


def derived(texts: Sequence[str]) -> list[TextRow]:
    """Rows of texts: what a helping process does."""
    return [derive_plain(text) for text in texts]


def _found(catalog: Catalog, planted: np.ndarray, count: int) -> Iterator[Figure]:
    """Planted copies that hang together with their original, and pairs that nobody planted."""
    keys = [text_key(comparable(text), "", "") for text, _ in documents(len(planted))][:count]
    forest = Forest[int]()
    group = {key: number if planted[number] < 0 else int(planted[number]) for number, key in enumerate(keys)}
    false = 0
    with catalog.read() as connection:
        for row in connection.execute(select(pairs.c.a, pairs.c.b)):
            forest.join(row.a, row.b)
            false += group[row.a] != group[row.b]
    copies = np.flatnonzero(planted[:count] >= 0)
    right = sum(forest.root(keys[copy]) == forest.root(keys[planted[copy]]) for copy in copies)
    yield proportion(AREA, "planted copies found", right, len(copies))
    yield Figure(AREA, "pairs that nobody planted", false, count, ceiling=0)


def _incremental(
    catalog: Catalog, lines: Iterator[str], count: int, pool: Workers, bounds: dict[str, float]
) -> Iterator[Figure]:
    """Batches of new documents, each indexed and held against all."""
    index(catalog, islice(lines, BATCH), pool)  # the helping processes start
    match(catalog, SettleCounts(), pool)
    wall, own, count = time.perf_counter(), _processor(), count - BATCH
    for _ in range(0, count, BATCH):
        index(catalog, islice(lines, BATCH), pool)
        match(catalog, SettleCounts(), pool)
    wall, own = time.perf_counter() - wall, _processor() - own
    floor = bounds.get("incremental")
    yield Figure(
        AREA, "incremental: documents added and matched", count / wall, count, unit="/s", floor=floor
    )
    yield Figure(AREA, "incremental: by processor time", count / own, count, unit="/cpu-s")
    say("incremental done")


def queries(folder: Path, seed: int = 5) -> Iterator[Figure]:
    """One text each: its hashes, its candidates, their texts, the alignments. From the system's cache; with
    the cache emptied of the catalog before the first; emptied before each."""
    bounds = floors(AREA)
    conditions = (("from the system's cache", ""), ("from disk", "once"), ("each from disk", "each"))
    for name, drop in conditions:
        with Catalog.open(folder, read_only=True) as catalog:
            with catalog.read() as connection:
                keys = shingle_index.in_state(connection, "dirty")
            chosen = random.Random(f"{seed} {name}").sample(
                keys, min(QUERIES // 10 if drop == "each" else QUERIES, len(keys))
            )
            if drop == "once":
                _forget(folder / CATALOG_FILE)
            told = [_query(catalog, folder, key, forget=drop == "each") for key in chosen]
        waits, spent, reads = (sorted(column) for column in zip(*told, strict=True))
        for share, ceiling in ((0.5, None), (0.99, bounds.get("query") if drop == "once" else None)):
            wait = 1000 * waits[int(len(waits) * share)]
            what = f"query {name}, {100 * share:.0f}th percentile"
            yield Figure(AREA, what, wait, len(waits), unit="ms", ceiling=ceiling)
        own = 1000 * spent[int(len(spent) * 0.99)]
        yield Figure(AREA, f"query {name}, 99th percentile of processor time", own, len(spent), unit="ms")
        yield Figure(AREA, f"query {name}: reads, median", reads[len(reads) // 2], len(reads))


def _query(catalog: Catalog, folder: Path, key: int, *, forget: bool) -> tuple[float, float, int]:
    """(seconds, processor seconds, system calls that read): what else the machine does is in the first."""
    if forget:
        _forget(folder / CATALOG_FILE)
    with catalog.read() as connection:
        wall, own, before = time.perf_counter(), time.process_time(), _reads()
        match_batch(connection, [key])
        return time.perf_counter() - wall, time.process_time() - own, _reads() - before


def _reads() -> int:
    return int(Path("/proc/self/io").read_text().partition("syscr: ")[2].split()[0])


def _forget(path: Path) -> None:
    """Ask the system to drop what it keeps of a file in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _asked_for(given: argparse.Namespace) -> Iterator[Figure]:
    if given.folder is None:
        yield from measure(given.documents)
        return
    if not (given.folder / CATALOG_FILE).exists():
        given.folder.mkdir(parents=True, exist_ok=True)
        yield from built(given.folder, given.documents)
    yield from queries(given.folder, given.seed)


def main() -> int:
    """Print the figures; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.copies_scale", description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--folder", type=Path, help="build here and keep it; if built already, only queries")
    parser.add_argument("--seed", type=int, default=5, help="of the texts that are asked for")
    given = parser.parse_args()
    missed = 0
    for figure in _asked_for(given):
        print(figure.line(), flush=True)
        missed += not figure.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
