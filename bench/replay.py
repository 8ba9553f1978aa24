"""Replay of a crawl by pywb: every record that an index names must come back with the digest of its payload.

pywb does not get on with the versions that the project is locked to, so it lives in a venv of its own, made
from `requirements-replay.lock`; it is asked over HTTP, as a reader of the archive asks it.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.figures import Figure
from bench.odd_server import HOST, in_all_codings, odd_server, site
from bench.one_crawl import Order
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import serve
from pipelines.archive.catalog import Catalog
from pipelines.archive.cdxj import CDX_FOLDER, write_indexes

AREA = "replay"
ROOT = Path(__file__).resolve().parent.parent
VENV, LOCK = ROOT / ".venv-replay", ROOT / "requirements-replay.lock"
STARTUP_SECONDS = 60.0


def run() -> Iterator[Figure]:
    """Two crawls of the demo's network and of a server of odd answers, replayed; and the files' validity."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive"
        crawl_everything(archive)
        with Catalog.open(archive, read_only=True) as catalog:
            write_indexes(archive, catalog)
        lines = index_of(archive)
        kinds = Counter(
            "revisit" if line["mime"] == "warc/revisit" else line.get("status", "?") for line in lines
        )
        print(
            "records:", ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())), file=sys.stderr
        )
        digests = digests_of(lines)
        with pywb(archive) as port:
            wrong = [
                line for line in lines if not replays(port, line, digests[line["timestamp"] + line["key"]])
            ]
        for line in wrong:
            print(f"not replayed: {line['timestamp']} {line['url']} {line['mime']}", file=sys.stderr)
        yield Figure(
            AREA,
            "records replayed with the right digest",
            len(lines) - len(wrong),
            len(lines),
            floor=len(lines),
        )
        yield Figure(AREA, "of these revisits", kinds["revisit"], len(lines), floor=1)
        yield from validity(archive)


def crawl_everything(archive: Path) -> None:
    """All that a crawl writes: pages old and new, revisits, redirects, rendered ones, robots.txt, codings."""
    network = Network(articles=30, mirrors=11, crawl_delay=0.0)
    with serve(network, Faults(slow=0.0, unavailable=0.02)) as server:
        for generation in (0, 1):
            server.hub.change(generation=generation, changed=0.1)
            order = Order(
                archive, server.port, declarations(network), browser=True, everything=True, warc_bytes=500_000
            )
            order.run()
    with odd_server(in_all_codings()) as odd:
        for _ in range(2):
            Order(archive, odd.port, {"odd": site(("/",))}, everything=True).run()
            time.sleep(1.1)  # WARC-Date has seconds: the records of one address should differ in it
        assert odd.asked("/cookie"), f"nothing was asked of {HOST}"


def index_of(archive: Path) -> list[dict[str, str]]:
    """The lines of all indexes, each with its key and timestamp."""
    lines = []
    for path in sorted((archive / CDX_FOLDER).glob("*.cdxj")):
        for line in path.read_text(encoding="ascii").splitlines():
            key, timestamp, about = line.split(" ", 2)
            lines.append({"key": key, "timestamp": timestamp, **json.loads(about)})
    return lines


def digests_of(lines: list[dict[str, str]]) -> dict[str, set[str]]:
    """What may come back for a moment and an address: its records of one second cannot be told apart."""
    digests: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        digests[line["timestamp"] + line["key"]].add(line["digest"])
    return digests


def replays(port: int, line: dict[str, str], digests: set[str]) -> bool:
    """Whether pywb gives the payload back."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/all/{line['timestamp']}id_/{line['url']}")
        body = connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return f"sha256:{hashlib.sha256(body).hexdigest()}" in digests


def validity(archive: Path) -> Iterator[Figure]:
    """The files by gzip, `fastwarc check` and `warcio check`."""
    files = sorted((archive / "warc").glob("*.warc.gz"))
    checks = {"fastwarc": Path(sys.executable).with_name("fastwarc"), "warcio": VENV / "bin" / "warcio"}
    for name, tool in checks.items():
        done = [subprocess.run([tool, "check", path], capture_output=True, check=False) for path in files]
        yield Figure(
            AREA, f"files valid to {name}", sum(d.returncode == 0 for d in done), len(files), floor=len(files)
        )
    whole = 0
    for path in files:
        with suppress(OSError, EOFError):
            whole += bool(gzip.decompress(path.read_bytes()))
    yield Figure(AREA, "files valid to gzip", whole, len(files), floor=len(files))


@contextmanager
def pywb(archive: Path) -> Iterator[int]:
    """A running pywb over the archive's files and indexes; its port."""
    make_venv()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        paths = {"index_paths": str(archive / CDX_FOLDER), "archive_paths": f"{archive / 'warc'}/"}
        (Path(folder) / "config.yaml").write_text(json.dumps({"collections": {"all": paths}}))
        command: list[str | Path] = [
            VENV / "bin" / "wayback",
            "-p",
            str(port),
            "-d",
            folder,
            "-b",
            "127.0.0.1",
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port)
                yield port
            finally:
                process.terminate()


def make_venv() -> None:
    """The venv with pywb, once for each state of its lock."""
    done = VENV / ".done"
    if done.exists() and done.read_text() == LOCK.read_text():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip: list[str | Path] = [
        VENV / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--quiet",
    ]
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", LOCK], check=True)
    done.write_text(LOCK.read_text())


def _wait_for(port: int) -> None:
    end = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise TimeoutError(f"pywb does not listen after {STARTUP_SECONDS:g} seconds")
