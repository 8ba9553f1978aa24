"""Where connections are made: the resolver that checks what a name stands for, and bounded HTTP.

The resolver is the reactor's, so whatever connects by name gets only addresses that passed `guard.check_ip`,
and connects to those very addresses: between check and connect nothing is looked up again.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS
from twisted.web.http_headers import InvalidHeaderName
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.guard import Refused, check_ip
from crawler.optin import LOOPBACK, UNVERIFIED, hosts_opted_in

logger = logging.getLogger(__name__)

MAX_HEAD = 128 * 1024
"""Bytes of status line and header lines. Browsers stop at 256 KiB, servers send below 16 KiB; Twisted bounds
one line but neither their number nor their sum."""

_LENGTHS = re.compile(rb"\d+(?:\s*,\s*\d+)*")

CONNECT_TIMEOUT = 30.0
"""Seconds for a connection to be made, part of the DOWNLOAD_TIMEOUT of the whole answer."""

Resolved = Mapping[str, tuple[str, int]]


class GuardedResolver:
    """Resolves names through the reactor's own resolver and lets only public addresses pass.

    `pinned` maps names to (address, port) without asking anyone, for the bundled network; such an address is
    checked like every other. `loopback` names the hosts whose declaration allows addresses of this machine.
    """

    def __init__(self, reactor: Any, pinned: Resolved, loopback: frozenset[str]) -> None:
        self.reactor, self.pinned, self.loopback = reactor, pinned, loopback
        self.original: Any = None

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        """`crawler` is Scrapy's CrawlerProcess: only its settings are known here."""
        pinned = {
            host: (ip, int(port)) for host, (ip, port) in crawler.settings.getdict("IPNEWS_RESOLVE").items()
        }
        return cls(reactor, pinned, hosts_opted_in(crawler.settings, LOOPBACK))

    def install_on_reactor(self) -> None:
        """Take the place of the reactor's resolver."""
        self.original = self.reactor.nameResolver
        self.reactor.installNameResolver(_Resolver(self))

    def passes(self, host: str, address: str) -> bool:
        """Whether a connection to `address` for `host` may be made."""
        try:
            check_ip(address, loopback=host in self.loopback)
        except Refused as error:
            logger.warning("refused to connect to %s: %s", host, error)
            return False
        return True


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way: a pinned name is resolved at once."""


@implementer(IHostnameResolver)
class _Resolver:
    def __init__(self, guard: GuardedResolver) -> None:
        self._guard = guard

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        host = hostName.lower().rstrip(".")
        receiver = _Sieve(resolutionReceiver, self._guard, host)
        if (pin := self._guard.pinned.get(host)) is None:
            return self._guard.original.resolveHostName(
                receiver, hostName, portNumber, addressTypes, transportSemantics
            )
        resolution: Any = _Resolution(host)
        receiver.resolutionBegan(resolution)
        family = IPv6Address if ":" in pin[0] else IPv4Address
        receiver.addressResolved(family("TCP", *pin))
        receiver.resolutionComplete()
        return resolution


@implementer(IResolutionReceiver)
class _Sieve:
    def __init__(self, receiver: Any, guard: GuardedResolver, host: str) -> None:
        self._receiver, self._guard, self._host = receiver, guard, host

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        if self._guard.passes(self._host, address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()


class _LenientParser(_LenientHTTPClientParser):
    """Takes header lines as browsers do, where Twisted gives the whole answer up: blanks before the colon,
    lines without a valid name, a Content-Length that is no number, transfer codings besides `chunked`."""

    def headerReceived(self, name: bytes, value: bytes) -> None:
        name = name.rstrip(b" \t").lower()
        if name == b"transfer-encoding":
            self._transfer_coded([coding.strip().lower() for coding in value.split(b",")])
        elif name != b"content-length" or _LENGTHS.fullmatch(value):
            with suppress(InvalidHeaderName):
                super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def _transfer_coded(self, codings: list[bytes]) -> None:
        """Chunks are undone here, other codings (RFC 9112, 7) with those of the content: in `codings.py`."""
        for coding in codings:
            framing = coding == b"chunked"
            headers = self.connHeaders if framing else self.headers
            if coding != b"identity":
                headers.addRawHeader(b"transfer-encoding", coding)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Counts bytes until the header section is over and hangs up when there are too many."""

    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        answer = super().request(request)
        self._parser.__class__ = _LenientParser  # as Scrapy puts in the parser that this one goes on from
        return answer

    def dataReceived(self, data: bytes) -> None:
        parser = self._parser
        if parser is not None and parser.state in ("STATUS", "HEADER"):
            self._head += len(data)
            # A first packet may carry the start of a large body too; only what stays head is counted twice.
            if self._head > MAX_HEAD:
                transport: Any = self.transport
                transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:  # noqa: ARG002 (Twisted's name)
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@implementer(IPolicyForHTTPS)
class _PolicyBySite:
    """Certificates are verified except for the hosts whose declaration says otherwise."""

    def __init__(self, lenient: Any, unverified: frozenset[str]) -> None:
        self._lenient, self._unverified = lenient, unverified
        self._strict: Any = BrowserLikePolicyForHTTPS()  # type: ignore[no-untyped-call]

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        lenient = hostname.decode("ascii", "replace").lower() in self._unverified
        return (self._lenient if lenient else self._strict).creatorForNetloc(hostname, port)


class _OneAgent(Agent):
    """Twisted's agent for all requests, with an endpoint per origin: making both anew for every request, with
    the host's name checked by IDNA each time, costs 0.1 ms a page."""

    _getEndpoint: Any

    def __init__(self, reactor: Any, policy: Any, pool: Any) -> None:
        super().__init__(reactor, policy, CONNECT_TIMEOUT, pool=pool)  # type: ignore[no-untyped-call]
        endpoint_of = lru_cache(maxsize=1_024)(self._endpointFactory.endpointForURI)
        self._getEndpoint = lambda uri: endpoint_of(_Origin(uri.scheme, uri.host, uri.port))


class _Origin(NamedTuple):
    """What an endpoint depends on, under the names that Twisted's `URI` gives it."""

    scheme: bytes
    host: bytes
    port: int


class _AgentOfOne(_ScrapyAgent):
    def __init__(self, agent: _OneAgent, **given: Any) -> None:
        super().__init__(**given)
        self._agent = agent

    def _get_agent(self, request: Request, timeout: float) -> Agent:  # noqa: ARG002 (Scrapy's names)
        return self._agent


class BoundedHTTPHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with bounded heads and verified certificates, and without proxies.

    Scrapy verifies no certificate unless told to, and then for all hosts or none; its own factory, which
    here follows DOWNLOAD_VERIFY_CERTIFICATES = False, serves only the hosts of `IPNEWS_UNVERIFIED`.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        policy: Any = _PolicyBySite(self._contextFactory, hosts_opted_in(crawler.settings, UNVERIFIED))
        self._agent = _OneAgent(self._pool._reactor, policy, self._pool)
        self._bounds: dict[str, Any] = {
            "contextFactory": policy, "maxsize": self._default_maxsize, "warnsize": self._default_warnsize,
            "fail_on_dataloss": self._fail_on_dataloss, "crawler": crawler,
        }  # fmt: skip

    async def download_request(self, request: Request) -> Response:
        """One answer. Raises what Scrapy's handlers raise."""
        with wrap_twisted_exceptions():
            agent = _AgentOfOne(self._agent, **self._bounds)
            return await maybe_deferred_to_future(agent.download_request(request))
