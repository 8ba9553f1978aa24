"""The bundled network as a load generator, beside the standard library's server on the same page."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.figures import Figure, floors
from crawler.demo.network import Network
from crawler.demo.render import path_of

FULL, SHORT = 10_000, 1_000
_OPTIONS = ["--articles", "800", "--undamaged", "--crawl-delay", "0", "--unavailable", "0", "--slow", "0"]
_CONNECTIONS = 12
"""As many as the network has hosts: a polite crawler has one for each."""
_LAST_BYTES = b"</html>\n"


def run(full: bool) -> list[Figure]:
    """Pages a second over kept connections: made anew, from the cache, and the peer's one page."""
    network = Network(articles=800, damaged=False, crawl_delay=0)
    pages = [
        (name, path_of(network, network.hosts[name], index))
        for name, kept in network.copied.items()
        for index in kept
        if network.hosts[name].template != "script"
    ][: FULL if full else SHORT]
    bounds = floors("bench_demo")
    with served() as port:
        cold, sample = rate(port, pages)
        warm, _ = rate(port, pages)
    with peer(sample) as port:
        beside, _ = rate(port, pages)
    return [
        Figure("demo", "pages made on request", cold, len(pages), unit="pages/s"),
        Figure("demo", "pages from the cache", warm, len(pages), unit="pages/s", floor=bounds["cached_rate"]),
        Figure("demo", "peer: http.server, one page", beside, len(pages), unit="pages/s"),
    ]


@contextmanager
def served() -> Iterator[int]:
    """The network in a process of its own; yields its port."""
    command = [sys.executable, "-m", "crawler.demo", *_OPTIONS]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())["port"]
        process.terminate()


@contextmanager
def peer(body: bytes) -> Iterator[int]:
    """The standard library's threading server in a process of its own, with one page for every request."""
    with subprocess.Popen(
        [sys.executable, "-c", _PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(body)
        process.stdin.close()
        yield int(process.stdout.readline())
        process.terminate()


_PEER = """
import http.server, sys
body = sys.stdin.buffer.read()
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
print(server.server_port, flush=True)
server.serve_forever()
"""


def rate(port: int, pages: list[tuple[str, str]]) -> tuple[float, bytes]:
    """(pages a second, the last page) of one client with several kept connections, a request on each."""
    answer = b""
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(_CONNECTIONS)
        ]
        started = time.perf_counter()
        for start in range(0, len(pages), _CONNECTIONS):
            asked = list(zip(clients, pages[start : start + _CONNECTIONS], strict=False))
            for client, (host, path) in asked:
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            for client, _ in asked:
                answer = b""
                while not answer.endswith(_LAST_BYTES):
                    answer += client.recv(1 << 18)
        seconds = time.perf_counter() - started
    return len(pages) / seconds, answer.partition(b"\r\n\r\n")[2]
