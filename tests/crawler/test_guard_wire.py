"""The guard and the bounds where it counts: on the wire, in whole crawls of hosts that mean harm."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.one_crawl import Order
from crawler.browser import find_browser
from crawler.demo.hosts import TRAPS
from crawler.demo.network import Network
from crawler.demo.respond import Faults
from crawler.demo.server import serve
from crawler.demo.traps import FORBIDDEN_TARGETS, TRAPS_BY_NAME

Rows = Callable[[Path, str], list[tuple[Any, ...]]]
WAITING = {"silent", "drip"}
"""Traps that are ended by the clock: they have a test of their own with a short one."""

TRAPS_SITE = """
hosts = ["{host}"]
loopback = true
start = [{start}]
[pace]
delay = 0.0
connections = 4
pages = 150
"""


def site(paths: list[str], host: str = TRAPS) -> str:
    return TRAPS_SITE.format(host=host, start=", ".join(f'"http://{host}{path}"' for path in paths))


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """A server on loopback that nobody may reach, and who did."""
    reached: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            reached.append(self.rfile.readline().decode("latin-1"))
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")

    with _Listener(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], reached
        server.shutdown()


def test_traps_and_bombs_are_bounded_and_harm_no_neighbour(tmp_path: Path, catalog_rows: Rows) -> None:
    """Every trap of the bundled host in one crawl: bounded in pages, memory and disk, all of it counted."""
    paths = [f"/{name}/" for name in TRAPS_BY_NAME if name not in WAITING | {"redirect"}]
    paths += [f"/redirect/{name}" for name in FORBIDDEN_TARGETS]
    with serve(Network(mirrors=0), Faults()) as server:
        result = Order(
            tmp_path / "archive", server.port, {"traps": site(paths)}, patience=0.0,
            settings={"DOWNLOAD_TIMEOUT": 15},
        ).run()  # fmt: skip
        taken = len(server.log)
    assert result["exit_code"] in (0, 1), result["errors"]
    assert "Traceback" not in result["errors"]
    assert taken <= 150 + 50, "the page budget of the host, and what four answers under way add to it"
    # One answer of 16 MiB (DOWNLOAD_MAXSIZE) is held as wire bytes, payload, text and parsed tree. A bound we
    # chose, not a derivation.
    assert result["memory"] < 500
    disk = sum(file.stat().st_size for file in (tmp_path / "archive" / "warc").iterdir())
    assert disk < 40 << 20
    failures: dict[str, str] = dict(
        catalog_rows(tmp_path / "archive", "select url, failure from addresses where failure is not null")
    )
    for name in ("bomb", "double-bomb", "endless", "long-line", "huge-headers", "many-headers", "short"):
        assert failures[f"http://{TRAPS}/{name}/"], name
    known = {url for (url,) in catalog_rows(tmp_path / "archive", "select url from addresses")}
    assert all(url.startswith(f"http://{TRAPS}/") for url in known), "no hostile target reached the frontier"
    refused = {name: n for name, n in result["counts"].items() if name.startswith("refused: ")}
    assert refused["refused: guard"] >= 20
    assert not list(tmp_path.rglob("evil.exe"))


def test_silence_and_drip_end_with_the_clock(tmp_path: Path, catalog_rows: Rows) -> None:
    with serve(Network(mirrors=0), Faults()) as server:
        Order(
            tmp_path / "archive", server.port, {"traps": site([f"/{name}/" for name in sorted(WAITING)])},
            patience=0.0, settings={"DOWNLOAD_TIMEOUT": 1},
        ).run()  # fmt: skip
    failures = catalog_rows(tmp_path / "archive", "select failure from addresses")
    assert len(failures) == 2
    assert all("longer than 1" in failure for (failure,) in failures)


def test_names_that_resolve_to_this_machine_are_not_connected_to(tmp_path: Path) -> None:
    """A public name, a private address behind it: the connection is refused where it would be made."""
    with listening() as (port, reached):
        result = Order(
            tmp_path / "archive", port, {"inner": site(["/"], "inner.example.org").replace("true", "false")}
        ).run()
    assert reached == []
    assert result["exit_code"] == 1
    assert result["counts"]["origins without robots.txt"] == 1


def test_a_page_in_the_browser_reaches_only_what_the_guard_lets_through(
    tmp_path: Path, catalog_rows: Rows
) -> None:
    """Scripts of a page try the machine it runs on, in every way a page can."""
    if find_browser() is None:
        pytest.skip("no browser")
    with listening() as (inner, reached):
        page = HOSTILE.replace("PORT", str(inner)).encode()
        with serving(page) as port:
            result = Order(
                tmp_path / "archive", port, {"shell": site(["/article/1001.html"], "shell.test")}, browser=True,
                patience=5.0,
            ).run()  # fmt: skip
    assert result["exit_code"] == 0, result["errors"]
    assert reached == []
    rendered = catalog_rows(tmp_path / "archive", "select size from captures where kind = 'rendered'")
    assert len(rendered) == 1


HOSTILE = """<!DOCTYPE html><html><head><title>x</title></head><body><div id="app"></div><script>
const inner = ["http://127.0.0.1:PORT/a", "http://localhost:PORT/b", "http://2130706433:PORT/c",
  "http://0x7f.1:PORT/d", "http://[::1]:PORT/e", "http://[::ffff:127.0.0.1]:PORT/f", "http://0.0.0.0:PORT/g"];
for (const url of inner) {
  fetch(url, {mode: "no-cors"}).catch(() => 0);
  new Image().src = url;
  const frame = document.createElement("iframe"); frame.src = url; document.body.append(frame);
  const script = document.createElement("script"); script.src = url; document.body.append(script);
  try { new WebSocket(url.replace("http", "ws")); } catch (e) {}
  try { new EventSource(url); } catch (e) {}
  navigator.sendBeacon(url, "x");
}
window.open(inner[0]);
document.getElementById("app").textContent = "国家知识产权局发布公告，".repeat(40);
</script></body></html>"""


@contextmanager
def serving(page: bytes) -> Iterator[int]:
    """A site of one page."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            while self.rfile.readline().strip():
                continue
            body = b"User-agent: *\nDisallow:\n" if b"robots.txt" in line else page
            kind = b"text/plain" if b"robots.txt" in line else b"text/html; charset=utf-8"
            head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            self.wfile.write(head % (kind, len(body)) + body)

    with _Listener(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
