"""The network as a running server: one port on loopback, hosts by their Host header, every request logged."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TextIO
from urllib.parse import parse_qsl, urlsplit

import uvloop

from crawler.demo import respond
from crawler.demo.answer import Answer, Request, Served, conditional, gzipped, plain
from crawler.demo.fate import chance
from crawler.demo.hosts import CONTROL, TRAPS
from crawler.demo.http import Connection
from crawler.demo.network import Network
from crawler.demo.render import path_of
from crawler.demo.respond import Faults

CACHE_BYTES = 64 << 20
"""Room for about 10,000 pages: the default network many times over, and bounded however far it is scaled."""
_FLUSH_EVERY = 0.2


class Hub:
    """What all connections share: the network as it is now, its faults, the pages made so far, the log.

    `log` is a list in memory; with a `journal` the lines go there as JSON and memory holds none of them.
    """

    def __init__(
        self,
        network: Network,
        faults: Faults,
        journal: TextIO | None = None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.network, self.faults, self.journal, self.cache_bytes = network, faults, journal, cache_bytes
        self.log: list[Served] = []
        self.requests = 0
        self.open: set[Connection] = set()
        self._connections = count(1)
        self._made: OrderedDict[tuple[str, str, bool], Answer] = OrderedDict()
        self._made_bytes = 0
        self._failed: set[tuple[str, str]] = set()

    def connection(self) -> Connection:
        """A new connection with the next number."""
        return Connection(self.handle, next(self._connections), self.open)

    def handle(self, request: Request, connection: int) -> Answer | None:
        """The answer to one request, logged; None cuts the connection."""
        self.requests += 1
        if request.host == CONTROL:
            return self._control(request.path)
        answer = self._answer(request)
        sent = -1 if answer is None or answer.cut else len(answer.body)
        status = 0 if answer is None else answer.status
        headers = request.headers
        asked = "if-none-match" in headers or "if-modified-since" in headers
        agent = headers.get("user-agent", "")
        line = Served(
            time.time(), connection, request.method, request.host, request.path, status, sent, asked, agent
        )
        if self.journal:
            self.journal.write(json.dumps(line._asdict(), ensure_ascii=False) + "\n")
        else:
            self.log.append(line)
        return answer

    def change(self, **changes: float) -> None:
        """Set `generation` and `changed` of the network, or any field of its faults, by name.

        Raises TypeError for a name that neither has.
        """
        network = {name: changes.pop(name) for name in ("generation", "changed") if name in changes}
        self.faults = replace(self.faults, **changes)  # type: ignore[arg-type]
        if network:
            self.network = self.network.at(
                int(network.get("generation", self.network.generation)),
                network.get("changed", self.network.changed),
            )
            self._made.clear()
            self._made_bytes = 0

    def warm(self) -> None:
        """Make all article pages now, as far as the cache holds them: a load test then measures the crawler
        and not the copying tools of the mirrors, which cost some 8 ms a page."""
        for name, host in self.network.hosts.items():
            accepted = {"accept-encoding": "gzip"} if host.gzip else {}
            for index in self.network.copied[name]:
                self._page(Request(name, path_of(self.network, host, index), headers=accepted))

    def _answer(self, request: Request) -> Answer | None:
        rate = self.faults.drop_connections
        luck = chance(self.network.seed, self.requests, "drop") if rate else 1.0
        if luck < rate / 2:
            return None
        if request.method not in ("GET", "HEAD"):
            return plain(405, "GET and HEAD only", ("Allow", "GET, HEAD"))
        key = request.host, request.path
        failing = respond.fault(self.network, self.faults, request, datetime.now(UTC))
        if failing and (key not in self._failed or request.path == "/robots.txt"):
            self._failed.add(key)
            return failing
        made = self._page(request)
        wait = respond.wait_of(self.network, self.faults, request)
        if wait or luck < rate:
            made = replace(made, wait=wait, cut=luck < rate)
        return conditional(made, request.headers)

    def _page(self, request: Request) -> Answer:
        """A page from the cache, or made now. Traps are made anew: their bodies may be endless."""
        if request.host == TRAPS:
            return respond.answer(self.network, request)
        host = self.network.hosts.get(request.host)
        packed = host is not None and host.gzip and "gzip" in request.headers.get("accept-encoding", "")
        key = request.host, request.path, packed
        if (known := self._made.get(key)) is not None:
            self._made.move_to_end(key)
            return known
        made = respond.answer(self.network, request)
        made = gzipped(made) if packed and made.status == 200 else made
        self._made[key] = made
        self._made_bytes += len(made.body)
        while self._made_bytes > self.cache_bytes:
            self._made_bytes -= len(self._made.popitem(last=False)[1].body)
        return made

    def _control(self, path: str) -> Answer:
        """`http://control.test/set?generation=1&changed=0.05`: changes what runs, and says what is set."""
        parts = urlsplit(path)
        if parts.path != "/set":
            return plain(404, "/set?generation=1&changed=0.05&drop_connections=0.01&robots_503=1")
        try:
            self.change(**{name: float(value) for name, value in parse_qsl(parts.query)})
        except (TypeError, ValueError) as error:
            return plain(400, str(error))
        state = {
            "generation": self.network.generation,
            "changed": self.network.changed,
            **asdict(self.faults),
        }
        return plain(200, json.dumps(state))


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: `port` on 127.0.0.1 and the hub behind it."""

    port: int
    hub: Hub

    @property
    def log(self) -> list[Served]:
        """All requests so far, in the order in which they came."""
        return self.hub.log

    def at(self, host: str) -> list[Served]:
        """The requests to one host."""
        return [line for line in self.hub.log if line.host == host]


def resolver_map(network: Network, port: int) -> dict[str, tuple[str, int]]:
    """Every name of the network -> (address, port): what a crawl of the network uses in place of DNS."""
    return dict.fromkeys((*network.hosts, TRAPS, CONTROL), ("127.0.0.1", port))


def listen(port: int = 0) -> socket.socket:
    """A listening socket on loopback; 0 takes a free port. Raises OSError when the port is taken."""
    return socket.create_server(("127.0.0.1", port), backlog=1024)


async def run(hub: Hub, door: socket.socket, stop: asyncio.Event) -> None:
    """Serve on a listening socket until `stop` is set, then close it."""
    server = await asyncio.get_running_loop().create_server(hub.connection, sock=door)
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _FLUSH_EVERY)
        if hub.journal:
            hub.journal.flush()
    server.close()
    # The loop cannot be closed over a connection that its client keeps open.
    for connection in tuple(hub.open):
        connection.transport.abort()
    while hub.open:
        await asyncio.sleep(0)


@contextmanager
def serve(
    network: Network, faults: Faults | None = None, port: int = 0, log: Path | None = None
) -> Iterator[Running]:
    """Run the network in a thread of this process for as long as the context lasts.

    Raises OSError when the port is taken.
    """
    with listen(port) as door, journal_at(log) as journal:
        hub, loop, stop = Hub(network, faults or Faults(), journal), uvloop.new_event_loop(), asyncio.Event()
        thread = threading.Thread(
            target=loop.run_until_complete, args=(run(hub, door, stop),), daemon=True, name="demo network"
        )
        thread.start()
        try:
            yield Running(door.getsockname()[1], hub)
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()


def journal_at(log: Path | None) -> AbstractContextManager[TextIO | None]:
    """The file for the log, or none."""
    return log.open("w", encoding="utf-8") if log else nullcontext()
