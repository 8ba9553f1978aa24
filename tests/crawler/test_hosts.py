"""What one host asks for, seen by its server: over origins, over redirects of robots.txt, over crawls."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bench.odd_server import HTML, Answer, odd_server, page, said, site
from bench.one_crawl import Order
from crawler.browser import find_browser

Rows = Callable[[Path, str], list[tuple[Any, ...]]]
TEXT = "Content-Type: text/plain"


def test_an_origin_without_robots_does_not_hold_up_the_others_of_its_host(tmp_path: Path) -> None:
    """`http:` is dead, sorts first, and is named by the pages of another origin."""
    good = [f"/article/{n}" for n in range(7)]

    def robots(headers: dict[str, str]) -> bytes:
        return said("404 Not Found") if headers["host"].endswith(":8080") else b""

    answers: dict[str, Answer] = {path: said("200 OK", page(path), HTML) for path in good}
    answers["/robots.txt"] = robots
    answers["/"] = said("200 OK", page("首页", "http://odd.test/dead", *good), HTML)
    declared = site(("/",)).replace("odd.test/", "odd.test:8080/")
    with odd_server(answers) as odd:
        Order(tmp_path / "archive", odd.port, {"odd": declared}, patience=0.0).run()
    assert sorted(path for _, path, _ in odd.log if path != "/robots.txt") == ["/", *good]
    assert odd.asked("/robots.txt") == 2


def test_a_retry_after_ends_the_crawl_and_holds_for_the_next(tmp_path: Path, catalog_rows: Rows) -> None:
    archive = tmp_path / "archive"
    refusal = said("429 Too Many Requests", b"no", "Retry-After: 3600")
    starts, left_alone = tuple(f"/{n}" for n in range(5)), []
    with odd_server(dict.fromkeys(starts, refusal)) as odd:
        for everything in (False, True, False):
            order = Order(archive, odd.port, {"odd": site(starts)}, patience=1.0, everything=everything)
            result = order.run()
            assert result["exit_code"] == 0
            assert [path for _, path, _ in odd.log] == ["/robots.txt", "/0"]
            left_alone.append(result["counts"].get("hosts left alone", 0))
    assert left_alone == [1, 1, 0], "its addresses are not due before it may be asked"
    ((next_at, penalty),) = catalog_rows(archive, "select next_at, penalty from hosts")
    assert next_at >= odd.log[-1][0] + 3600
    assert penalty == 1
    states = set(catalog_rows(archive, "select state, lease_owner from addresses"))
    assert states == {("pending", None)}


def test_the_first_page_waits_for_the_crawl_delay_too(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {
        "/robots.txt": said("200 OK", b"User-agent: *\nCrawl-delay: 1\n", TEXT),
        "/": said("200 OK", page("首页"), HTML),
    }
    with odd_server(answers) as odd:
        Order(tmp_path / "archive", odd.port, {"odd": site(("/",))}, patience=0.0).run()
    (asked, _, _), (first, _, _) = odd.log
    assert first - asked >= 0.999


def test_redirects_of_robots_keep_the_pace_of_the_host_they_lead_to(tmp_path: Path) -> None:
    moved: dict[str, Answer] = {f"/{n}": said("302 Found", b"", f"Location: /{n + 1}") for n in range(3)}
    answers = moved | {
        "odd.test/robots.txt": said("302 Found", b"", "Location: http://other.test/0"),
        "/3": said("200 OK", b"User-agent: *\nDisallow: /shut\n", TEXT),
        "/": said("200 OK", page("首页", "/shut", "/open"), HTML),
        "/open": said("200 OK", page("开"), HTML),
    }
    names = ("odd", "other")
    sites = {name: site(("/",), host=f"{name}.test").replace("delay = 0.0", "delay = 0.3") for name in names}
    with odd_server(answers) as odd:
        Order(tmp_path / "archive", odd.port, sites, patience=0.0).run()
    for name in names:
        mine = [(at, path) for at, path, headers in odd.log if headers["host"] == f"{name}.test"]
        assert {"/", "/open"} <= {path for _, path in mine}
        assert all(after - before >= 0.299 for (before, _), (after, _) in pairwise(mine)), mine
    shut = [headers["host"] for _, path, headers in odd.log if path == "/shut"]
    assert shut == ["other.test"]


def test_scripts_of_a_page_are_asked_for_with_manners(tmp_path: Path, catalog_rows: Rows) -> None:
    """Those of a host that nothing declares come one after another, behind its robots.txt, which is asked for
    once and obeyed, as the own host's is; a Retry-After of one is the host's."""
    if find_browser() is None:
        pytest.skip("no browser")
    text = "国家知识产权局发布公告，" * 40
    sources = [*(f"http://scripts.test/{n}.js" for n in range(3)), "http://scripts.test/shut/1.js"]
    sources += ["/shut.js", "http://trouble.test/1.js", "/busy.js"]
    tags = "".join(f"<script src='{source}'></script>" for source in sources)
    fill = f"<script>document.getElementById('app').textContent = '{text}'</script>"
    shell = f"<!DOCTYPE html><html><body><div id='app'></div>{tags}{fill}</body></html>".encode()
    script = said("200 OK", b"1", "Content-Type: text/javascript")
    answers: dict[str, Answer] = {f"scripts.test/{n}.js": script for n in range(3)}
    answers["scripts.test/robots.txt"] = said("302 Found", b"", "Location: /rules.txt")
    answers["scripts.test/rules.txt"] = said("200 OK", b"User-agent: *\nDisallow: /shut/\n", TEXT)
    answers["trouble.test/robots.txt"] = said("503 Service Unavailable", b"")
    answers["odd.test/robots.txt"] = said("200 OK", b"User-agent: *\nDisallow: /shut.js\n", TEXT)
    answers["/article/1.html"] = said("200 OK", shell, HTML)
    answers["/busy.js"] = said("429 Too Many Requests", b"", "Retry-After: 3600")
    archive = tmp_path / "archive"
    with odd_server(answers) as odd:
        names = ("odd.test", "scripts.test", "trouble.test")
        at = {name: ["127.0.0.1", odd.port] for name in names}
        result = Order(
            archive, odd.port, {"odd": site(("/article/1.html",))}, browser=True, patience=5.0,
            settings={"IPNEWS_RESOLVE": at, "IPNEWS_LOOPBACK": list(names)},
        ).run()  # fmt: skip
    assert result["exit_code"] == 0, result["errors"]
    asked = [(at, path) for at, path, headers in odd.log if headers["host"] == "scripts.test"]
    assert [path for _, path in asked[:2]] == ["/robots.txt", "/rules.txt"]
    assert sorted(path for _, path in asked[2:]) == ["/0.js", "/1.js", "/2.js"]
    assert [path for _, path, headers in odd.log if headers["host"] == "trouble.test"] == ["/robots.txt"]
    assert odd.asked("/shut.js") == 0
    assert result["counts"]["disallowed inside pages"] == 3
    times = [at for at, _ in asked]
    assert all(after - before >= 0.999 for before, after in pairwise(times))
    (busy,) = [at for at, path, _ in odd.log if path == "/busy.js"]
    ((next_at,),) = catalog_rows(archive, "select next_at from hosts where host = 'odd.test'")
    assert next_at >= busy + 3600
    assert catalog_rows(archive, "select count(*) from captures where kind = 'rendered'") == [(1,)]


def test_a_long_pause_is_noted_before_the_answer(tmp_path: Path, catalog_rows: Rows) -> None:
    """A crawl that is killed while it waits for an answer leaves word of when the host may be asked again."""
    archive, asked, over = tmp_path / "archive", threading.Event(), threading.Event()

    def robots(_: dict[str, str]) -> bytes:
        asked.set()
        over.wait(60)
        return b""

    def noted() -> list[tuple[Any, ...]]:
        try:
            return catalog_rows(archive, "select next_at from hosts")
        except sqlite3.OperationalError:  # it is being made
            return []

    with odd_server({"/robots.txt": robots}) as odd:
        declared = site(("/",)).replace("delay = 0.0", "delay = 600.0")
        with Order(archive, odd.port, {"odd": declared}).start() as process:
            assert asked.wait(60)
            while not noted():
                assert process.poll() is None
            process.kill()
        over.set()
    ((next_at,),) = noted()
    assert next_at > odd.log[0][0] + 500
