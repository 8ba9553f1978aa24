"""Sources on an object store and on a web server, over real HTTP, read as streams."""

from __future__ import annotations

import http.client
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import obstore
import pytest
from obstore.store import S3Store

from pipelines.archive.catalog import Catalog
from pipelines.archive.remote import list_below
from pipelines.archive.verify import verify
from pipelines.errors import SourceError
from pipelines.runner.backfill import backfill
from pipelines.runner.pending import queue_again, read_pending
from pipelines.runner.reading import Reading
from pipelines.sources.expand import expand

BUCKET = "captures"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(moto: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bytes], None]:
    for name, value in (("ACCESS_KEY_ID", "id"), ("SECRET_ACCESS_KEY", "a-secret"), ("REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)

    connection = http.client.HTTPConnection(moto.removeprefix("http://"))
    connection.request("PUT", f"/{BUCKET}")
    assert connection.getresponse().status == 200
    connection.close()
    store = S3Store(BUCKET, endpoint=moto, client_options={"allow_http": True})

    def put(name: str, data: bytes) -> None:
        obstore.put(store, name, data)

    return put


class _Ranges(BaseHTTPRequestHandler):
    """A web server that gives stretches of one file (RFC 9110, 14)."""

    data = b""

    def do_HEAD(self) -> None:
        self._answer(b"", 200, len(self.data))

    def do_GET(self) -> None:
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (
            (int(match[1]), int(match[2] or len(self.data) - 1)) if match else (0, len(self.data) - 1)
        )
        piece = self.data[first : last + 1]
        self._answer(piece, 206, len(piece), f"bytes {first}-{first + len(piece) - 1}/{len(self.data)}")

    def _answer(self, body: bytes, status: int, length: int, stretch: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        if stretch:
            self.send_header("Content-Range", stretch)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def fill(folder: Path, name: str, reading: Reading) -> Any:
    with Catalog.open(folder) as catalog:
        return backfill(expand([name]), folder, catalog, reading=reading, workers=0)


def test_a_bucket_is_read_in_place_and_again(
    tmp_path: Path, s3: Any, make_source: Any, reading: Reading, holds: Any
) -> None:
    for n in range(2):
        path = make_source(tmp_path / str(n), range(n * 5, n * 5 + 5))
        s3(f"deep/{n}/{path.name}", path.read_bytes())
    s3("deep/notes.txt", b"not a source")
    done = fill(tmp_path / "x", f"s3://{BUCKET}/deep/", reading)
    assert (done.files, done.counts.articles) == (2, 10)
    assert fill(tmp_path / "x", f"s3://{BUCKET}/deep/", reading).counts.parts == 0
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []
        assert queue_again(catalog, "plain-2") == 10
        assert read_pending(catalog, tmp_path / "x", reading=reading, workers=0).articles == 10
    assert len(holds(tmp_path / "x")["articles"]) == 10


def test_a_web_server_is_read_as_a_stream(tmp_path: Path, make_source: Any, reading: Reading) -> None:
    handler = type("Handler", (_Ranges,), {"data": make_source(tmp_path / "s", range(9)).read_bytes()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        name = f"http://127.0.0.1:{server.server_port}/crawl/x.warc.gz"
        assert fill(tmp_path / "x", name, reading).counts.captures == 9
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def put_as_named(server: str, names: Iterable[str], data: bytes) -> None:
    """Put objects whose keys are exactly these, whatever they would mean in an address."""
    connection = http.client.HTTPConnection(server.removeprefix("http://"))
    for name in names:
        connection.request("PUT", f"/{BUCKET}/{quote(name)}", data)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
    connection.close()


ODD_KEYS = ("odd/新闻 2024 +x.warc.gz", "odd/a%20b.warc.gz", "odd/c#d/e?f.warc.gz", "odd/~(1),;=@!.warc.gz")


@pytest.mark.usefixtures("s3")
def test_keys_that_an_address_would_read_otherwise(
    moto: str, tmp_path: Path, make_source: Any, reading: Reading
) -> None:
    data = make_source(tmp_path / "s", range(3)).read_bytes()
    put_as_named(moto, ODD_KEYS, data)
    done = fill(tmp_path / "x", f"s3://{BUCKET}/odd/", reading)
    assert (done.files, done.exit_code) == (len(ODD_KEYS), 0)
    assert done.counts.captures == 3 * len(ODD_KEYS)
    with Catalog.open(tmp_path / "x") as catalog:
        assert list(verify(tmp_path / "x", catalog)) == []
    for typed in ("odd/新闻 2024 +x.warc.gz", "odd/a%2520b.warc.gz"):
        assert fill(tmp_path / "y", f"s3://{BUCKET}/{typed}", reading).files == 1


@pytest.mark.usefixtures("s3")
def test_a_folder_of_more_objects_than_one_answer_lists(moto: str) -> None:
    put_as_named(moto, (f"many/{number:04}.warc" for number in range(1_001)), b"")
    assert len(set(list_below(f"s3://{BUCKET}/many/"))) == 1_001


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    "name", [f"s3://{BUCKET}/gone.warc.gz", "s3://no-such-bucket/", "s3://no-such-bucket/a.warc"]
)
def test_what_is_not_there_is_one_line_without_secrets(tmp_path: Path, reading: Reading, name: str) -> None:
    with pytest.raises(SourceError) as caught:
        fill(tmp_path / "x", name, reading)
    assert "\n" not in str(caught.value)
    assert "a-secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["http://me:a-secret@127.0.0.1:9/a.warc", "s3://id:a-secret@bucket/"])
def test_no_password_of_an_address_is_kept_or_shown(tmp_path: Path, reading: Reading, name: str) -> None:
    with pytest.raises(SourceError, match="no name and password in an address") as caught:
        fill(tmp_path / "x", name, reading)
    assert "a-secret" not in str(caught.value)
    held = b"".join(path.read_bytes() for path in (tmp_path / "x").iterdir() if path.is_file())
    assert b"a-secret" not in held


SAID = {
    "not there": (f"s3://{BUCKET}/none.warc.gz", {}, "the server has no such object; check the address"),
    "no bucket": ("s3://no-such-bucket/deep/", {}, "the server has no such bucket or container; check"),
    "no server": (
        f"s3://{BUCKET}/x.warc.gz",
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        "no whole answer from http://127.0.0.1:9; check the address",
    ),
}


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("case", SAID)
def test_what_a_server_refuses_is_told_in_our_words(
    case: str, tmp_path: Path, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, environment, said = SAID[case]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceError, match=re.escape(said)):
        fill(tmp_path / "x", address, reading)


def test_refused_credentials_are_named_and_never_printed(
    tmp_path: Path, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = b"<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>an-id</AWSAccessKeyId></Error>"

    class Refuses(_Ranges):
        def do_GET(self) -> None:
            self._answer(answer, 403, len(answer))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    for name, value in (("ACCESS_KEY_ID", "an-id"), ("SECRET_ACCESS_KEY", "a-secret")):
        monkeypatch.setenv(f"AWS_{name}", value)
    try:
        with pytest.raises(
            SourceError, match=r"did not accept the credentials \(AWS_ACCESS_KEY_ID"
        ) as caught:
            fill(tmp_path / "x", f"s3://{BUCKET}/deep/", reading)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "an-id" not in str(caught.value)
