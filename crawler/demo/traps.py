"""The host of traps: everything that has brought down a crawler, one path each. `/` links to all of them.

No path here belongs to the network proper: only tests that ask for this host meet it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qs, urlsplit

from crawler.demo.answer import Answer, plain, redirect
from crawler.demo.bombs import BOMBS, HTML, XML, Trap
from crawler.demo.fate import lot

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
    return Answer(200, (HTML,), f"<!DOCTYPE html><title>{title}</title><ul>{listed}</ul>".encode())


def _redirect(rest: str, _query: dict[str, str]) -> Answer:
    target = FORBIDDEN_TARGETS.get(rest)
    return redirect(target, 302) if target else plain(404, "404")


def _hops(rest: str, _query: dict[str, str]) -> Answer:
    """A chain of redirects that never ends, every hop to a new address."""
    return redirect(f"/hops/{int(rest or 0) + 1}", 302)


def _sitemap_loop(_rest: str, _query: dict[str, str]) -> Answer:
    """A sitemap index that names itself and ever new ones."""
    fresh = lot(_rest) % 10**9
    text = (
        f"<sitemapindex><sitemap><loc>http://traps.test/sitemap-loop/</loc></sitemap>"
        f"<sitemap><loc>http://traps.test/sitemap-loop/{fresh}.xml</loc></sitemap></sitemapindex>"
    )
    return Answer(200, (XML,), text.encode())


def _farm(rest: str, _query: dict[str, str]) -> Answer:
    return _page("farm", [f"/farm/{lot(rest, n) % 10**9}.html" for n in range(200)])


def _pager(_rest: str, query: dict[str, str]) -> Answer:
    number = int(query.get("page", "1"))
    return _page(f"第{number}页", [f"/pager/?page={number + 1}"])


def _deep(rest: str, _query: dict[str, str]) -> Answer:
    """Relative links that grow the path: /deep/a/a/a/..."""
    return Answer(200, (HTML,), f'<title>deep</title><a href="/deep/{rest.strip("/")}/a/">a</a>'.encode())


def _sessions(rest: str, query: dict[str, str]) -> Answer:
    fresh = f"{lot(rest, query.get('PHPSESSID', '')):016x}"
    return _page("sessions", [f"/sessions/?PHPSESSID={fresh}"])


def _tag_robots(_rest: str, _query: dict[str, str]) -> Answer:
    return Answer(
        200, (HTML, ("X-Robots-Tag", "noarchive")), "<h1>请勿存档</h1><p>本页请勿存档。</p>".encode()
    )


def _hostile_links(_rest: str, _query: dict[str, str]) -> Answer:
    return _page("hostile", list(FORBIDDEN_TARGETS.values()))


def _self_refresh(rest: str, _query: dict[str, str]) -> Answer:
    target = f"/refresh/{int(rest or 0) + 1}"
    return Answer(200, (HTML,), f'<meta http-equiv="refresh" content="0; url={target}">'.encode())


def _hostile_sitemap(_rest: str, _query: dict[str, str]) -> Answer:
    listed = "".join(f"<url><loc>{escape(target)}</loc></url>" for target in FORBIDDEN_TARGETS.values())
    return Answer(200, (XML,), f"<urlset>{listed}</urlset>".encode())


def _hostile_script(_rest: str, _query: dict[str, str]) -> Answer:
    """A page whose script goes to every forbidden address in every way a page can, and wants pop-ups."""
    targets = json.dumps(list(FORBIDDEN_TARGETS.values()))
    text = (
        "<title>script</title><div id='app'></div><noscript>请启用 JavaScript</noscript><script>"
        f"for (const target of {targets}) {{ fetch(target).catch(() => 0);"
        " const frame = document.createElement('iframe'); frame.src = target; document.body.append(frame);"
        " new Image().src = target; window.open(target); }"
        " document.getElementById('app').innerText = '完'; location.href = '/attachment/';</script>"
    )
    return Answer(200, (HTML,), text.encode())


TRAPS_BY_NAME: dict[str, Trap] = {
    **BOMBS,
    "redirect": _redirect,
    "hops": _hops,
    "sitemap-loop": _sitemap_loop,
    "farm": _farm,
    "pager": _pager,
    "deep": _deep,
    "sessions": _sessions,
    "x-robots": _tag_robots,
    "hostile-links": _hostile_links,
    "hostile-sitemap": _hostile_sitemap,
    "hostile-script": _hostile_script,
    "refresh": _self_refresh,
}
