"""Whole crawls of the bundled network over real HTTP, each in a process of its own."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.one_crawl import Order
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import Running, serve
from crawler.settings import CONCURRENT_REQUESTS
from pipelines.archive.reader import read_at
from pipelines.archive.shelf import Shelf
from pipelines.records import WarcPointer

Rows = Callable[[Path, str], list[tuple[Any, ...]]]
MakeOrder = Callable[..., Order]

ARTICLES = (
    "select url from captures where status = 200 and url in (select url from addresses where kind='article')"
)
VERSIONS = "select url, count(*) from captures where status = 200 group by url having count(*) > 1"


def articles_of(archive: Path, rows: Rows) -> set[str]:
    return {url for (url,) in rows(archive, ARTICLES)}


def check_archive(archive: Path, rows: Rows) -> None:
    """Every WARC is valid to gzip and fastwarc, and every row's pointer leads to its payload."""
    for path in (archive / "warc").glob("*.warc.gz"):
        gzip.decompress(path.read_bytes())
        command = [str(Path(sys.executable).with_name("fastwarc")), "check", str(path)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0, path
    shelf = Shelf(archive)
    pointers = "select warc_file, warc_offset, warc_length, payload_digest from captures"
    for file, offset, length, digest in rows(archive, pointers):
        assert read_at(WarcPointer(file, offset, length), shelf).payload_digest == digest


def test_first_second_and_third_crawl(
    small: Network, running: Running, order: MakeOrder, catalog_rows: Rows, tmp_path: Path
) -> None:
    """Everything is found; nothing unchanged is transferred again; what changed, and only that, is a new version."""
    archive = tmp_path / "archive"
    result = order().run()
    assert result["exit_code"] == 0, result["errors"]
    assert len(articles_of(archive, catalog_rows)) >= small.size
    assert catalog_rows(archive, VERSIONS) == []
    assert not [line for line in running.log if line.path.endswith((".jpg", ".png", ".gif", ".css", ".js"))]
    assert all(line.agent.startswith("ipnews/") for line in running.log)

    before = len(running.log)
    assert order(everything=True).run()["counts"].get("new versions", 0) == 0
    second = [line for line in running.log[before:] if line.path != "/robots.txt"]
    assert len(second) >= small.size
    assert sum(line.sent for line in second if line.status in (200, 304)) == 0

    running.hub.change(generation=1, changed=0.05)
    order(everything=True).run()
    versions = {url for url, _ in catalog_rows(archive, VERSIONS)} & articles_of(archive, catalog_rows)
    assert len(versions) >= len(small.at(1, 0.05).changes) > 0
    pages = {line.path: line.sent for line in running.log if line.status == 200}
    assert len(versions) < len(pages) / 2
    check_archive(archive, catalog_rows)


def test_sigkill_at_four_moments_loses_nothing(
    small: Network,
    running: Running,
    order: MakeOrder,
    killed_at: Callable[..., int],
    catalog_rows: Rows,
    tmp_path: Path,
) -> None:
    archive = tmp_path / "archive"
    for moment in (2, 12, 23, 17):
        assert killed_at(running, order(), moment) == -signal.SIGKILL
    clipped = max((archive / "warc").glob("*.warc.gz"))
    with clipped.open("ab") as file:
        file.write(clipped.read_bytes()[:300])
    result = order().run()
    assert result["exit_code"] == 0, result["errors"]
    assert len(articles_of(archive, catalog_rows)) >= small.size
    assert catalog_rows(archive, VERSIONS) == []
    check_archive(archive, catalog_rows)
    taken = Counter((line.host, line.path) for line in running.log if line.status == 200 and line.sent > 0)
    again = sum(count - 1 for (_, path), count in taken.items() if path != "/robots.txt")
    assert again <= 4 * CONCURRENT_REQUESTS, "only what was under way at one of four kills is asked for again"


def test_one_crawl_at_a_time_and_the_first_signal_finishes_what_is_in_flight(
    running: Running,
    order: MakeOrder,
    watching: Callable[..., AbstractContextManager[None]],
    catalog_rows: Rows,
    tmp_path: Path,
) -> None:
    started = threading.Event()
    with watching(running, 30, started.set):
        first = order(watch=True).start()
        assert started.wait(60)
        second = order().run()
        first.send_signal(signal.SIGTERM)
        told, _ = first.communicate()
    assert json.loads(told.splitlines()[-1])["stopped"] == "a signal"
    assert second["exit_code"] == 2
    assert "another crawl" in second["error"]
    assert first.returncode == 3
    archive = tmp_path / "archive"
    assert catalog_rows(archive, "select count(*) from addresses where state = 'leased'") == [(0,)]
    assert catalog_rows(archive, "select exit_code from runs") == [(3,)]
    check_archive(archive, catalog_rows)


def test_budgets_of_pages_and_disk_stop_a_crawl_and_leave_the_rest_pending(
    order: MakeOrder, catalog_rows: Rows, tmp_path: Path
) -> None:
    pages = order(pages=20).run()
    assert pages["exit_code"] == 3
    assert 20 <= pages["counts"]["answers"] <= 60
    disk = order(disk=1).run()
    assert disk["exit_code"] == 3
    assert "disk budget" in disk["stopped"]
    left = "select count(*) from addresses where state = 'pending'"
    assert catalog_rows(tmp_path / "archive", left) > [(0,)]


def test_robots_503_takes_nothing(small: Network, tmp_path: Path) -> None:
    with serve(small, Faults(robots_503=True)) as server:
        result = Order(tmp_path / "archive", server.port, declarations(small)).run()
        assert {line.path for line in server.log} == {"/robots.txt"}
    assert result["counts"]["origins without robots.txt"] == len(small.hosts)
    assert sorted(note.partition(", so")[0] for note in result["notes"]) == sorted(
        f"http://{host}: robots.txt could not be had (HTTP 503)" for host in small.hosts
    )
    assert result["exit_code"] == 1


def test_the_servers_log_shows_the_manners(tmp_path: Path) -> None:
    """Crawl-delay and Retry-After are kept, and no host sees two connections at a time."""
    network = Network(articles=8, mirrors=2, crawl_delay=0.2)
    with serve(network, Faults(unavailable=0.3, retry_after=1, slow=0.0)) as server:
        result = Order(tmp_path / "archive", server.port, declarations(network)).run()
        log = list(server.log)
    assert result["exit_code"] == 0, result["errors"]
    for host in network.hosts:
        mine = [line for line in log if line.host == host]
        assert all(after.time - before.time >= 0.199 for before, after in pairwise(mine))
    refused = [line for line in log if line.status == 503]
    assert refused
    for line in refused:
        later = [other for other in log if other.host == line.host and other.time > line.time]
        assert all(other.time - line.time >= 0.999 for other in later)
        assert [other for other in later if other.path == line.path]
    connections = Counter((line.connection, line.host) for line in log)
    assert len({connection for connection, _ in connections}) <= len(network.hosts) + len(refused)
