"""HTTP/1.1 on one connection: heads in, answers out.

Written on asyncio's protocol and not on a framework: the network is the load generator too and shares the
cores with the crawler that it measures, and tests need what frameworks hide: a cut connection, an endless
body, the number of the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import cast

from crawler.demo.answer import REASONS, Answer, Request, plain

_LONGEST_HEAD = 64 * 1024

Handler = Callable[[Request, int], Answer | None]
"""Request and number of the connection -> the answer, or None to cut the connection."""


class Connection(asyncio.Protocol):
    """Reads a head, answers it, reads the next. Requests of one connection are answered in order."""

    def __init__(self, handler: Handler, number: int, peers: set[Connection]) -> None:
        """`peers`: the connections that are open, this one among them while it is."""
        self.handler, self.number, self.peers = handler, number, peers
        self.buffer = b""
        self.sending: asyncio.Task[None] | None = None
        self.room = asyncio.Event()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one by behaviour, not by class
        self.room.set()
        self.peers.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Part of asyncio.Protocol."""
        self.room.set()
        self.peers.discard(self)
        if self.sending:
            self.sending.cancel()

    def pause_writing(self) -> None:
        """Part of asyncio.Protocol: the client reads slower than we write."""
        self.room.clear()

    def resume_writing(self) -> None:
        """Part of asyncio.Protocol."""
        self.room.set()

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol."""
        self.buffer += data
        self._take_requests()

    def _take_requests(self) -> None:
        while self.sending is None and not self.transport.is_closing():
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                if len(head) > _LONGEST_HEAD:
                    self.transport.close()
                return
            self.buffer = rest
            self._handle(head)

    def _handle(self, head: bytes) -> None:
        request, stay = parse_head(head)
        if request is None:
            self._send(plain(400, "bad request"), False, "GET")
            return
        answer = self.handler(request, self.number)
        if answer is None:
            self.transport.abort()
        elif answer.wait or answer.chunks is not None:
            loop = asyncio.get_running_loop()
            self.sending = loop.create_task(self._send_slowly(answer, stay, request.method))
        else:
            self._send(answer, stay, request.method)

    def _send(self, answer: Answer, stay: bool, method: str) -> None:
        bodyless = method == "HEAD" or answer.status == 304
        length = () if answer.status == 304 else (("Content-Length", str(len(answer.body))),)
        body = answer.body[: len(answer.body) // 2] if answer.cut else answer.body
        self.transport.write(head_of(answer, stay, length) + (b"" if bodyless else body))
        if answer.cut or not stay:
            self.transport.close()

    async def _send_slowly(self, answer: Answer, stay: bool, method: str) -> None:
        await asyncio.sleep(answer.wait)
        if answer.chunks is None:
            self._send(answer, stay, method)
        else:
            self.transport.write(head_of(answer, stay, (("Transfer-Encoding", "chunked"),)))
            for chunk in answer.chunks:
                await self.room.wait()
                self.transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
                await asyncio.sleep(answer.pause)
            self.transport.write(b"0\r\n\r\n")
        self.sending = None
        self._take_requests()


def parse_head(head: bytes) -> tuple[Request | None, bool]:
    """A request head without its last blank line -> (request or None, whether the connection stays open)."""
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        return None, False
    method, target, version = parts
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    authority = headers.get("host", "")
    if target.startswith("http://"):  # a proxy's absolute form (RFC 9112, 3.2.2) names the host itself
        authority, _, rest = target.removeprefix("http://").partition("/")
        target = f"/{rest}"
    wish = headers.get("connection", "").lower()
    stay = wish == "keep-alive" if version == "HTTP/1.0" else wish != "close"
    return Request(authority.partition(":")[0].lower().rstrip("."), target, method, headers), stay


def head_of(answer: Answer, stay: bool, more: Iterable[tuple[str, str]]) -> bytes:
    """Status line and headers as bytes, with the blank line that ends them."""
    closing = () if stay else (("Connection", "close"),)
    fields = "".join(f"{name}: {value}\r\n" for name, value in (*answer.headers, *more, *closing))
    status = f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}\r\nServer: demo\r\n"
    return f"{status}{fields}\r\n".encode("latin-1")
