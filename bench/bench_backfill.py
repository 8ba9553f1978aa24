"""Backfill: pages a second from WARC to catalog on one and on two cores, against glued tools; kills.

The pages are the real ones of `../shared/data/daniel-zh`, repeated with a comment that makes each another
payload; without that folder, pages of the demo's size made here. Every rate is of the whole command: opening,
reading, storing, the ledger.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import random
import signal
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
from pipelines.archive.shelf import Shelf
from pipelines.archive.verify import verify
from pipelines.archive.warc import WarcWriter
from pipelines.export.filters import Filters
from pipelines.export.job import export
from pipelines.records import Capture
from pipelines.settle import settle

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "data" / "daniel-zh"
AREA = "backfill"
GLUED = ("trafilatura", "ftfy", "opencc", "datasketch", "warcio")


def run(full: bool) -> list[Figure]:
    """Rates (2,520 pages; 252 in the short form) and kills (20 moments over 20,000 captures; 3 over 600)."""
    with TemporaryDirectory(prefix="backfill-") as folder:
        place = Path(folder)
        pages = write_pages(place / "source", 20 if full else 2)
        figures = [*rates(place, pages), *kills(place, 20_000 if full else 600, 20 if full else 3)]
        return figures + list(on_ray(place)) if full else figures


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
    """One core, two cores, and the glued tools on one core, one after the other on the same file."""
    bounds = floors("bench_backfill")
    one = pages / _timed(_ours(place, "one", workers=1), cores=1)
    two = pages / _timed(_ours(place, "two", workers=2), cores=2)
    yield Figure(AREA, "pages/s, one core", one, pages, unit="/s", floor=bounds.get("one_core"))
    yield Figure(AREA, "pages/s, two cores", two, pages, unit="/s")
    yield Figure(AREA, "two cores : one core", two / one, pages, floor=bounds.get("scaling"))
    if any(importlib.util.find_spec(name) is None for name in GLUED):
        print("glued tools: not installed, not measured (make bench installs them)", file=sys.stderr)
        return
    glued = pages / _timed([sys.executable, "-m", "bench.glued", str(place / "source")], cores=1)
    yield Figure(AREA, "pages/s, trafilatura + ftfy + opencc + datasketch", glued, pages, unit="/s")
    yield Figure(AREA, "ours : glued tools", one / glued, pages, floor=bounds.get("against_glued"))


def kills(place: Path, captures: int, moments: int) -> Iterator[Figure]:
    """SIGKILL at `moments` moments of a backfill, each resumed: the same archive as undisturbed?"""
    source = place / "many"
    with WarcWriter(source, "many") as writer:
        for number in range(captures):
            text = "共授权发明专利若干件。" * 20
            payload = f"<html><body><h1>专利公告第{number}号</h1><p>{text}</p></body></html>"
            writer.write_exchange(
                Capture(
                    f"http://h{number % 9}.test/{number}.html", "2026-01-01T00:00:00Z", payload.encode(), ""
                )
            )
    undisturbed = place / "undisturbed"
    seconds = _timed(_ours(place, "undisturbed", workers=2, source=source), cores=2)
    killed, dead = place / "killed", 0
    chance = random.Random(7)
    while dead < moments:
        running = subprocess.Popen(
            _ours(place, "killed", workers=2, source=source), cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            # Each try goes a share of the whole way, so that the moments spread over all of it.
            running.wait(chance.uniform(0.3, 3 * seconds / moments + 3))
            break
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            dead += 1
    _timed(_ours(place, "killed", workers=2, source=source), cores=2)
    same = contents(killed) == contents(undisturbed)
    with Catalog.open(killed, read_only=True) as catalog:
        faults = sum(1 for _ in verify(killed, catalog))
    yield Figure(AREA, f"same archive after {dead} kills", float(same), captures, floor=1.0)
    yield Figure(AREA, "faults that verify finds after the kills", faults, captures, ceiling=0.0)


def on_ray(place: Path) -> Iterator[Figure]:
    """Two workers on Ray against the pool, on the same pages: the same archive, and the same JSON lines?"""
    if importlib.util.find_spec("ray") is None:
        print("Ray: not installed, not measured (pip install 'ipnews[ray]')", file=sys.stderr)
        return
    _timed(_ours(place, "ray", workers=2, engine="ray"), cores=2)
    same = contents(place / "ray") == contents(place / "two")
    count = len(contents(place / "ray")[0])
    yield Figure(AREA, "Ray, 2 workers: the archive of the pool", float(same), count, floor=1.0)
    equal = exported(place / "ray") == exported(place / "two")
    yield Figure(
        AREA, "Ray, 2 workers: the JSON lines of the pool, byte for byte", float(equal), count, floor=1.0
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


def _ours(
    place: Path, name: str, *, workers: int, source: Path | None = None, engine: str = "local"
) -> list[str]:
    return [
        sys.executable,
        "-m",
        "bench.one_backfill",
        str(source or place / "source"),
        str(place / name),
        str(workers),
        engine,
    ]


def _timed(command: list[str], *, cores: int) -> float:
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
