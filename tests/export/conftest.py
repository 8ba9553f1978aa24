"""Made articles, an archive that holds them, real object stores over HTTP, and a proxy that breaks them."""

from __future__ import annotations

import http.client
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bench.made_articles import made_articles
from bench.made_catalog import insert_articles
from pipelines.archive.catalog import Catalog
from pipelines.archive.shelf import Shelf
from pipelines.export.job import export
from pipelines.export.result import ExportResult
from pipelines.records import Article, Settled

Pair = tuple[Article, Settled]


@pytest.fixture(scope="session")
def made() -> list[Pair]:
    """300 articles of four months, with what settle derived, by ascending id."""
    pairs = [
        (_in_four_months(article, number), derived)
        for number, (article, derived) in enumerate(made_articles(300))
    ]
    return sorted(pairs, key=lambda pair: pair[0].id)


def _in_four_months(article: Article, number: int) -> Article:
    day = f"2020-{number % 4 + 1:02}-{number % 28 + 1:02}T09:00:00+08:00"
    return replace(article, date_published=article.date_published and day)


@dataclass
class Archive:
    """An archive on the disk and the export of it."""

    folder: Path
    catalog: Catalog

    def put(self, pairs: list[Pair]) -> None:
        self.catalog.write(
            lambda connection: insert_articles(connection, list(enumerate(pairs, start=1)))
        ).result()

    def export(self, uri: str, form: Any = "parquet", **options: Any) -> ExportResult:
        return export(self.catalog, Shelf(self.folder), uri, form, **options)


@pytest.fixture
def archive(tmp_path: Path, made: list[Pair]) -> Iterator[Archive]:
    """The made articles in a catalog."""
    with Catalog.open(tmp_path / "archive") as catalog:
        archive = Archive(tmp_path / "archive", catalog)
        archive.put(made)
        yield archive


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """moto's S3 server on a free port: its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(moto: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An empty bucket of its own on moto: its `s3://` address, credentials in the environment."""
    bucket = f"bucket-{abs(hash(request.node.nodeid)) % 10**12}"
    status, _ = http_call(moto, "PUT", f"/{bucket}")
    assert status == 200
    for name, value in S3_VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    return f"s3://{bucket}/exports"


S3_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "an-id",
    "AWS_SECRET_ACCESS_KEY": "a-secret-never-printed",
    "AWS_REGION": "us-east-1",
}


def http_call(server: str, method: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


Fault = Callable[[str, str, int], str | None]
"""(method, path, how many requests came before) -> what goes wrong, or None."""


@dataclass
class Proxy:
    """What the faulty proxy does now, and what it did."""

    url: str
    fault: Fault = lambda method, path, before: None
    seen: list[tuple[str, str, str | None]] = field(default_factory=list)

    @property
    def faults(self) -> int:
        return sum(1 for _, _, fault in self.seen if fault)


@pytest.fixture
def proxy(moto: str, s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A real HTTP server between the export and moto; `proxy.fault` decides about each request."""
    state = Proxy("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(state, moto.removeprefix("http://")))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", state.url)
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def _handler_for(state: Proxy, upstream: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ConnectionError, TimeoutError):
                self.close_connection = True

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = state.fault(self.command, self.path, len(state.seen))
            state.seen.append((self.command, self.path, fault))
            if fault in ("503", "507", "403"):
                return self.answer(int(fault), [], _REFUSALS[fault])
            if fault == "cut":
                return self.hang_up()
            status, headers, content = _ask(upstream, self.command, self.path, dict(self.headers), body)
            if fault == "cut-answer":
                return self.hang_up()
            if fault == "wrong" and content:
                content = bytes([content[0] ^ 1]) + content[1:]
            if fault == "half" and content:
                self.answer(status, headers, content, sent=len(content) // 2)
                return self.hang_up()
            if fault == "continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            if fault == "slow":
                return self.dribble(status, headers, content)
            return self.answer(status, headers, content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward

        def answer(
            self, status: int, headers: list[tuple[str, str]], content: bytes, sent: int | None = None
        ) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in (
                    "connection",
                    "transfer-encoding",
                    "content-length",
                    "date",
                    "server",
                ):
                    self.send_header(name, value)
            length = {name.lower(): value for name, value in headers}.get("content-length", str(len(content)))
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content[:sent])

        def dribble(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.answer(status, headers, content, sent=0)
            pause = threading.Event()
            step = max(1, len(content) // 5)
            for start in range(0, len(content), step):
                pause.wait(0.02)
                self.wfile.write(content[start : start + step])

        def hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


_REFUSALS = {
    "503": b"<Error><Code>SlowDown</Code></Error>",
    "507": b"<Error><Code>StorageFull</Code></Error>",
    "403": b"<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>an-id</AWSAccessKeyId></Error>",
}


def _ask(
    upstream: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection(upstream, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read()
    finally:
        connection.close()
