"""What the network is asked and what it answers: the records between the pure pages and the server."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in. `host` is lower case without port; header names are lower case."""

    host: str
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `wait` is seconds before the first byte.

    `chunks`, when given, replace `body`: they are sent one by one, `pause` seconds apart, under
    Transfer-Encoding: chunked, and may never end. `cut` closes the connection after half of the body.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wait: float = 0.0
    chunks: Iterable[bytes] | None = None
    pause: float = 0.0
    cut: bool = False

    def header(self, name: str) -> str | None:
        """The first value of a header, names compared without case (RFC 9110, 5.1)."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Served(NamedTuple):
    """One line of the server's log. `time` in seconds since the epoch when the request was whole;
    `sent` counts bytes of the answer's body (0 for a 304), -1 when the connection was dropped."""

    time: float
    connection: int
    method: str
    host: str
    path: str
    status: int
    sent: int
    conditional: bool
    agent: str


HTML = "text/html"
REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    421: "Misdirected Request",
    429: "Too Many Requests",
    501: "Not Implemented",
    503: "Service Unavailable",
}


def page(body: bytes, modified: str, charset: str | None = "utf-8", kind: str = HTML) -> Answer:
    """A page with its validators: a strong ETag over the bytes (RFC 9110, 8.8.3) and Last-Modified."""
    tag = blake2b(body, digest_size=8).hexdigest()
    content_type = f"{kind}; charset={charset}" if charset else kind
    return Answer(
        200, (("Content-Type", content_type), ("ETag", f'"{tag}"'), ("Last-Modified", modified)), body
    )


def redirect(location: str, status: int = 301) -> Answer:
    """A redirect to an address, absolute or relative."""
    return Answer(status, (("Location", location), ("Content-Type", "text/html; charset=utf-8")))


def plain(status: int, text: str, *headers: tuple[str, str]) -> Answer:
    """A short answer without validators."""
    return Answer(status, (("Content-Type", "text/html; charset=utf-8"), *headers), text.encode())


def gzipped(answer: Answer) -> Answer:
    """The same page under Content-Encoding gzip, with an ETag of its own (RFC 9110, 8.8.3.3)."""
    headers = tuple(
        (name, f'{value[:-1]}-gzip"' if name == "ETag" else value) for name, value in answer.headers
    )
    more = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return Answer(answer.status, (*headers, *more), gzip.compress(answer.body, 6, mtime=0))


def conditional(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """304 where the request's validators still hold, else the answer as it is.

    If-None-Match wins over If-Modified-Since (RFC 9110, 13.2.2); the date is compared as text because
    this server writes every date in one form (IMF-fixdate) and a client sends back what it got.
    """
    if answer.status != 200:
        return answer
    kept = tuple(pair for pair in answer.headers if pair[0] in ("ETag", "Last-Modified"))
    if (known := headers.get("if-none-match")) is not None:
        tag = answer.header("ETag")
        listed = {part.strip().removeprefix("W/") for part in known.split(",")}
        return Answer(304, kept) if tag and (tag in listed or "*" in listed) else answer
    if (since := headers.get("if-modified-since")) is not None and since == answer.header("Last-Modified"):
        return Answer(304, kept)
    return answer
