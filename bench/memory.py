"""The memory of a long crawl, printed as a line: flat, however many pages."""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from bench.bench_crawl import network_process, sites_of
from bench.figures import Figure
from bench.one_crawl import Order, finished
from bench.processes import memory_of
from crawler.demo.network import Network

AREA = "soak"


def flat(pages: int) -> Iterator[Figure]:
    """Memory of one long crawl with reading, at a tenth of its pages and at all of them."""
    mirrors = 40
    articles = max(50, int(pages / (mirrors * 0.45)))
    network = Network(articles=articles, mirrors=mirrors, crawl_delay=0.0, damaged=False)
    with network_process(network) as port, tempfile.TemporaryDirectory() as folder:
        order = Order(Path(folder) / "a", port, sites_of(network), pages=pages, read=True)
        process = order.start()
        line = list(memory_line(process, order.archive, max(1, pages // 20)))
        taken = finished(process)["counts"]["answers"]
    for at, (crawler, reader) in line:
        print(f"{at:>9,} pages  crawler {crawler:6.1f} MB  reading process {reader:6.1f} MB")
    early, late = line[len(line) // 10][1], line[-1][1]
    for number, (name, ceiling) in enumerate((("crawler", 300), ("reading process", 200))):
        highest = max(sizes[number] for _, sizes in line)
        yield Figure(AREA, f"memory: most of the {name}", highest, taken, unit="MB", ceiling=ceiling)
        growth = late[number] - early[number]
        yield Figure(AREA, f"memory: growth of the {name} after a tenth", growth, taken, unit="MB")


def memory_line(
    crawl: subprocess.Popen[str], archive: Path, step: int
) -> Iterator[tuple[int, tuple[float, float]]]:
    """(pages, MB of the crawler and of the largest process beside it), every `step` pages until it ends."""
    told = 0
    while crawl.poll() is None:
        time.sleep(1.0)
        # An open pipe fills up: what the crawl says at its end is short, and read by `finished`.
        pages, sizes = captures_in(archive), memory_of(crawl.pid)
        if sizes and pages >= told + step:
            told = pages
            yield pages, sizes


def captures_in(archive: Path) -> int:
    """Pages that stand in the catalog so far."""
    if not (archive / "catalog.db").exists():
        return 0
    opened_read_only = sqlite3.connect(f"file:{archive / 'catalog.db'}?mode=ro", uri=True)
    with closing(opened_read_only) as connection, suppress(sqlite3.OperationalError):  # it is being made
        return int(connection.execute("SELECT count(*) FROM captures").fetchone()[0])
    return 0
