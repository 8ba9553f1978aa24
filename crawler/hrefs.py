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

from pipelines.reading.links import kind_of_address
from pipelines.records import Link

_HREF = re.compile(
    rb"<(a|base|iframe)\b[^<>]{0,500}?\b(?:href|src)\s*=\s*(?:\"([^\"<>]{1,2000})|'([^'<>]{1,2000})|([^\s\"'<>]{1,2000}))",
    re.I,
)
_PLAIN = re.compile(rb"(?:https?://[a-z0-9.-]+)?/?[\w~-][\w~./-]*(?:\?[\w.=-]+)?")
"""No colon, blank or ampersand: an address from the root, from the folder or whole, and no other meaning."""
_NO_ADDRESS = ("#", "javascript:", "mailto:", "tel:", "data:", "about:")


def hrefs(payload: bytes, url: str) -> Iterator[Link]:
    """Absolute addresses in the order of the page, each once. `url` is the page's own."""
    folder, seen = _directory(url), set()
    for found in _HREF.finditer(payload):
        written = found[2] or found[3] or found[4]
        if found[1].lower() == b"base":
            folder = _directory(_worked_out(url, written) or url)
        elif written not in seen:
            seen.add(written)
            if (link := _link(folder, written)) is not None:
                yield link


def _directory(base: str) -> str:
    # Relative addresses depend on the folder only, so that pages of one folder share what is worked out.
    path = urlsplit(base).path
    return urljoin(base, path[: path.rfind("/") + 1] or "/")


@lru_cache(maxsize=16_384)
def _link(folder: str, written: bytes) -> Link | None:
    address = _plain(folder, written) or _worked_out(folder, written)
    return Link(address, kind_of_address(address)) if address else None


def _plain(folder: str, written: bytes) -> str | None:
    """The address that a plain reference stands for, None where it has to be worked out."""
    if not _PLAIN.fullmatch(written) or b"//" in written[8:] or b"/." in written:
        return None
    text = written.decode("ascii")
    if text.startswith(("http://", "https://")):
        return text
    if b"//" in written:
        return None
    return folder[: folder.index("/", 8)] + text if text[0] == "/" else folder + text


def _worked_out(folder: str, written: bytes) -> str | None:
    try:
        text = html.unescape(written.decode("utf-8", "replace")).strip()
        address = urljoin(folder, re.sub(r"[\t\r\n]", "", text)).partition("#")[0]
        usable = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return None
    if not usable or text.lower().startswith(_NO_ADDRESS):
        return None
    return address
