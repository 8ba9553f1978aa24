"""Speed of the crawl beside bare Scrapy on the same pages, in one run: `make bench`.

Bare Scrapy: its own scheduler in memory, every address given to it, an empty parse, nothing kept. Ours: the
frontier on disk, every answer in the WARC and in the catalog, links found; first without reading, then the
whole job with reading in processes beside it. They take turns, and a share is the median over the rounds. The
server has the other core for itself only on an idle machine, so the processor time of the crawler alone is
printed beside the pages per second.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.figures import Figure, floors
from bench.one_crawl import Order
from bench.peak import peak_memory
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.render import path_of, url_of

AREA = "crawl"
CONNECTIONS = 4
"""To one host: fetching is then bound by the processor, not by the order of one host's answers."""

ROUNDS = 7
"""Of half a minute each: of three longer ones the median share of capture was .74, .75, .89 and .92 on one
machine, whose speed changes within minutes."""


def run(full: bool) -> list[Figure]:
    """Pages per second of bare Scrapy, of capture alone, of the whole job on clean and on damaged pages."""
    clean = Network(articles=900 if full else 150, mirrors=6, crawl_delay=0.0, damaged=False)
    damaged = Network(articles=200 if full else 20, mirrors=6, crawl_delay=0.0)
    figures = _side_by_side(
        clean, {"capture only": False, "whole job, undamaged pages": True}, ROUNDS if full else 1
    )
    return figures + _side_by_side(damaged, {"whole job, damaged pages": True}, 1)


def _side_by_side(network: Network, jobs: dict[str, bool], rounds: int) -> list[Figure]:
    """Each job by turns with bare Scrapy, `rounds` times: what else the machine does falls on both."""
    results: dict[str, list[dict[str, float]]] = {"bare Scrapy": [], **{name: [] for name in jobs}}
    with network_process(network) as port:
        urls = article_urls(network)
        bare_scrapy(urls, port)  # warms the server's pages: it makes each of them once
        for _ in range(rounds):
            results["bare Scrapy"].append(bare_scrapy(urls, port))
            for name, read in jobs.items():
                results[name].append(ours(network, port, read))
    bare, *others = results.items()
    figures = [_speed(name, runs) for name, runs in results.items()]
    return figures + [figure for name, runs in others for figure in _shares(name, runs, bare[1])]


SHARES = {"capture only": "capture_share", "whole job, undamaged pages": "whole_share"}
"""Which floor holds for which job."""


def _shares(name: str, runs: list[dict[str, float]], bare: list[dict[str, float]]) -> Iterator[Figure]:
    """A job beside the bare runs that it took turns with: medians over the rounds."""
    pairs = list(zip(runs, bare, strict=True))
    pages = sum(int(one["pages"]) for one in runs)
    share = median(_rate(one) / _rate(other) for one, other in pairs)
    floor = floors("bench_crawl").get(SHARES.get(name, ""))
    yield Figure(AREA, f"{name}, of bare Scrapy's pages/s", share, pages, floor=floor)
    spent = median((other["cpu"] / other["pages"]) / (one["cpu"] / one["pages"]) for one, other in pairs)
    yield Figure(AREA, f"{name}, of bare Scrapy's pages per processor second", spent, pages)
    memory = max(one["memory"] for one in runs)
    yield Figure(AREA, f"{name}: memory of the crawler", memory, pages, unit="MB", ceiling=300)


@contextmanager
def network_process(network: Network, **options: str) -> Iterator[int]:
    """The network in a process of its own, without faults; gives its port."""
    command = [
        sys.executable, "-m", "crawler.demo", "--articles", str(network.articles), "--mirrors",
        str(network.mirrors), "--seed", str(network.seed), "--crawl-delay", str(network.crawl_delay),
        "--unavailable", "0", "--slow", "0", *([] if network.damaged else ["--undamaged"]),
        *(word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(json.loads(process.stdout.readline())["port"])
        finally:
            process.terminate()


def article_urls(network: Network) -> list[str]:
    """The addresses of all article pages."""
    return [
        url_of(host, path_of(network, host, index))
        for host in network.hosts.values()
        for index in network.copied[host.name]
    ]


def sites_of(network: Network) -> dict[str, str]:
    """The network's declarations with CONNECTIONS to each host."""
    return {
        name: re.sub(r"connections = \d+", f"connections = {CONNECTIONS}", text)
        for name, text in declarations(network).items()
    }


def ours(network: Network, port: int, read: bool) -> dict[str, float]:
    """One crawl of ours: pages, seconds, processor seconds of the crawler (workers apart), memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        result = Order(Path(folder) / "archive", port, sites_of(network), read=read).run()
    measured = ("seconds", "cpu", "memory")
    return {"pages": result["counts"]["answers"], **{name: result[name] for name in measured}}


def bare_scrapy(urls: list[str], port: int) -> dict[str, float]:
    """The same pages through Scrapy alone, in a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"urls": urls, "port": port}, file)
        file.flush()
        command = [sys.executable, "-m", "bench.bench_crawl", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _bare_main(order: dict[str, Any]) -> None:
    import scrapy

    class Bare(scrapy.Spider):
        name = "bare"
        pages = 0

        async def start(self) -> Any:
            for url in order["urls"]:
                yield scrapy.Request(url)

        def parse(self, response: Any) -> None:  # noqa: ARG002
            Bare.pages += 1

    hosts = sorted({urlsplit(url).hostname for url in order["urls"]})
    settings = {
        "TWISTED_DNS_RESOLVER": "crawler.connect.GuardedResolver",
        "IPNEWS_RESOLVE": dict.fromkeys(hosts, ("127.0.0.1", order["port"])),
        "IPNEWS_LOOPBACK": hosts,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONNECTIONS,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    # As in one_crawl.py: from after the imports of our modules to the end, the making of the engine included.
    started, before = time.perf_counter(), time.process_time()
    from scrapy.crawler import CrawlerProcess

    process = CrawlerProcess(settings)
    process.crawl(Bare)
    process.start()
    seconds, cpu = time.perf_counter() - started, time.process_time() - before
    memory = peak_memory()
    print(json.dumps({"pages": Bare.pages, "seconds": seconds, "cpu": cpu, "memory": memory}))


def _rate(one: dict[str, float]) -> float:
    return one["pages"] / one["seconds"]


def _speed(name: str, runs: list[dict[str, float]]) -> Figure:
    pages = sum(int(one["pages"]) for one in runs)
    return Figure(AREA, name, median(map(_rate, runs)), pages, unit="pages/s")


if __name__ == "__main__":
    _bare_main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
