"""A server that answers with given bytes, as no server should and some do: what HTTP allows or tolerates."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Answer = bytes | Callable[[dict[str, str]], bytes]
"""Bytes for the wire, or what makes them from the request's headers (lower case)."""

HOST = "odd.test"


@dataclass(slots=True)
class Odd:
    """A running one: its port, and (time, path, headers) of each request."""

    port: int = 0
    log: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    def asked(self, path: str) -> int:
        """How many requests there were for a path."""
        return sum(one == path for _, one, _ in self.log)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """On a thread of the connection's own: a client may break off the handshake."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with suppress(OSError), self.tls.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)
            secure.unwrap()


class _ServerOfIPv6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def odd_server(
    answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None, address: str = "127.0.0.1"
) -> Iterator[Odd]:
    """Serve `answers` by path, or by host and path; 404 for others. Every answer ends its connection."""
    odd = Odd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            first = self.rfile.readline().decode("latin-1").split(" ")
            headers = {}
            while (line := self.rfile.readline().decode("latin-1").strip()) and ":" in line:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if len(first) > 1:
                odd.log.append((time.time(), first[1], headers))
                here = answers.get(headers.get("host", "").partition(":")[0] + first[1])
                answer = here if here is not None else answers.get(first[1], said("404 Not Found", b"no"))
                self.wfile.write(answer if isinstance(answer, bytes) else answer(headers))

    kind = _ServerOfIPv6 if ":" in address else _Server
    with kind((address, 0), Handler) as server:
        server.tls = tls
        odd.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield odd
        server.shutdown()


def said(
    status: str, body: bytes = b"", *lines: str, version: str = "HTTP/1.1", length: bool = True
) -> bytes:
    """An answer: status line, header lines, body."""
    counted = (f"Content-Length: {len(body)}",) if length else ()
    head = "\r\n".join((f"{version} {status}", "Connection: close", *counted, *lines))
    return head.encode("latin-1") + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 100) -> bytes:
    """A body in chunks, with an extension and a trailer."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(one), one) for one in pieces) + b"0\r\nX-Sum: 1\r\n\r\n"


def site(start: tuple[str, ...], extra: str = "", host: str = HOST) -> str:
    """The declaration of a host, with the pages to start from."""
    urls = ", ".join(f'"http://{host}{path}"' for path in start)
    return f'hosts = ["{host}"]\nloopback = true\nstart = [{urls}]\n{extra}\n[pace]\ndelay = 0.0\n'


def page(title: str, *links: str, charset: str = "utf-8") -> bytes:
    """A small article, with links."""
    text = (
        "专利审查员在讨论会上介绍了本年度发明专利申请的审查周期与质量评价办法，与会的企业代表提出了意见。" * 4
    )
    anchors = "".join(f'<a href="{link}">第{number}条：{link}</a>' for number, link in enumerate(links))
    html = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>{anchors}</body></html>"
    )
    return html.encode(charset, "replace")


HTML = "Content-Type: text/html; charset=utf-8"


def in_all_codings() -> dict[str, Answer]:
    """Pages in every form that an answer may travel in, and answers that are no pages."""
    whole = page("专利年报")
    bare = zlib.compressobj(wbits=-15)
    two_members = gzip.compress(whole[:200]) + gzip.compress(whole[200:])
    made: dict[str, Answer] = {
        "/gzip": said("200 OK", gzip.compress(page("压缩")), HTML, "Content-Encoding: gzip"),
        "/two-members": said("200 OK", two_members, HTML, "Content-Encoding: x-gzip"),
        "/deflate": said("200 OK", zlib.compress(page("放气")), HTML, "Content-Encoding: deflate"),
        "/bare-deflate": said(
            "200 OK", bare.compress(page("裸流")) + bare.flush(), HTML, "Content-Encoding: deflate"
        ),
        "/chunked": said("200 OK", chunked(page("分块")), HTML, "Transfer-Encoding: chunked", length=False),
        "/chunked-gzip": said(
            "200 OK", chunked(gzip.compress(page("分块压缩"))), HTML, "Transfer-Encoding: chunked",
            "Content-Encoding: gzip", length=False,
        ),
        "/no-length": said("200 OK", page("无长度"), HTML, version="HTTP/1.0", length=False),
        "/gb": said("200 OK", page("国标", charset="gb18030"), "Content-Type: text/html; charset=gb2312"),
        "/big5": said("200 OK", page("專利", charset="big5"), "Content-Type: text/html; charset=big5"),
        "/wrong-label": said("200 OK", page("标错", charset="gb18030"), HTML),
        "/latin-header": said("200 OK", page("头"), HTML, "X-Note: caf\xe9 \xa0", "X-Empty:"),
        "/cookie": said("200 OK", page("饼干"), HTML, "Set-Cookie: a=1; Path=/", "Set-Cookie: b=2"),
        "/moved": said("301 Moved", b"", "Location: /moved-again"),
        "/moved-again": said("302 Found", b"<p>gone</p>", HTML, "Location: http://odd.test/gzip"),
        "/empty": said("204 No Content", length=False),
        "/part": said("206 Partial Content", whole[:50], HTML, f"Content-Range: bytes 0-49/{len(whole)}"),
        "/no-range": said("416 Range Not Satisfiable", b"", "Content-Range: bytes */10"),
        "/gone": said("410 Gone", b"gone", HTML),
        "/broken": said("500 Internal Server Error", b"sorry", HTML),
        "/query?b=1&a=%E4%B8%93": said("200 OK", page("问号"), HTML),
        "/strange": said("299 Miscellaneous", page("二九九"), HTML),
        "/robots.txt": said("200 OK", b"User-agent: *\nDisallow: /never\n", "Content-Type: text/plain"),
    }  # fmt: skip
    made["/"] = said("200 OK", page("首页", *[path for path in made if path != "/robots.txt"]), HTML)
    return made
