"""Odd archives: each settled in a process of its own, with its time, its memory and what came out.

python -m bench.copies_odd
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Connection, func, select

from bench.copies_texts import edited, made_article, passage, stories
from bench.figures import Figure, report
from bench.peak import peak_memory
from pipelines.archive.articles import store_article
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import settled
from pipelines.settle import settle

AREA = "copies_odd"
MANY = 10_000


def _empty() -> Iterator[str]:
    yield from ("" for _ in range(1_000))


def _repeated() -> Iterator[str]:
    yield from (char * 100_000 for char in "哈啊专12 □")


def _huge() -> Iterator[str]:
    """10 MB of UTF-8, and a copy of it with other characters here and there."""
    rng = random.Random(1)
    text = "".join(passage(600, rng) for _ in range(5_600))
    yield text
    yield edited(text, 0.01, rng)


def _equal() -> Iterator[str]:
    yield from (stories()[5] for _ in range(MANY))


def _near() -> Iterator[str]:
    rng = random.Random(2)
    yield from (edited(stories()[5], 0.04, rng) for _ in range(MANY))


def _short() -> Iterator[str]:
    rng = random.Random(3)
    yield from (passage(20, rng) for _ in range(MANY))


KINDS: dict[str, tuple[Callable[[], Iterator[str]], int | None]] = {
    "1,000 empty texts": (_empty, 1_000),
    "one character 100,000 times, 7 such": (_repeated, None),
    "10 MB of text and an edited copy": (_huge, 1),
    f"{MANY:,} copies of one text": (_equal, 1),
    f"{MANY:,} copies, each edited at 4 %": (_near, 1),
    f"{MANY:,} texts of 20 characters": (_short, None),
}
"""Name -> texts, and the clusters that they are."""


def measure() -> Iterator[Figure]:
    """Seconds, memory and clusters of each kind; the number of clusters is a bound where it is known."""
    for name, (_, expected) in KINDS.items():
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            count, seconds, memory, clusters = alone.submit(_settled, name).result()
        yield Figure(AREA, f"{name}: settled", seconds, count, unit="cpu-s")
        yield Figure(AREA, f"{name}: memory, greatest", memory, count, unit="MB")
        yield Figure(AREA, f"{name}: clusters", clusters, count, floor=expected, ceiling=expected)


def _settled(name: str) -> tuple[int, float, float, int]:
    count = 0
    with tempfile.TemporaryDirectory() as folder, Catalog.open(Path(folder)) as catalog:
        for count, text in enumerate(KINDS[name][0](), 1):
            headline = "一种装置" if len(text) > 100 else f"第{count}条"
            article = made_article(f"https://h{count % 50}.test/{count}", headline, text)
            catalog.write(partial(store_article, article=article))
        catalog.write(_nothing).result()
        started = time.process_time()
        settle(catalog)
        seconds = time.process_time() - started
        with catalog.read() as connection:
            clusters = connection.scalar(select(func.count(settled.c.cluster_id.distinct()))) or 0
    return count, seconds, peak_memory(), clusters


def _nothing(_: Connection) -> None:
    """Done when everything before it is."""


if __name__ == "__main__":
    sys.exit(report(measure()))
