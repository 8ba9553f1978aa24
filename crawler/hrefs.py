"""The links of an article page by their addresses alone: a twentieth of the time of a full reading.

A list says what stands behind a link and of what day it is, and is read in full (`reading.links`). Nine pages
of ten are articles; of their links only the address counts, and nearly all are seen on every page of a site,
so each is worked out once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from pipelines.reading.addresses import as_sent, with_slashes
from pipelines.reading.decode import judge
from pipelines.reading.links import kind_of_address
from pipelines.records import Link

_HREF = re.compile(
    rb"<(a|base|iframe)\b[^<>]{0,500}?\b(?:href|src)\s*=\s*(?:\"([^\"<>]{1,2000})|'([^'<>]{1,2000})|([^\s\"'<>]{1,2000}))",
    re.I,
)
_PLAIN = re.compile(rb"(?:https?://[a-z0-9.-]+)?/?[\w~-][\w~./-]*(?:\?[\w.=-]+)?")
"""No colon, blank or ampersand: an address from the root, from the folder or whole, and no other meaning."""
_SPLIT = re.compile(r"https?://[^/\s]+(?:/[^/\s]+)*/[^/\s]*")
_FROM_ROOT = (b"/", b"http://", b"https://")
"""Starts of references that mean the same on every page of a host: its navigation."""
_COMMENT = re.compile(rb"<!--.*?-->", re.S)
_META = re.compile(rb"<meta\b[^<>]*\bhttp-equiv\s*=\s*[\"']?refresh\b[^<>]*>", re.I)
_CONTENT = re.compile(rb"\bcontent\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s>]*))", re.I)
_ONWARD = re.compile(rb"\s*[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?(?:\"([^\"]*).*|'([^']*).*|(.+))", re.I | re.S)
_NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:", "data:", "about:")


def hrefs(payload: bytes, url: str, content_type: str | None = None) -> Iterator[Link]:
    """Absolute addresses in the order of the page, each once. `url` is the page's own."""
    folder, seen, encoding = _directory(url), set(), ""
    for found in _HREF.finditer(payload):
        written = found[2] or found[3] or found[4]
        if not written.isascii():
            encoding = encoding or judge(payload, content_type)[0]
        if found[1].lower() == b"base":
            folder = _directory(_worked_out(url, written, encoding) or url)
        elif written not in seen:
            seen.add(written)
            base = _root(folder) if written.startswith(_FROM_ROOT) else folder
            if (link := _link(base, written, "" if written.isascii() else encoding)) is not None:
                yield link


def refreshed(payload: bytes, url: str, content_type: str | None = None) -> str | None:
    """The absolute address that a page sends on to by a `meta` refresh (HTML standard, "shared declarative
    refresh steps"); None for one that only reloads itself, or has none."""
    if b"refresh" not in payload.lower() or (meta := _META.search(_COMMENT.sub(b"", payload))) is None:
        return None
    content = _CONTENT.search(meta[0])
    onward = _ONWARD.fullmatch(_first(content)) if content else None
    if onward is None:
        return None
    return _worked_out(url, _first(onward), judge(payload, content_type)[0])


def _first(found: re.Match[bytes]) -> bytes:
    return next((group for group in found.groups() if group is not None), b"")


def _directory(base: str) -> str:
    # Relative addresses depend on the folder only, so that pages of one folder share what is worked out.
    path = base.partition("#")[0].partition("?")[0]
    if _SPLIT.fullmatch(path) and "/." not in path:
        return path[: path.rfind("/") + 1]
    path = urlsplit(base).path
    return urljoin(base, path[: path.rfind("/") + 1] or "/")


def _root(folder: str) -> str:
    return folder[: folder.find("/", 8) + 1] or folder  # of a base without a host there is no root


@lru_cache(maxsize=16_384)
def _link(base: str, written: bytes, encoding: str) -> Link | None:
    address = _plain(base, written) or _worked_out(base, written, encoding)
    return Link(address, kind_of_address(address)) if address else None


def _plain(base: str, written: bytes) -> str | None:
    """The address that a plain reference stands for, None where it has to be worked out."""
    if not _PLAIN.fullmatch(written) or b"//" in written[8:] or b"/." in written:
        return None
    text = written.decode("ascii")
    if text.startswith(("http://", "https://")):
        return text
    if b"//" in written:
        return None
    return _root(base) + text[1:] if text[0] == "/" else base + text


def _worked_out(base: str, written: bytes, encoding: str) -> str | None:
    encoding = encoding or "utf-8"
    try:
        text = html.unescape(written.decode(encoding, "replace")).strip()
        address = urljoin(base, with_slashes(re.sub(r"[\t\r\n]", "", text))).partition("#")[0]
        usable = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return None
    if not usable or text.lower().startswith(_NO_ADDRESS):
        return None
    return as_sent(address, encoding)
