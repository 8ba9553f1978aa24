"""Single texts looked up in a catalog that `copies_scale` built and kept.

    python -m bench.copies_queries FOLDER --seed 6

Other seeds ask for other texts: below the system there may be a cache that cannot be emptied.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, floors, report
from pipelines.archive import shingle_index
from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.settle.matching import match_batch

AREA = "bench_copies"
QUERIES = 1_000


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


def main() -> int:
    """Print the figures; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.copies_queries", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    return report(queries(given.folder, given.seed))


if __name__ == "__main__":
    sys.exit(main())
