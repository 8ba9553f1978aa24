"""Answers that are too much: too large, too long, too deep, too slow, or not what they say."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable
from functools import cache

from crawler.demo.answer import Answer

HTML = ("Content-Type", "text/html; charset=utf-8")
XML = ("Content-Type", "application/xml; charset=utf-8")
_MEGABYTE = 1 << 20

Trap = Callable[[str, dict[str, str]], Answer]
"""Rest of the path after the trap's name, and the query -> the answer."""


@cache
def gzip_bomb(megabytes: int = 256) -> bytes:
    """A gzip member that unpacks to so many MB of blanks (about 1:1000)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * _MEGABYTE
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def _bomb(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML, ("Content-Encoding", "gzip")), gzip_bomb())


def _double_bomb(_rest: str, _query: dict[str, str]) -> Answer:
    """Packed twice: a limit that looks at the first layer only sees 300 bytes become 300 kB."""
    return Answer(200, (HTML, ("Content-Encoding", "gzip, gzip")), gzip.compress(gzip_bomb()))


def _endless(_rest: str, _query: dict[str, str]) -> Answer:
    line = "<p>没有尽头的一页。</p>\n".encode() * 500
    return Answer(200, (HTML,), chunks=itertools.repeat(line))


def _drip(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML,), chunks=itertools.repeat(b"<!-- . -->"), pause=0.5)


def _silent(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML,), b"late", wait=3600.0)


def _huge_headers(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML, *((f"X-Filler-{n}", "x" * 8000) for n in range(2000))), b"<p>x</p>")


def _many_headers(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML, *((f"X-{n}", "x") for n in range(100_000))), b"<p>x</p>")


def _laughs(_rest: str, _query: dict[str, str]) -> Answer:
    """A sitemap of nested entities (billion laughs): 10 ** 9 copies of three letters."""
    rows = ['<!ENTITY a0 "lol">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    kind = f'<?xml version="1.0"?>\n<!DOCTYPE urlset [{"".join(rows)}]>\n'
    return Answer(200, (XML,), f"{kind}<urlset><url><loc>&a9;</loc></url></urlset>".encode())


def _entity(_rest: str, _query: dict[str, str]) -> Answer:
    """A sitemap with external entities: a local file and an inner address."""
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/hostname">'
        '<!ENTITY m SYSTEM "http://169.254.169.254/">]>\n<urlset><url><loc>http://traps.test/&f;&m;</loc></url></urlset>'
    )
    return Answer(200, (XML,), text.encode())


def _nested(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML,), b"<div>" * 100_000 + b"x")


def _long_line(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML,), b"<p>" + "长".encode() * (16 * _MEGABYTE))


def _nulls(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (HTML,), bytes(_MEGABYTE))


def _short(_rest: str, _query: dict[str, str]) -> Answer:
    """A gzip member that ends in the middle."""
    whole = gzip.compress("<p>半途而废的一页。</p>".encode() * 1000)
    return Answer(200, (HTML, ("Content-Encoding", "gzip")), whole[: len(whole) // 2])


def _attachment(_rest: str, _query: dict[str, str]) -> Answer:
    kind = ("Content-Type", "application/octet-stream")
    return Answer(
        200, (kind, ("Content-Disposition", "attachment; filename=../../evil.exe")), b"MZ" + bytes(64)
    )


def _spin(_rest: str, _query: dict[str, str]) -> Answer:
    """A page that promises its article to scripts and then never lets go of the browser."""
    promise = "<title>spin</title><div id='app'></div><noscript>请启用 JavaScript</noscript>"
    return Answer(200, (HTML,), f"{promise}<script>for(;;){{}}</script>".encode())


BOMBS: dict[str, Trap] = {
    "bomb": _bomb,
    "double-bomb": _double_bomb,
    "endless": _endless,
    "drip": _drip,
    "silent": _silent,
    "huge-headers": _huge_headers,
    "many-headers": _many_headers,
    "laughs": _laughs,
    "entity": _entity,
    "nested": _nested,
    "long-line": _long_line,
    "nulls": _nulls,
    "short": _short,
    "attachment": _attachment,
    "spin": _spin,
}
