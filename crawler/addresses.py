"""The one form in which an address is kept, so that one page is one address. Pure, and cached: pages repeat
their navigation on every page, and a crawl sees each link some dozens of times."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from pipelines.archive.warc import target_uri

_SESSION = re.compile(
    r"(?:php|asp\.?net_?|j)?sess(?:ion)?_?id|aspsessionid\w*|cfid|cftoken|sid|s_?id|zenid|osc?id|"
    r"utm_\w+|gclid|fbclid|spm|from|share_?\w*|mobile|highlight|extra|_t|_r|rand(?:om)?|timestamp|nonce",
    re.IGNORECASE,
)
"""Names of query parameters that carry a session, a campaign or a cache-buster, never a page. `sid` is
Discuz's session, `extra`, `highlight`, `mobile` its view state, `spm` and `from` where a reader came from."""
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*|/\((?:S|X)\([^)/]*\)\)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9._:-]+")
_ASCII = "".join(map(chr, range(128)))
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")
_PLAIN = re.compile(r"https?://[a-z0-9.-]*[a-z0-9-]/[\w~/-][\w~./-]*(?:\?[\w.=&-]*)?", re.ASCII)
"""Nearly all addresses: nothing in them has another form but a session in the query. Working those out in
full costs 0.1 ms each, the most of what a new address costs the crawler."""


@lru_cache(maxsize=1_024)
def host_of(url: str) -> str:
    """The host of an address, lower case; "" where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@lru_cache(maxsize=16_384)
def canonical(url: str) -> str:
    """Lower-case scheme and host, no dot behind the host, no default port, no fragment, no session;
    percent-encoded as in the WARC.

    The order of the query stays: servers may depend on it. Idempotent. An address that cannot be split, or
    whose host is no name, is returned as it is, for the guard to refuse.
    """
    if _PLAIN.fullmatch(url) and "/." not in url:
        before, _, query = url.partition("?")
        kept = _without_session(query)
        return f"{before}?{kept}" if kept else before
    return _worked_out(url)


def _worked_out(url: str) -> str:
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        host, port = (parts.hostname or "").lower().removesuffix("."), parts.port
    except ValueError:
        return url
    if not _HOST.fullmatch(host):
        return url
    user = parts.netloc.rpartition("@")[0]  # kept, so that the guard sees and refuses it
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme)
    netloc = f"{user}@{host}" if user else host
    if port is not None and port != default:
        netloc += f":{port}"
    path = _without_dots(_PATH_SESSION.sub("", parts.path) or "/")
    return target_uri(urlunsplit((parts.scheme, netloc, path, _without_session(parts.query), "")))


def _without_session(query: str) -> str:
    if not query:
        return ""
    kept = [part for part in query.split("&") if part and not _SESSION.fullmatch(part.partition("=")[0])]
    return "&".join(kept)


def _without_dots(path: str) -> str:
    """Remove `.` and `..` segments (RFC 3986, 5.2.4)."""
    if not _DOTS.search(path):
        return path
    out: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            out = out[:-1] if len(out) > 1 else out
        elif segment != ".":
            out.append(segment)
    return "/".join(out) + ("/" if segments[-1] in (".", "..") and out[-1:] != [""] else "") or "/"


def named_by(location: str, base: str) -> str | None:
    """The address that a Location names (RFC 9110, 10.2.2), absolute; None where it names none.

    A header is decoded as Latin-1, but servers write addresses in UTF-8 into it, or in GBK: those bytes are
    asked for as they are.
    """
    with suppress(UnicodeEncodeError):
        written = location.encode("latin-1")
        try:
            location = written.decode("utf-8")
        except UnicodeDecodeError:
            location = quote(written, safe=_ASCII)
    try:
        return urljoin(base, location.strip()) if location.strip() else None
    except ValueError:
        return None
