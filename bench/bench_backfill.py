"""Backfill: pages a second from WARC to catalog on one core and on two, against glued tools; Ray.

The pages are the real ones of `../shared/data/daniel-zh`, repeated with a comment that makes each another
payload; without that folder, pages of the demo's size made here. Every rate is of a whole command: its start,
opening, reading, storing, the ledger. Kills are `python -m bench.soak backfill`.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure, floors
from pipelines.archive import articles, drops
from pipelines.archive.captures import iterate
from pipelines.archive.catalog import Catalog
from pipelines.archive.reader import Found, read_captures
from pipelines.archive.shelf import Shelf
from pipelines.archive.warc import WarcWriter
from pipelines.export.filters import Filters
from pipelines.export.job import export
from pipelines.read import read
from pipelines.records import Capture
from pipelines.settle import settle

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "data" / "daniel-zh"
AREA = "backfill"
GLUED = ("trafilatura", "ftfy", "opencc", "datasketch", "warcio")


def run(full: bool) -> list[Figure]:
    """Rates over 5,040 pages (252 in the short form), the glued tools and Ray over 252."""
    with TemporaryDirectory(prefix="backfill-") as folder:
        place = Path(folder)
        pages = write_pages(place / "source", 40 if full else 2)
        few = write_pages(place / "few", 2)
        figures = list(rates(place, pages))
        figures += against_glued_tools(place, few, figures[0].value)
        return figures + list(on_ray(place, few)) if full else figures


def real_pages() -> list[bytes]:
    """The pages to repeat."""
    if REAL.exists():
        return [gzip.decompress(path.read_bytes()) for path in sorted(REAL.glob("*.html.gz"))]
    text = "国家知识产权局公布，本年度共受理发明专利申请，同比增长，授权量居于前列。"
    bodies = ("".join(f"<p>{text}{n * k}件</p>" for k in range(40)) for n in range(126))
    return [
        f"<html><body><h1>专利统计公报{n}</h1>{body}</body></html>".encode() for n, body in enumerate(bodies)
    ]


def write_pages(folder: Path, times: int) -> int:
    """One WARC file of the pages, each `times` over; returns how many."""
    bodies = real_pages()
    with WarcWriter(folder, "bench") as writer:
        for round_ in range(times):
            for number, body in enumerate(bodies):
                url = f"http://h{number}.test/{round_}/{number}.html"
                payload = body + f"<!-- {round_} -->".encode()
                writer.write_exchange(Capture(url, "2012-01-01T00:00:00Z", payload, ""))
    return times * len(bodies)


def rates(place: Path, pages: int) -> Iterator[Figure]:
    """One core, then two on the same file; and the pure reading, which no backfill can pass."""
    bounds = floors("bench_backfill")
    one, two = (pages / _timed(_ours(place / "source", place / f"{n}", n), n) for n in (1, 2))
    yield Figure(AREA, "pages/s, one core", one, pages, unit="/s", floor=bounds["one_core"])
    yield Figure(AREA, "pages/s, two cores", two, pages, unit="/s")
    yield Figure(AREA, "two cores : one core", two / one, pages, floor=bounds["scaling"])
    alone, n = reading_alone(place / "few")
    yield Figure(AREA, "pages/s, reading alone, in a warm process", alone, n, unit="/s")
    yield Figure(AREA, "one core, all of it : reading alone", one / alone, pages)


def reading_alone(source: Path) -> tuple[float, int]:
    """(pages per second of processor time, pages) of nothing but `read`, after a first round."""
    found = [item for path in source.iterdir() for item in _captures(path)]
    for capture in found:
        read(capture)
    started = time.process_time()
    for capture in found:
        read(capture)
    return len(found) / (time.process_time() - started), len(found)


def _captures(path: Path) -> Iterator[Capture]:
    with path.open("rb") as file:
        for item in read_captures(file, path.name):
            if isinstance(item, Found):
                yield item.capture


def against_glued_tools(place: Path, pages: int, ours: float) -> Iterator[Figure]:
    """The same job by tools that one would glue together, on one core."""
    if any(importlib.util.find_spec(name) is None for name in GLUED):
        print("glued tools: not installed, not measured (make bench installs them)", file=sys.stderr)
        return
    glued = pages / _timed([sys.executable, "-m", "bench.glued", str(place / "few")], 1)
    yield Figure(AREA, "pages/s, trafilatura + ftfy + opencc + datasketch", glued, pages, unit="/s")
    floor = floors("bench_backfill")["against_glued"]
    yield Figure(AREA, "ours : glued tools", ours / glued, pages, floor=floor)


def on_ray(place: Path, pages: int) -> Iterator[Figure]:
    """Two workers on Ray against the pool, on the same pages: the same archive, and the same JSON lines?"""
    if importlib.util.find_spec("ray") is None:
        print("Ray: not installed, not measured (pip install 'ipnews[ray]')", file=sys.stderr)
        return
    pool, ray = place / "pool", place / "ray"
    _timed(_ours(place / "few", pool, 2), 2)
    _timed(_ours(place / "few", ray, 2, engine="ray"), 2)
    same, equal = contents(ray) == contents(pool), exported(ray) == exported(pool)
    yield Figure(AREA, "Ray, 2 workers: the archive of the pool", float(same), pages, floor=1.0)
    yield Figure(
        AREA, "Ray, 2 workers: the JSON lines of the pool, byte for byte", float(equal), pages, floor=1.0
    )


def exported(archive: Path) -> dict[str, bytes]:
    """The files of a settled archive's export of everything."""
    out = archive / "exported"
    with Catalog.open(archive) as catalog:
        settle(catalog)
        everything = Filters(copies=True, topics="all")
        export(catalog, Shelf(archive), str(out), "jsonl", everything)
    return {path.name: path.read_bytes() for path in out.iterdir()}


def contents(archive: Path) -> tuple[list[object], ...]:
    """Captures, articles and drops of an archive, by id."""
    with Catalog.open(archive, read_only=True) as catalog, catalog.read() as connection:
        return (
            [(row.id, row.url, row.warc) for row in iterate(connection)],
            list(articles.iterate(connection, whole=True)),
            list(drops.iterate(connection)),
        )


def _ours(source: Path, archive: Path, workers: int, engine: str = "local") -> list[str]:
    return [sys.executable, "-m", "bench.one_backfill", str(source), str(archive), str(workers), engine]


def _timed(command: list[str], cores: int) -> float:
    """Seconds that a command takes on so many cores."""
    chosen = set(sorted(os.sched_getaffinity(0))[:cores])
    started = time.monotonic()
    subprocess.run(
        command,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, chosen),
    )
    return time.monotonic() - started
