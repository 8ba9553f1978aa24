"""`make soak`: long crawls that are killed, starved, cut off and restarted, and what they lost: nothing.

Every disturbed crawl is gone on with until it ends by itself, and then held against an undisturbed one of the
same network: (address, payload digest) of every page must be the same set, each once; what is exported after
kills must be the same rows, but for when a page was fetched and where its record stands.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select, update

from bench import memory, replay, soak_backfill, soak_exports
from bench.disturbed import AREA, NETWORK, QUIET, opened, same_export, scene, verdict
from bench.figures import Figure, report
from bench.one_crawl import Order, at_request, finished, run_until
from bench.postgres import postgresql
from bench.processes import kill_children
from crawler.browser import find_browser
from crawler.demo.declare import declarations
from crawler.demo.fate import between
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import Running, serve
from pipelines.archive.schema import addresses, captures
from pipelines.archive.warc import ROTATE_AT


def main() -> int:
    """Run all scenarios, or those named; 1 when anything was lost, doubled or invalid."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[[], *SCENARIOS], help="all when none is named")
    parser.add_argument(
        "--moments", type=int, default=30, help="kills of the kill matrix, of the backfill, of exports"
    )
    parser.add_argument("--seed", default="soak", help="of the moments: another word, other moments")
    parser.add_argument("--pages", type=int, default=50_000, help="pages of the memory line")
    parser.add_argument("--captures", type=int, default=5_000, help="captures of the disturbed backfill")
    parser.add_argument("--rows", type=int, default=20_000, help="articles of the killed exports")
    arguments = parser.parse_args()
    return report(_figures(arguments))


def _figures(arguments: argparse.Namespace) -> Iterator[Figure]:
    for name in arguments.scenario or SCENARIOS:
        print(f"== soak: {name}", file=sys.stderr, flush=True)
        yield from SCENARIOS[name](arguments)


def kills(arguments: argparse.Namespace) -> Iterator[Figure]:
    """SIGKILL at moments spread over one crawl, gone on with each time."""
    with scene() as (server, archive, calm):
        order = Order(archive, server.port, declarations(NETWORK))
        moments = [between(1, 57, arguments.seed, number) for number in range(arguments.moments)]
        codes = [run_until(server, order, moment) for moment in moments]
        struck = codes.count(-signal.SIGKILL)
        yield from verdict(f"SIGKILL at {struck} moments", order, calm)
        yield same_export(f"SIGKILL at {struck} moments", order, calm)
        yield Figure(
            AREA, "kills that struck a running crawl", struck, arguments.moments, floor=arguments.moments / 2
        )


def kills_by_the_clock(arguments: argparse.Namespace) -> Iterator[Figure]:
    """SIGKILL some time after the start, while pages are read too and a WARC file is full after some pages:
    in start-up, in adoption, at the change of files, at the end."""
    with scene() as (server, archive, calm):
        order = Order(archive, server.port, declarations(NETWORK), read=True, warc_bytes=60_000)
        struck = 0
        for number in range(arguments.moments):
            process = order.start()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=between(5, 60, arguments.seed, "clock", number) / 10)
            process.kill()
            process.communicate()
            struck += process.returncode == -signal.SIGKILL
        yield from verdict(f"SIGKILL {struck} times by the clock", order, calm)
        files = len(list((archive / "warc").iterdir()))
        yield Figure(AREA, "changes of the WARC file meanwhile", files, struck, floor=struck)


STRIKES = tuple(range(60, 840, 60))
"""Requests of one crawl at which something beside it is killed."""


def readers_killed(_: argparse.Namespace) -> Iterator[Figure]:
    """All processes that read are killed again and again; what they had is read by others, or afterwards."""
    with scene() as (server, archive, calm):
        order = Order(archive, server.port, declarations(NETWORK), read=True)
        process: subprocess.Popen[str]
        with _striking(server, STRIKES, lambda: kill_children(process.pid, "forkserver")) as struck:
            process = order.start()
            code = finished(process)["exit_code"]
        yield Figure(AREA, "readers killed: exit code of the crawl", code, len(struck), ceiling=0)
        yield Figure(AREA, "readers killed: times", len(struck), len(STRIKES), floor=len(STRIKES) / 2)
        yield from verdict("readers killed", order, calm)
        yield same_export("readers killed", order, calm)


@contextmanager
def _striking(server: Running, moments: Sequence[int], strike: Callable[[], int]) -> Iterator[list[int]]:
    """While the context lasts, `strike` is called at those requests; gives how many each one killed."""
    struck: list[int] = []

    def act() -> None:
        if killed := strike():
            struck.append(killed)

    with ExitStack() as stack:
        for moment in moments:
            stack.enter_context(at_request(server, moment, act))
        yield struck


def browser_killed(_: argparse.Namespace) -> Iterator[Figure]:
    """The browser is killed whenever it asks for a page; the crawl goes on and renders it in the end."""
    network = Network(crawl_delay=0.0)
    site = {name: text for name, text in declarations(network).items() if "zhikuai" in text}
    if find_browser() is None or not site:
        print("no browser: the page is counted as waiting for one", file=sys.stderr)
        return
    with serve(network, QUIET) as server, tempfile.TemporaryDirectory() as folder:
        order = Order(Path(folder) / "a", server.port, site, browser=True, patience=60.0)
        process: subprocess.Popen[str]
        with at_request(server, 5, lambda: kill_children(process.pid, "chrom")):
            process = order.start()
            result = finished(process)
        with opened(order) as catalog, catalog.read() as connection:
            rendered = select(func.count()).where(captures.c.kind == "rendered")
            count = connection.scalar(rendered) or 0
    yield Figure(AREA, "browser killed: pages rendered in the end", count, 1, floor=1)
    yield Figure(AREA, "browser killed: exit code of the crawl", result["exit_code"], 1, ceiling=0)


def disk_full(_: argparse.Namespace) -> Iterator[Figure]:
    """No file may grow beyond a bound: the crawl stops with one line, and goes on later.

    First with many small WARC files, so that it is the catalog that finds no room, then with one large one.
    """
    with scene() as (server, archive, calm):
        order = Order(archive, server.port, declarations(NETWORK))
        bounds = ((900_000, 60_000), (1 << 20, ROTATE_AT), (2 << 20, ROTATE_AT))
        codes = [replace(order, file_bytes=most, warc_bytes=rotate).run() for most, rotate in bounds]
        stopped = sum(code["exit_code"] == 2 and "Traceback" not in code["errors"] for code in codes)
        yield Figure(AREA, "disk full: stopped with one line", stopped, len(codes), floor=len(codes))
        yield from verdict("disk full three times", order, calm)


def connections_cut(_: argparse.Namespace) -> Iterator[Figure]:
    """The server hangs up on one request in twenty."""
    with scene(Faults(slow=0.0, unavailable=0.01, drop_connections=0.05)) as (server, archive, calm):
        order = Order(archive, server.port, declarations(NETWORK), patience=60.0)
        yield from verdict("one connection in 20 cut", order, calm)


def postgres_restarted(_: argparse.Namespace) -> Iterator[Figure]:
    """PostgreSQL is stopped and started twice while a crawl works on it."""
    with scene() as (server, archive, calm), postgresql() as (database, address):
        order = Order(archive, server.port, declarations(NETWORK), catalog=address)
        restarts = [
            threading.Thread(target=lambda: (database.stop(), database.ensure_postgres_running()))
            for _ in range(2)
        ]
        with at_request(server, 60, restarts[0].start), at_request(server, 400, restarts[1].start):
            order.run()
        struck = [restart for restart in restarts if restart.ident is not None]
        for restart in struck:
            restart.join()
        yield Figure(AREA, "PostgreSQL: restarts during the crawl", len(struck), len(restarts), floor=1)
        yield from verdict("PostgreSQL restarted twice", order, calm)


def connections_of_postgres_killed(_: argparse.Namespace) -> Iterator[Figure]:
    """The server's processes of the crawl's connections are killed, in the middle of a transaction or not:
    PostgreSQL then ends all others, and recovers from its log."""
    with scene() as (server, archive, calm), postgresql() as (database, address):
        order = Order(archive, server.port, declarations(NETWORK), catalog=address)
        with _striking(server, STRIKES, lambda: kill_children(database.get_pid(), "[local]")) as struck:
            code = order.run()["exit_code"]
        yield Figure(AREA, "PostgreSQL's processes killed: exit code", code, len(struck), ceiling=0)
        yield Figure(AREA, "PostgreSQL's processes killed: times", len(struck), len(STRIKES), floor=1)
        yield from verdict("PostgreSQL's processes killed", order, calm)


def three_crawlers(_: argparse.Namespace) -> Iterator[Figure]:
    """Three crawlers on one PostgreSQL frontier, one of them killed; its leases expire."""
    network = replace(NETWORK, articles=60, mirrors=40)
    with scene(network=network) as (server, archive, calm), postgresql() as (_database, address):
        order = Order(archive, server.port, declarations(network), catalog=address)
        others: list[subprocess.Popen[str]] = []
        with at_request(server, 20, lambda: others.extend((order.start(), order.start()))):
            code = run_until(server, order, 400)
        with opened(order) as catalog:
            # The quarter of an hour that its leases take to expire, as a change of the clock in the rows: the
            # others wait for a host that another holds. It began before them, so its name comes first.
            dead = select(func.min(addresses.c.lease_owner)).where(addresses.c.state == "leased")
            late = update(addresses).where(addresses.c.lease_owner == dead.scalar_subquery())
            catalog.write(lambda c: c.execute(late.values(lease_until=0.0)).rowcount).result()
        answers = [finished(other)["counts"].get("answers", 0) for other in others]
        yield Figure(AREA, "three crawlers: one was killed", float(code == -signal.SIGKILL), 1, floor=1)
        yield Figure(
            AREA, "three crawlers: answers that the other two had", sum(answers), len(others), floor=1
        )
        yield from verdict("one of three crawlers killed", order, calm)
        yield same_export("one of three crawlers killed", order, calm)


SCENARIOS: dict[str, Callable[[argparse.Namespace], Iterator[Figure]]] = {
    "kills": kills,
    "clock": kills_by_the_clock,
    "browser": browser_killed,
    "disk": disk_full,
    "connections": connections_cut,
    "readers": readers_killed,
    "postgres": postgres_restarted,
    "backends": connections_of_postgres_killed,
    "three": three_crawlers,
    "memory": lambda arguments: memory.flat(arguments.pages),
    "replay": lambda _: replay.run(),
    "backfill": lambda arguments: soak_backfill.run(arguments.captures, arguments.moments),
    "exports": lambda arguments: soak_exports.run(arguments.rows, arguments.moments),
}


if __name__ == "__main__":
    sys.exit(main())
