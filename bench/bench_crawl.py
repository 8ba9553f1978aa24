"""Speed of the crawl beside bare Scrapy on the same pages, in one run: `make bench`.

Bare Scrapy: its own scheduler in memory, every address given to it, an empty parse, nothing kept. Ours: the
frontier on disk, every answer in the WARC and in the catalog, links found; first without reading, then the
whole job with reading in one worker process. The server has the other core for itself only on an idle
machine, so the processor time of the crawler alone is printed beside the pages per second.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.figures import Figure, floors
from bench.one_crawl import Order
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.render import path_of, url_of

AREA = "crawl"
CONNECTIONS = 4
"""To one host: fetching is then bound by the processor, not by the order of one host's answers."""


def run(full: bool) -> list[Figure]:
    """Pages per second of bare Scrapy, of capture alone, of the whole job on clean and on damaged pages."""
    articles = 2000 if full else 150
    clean = Network(articles=articles, mirrors=6, crawl_delay=0.0, damaged=False)
    damaged = replace(clean, damaged=True)
    bounds = floors("bench_crawl")
    with network_process(clean) as port:
        urls = article_urls(clean)
        bare_scrapy(urls, port)  # warms the server's pages: it makes each of them once
        bare = bare_scrapy(urls, port)
        capture = ours(clean, port, read=False)
        whole = ours(clean, port, read=True)
    with network_process(damaged) as port:
        bare_scrapy(article_urls(damaged), port)
        mended = ours(damaged, port, read=True)
    figures = [_speed("bare Scrapy", bare), _speed("capture only", capture)]
    figures += [_speed("whole job, undamaged pages", whole), _speed("whole job, damaged pages", mended)]
    for name, one, floor in (
        ("capture only", capture, "capture_share"),
        ("whole job, undamaged pages", whole, "whole_share"),
    ):
        pages, share = int(one["pages"]), _rate(one) / _rate(bare)
        figures.append(
            Figure(AREA, f"{name}, of bare Scrapy's pages/s", share, pages, floor=bounds.get(floor))
        )
        spent = (bare["cpu"] / bare["pages"]) / (one["cpu"] / one["pages"])
        figures.append(Figure(AREA, f"{name}, of bare Scrapy's pages per processor second", spent, pages))
    pages, memory = int(capture["pages"]), capture["memory"]
    return [*figures, Figure(AREA, "memory of the crawler", memory, pages, unit="MB", ceiling=300)]


@contextmanager
def network_process(network: Network, **options: str) -> Iterator[int]:
    """The network in a process of its own, without faults; gives its port."""
    command = [
        sys.executable, "-m", "crawler.demo", "--articles", str(network.articles), "--mirrors",
        str(network.mirrors), "--seed", str(network.seed), "--crawl-delay", str(network.crawl_delay),
        "--unavailable", "0", *([] if network.damaged else ["--undamaged"]),
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
    return {"pages": result["counts"]["answers"], **{k: result[k] for k in ("seconds", "cpu", "memory")}}


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
    from scrapy.crawler import CrawlerProcess

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
    process = CrawlerProcess(settings)
    process.crawl(Bare)
    started, before = time.perf_counter(), time.process_time()
    process.start()
    seconds, cpu = time.perf_counter() - started, time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"pages": Bare.pages, "seconds": seconds, "cpu": cpu, "memory": memory}))


def _rate(one: dict[str, float]) -> float:
    return one["pages"] / one["seconds"]


def _speed(name: str, one: dict[str, float]) -> Figure:
    return Figure(AREA, name, _rate(one), int(one["pages"]), unit="pages/s")


if __name__ == "__main__":
    _bare_main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
