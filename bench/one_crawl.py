"""One crawl in a process of its own, for tests, soak and bench: `python -m bench.one_crawl JSON`.

A reactor runs once in a process, and a process is what gets killed. The JSON names archive, port and
declarations; the last line on stdout is the result.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.peak import peak_memory
from pipelines.archive.warc import ROTATE_AT
from pipelines.errors import IpnewsError
from pipelines.sites import parse_site

if TYPE_CHECKING:
    from crawler.demo.server import Running


@dataclass(frozen=True, slots=True)
class Order:
    """What to crawl. `sites`: name -> declaration; every declared host is found at `port` on loopback.

    `file_bytes`: no file may grow beyond so many bytes, as on a disk that is full."""

    archive: Path
    port: int
    sites: Mapping[str, str]
    catalog: str | None = None
    read: bool = False
    everything: bool = False
    watch: bool = False
    browser: bool = False
    patience: float = 8.0
    urls: tuple[str, ...] = ()
    pages: int | None = None
    disk: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    file_bytes: int | None = None
    warc_bytes: int = ROTATE_AT

    def start(self) -> subprocess.Popen[str]:
        """Start the crawl; its result is read by `finished`."""
        order = {name: getattr(self, name) for name in self.__slots__} | {"archive": str(self.archive)}
        command = [sys.executable, "-m", "bench.one_crawl", json.dumps(order)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self) -> dict[str, Any]:
        """Crawl and wait."""
        return finished(self.start())


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The result of a crawl that ends by itself: counts, exit_code, seconds, memory (MB), errors."""
    out, errors = process.communicate()
    lines = out.strip().splitlines()
    result: dict[str, Any] = json.loads(lines[-1]) if lines else {"counts": {}}
    return {"exit_code": process.returncode} | result | {"errors": errors}


@contextmanager
def at_request(server: Running, number: int, act: Callable[[], object]) -> Iterator[None]:
    """While the context lasts, `act` is called when the server gets its `number`th request from now on.

    Counted here: of two requests at once the server's own count passes over a number."""
    handle, requests = server.hub.handle, count(1)

    def watched(request: Any, connection: int) -> Any:
        if next(requests) == number:
            act()
        return handle(request, connection)

    server.hub.handle = watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        server.hub.handle = handle  # type: ignore[method-assign]


def run_until(server: Running, order: Order, number: int, sent: int = signal.SIGKILL) -> int:
    """Crawl, and send a signal while the answer to a request of some number is waited for; the exit code."""
    process: subprocess.Popen[str]
    with at_request(server, number, lambda: process.send_signal(sent)):
        process = order.start()
        process.communicate()
    return process.returncode


def main(order: dict[str, Any]) -> int:
    """Crawl as ordered and print the result.

    Imports lazily, as the command does: each reading process imports the main module anew.
    """
    from crawler.budget import Limits
    from crawler.run import crawl

    sites = {name: parse_site(name, text) for name, text in order["sites"].items()}
    resolve = {host: ("127.0.0.1", order["port"]) for site in sites.values() for host in site.hosts}
    if order["file_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_bytes"], order["file_bytes"]))
    started, before = time.perf_counter(), time.process_time()
    try:
        result = crawl(
            Path(order["archive"]),
            sites,
            catalog=order["catalog"],
            site_names=() if order["urls"] else tuple(sites),
            urls=order["urls"],
            everything=order["everything"],
            watch=order["watch"],
            limits=Limits(order["pages"], None, order["disk"]),
            resolve=resolve,
            browser=order["browser"],
            patience=order["patience"],
            read=order["read"],
            settings=order["settings"],
            warc_bytes=order["warc_bytes"],
        )
    except IpnewsError as error:
        print(json.dumps({"exit_code": error.exit_code, "error": str(error), "counts": {}}))
        return error.exit_code
    memory = peak_memory()
    seconds, cpu = time.perf_counter() - started, time.process_time() - before
    print(
        json.dumps(
            {
                "counts": dict(result.counts),
                "exit_code": result.exit_code,
                "stopped": result.stop_reason,
                "notes": result.notes,
                "seconds": seconds,
                "cpu": cpu,
                "memory": memory,
            }
        )
    )
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
