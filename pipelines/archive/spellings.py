"""Hosts and addresses as they are compared when something is withdrawn: one page, however it was written.

Captures made by others keep the address that their record names; the form in which it is kept is no identity.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from w3lib.url import canonicalize_url

_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_name(written: str) -> str:
    """A host in lower case, without the dot that ends a whole name (RFC 1034, 3.1), beyond ASCII as DNS has
    it (RFC 5890, A-label)."""
    host = written.lower().removesuffix(".")
    if host.isascii() and "%" not in host:
        return host
    try:
        return unquote(host).encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return host


def host_of(url: str) -> str:
    """The host of an address as `host_name` has it, "" where it has none."""
    try:
        return host_name(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def written_hosts(host: str) -> list[str]:
    """The ways in which the host column of an older catalog may name a host."""
    try:
        decoded = quote(host.encode("ascii").decode("idna")).lower()
    except UnicodeError:
        decoded = host
    return [f"{name}{dot}" for name in dict.fromkeys((host, decoded)) for dot in ("", ".")]


def rough_path(url: str) -> str:
    """The path of an address, decoded: what addresses of one page have alike, told without taking them
    apart in full, which takes six times as long (61 against 10 µs)."""
    rest = url.split("/", 3)[3:]
    path = rest[0].partition("#")[0].partition("?")[0] if rest else ""
    return (unquote(path) if "%" in path else path).strip()


@lru_cache(maxsize=16_384)
def page_of(url: str) -> str:
    """What stays the same over the spellings of an address: neither scheme, default port nor fragment, the
    host by `host_name`, path and query percent-encoded alike, parameters in one order. Raises ValueError."""
    parts = urlsplit(canonicalize_url(url))
    port = parts.port
    ending = f":{port}" if port and port != _DEFAULT_PORTS.get(parts.scheme) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host_of(url)}{ending}{parts.path}{query}"
