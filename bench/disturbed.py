"""A crawl that is disturbed, held against an undisturbed one of the same network."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select

from bench.figures import Figure
from bench.one_crawl import Order
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import Running, serve
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import captures
from pipelines.export.filters import Filters
from pipelines.export.rows import VOLATILE, line_of
from pipelines.export.selection import selected
from pipelines.runner.pending import read_pending
from pipelines.settle import settle
from pipelines.sites import parse_site

AREA = "soak"
NETWORK = Network(articles=180, mirrors=8, crawl_delay=0.0)
QUIET = Faults(slow=0.0, unavailable=0.0)
Pages = set[tuple[str, str]]


@contextmanager
def scene(faults: Faults = QUIET, network: Network = NETWORK) -> Iterator[tuple[Running, Path, Order]]:
    """A running network, an archive to be disturbed, and an undisturbed crawl."""
    with tempfile.TemporaryDirectory() as folder:
        with serve(network, QUIET) as server:
            calm = Order(Path(folder) / "calm", server.port, declarations(network))
            calm.run()
        with serve(network, faults) as server:
            yield server, Path(folder) / "disturbed", calm


def verdict(name: str, order: Order, calm: Order) -> Iterator[Figure]:
    """Go on to the end, then count: lost, not in the undisturbed crawl, twice, invalid files."""
    while order.run()["exit_code"] == 3:
        continue
    whole, found = pages_of(calm), pages_of(order)
    yield Figure(AREA, f"{name}: pages lost", len(whole - found), len(whole), ceiling=0)
    yield Figure(
        AREA, f"{name}: pages that no undisturbed crawl has", len(found - whole), len(found), ceiling=0
    )
    with opened(order) as catalog, catalog.read() as connection:
        more = func.count() > 1
        twice = select(captures.c.url).where(captures.c.status == 200).group_by(captures.c.url).having(more)
        yield Figure(
            AREA, f"{name}: versions twice", len(connection.execute(twice).all()), len(found), ceiling=0
        )
    files = sorted((order.archive / "warc").glob("*.warc.gz"))
    invalid = sum(not valid(path) for path in files)
    yield Figure(AREA, f"{name}: invalid WARC files", invalid, len(files), ceiling=0)


def same_export(name: str, order: Order, calm: Order) -> Figure:
    """Whether both archives, read and settled, give the same rows but for their volatile fields."""
    rows, others = exported(calm), exported(order)
    print(*_differences(rows, others), sep="", end="", file=sys.stderr)
    same = float(rows == others)
    return Figure(AREA, f"{name}: the export is the undisturbed one's", same, len(rows), floor=1)


def _differences(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> Iterator[str]:
    mine, theirs = ({row["id"]: row for row in some} for some in (rows, others))
    yield from (f"only undisturbed: {mine[one]['url']}\n" for one in mine.keys() - theirs.keys())
    yield from (f"only disturbed: {theirs[one]['url']}\n" for one in theirs.keys() - mine.keys())
    for one in sorted(mine.keys() & theirs.keys()):
        for field, value in mine[one].items():
            if theirs[one][field] != value:
                yield f"{mine[one]['url']} {field}: {value!r:.200}, disturbed {theirs[one][field]!r:.200}\n"


def exported(order: Order) -> list[dict[str, Any]]:
    """All rows of an order's archive by ascending id, copies and all topics among them, read and settled."""
    sites = {name: parse_site(name, text) for name, text in order.sites.items()}
    with opened(order) as catalog:
        read_pending(catalog, order.archive, sites)
        settle(catalog)
        everything = selected(catalog, Filters(copies=True, topics="all"))
        rows = [msgspec.json.decode(line_of(row)) for row in everything]
    return [{name: value for name, value in row.items() if name not in VOLATILE} for row in rows]


def pages_of(order: Order) -> Pages:
    """(address, payload digest) of every good answer."""
    with opened(order) as catalog, catalog.read() as connection:
        rows = connection.execute(
            select(captures.c.url, captures.c.payload_digest).where(captures.c.status == 200)
        )
        return {(url, digest) for url, digest in rows}


def opened(order: Order) -> Catalog:
    """The catalog of an order's archive."""
    return Catalog.open(order.catalog or order.archive)


def valid(path: Path) -> bool:
    """Whether a file is whole to gzip and to `fastwarc check`."""
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                continue
    except (OSError, EOFError):
        return False
    command = [str(Path(sys.executable).with_name("fastwarc")), "check", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
