"""WARC files in the shape of Common Crawl's news files, made of the bundled network: any number of captures.

WARC/1.0, one gzip member a record, a request before each response, SHA-1 digests in Base32, parts of about
a gigabyte. Among the articles is what such files hold besides: robots.txt, redirects, errors, PDF files,
pages in other languages.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from uuid import UUID

from crawler.demo.answer import REASONS, Answer, Request
from crawler.demo.network import Network
from crawler.demo.render import page_count, path_of
from crawler.demo.respond import answer

PART_BYTES = 1 << 30

DAMAGED_EVERY = 50
"""One page in so many is damaged, as by the mirrors of the network: reading it takes about 18 times as long
(48 against 2.7 ms of processor time on a busy machine, 71 pages each)."""

_DATE = "2026-11-22T00:00:00Z"
_ENGLISH = "<html><body><h1>Quarterly figures {n}</h1>" + "<p>The office reported steady growth.</p>" * 20
_PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40


def write_dump(folder: Path, captures: int, part_bytes: int = PART_BYTES) -> list[Path]:
    """Write `captures` responses; returns the files. Deterministic."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    file = None
    for number, (url, made) in enumerate(islice(_captures(captures), captures)):
        if file is None or file.tell() >= part_bytes:
            if file is not None:
                file.close()
            files.append(folder / f"CC-NEWS-20261122000000-{len(files):05d}.warc.gz")
            file = files[-1].open("wb")
            file.write(_record("warcinfo", url, b"software: made\r\nformat: WARC File Format 1.0\r\n", 0))
        request = f"GET {url} HTTP/1.1\r\nUser-Agent: made\r\n\r\n".encode()
        file.write(_record("request", url, request, 2 * number + 1))
        file.write(_record("response", url, _http(made), 2 * number + 2, made.body))
    if file is not None:
        file.close()
    return files


def _captures(wanted: int) -> Iterator[tuple[str, Answer]]:
    """(address, answer) of a network with enough pages; others strewn in, one in eight."""
    clean = Network(articles=max(80, wanted // 12), mirrors=40, damaged=False)
    damaged = replace(clean, damaged=True)
    for number, (host, path) in enumerate(_paths(clean)):
        url = f"http://{host}{path}"
        made = answer(clean if number % DAMAGED_EVERY else damaged, Request(host, path))
        if number % 8 == 0:
            yield _other(number, host, url)
        if made.chunks is None and made.body:
            yield url, made


def _paths(network: Network) -> Iterator[tuple[str, str]]:
    for name in network.hosts:
        yield from ((name, path) for path in ("/robots.txt", "/"))
    for name, host in network.hosts.items():
        for index in network.copied[name]:
            for page in range(1, page_count(network.copy(host, index)) + 1):
                yield name, path_of(network, host, index, page)


def _other(number: int, host: str, url: str) -> tuple[str, Answer]:
    kind = number // 8 % 4
    if kind == 0:
        return f"http://{host}/old/{number}", Answer(301, (("Location", url),))
    if kind == 1:
        return f"http://{host}/files/{number}.pdf", Answer(200, (("Content-Type", "application/pdf"),), _PDF)
    if kind == 2:
        body = _ENGLISH.format(n=number).encode()
        return f"http://{host}/en/{number}.html", Answer(200, (("Content-Type", "text/html"),), body)
    return f"http://{host}/gone/{number}", Answer(404, (("Content-Type", "text/html"),), b"<h1>404</h1>")


def _http(made: Answer) -> bytes:
    lines = [f"HTTP/1.1 {made.status} {REASONS.get(made.status, 'OK')}"]
    lines += [f"{name}: {value}" for name, value in made.headers]
    return "\r\n".join([*lines, f"Content-Length: {len(made.body)}", "", ""]).encode() + made.body


def _record(kind: str, url: str, block: bytes, number: int, payload: bytes | None = None) -> bytes:
    fields = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Date: {_DATE}",
        f"WARC-Record-ID: <urn:uuid:{UUID(int=number)}>",
        f"WARC-Target-URI: {url}",
        f"Content-Type: application/http; msgtype={kind}",
        f"WARC-Block-Digest: {_sha1(block)}",
        *([f"WARC-Payload-Digest: {_sha1(payload)}"] if payload is not None else []),
        f"Content-Length: {len(block)}",
    ]
    return gzip.compress("\r\n".join([*fields, "", ""]).encode() + block + b"\r\n\r\n", 6, mtime=0)


def _sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
