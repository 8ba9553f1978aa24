"""Addresses as pages write them, made absolute."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def absolute(base: str, address: str) -> str | None:
    """The http(s) address that a link means, without fragment; None for anything else."""
    address = address.strip().replace("\n", "").replace("\t", "").replace("\r", "")
    if (
        not address
        or address[0] == "#"
        or address[:11].lower() in ("javascript:",)
        or address[:7].lower() == "mailto:"
    ):
        return None
    try:
        joined = urljoin(base, address).partition("#")[0]
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None
