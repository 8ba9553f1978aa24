"""The host of traps: everything that has brought down a crawler, one path each. `/` links to all of them.

No path here belongs to the network proper: only tests that ask for this host meet it.
"""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from urllib.parse import parse_qs, urlsplit

from crawler.demo.answer import Answer, plain, redirect
from crawler.demo.fate import lot

_HTML = ("Content-Type", "text/html; charset=utf-8")
_XML = ("Content-Type", "application/xml; charset=utf-8")
_MEGABYTE = 1 << 20

FORBIDDEN_TARGETS = {
    "loopback": "http://127.0.0.1/",
    "loopback-name": "http://localhost/",
    "loopback-decimal": "http://2130706433/",
    "loopback-octal": "http://0177.0.0.1/",
    "loopback-hex": "http://0x7f.0.0.1/",
    "loopback-short": "http://127.1/",
    "loopback-mapped": "http://[::ffff:127.0.0.1]/",
    "loopback-six": "http://[::1]/",
    "unspecified": "http://0.0.0.0/",
    "private-ten": "http://10.0.0.1/",
    "private-172": "http://172.16.0.1/",
    "private-192": "http://192.168.0.1/",
    "carrier": "http://100.64.0.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata-six": "http://[fd00:ec2::254]/latest/meta-data/",
    "link-local-six": "http://[fe80::1]/",
    "unique-local-six": "http://[fc00::1]/",
    "six-to-four": "http://[2002:7f00:1::]/",
    "nat64": "http://[64:ff9b::7f00:1]/",
    "multicast": "http://224.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "file": "file:///etc/hostname",
    "ftp": "ftp://traps.test/x",
    "data": "data:text/html,<p>x</p>",
    "script": "javascript:alert(1)",
    "userinfo": "http://www.ipqianyan.test@127.0.0.1/",
    "port": "http://traps.test:22/",
}
"""Where `/redirect/NAME` leads; all of it must be refused at connection time."""


def answer_trap(path: str) -> Answer:
    """The trap at a path; `/` lists them all."""
    parts = urlsplit(path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    name, _, rest = parts.path.strip("/").partition("/")
    trap = TRAPS_BY_NAME.get(name)
    if trap:
        return trap(rest, query)
    if parts.path == "/robots.txt":
        return Answer(200, (("Content-Type", "text/plain"),), b"User-agent: *\nDisallow:\n")
    return _page("traps", list(_doors())) if parts.path == "/" else plain(404, "404")


def _doors() -> Iterator[str]:
    yield from (f"/{name}/" for name in TRAPS_BY_NAME if name != "redirect")
    yield from (f"/redirect/{name}" for name in FORBIDDEN_TARGETS)


def _page(title: str, links: list[str]) -> Answer:
    listed = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return Answer(200, (_HTML,), f"<!DOCTYPE html><title>{title}</title><ul>{listed}</ul>".encode())


@cache
def gzip_bomb(megabytes: int = 256) -> bytes:
    """A gzip member that unpacks to so many MB of blanks (about 1:1000)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * _MEGABYTE
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def _bomb(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML, ("Content-Encoding", "gzip")), gzip_bomb())


def _double_bomb(_rest: str, _query: dict[str, str]) -> Answer:
    """Packed twice: a limit that looks at the first layer only sees 300 bytes become 300 kB."""
    return Answer(200, (_HTML, ("Content-Encoding", "gzip, gzip")), gzip.compress(gzip_bomb()))


def _endless(_rest: str, _query: dict[str, str]) -> Answer:
    line = "<p>没有尽头的一页。</p>\n".encode() * 500
    return Answer(200, (_HTML,), chunks=itertools.repeat(line))


def _drip(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML,), chunks=itertools.repeat(b"<!-- . -->"), pause=0.5)


def _silent(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML,), b"late", wait=3600.0)


def _huge_headers(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML, *((f"X-Filler-{n}", "x" * 8000) for n in range(2000))), b"<p>x</p>")


def _many_headers(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML, *((f"X-{n}", "x") for n in range(100_000))), b"<p>x</p>")


def _redirect(rest: str, _query: dict[str, str]) -> Answer:
    target = FORBIDDEN_TARGETS.get(rest)
    return redirect(target, 302) if target else plain(404, "404")


def _hops(rest: str, _query: dict[str, str]) -> Answer:
    """A chain of redirects that never ends, every hop to a new address."""
    return redirect(f"/hops/{int(rest or 0) + 1}", 302)


def _laughs(_rest: str, _query: dict[str, str]) -> Answer:
    """A sitemap of nested entities (billion laughs): 10 ** 9 copies of three letters."""
    rows = ['<!ENTITY a0 "lol">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    kind = f'<?xml version="1.0"?>\n<!DOCTYPE urlset [{"".join(rows)}]>\n'
    return Answer(200, (_XML,), f"{kind}<urlset><url><loc>&a9;</loc></url></urlset>".encode())


def _entity(_rest: str, _query: dict[str, str]) -> Answer:
    """A sitemap with external entities: a local file and an inner address."""
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/hostname">'
        '<!ENTITY m SYSTEM "http://169.254.169.254/">]>\n<urlset><url><loc>http://traps.test/&f;&m;</loc></url></urlset>'
    )
    return Answer(200, (_XML,), text.encode())


def _sitemap_loop(_rest: str, _query: dict[str, str]) -> Answer:
    """A sitemap index that names itself and ever new ones."""
    fresh = lot(_rest) % 10**9
    text = (
        f"<sitemapindex><sitemap><loc>http://traps.test/sitemap-loop/</loc></sitemap>"
        f"<sitemap><loc>http://traps.test/sitemap-loop/{fresh}.xml</loc></sitemap></sitemapindex>"
    )
    return Answer(200, (_XML,), text.encode())


def _farm(rest: str, _query: dict[str, str]) -> Answer:
    return _page("farm", [f"/farm/{lot(rest, n) % 10**9}.html" for n in range(200)])


def _pager(_rest: str, query: dict[str, str]) -> Answer:
    number = int(query.get("page", "1"))
    return _page(f"第{number}页", [f"/pager/?page={number + 1}"])


def _deep(rest: str, _query: dict[str, str]) -> Answer:
    """Relative links that grow the path: /deep/a/a/a/..."""
    return Answer(200, (_HTML,), f'<title>deep</title><a href="/deep/{rest.strip("/")}/a/">a</a>'.encode())


def _sessions(rest: str, query: dict[str, str]) -> Answer:
    fresh = f"{lot(rest, query.get('PHPSESSID', '')):016x}"
    return _page("sessions", [f"/sessions/?PHPSESSID={fresh}"])


def _nested(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML,), b"<div>" * 100_000 + b"x")


def _long_line(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML,), b"<p>" + "长".encode() * (16 * _MEGABYTE))


def _nulls(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(200, (_HTML,), bytes(_MEGABYTE))


def _short(_rest: str, _query: dict[str, str]) -> Answer:
    """A gzip member that ends in the middle."""
    whole = gzip.compress("<p>半途而废的一页。</p>".encode() * 1000)
    return Answer(200, (_HTML, ("Content-Encoding", "gzip")), whole[: len(whole) // 2])


def _tag_robots(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(
        200, (_HTML, ("X-Robots-Tag", "noarchive")), "<h1>请勿存档</h1><p>本页请勿存档。</p>".encode()
    )


def _hostile_links(_rest: str, _query: dict[str, str]) -> Answer:
    return _page("hostile", list(FORBIDDEN_TARGETS.values()))


def _self_refresh(rest: str, _query: dict[str, str]) -> Answer:
    target = f"/refresh/{int(rest or 0) + 1}"
    return Answer(200, (_HTML,), f'<meta http-equiv="refresh" content="0; url={target}">'.encode())


def _attachment(_rest: str, _query: dict[str, str]) -> Answer:
    kind = ("Content-Type", "application/octet-stream")
    return Answer(
        200, (kind, ("Content-Disposition", "attachment; filename=../../evil.exe")), b"MZ" + bytes(64)
    )


TRAPS_BY_NAME: dict[str, Callable[[str, dict[str, str]], Answer]] = {
    "bomb": _bomb,
    "double-bomb": _double_bomb,
    "endless": _endless,
    "drip": _drip,
    "silent": _silent,
    "huge-headers": _huge_headers,
    "many-headers": _many_headers,
    "redirect": _redirect,
    "hops": _hops,
    "laughs": _laughs,
    "entity": _entity,
    "sitemap-loop": _sitemap_loop,
    "farm": _farm,
    "pager": _pager,
    "deep": _deep,
    "sessions": _sessions,
    "nested": _nested,
    "long-line": _long_line,
    "nulls": _nulls,
    "short": _short,
    "x-robots": _tag_robots,
    "hostile-links": _hostile_links,
    "refresh": _self_refresh,
    "attachment": _attachment,
}
