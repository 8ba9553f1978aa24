"""Answers that HTTP allows and few servers give, and robots.txt of all sorts: each crawl over real sockets."""

from __future__ import annotations

import datetime
import gzip
import sqlite3
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.odd_server import HOST, HTML, Answer, chunked, in_all_codings, odd_server, page, said, site
from bench.one_crawl import Order

Rows = Callable[[Path, str], list[tuple[Any, ...]]]
PAGES: dict[str, Answer] = {
    "/": said("200 OK", page("首页", "/open", "/shut/1"), HTML),
    "/open": said("200 OK", page("开"), HTML),
    "/shut/1": said("200 OK", page("关"), HTML),
}
RULES = b"User-agent: *\nDisallow: /shut\n"
TEXT = "Content-Type: text/plain"


def test_every_coding_is_undone_and_every_status_has_its_outcome(tmp_path: Path, catalog_rows: Rows) -> None:
    archive = tmp_path / "archive"
    with odd_server(in_all_codings()) as odd:
        result = Order(archive, odd.port, {"odd": site(("/",))}, read=True, patience=0.0).run()
    assert result["exit_code"] == 0, result["errors"]
    paths = dict(catalog_rows(archive, f"select replace(url, 'http://{HOST}', ''), status from captures"))
    assert paths == {
        path: int(str(answer.split(b" ", 2)[1], "ascii"))
        for path, answer in in_all_codings().items()
        if isinstance(answer, bytes) and path != "/robots.txt"
    }
    bodies = dict(
        catalog_rows(archive, "select replace(url, 'http://odd.test', ''), characters from articles")
    )
    coded = {
        "/gzip",
        "/two-members",
        "/deflate",
        "/bare-deflate",
        "/chunked",
        "/chunked-gzip",
        "/no-length",
        "/gb",
    }
    assert coded <= set(bodies)
    assert len({bodies[path] for path in coded}) == 1
    states = dict(catalog_rows(archive, "select replace(url, 'http://odd.test', ''), state from addresses"))
    assert states["/gone"] == "dead"
    assert (states["/no-range"], states["/broken"], states["/empty"]) == ("failed", "pending", "done")
    assert states["/moved-again"] == "done"


ALL = {"/", "/open", "/shut/1"}
ROBOTS: dict[str, tuple[Answer, set[str]]] = {
    "html": (said("200 OK", page("找不到"), HTML), ALL),
    "garbage": (said("200 OK", bytes(range(256)) * 40, TEXT), ALL),
    "a-megabyte": (said("200 OK", RULES + b"# filler\n" * 120_000, TEXT), {"/", "/open"}),
    "packed": (said("200 OK", gzip.compress(RULES), TEXT, "Content-Encoding: gzip"), {"/", "/open"}),
    "bomb": (said("200 OK", gzip.compress(b"#" * (64 << 20)), TEXT, "Content-Encoding: gzip"), set()),
    "redirected": (said("302 Found", b"", "Location: /robots-2"), {"/", "/open"}),
    "nowhere": (said("302 Found", b"", "Location: http://["), ALL),
    "marked": (said("200 OK", b"\xef\xbb\xbf" + RULES, TEXT), {"/", "/open"}),
    "old-line-ends": (said("200 OK", RULES.replace(b"\n", b"\r"), TEXT), {"/", "/open"}),
    "no-address": (said("302 Found", b"", "Location: javascript:x"), ALL),
    "loop": (said("302 Found", b"", "Location: /robots.txt"), ALL),
    "missing": (said("404 Not Found", b"no"), ALL),
    "too-many": (said("429 Too Many Requests", b"no"), set()),
    "cut": (b"", set()),
}


def test_robots_of_all_sorts(tmp_path: Path) -> None:
    answers = PAGES | {
        f"/robots-{n}": said("301 Moved", b"", f"Location: /robots-{n + 1}") for n in range(2, 6)
    }
    answers |= {"/robots-6": said("200 OK", RULES, TEXT)}
    answers |= {f"{name}.test/robots.txt": answer for name, (answer, _) in ROBOTS.items()}
    sites = {name: site(("/",), host=f"{name}.test") for name in ROBOTS}
    with odd_server(answers) as odd:
        Order(tmp_path / "archive", odd.port, sites, patience=1.0).run()
    taken: dict[str, set[str]] = {name: set() for name in ROBOTS}
    for _, path, headers in odd.log:
        if "robots" not in path:
            taken[headers["host"].removesuffix(".test")].add(path)
    assert taken == {name: paths for name, (_, paths) in ROBOTS.items()}
    assert odd.asked("/robots.txt") <= 2 * len(ROBOTS) + 5
    assert odd.asked("/robots-6") == 1, "five redirects are followed"


LOCATIONS = {
    "": None, "http://[": None, "http://[::1]:PORT/": None, "javascript:alert(1)": None, "mailto:a@b.test": None,
    "//127.0.0.1/": None, "http://other.test/": None, "open": "/moved/open", "../up": "/up", "?q=1": "/moved/9?q=1",
    "//odd.test/network": "/network", "HTTP://ODD.TEST:80/upper#part": "/upper", "/a b": "/a%20b",
    "/专利".encode().decode("latin-1"): "/%E4%B8%93%E5%88%A9",
    "/专利?q=商标".encode("gbk").decode("latin-1"): "/%D7%A8%C0%FB?q=%C9%CC%B1%EA", "/./dot/../dots": "/dots",
}  # fmt: skip
"""Written in a Location, and what is asked for."""


def test_redirects_to_odd_addresses(tmp_path: Path, catalog_rows: Rows) -> None:
    moved = {f"/moved/{n}": said("302 Found", b"", f"Location: {to}") for n, to in enumerate(LOCATIONS)}
    bases = {
        f"/base/{n}": said("200 OK", b"<base href='" + to + b"'>" + page("基", "/open"), HTML)
        for n, to in enumerate((b"http://[", b"//[/", b"http://other.test/", b"\xff\xfe"))
    }
    refreshed = b"<meta http-equiv='refresh' content='0; url=http://['>"
    answers = moved | bases | {"/refresh": said("200 OK", refreshed, HTML)}
    with odd_server(answers) as odd:
        result = Order(tmp_path / "archive", odd.port, {"odd": site(tuple(answers))}, patience=0.0).run()
        asked = {path for _, path, _ in odd.log} - {"/robots.txt"}
    assert "Traceback" not in result["errors"]
    assert asked == {*answers, "/open", *filter(None, LOCATIONS.values())}
    assert catalog_rows(tmp_path / "archive", "select url from addresses where failure = 'our bug'") == []


def test_servers_that_say_what_is_not_so(tmp_path: Path, catalog_rows: Rows) -> None:
    """Codings that a body does not have, connections that are not kept, a 304 that nobody asked for."""
    kept = {f"/kept/{n}": page(f"连接{n}", f"/kept/{n + 1}") for n in range(6)}
    told = "Content-Encoding: "
    answers: dict[str, Answer] = {
        path: said("200 OK", body, HTML).replace(b"Connection: close\r\n", b"") for path, body in kept.items()
    }
    coded = {f"/coded/{n}": said("200 OK", page("谎"), HTML, told + name) for n, name in enumerate(CODINGS)}
    answers |= coded
    answers |= {
        "/unasked": said("304 Not Modified", length=False),
        "/cut": said("200 OK", b"5\r\nabc", HTML, "Transfer-Encoding: chunked", length=False),
        "/both": said("200 OK", chunked(page("双")), HTML, "Transfer-Encoding: chunked"),
        "/names": said("200 OK", page("名"), HTML.replace(":", " :"), "A Name: x", "no colon", ": x"),
    }
    answers |= FRAMED
    answers |= {
        "/": said("200 OK", page("首页", "/kept/0", *coded), HTML),
    }
    starts = ("/", "/unasked", "/cut", "/both", "/names", *FRAMED)
    with odd_server(answers) as odd:
        result = Order(tmp_path / "archive", odd.port, {"odd": site(starts)}, read=True, patience=0.0).run()
    assert "Traceback" not in result["errors"]
    rows = catalog_rows(tmp_path / "archive", "select replace(url, 'http://odd.test', '') from articles")
    assert {path for (path,) in rows} >= {*kept, "/both", "/names", *coded, *FRAMED}
    states = dict(catalog_rows(tmp_path / "archive", "select url, state from addresses"))
    assert states["http://odd.test/cut"] == "pending"
    assert states["http://odd.test/unasked"] == "done"


def _framed(*lines: str, body: bytes | None = None, before: bytes = b"") -> bytes:
    whole = page("框") if body is None else body
    return before + said("200 OK", whole, HTML, *lines, length=False)


FRAMED: dict[str, Answer] = {
    "/packed-on-the-way": _framed(
        "Transfer-Encoding: gzip, chunked", body=chunked(gzip.compress(page("框")))
    ),
    "/packed-to-the-end": _framed("Transfer-Encoding: gzip", body=gzip.compress(page("框"))),
    "/twice-said": _framed(
        "Transfer-Encoding: gzip", "Transfer-Encoding: Chunked", body=chunked(gzip.compress(page("框")))
    ),
    "/as-it-is": _framed("Transfer-Encoding: identity"),
    "/below-nothing": _framed("Content-Length: -5"),
    "/no-number": _framed("Content-Length: many"),
    "/agreed": _framed(f"Content-Length: {len(page('框'))}, {len(page('框'))}"),
    "/hints-first": _framed(before=b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "/patience": _framed(before=b"HTTP/1.1 102 Processing\r\n\r\n" * 20),
}
"""Answers whose length is told in an odd way, or that others go before."""

CODINGS = ("gzip", "deflate", "br", "zstd", "utf-8", "none", "identity", "x-gzip", "gzip, gzip")


def test_a_bomb_in_a_sitemap_harms_nobody(tmp_path: Path, catalog_rows: Rows) -> None:
    bomb = said("200 OK", gzip.compress(b"<urlset>" + b" " * (64 << 20)), "Content-Type: application/xml")
    declared = site(("/",), f'sitemaps = ["http://{HOST}/sitemap.xml", "http://{HOST}/packed.xml"]')
    coded = bomb.replace(b"application/xml", b"application/xml\r\nContent-Encoding: gzip")
    with odd_server(PAGES | {"/sitemap.xml": bomb, "/packed.xml": coded}) as odd:
        result = Order(tmp_path / "archive", odd.port, {"odd": declared}, patience=1.0).run()
        assert odd.asked("/open") == 1
    assert result["memory"] < 300
    failed = "select count(*) from addresses where url like '%packed.xml' and failure like '%more than%'"
    assert catalog_rows(tmp_path / "archive", failed) == [(1,)]


def test_sitemaps_and_feeds_under_any_type_lead_to_pages(tmp_path: Path) -> None:
    """An index that is packed, of a sitemap of lines and one with prefixes; a feed that is called binary."""
    binary = "Content-Type: application/octet-stream"
    index = b"<sitemapindex><sitemap><loc>/lines.txt</loc></sitemap><sitemap><loc>/ns.xml</loc></sitemap>"
    prefixed = f"<s:urlset xmlns:s='x'><s:url><s:loc>http://{HOST}/b</s:loc></s:url></s:urlset>".encode()
    feed = b"<rss><channel><item><link>/c</link></item></channel></rss>"
    answers: dict[str, Answer] = {
        "/map.xml.gz": said(
            "200 OK", gzip.compress(index + b"</sitemapindex>"), "Content-Type: application/x-gzip"
        ),
        "/lines.txt": said("200 OK", f"http://{HOST}/a\r\n".encode(), TEXT),
        "/ns.xml": said("200 OK", prefixed, binary),
        "/feed": said("200 OK", feed, binary),
    }
    declared = site((), f'sitemaps = ["http://{HOST}/map.xml.gz"]\nfeeds = ["http://{HOST}/feed"]')
    with odd_server(answers) as odd:
        Order(tmp_path / "archive", odd.port, {"odd": declared}, patience=0.0).run()
        assert {path for _, path, _ in odd.log} == {*answers, "/robots.txt", "/a", "/b", "/c"}


WAITS = {
    "past": ("Sat, 01 Jan 2000 00:00:00 GMT", 60.0),
    "far": ("Fri, 31 Dec 2100 23:59:59 GMT", 86_400.0 + 60.0),
    "no-date": ("soon", 60.0),
}


def test_retry_after_of_past_and_far_dates(tmp_path: Path, catalog_rows: Rows) -> None:
    answers: dict[str, Answer] = {
        f"{name}.test/": said("503 Unavailable", b"no", f"Retry-After: {value}")
        for name, (value, _) in WAITS.items()
    }
    sites = {name: site(("/",), host=f"{name}.test") for name in WAITS}
    with odd_server(answers) as odd:
        Order(tmp_path / "archive", odd.port, sites, patience=0.0).run()
    asked = max(at for at, _, _ in odd.log)
    for host, due in catalog_rows(tmp_path / "archive", "select host, due from addresses"):
        bound = WAITS[host.removesuffix(".test")][1]
        assert bound / 2 - 60 < due - asked <= bound, host


def test_a_host_that_the_guard_refuses_is_asked_for_nothing(tmp_path: Path, catalog_rows: Rows) -> None:
    """Not for its robots.txt either: the address is told of and put aside, and the crawl ends."""
    declared = site(("/",), host="nobody.internal").replace("loopback = true", "")
    with odd_server(PAGES) as odd:
        result = Order(tmp_path / "archive", odd.port, {"nobody": declared}).run()
    assert odd.log == []
    assert result["exit_code"] == 1
    assert result["counts"]["refused by the guard"] == 1
    refused = [("failed", "guard: 'nobody.internal' is a name of the local network")]
    assert catalog_rows(tmp_path / "archive", "select state, failure from addresses") == refused


def test_watching_goes_round_again_and_the_second_signal_stops_at_once(
    tmp_path: Path, catalog_rows: Rows
) -> None:
    """Feeds are due again after ten minutes at the earliest: the rows are made due as if they had passed."""
    again, hung = threading.Event(), threading.Event()
    archive = tmp_path / "archive"

    def feed(headers: dict[str, str]) -> bytes:
        if "if-none-match" in headers:
            again.set()
            hung.wait(60)
        return said("200 OK", page("首页"), HTML, 'ETag: "1"')

    with odd_server({"/": feed}) as odd:
        order = Order(
            archive,
            odd.port,
            {"odd": site(("/",))},
            watch=True,
            settings={"IPNEWS_WATCH_EVERY": 0.2, "LOG_LEVEL": "INFO"},
        )
        with order.start() as process:
            done = "select count(*) from addresses where state = 'done'"
            while not (archive / "catalog.db").exists() or not _rows(archive, done, catalog_rows):
                assert process.poll() is None
            _due_now(archive)
            assert again.wait(60)
            process.terminate()
            assert process.stderr is not None
            # Two signals that come at once are one; a third may find the process without a handler of its own.
            assert any("Received SIGTERM" in line for line in process.stderr)
            process.terminate()
            process.communicate()
        hung.set()
    assert process.returncode == 3
    assert catalog_rows(archive, "select state from addresses") == [("pending",)]
    assert catalog_rows(archive, "select exit_code from runs") == [(3,)]


def _rows(archive: Path, query: str, catalog_rows: Rows) -> bool:
    try:
        return catalog_rows(archive, query) != [(0,)]
    except sqlite3.OperationalError:
        return False


def _due_now(archive: Path) -> None:
    with closing(sqlite3.connect(archive / "catalog.db", timeout=30)) as connection, connection:
        connection.execute("update addresses set due = 0")


@pytest.mark.parametrize("verify", [True, False])
def test_a_self_signed_certificate_is_refused_unless_declared(verify: bool, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    declared = site(("/",), "" if verify else "verify_tls = false").replace("http://", "https://")
    with odd_server(PAGES, context) as odd:
        result = Order(tmp_path / "archive", odd.port, {"odd": declared}, patience=0.0).run()
        paths = {path for _, path, _ in odd.log}
    assert paths == (set() if verify else {"/robots.txt", *PAGES})
    assert result["exit_code"] == (1 if verify else 0)
    assert ["verify_tls = false" in note for note in result["notes"]] == ([True] if verify else [])


def test_a_host_with_nothing_but_ipv6_is_reached(tmp_path: Path) -> None:
    with odd_server(PAGES, address="::1") as odd:
        settings = {"IPNEWS_RESOLVE": {HOST: ("::1", odd.port)}}
        result = Order(
            tmp_path / "archive", odd.port, {"odd": site(("/",))}, patience=0.0, settings=settings
        ).run()
    assert result["counts"]["answers"] == len(PAGES)


def self_signed(folder: Path) -> Path:
    """A certificate of the host by itself, with its key, as one PEM file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "host.pem").write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return folder / "host.pem"
