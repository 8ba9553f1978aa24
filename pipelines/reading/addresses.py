"""Addresses as pages write them, made absolute."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

_SAFE = r"[^\s?#;\\<>\x00-\x20]*(?:\?[^\s#\x00-\x20]+)?"
_WHOLE = re.compile(rf"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?::[0-9]{{1,5}})?(?:/{_SAFE})?")
_ROOTED = re.compile(rf"/(?!/){_SAFE}")
"""Addresses that mean what they say, or do so behind the root of the page's own: nine of ten. To join them by
the general rule (RFC 3986, 5.2) takes ten times as long."""

_CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]*://)[^/?#\\]*@", re.IGNORECASE)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def absolute(base: str, address: str) -> str | None:
    """The http(s) address that a link means, without fragment; None for anything else."""
    if _WHOLE.fullmatch(address):
        return address
    if _ROOTED.fullmatch(address) and "/." not in address and (root := _root(base)):
        return root + address
    return _joined(base, address)


def without_credentials(address: str) -> str:
    """An address without the user's name and password before its host (RFC 3986, 3.2.1): they name no other
    page, and those that stand in the captures of others would stand in exports."""
    found = _CREDENTIALS.match(address) if "@" in address else None
    return found[1] + address[found.end() :] if found else address


def with_slashes(address: str) -> str:
    """A reference with the slashes that its backslashes mean up to the query (URL standard, 4.4)."""
    path, mark, query = address.partition("?")
    return path.replace("\\", "/") + mark + query


def as_sent(address: str, encoding: str) -> str:
    """An address with what is beyond ASCII in its query percent-encoded in the encoding of the page that has
    it, which is what browsers ask for (URL standard, 4.4, "query state") and such a site understands.
    `encoding`: a Python codec. UTF-8 stays for the crawler to encode, and so does the path."""
    before, mark, query = address.partition("?")
    if query.isascii() or encoding.startswith("utf"):
        return address
    return before + mark + _BEYOND_ASCII.sub(lambda found: _percent_encoded(found[0], encoding), query)


def _percent_encoded(text: str, encoding: str) -> str:
    return quote(text.encode(encoding, "xmlcharrefreplace"), safe="")


def _joined(base: str, address: str) -> str | None:
    address = address.strip().replace("\n", "").replace("\t", "").replace("\r", "")
    if (
        not address
        or address[0] == "#"
        or address[:11].lower() in ("javascript:",)
        or address[:7].lower() == "mailto:"
    ):
        return None
    try:
        joined = urljoin(base, with_slashes(address)).partition("#")[0]
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None


@lru_cache(maxsize=256)
def _root(base: str) -> str:
    """Scheme and host of an address with both, as `urljoin` takes them over; "" for others."""
    found = _WHOLE.fullmatch(base.partition("#")[0])
    return "/".join(base.split("/", 3)[:3]).partition("?")[0] if found else ""
