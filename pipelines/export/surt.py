"""Sort keys of addresses for CDXJ indexes (SURT, as the web archives' index servers use them)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"www\d*\.")


def surt(url: str) -> str:
    """`http://www.Example.org:80/A?b=2&a=1` -> `org,example)/a?a=1&b=2`.

    Host reversed without `www`, default port dropped, everything in lower case, query arguments sorted: the
    canonical form of pywb, which looks captures up under it.
    """
    parts = urlsplit(url.lower())
    host = _WWW.sub("", parts.hostname or "", count=1)
    labels = ",".join(reversed(host.split("."))) if ":" not in host else host
    port = parts.port
    place = labels if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{labels}:{port}"
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{place}){path}" + (f"?{query}" if query else "")
