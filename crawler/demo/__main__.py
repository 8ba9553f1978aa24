"""`python -m crawler.demo`: the network as a process. Prints its address as a JSON line, ends on SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import uvloop

from crawler.demo import declare
from crawler.demo.network import WRITTEN, Network
from crawler.demo.respond import Faults
from crawler.demo.server import CACHE_BYTES, Hub, journal_at, listen, run


def parser() -> argparse.ArgumentParser:
    """The options; the defaults are the network of `ipnews demo`."""
    options = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--articles", type=int, default=WRITTEN, help="more than were written are recombined"
    )
    options.add_argument("--mirrors", type=int, default=11)
    options.add_argument("--generation", type=int, default=0)
    options.add_argument(
        "--changed", type=float, default=0.0, help="share of pages that each generation changes"
    )
    options.add_argument("--undamaged", action="store_true", help="no mirror has a copying tool")
    options.add_argument(
        "--crawl-delay", type=float, default=0.05, help="what every robots.txt asks for, seconds"
    )
    options.add_argument(
        "--today", type=date.fromisoformat, default=today_in_china(), help="for relative dates"
    )
    options.add_argument("--log", type=Path, help="write one JSON line for every request to this file")
    options.add_argument(
        "--unavailable", type=float, default=Faults().unavailable, help="share answered 503 first"
    )
    options.add_argument("--slow", type=float, default=Faults().slow, help="seconds that one article takes")
    options.add_argument("--drop-connections", type=float, default=0.0, help="share of requests cut off")
    options.add_argument("--robots-503", action="store_true")
    options.add_argument("--warm", action="store_true", help="make all pages before the first request")
    options.add_argument(
        "--cache-mb", type=int, default=CACHE_BYTES >> 20, help="memory for pages made so far"
    )
    options.add_argument(
        "--write-sites", type=Path, metavar="DIR", help="write the site declarations and end"
    )
    return options


def today_in_china() -> date:
    """The day on which a page of a Chinese site is read now."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


async def main(arguments: list[str]) -> None:
    """Serve until SIGTERM or SIGINT."""
    chosen = parser().parse_args(arguments)
    network = chosen_network(chosen)
    if chosen.write_sites:
        declare.write(network, chosen.write_sites)
        return
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with listen(chosen.port) as door, journal_at(chosen.log) as journal:
        hub = Hub(network, chosen_faults(chosen), journal, chosen.cache_mb << 20)
        if chosen.warm:
            hub.warm()
        announce(network, door.getsockname()[1])
        await run(hub, door, stop)


def chosen_network(chosen: argparse.Namespace) -> Network:
    """The network that the options describe."""
    names = ("seed", "articles", "mirrors", "generation", "changed", "crawl_delay", "today")
    return Network(damaged=not chosen.undamaged, **{name: getattr(chosen, name) for name in names})


def chosen_faults(chosen: argparse.Namespace) -> Faults:
    """The faults that the options describe."""
    names = ("unavailable", "slow", "drop_connections", "robots_503")
    return Faults(**{name: getattr(chosen, name) for name in names})


def announce(network: Network, port: int) -> None:
    """The line by which a caller finds the server; connections wait in the backlog until it serves."""
    line = {
        "port": port,
        "url": f"http://127.0.0.1:{port}/",
        "hosts": list(network.hosts),
        "pages": network.size,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        uvloop.run(main(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"the network cannot start: {error}; choose another --port or --log")
