"""Which addresses may be spoken to at all: pure checks of a written address and of a resolved one.

A written address is checked when it is found and before it is requested; the address that a name resolves
to is checked where the connection is made (`connect.py`), because only there is it the one connected to:
a check of the name beforehand is undone by a name server that answers differently the second time.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_SPECIAL_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
"""IANA's IPv4 special-purpose registry (RFC 6890), multicast, and the one public address that is a metadata
service (168.63.129.16). Written out: `ipaddress.is_global` differs between Python versions."""

_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
"""Of IPv6 only global unicast (RFC 4291, 2.4) is spoken to, less tunnels (Teredo, 6to4) and documentation.
Mapped, compatible, NAT64, unique-local, link-local and site-local addresses all lie outside 2000::/3."""

_BAD_PORTS = frozenset(
    (1719, 1720, 1723, 2049, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5900, 6000, 6379, 6566, 6665,
     6666, 6667, 6668, 6669, 6679, 6697, 9200, 10080, 11211, 27017)
)  # fmt: skip
"""Ports above 1023 that speak no HTTP: the Fetch standard's list of bad ports, and data stores."""

_PRIVATE_SUFFIXES = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home", "corp", "svc",
    "arpa", "invalid", "alt", "onion",
)  # fmt: skip
"""Names that no public server has: RFC 6761, 6762 (appendix G), 7686, 8375, 9476, and what home routers and
clusters of containers use. `arpa` holds addresses written backwards and names of the own network."""
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_CONTROLS = re.compile(r"[\x00-\x20\x7f\\]")
_PLAIN = re.compile(r"https?://([a-z0-9.-]+)/[!-\[\]-~]*")
"""What has nothing to refuse but its host: no port, no credentials. To split such an address takes eight
times as long, and a page names dozens."""
MAX_URL = 2000
"""Characters. Longer addresses are traps or session state; common servers refuse them at 8,000 bytes."""


class Refused(Exception):
    """The guard does not let this through. `str(error)` says why, in one line."""


def check_url(url: str, loopback: bool = False) -> str:
    """Check a written address; returns its host, lower case, as it would be resolved.

    `loopback` is the opt-in of a declared site: its names may be private ones. Raises Refused for another
    scheme, credentials, ports of other protocols, hosts that are no names or that name this machine, and
    numbers (decimal, octal, hexadecimal, shortened, full-width) of addresses that are not public.
    """
    if len(url) > MAX_URL:
        raise Refused(f"address of {len(url):,} characters; at most {MAX_URL:,}")
    if plain := _PLAIN.fullmatch(url):
        return _check_host(plain[1], loopback)
    if _CONTROLS.search(url):
        raise Refused("blank, backslash or control character in the address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused(str(error)) from None
    if parts.scheme not in ("http", "https"):
        raise Refused(f"scheme {parts.scheme[:20]!r}; only http and https")
    if "@" in parts.netloc:
        raise Refused("credentials in the address")
    if port is not None and port not in (80, 443) and (port < 1024 or port in _BAD_PORTS):
        raise Refused(f"port {port} is not one of web servers")
    return _check_host(host, loopback)


def check_ip(address: str, loopback: bool = False) -> None:
    """Check an address about to be connected to. Raises Refused unless public (or loopback, opted in)."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        raise Refused(f"{address!r} is no IP address") from None
    if loopback and ip.is_loopback:
        return
    if isinstance(ip, IPv4Address):
        public = not any(ip in net for net in _SPECIAL_V4)
    else:
        public = ip in _GLOBAL_V6 and not any(ip in net for net in _SPECIAL_V6)
    if not public:
        raise Refused(f"{ip} is not a public address")


def numeric_host(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host written as numbers stands for, by the URL standard's host parser; else None.

    127.1, 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1 to a resolver, so they must be to a guard.
    Raises Refused for numbers that overflow: some resolvers wrap them, some do not.
    """
    if ":" in host:
        try:
            return IPv6Address(host.partition("%")[0])
        except ValueError:
            raise Refused(f"{host!r} is no IPv6 address") from None
    labels = host.removesuffix(".").split(".")
    if not _NUMBER.fullmatch(labels[-1]):
        return None
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        raise Refused(f"{host!r} ends in a number and is no IPv4 address")
    numbers = [_number(label) for label in labels]
    last_bound = 256 ** (5 - len(numbers))
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= last_bound:
        raise Refused(f"{host!r} is out of range for an IPv4 address")
    value = numbers[-1] + sum(number << (24 - 8 * place) for place, number in enumerate(numbers[:-1]))
    return IPv4Address(value)


def _number(label: str) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    if len(label) > 1 and label.startswith("0"):
        if not set(label) <= set("01234567"):
            raise Refused(f"{label!r} is no octal number")
        return int(label, 8)
    return int(label)


@lru_cache(maxsize=1_024)
def _check_host(written: str, loopback: bool) -> str:
    # Resolvers and browsers fold width and ideographic full stops before they look a name up (UTS 46).
    host = unicodedata.normalize("NFKC", written).replace("\u3002", ".").lower().removesuffix(".")
    if not host:
        raise Refused("no host in the address")
    if (ip := numeric_host(host)) is not None:
        check_ip(str(ip), loopback)
        return str(ip)
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        raise Refused(f"{written[:60]!r} is no host name") from None
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(f"{written[:60]!r} is no host name")
    private = len(labels) == 1 or any(host == name or host.endswith("." + name) for name in _PRIVATE_SUFFIXES)
    if private and not loopback:
        raise Refused(f"{host!r} is a name of the local network")
    return host
