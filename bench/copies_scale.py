"""The search for copies at scale, on disk: 1,000,000 documents in bulk, then batches of new ones, queries.

    python -m bench.copies_scale 50000

Made documents of 1,500 characters, a tenth of them copies with one character in twenty replaced, go through
the steps that `rebuild` takes with texts: sketched, indexed, common shingles left out, matched.
"""

from __future__ import annotations

import argparse
import os
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

from bench.copies_queries import AREA, queries
from bench.figures import Figure, floors, proportion, report
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
from pipelines.settle.matching import match
from pipelines.settle.texts import derive_plain
from pipelines.settle.work import BATCH, SettleCounts, Workers, slices


def measure(count: int, kept: Path | None = None) -> Iterator[Figure]:
    """Figures of `count` documents in bulk, then a fiftieth more in batches, then single queries; in a folder
    that is `kept`, or in a passing one."""
    with tempfile.TemporaryDirectory() as passing:
        folder = kept or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        yield from _built(folder, count)
        yield from queries(folder)


def _built(folder: Path, count: int, workers: int = 2) -> Iterator[Figure]:
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


def main() -> int:
    """Print the figures; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.copies_scale", description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--folder", type=Path, help="built here and kept: see copies_queries")
    given = parser.parse_args()
    return report(measure(given.documents, given.folder))


if __name__ == "__main__":
    sys.exit(main())
