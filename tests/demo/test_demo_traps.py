from __future__ import annotations

import gzip
import json
import socket
from itertools import islice
from xml.etree import ElementTree

import pytest

from crawler.demo.answer import Answer
from crawler.demo.bombs import gzip_bomb
from crawler.demo.hosts import TRAPS
from crawler.demo.network import Network
from crawler.demo.server import serve
from crawler.demo.traps import FORBIDDEN_TARGETS, TRAPS_BY_NAME, answer_trap


@pytest.mark.parametrize("name", sorted(TRAPS_BY_NAME))
def test_every_trap_answers_and_is_the_same_each_time(name: str) -> None:
    path = f"/{name}/metadata" if name == "redirect" else f"/{name}/"
    first, second = answer_trap(path), answer_trap(path)
    assert (first.status, first.headers, first.body) == (second.status, second.headers, second.body)
    assert first.status in (200, 302)


def test_the_front_page_links_to_all_of_them() -> None:
    text = answer_trap("/").body.decode()
    assert all(f"/{name}/" in text for name in TRAPS_BY_NAME)
    assert all(f"/redirect/{name}" in text for name in FORBIDDEN_TARGETS)
    assert answer_trap("/nothing").status == 404
    assert len(TRAPS_BY_NAME) >= 12


def test_the_bomb_unpacks_to_a_thousand_times_its_size() -> None:
    packed = gzip_bomb(8)
    assert len(gzip.decompress(packed)) == 8 << 20
    assert len(packed) < (8 << 20) / 900


def test_the_double_bomb_is_small_on_the_wire() -> None:
    answer = answer_trap("/double-bomb/")
    assert answer.header("Content-Encoding") == "gzip, gzip"
    assert len(answer.body) < 2000


def test_endless_bodies_have_no_end() -> None:
    for name in ("endless", "drip"):
        answer = answer_trap(f"/{name}/")
        assert answer.chunks is not None
        assert len(list(islice(answer.chunks, 1000))) == 1000


def test_redirects_lead_where_no_crawler_may_go() -> None:
    for name, target in FORBIDDEN_TARGETS.items():
        assert answer_trap(f"/redirect/{name}").header("Location") == target


def test_sitemap_and_script_lead_there_too() -> None:
    listed = {node.text for node in ElementTree.fromstring(answer_trap("/hostile-sitemap/").body).iter("loc")}
    assert listed == set(FORBIDDEN_TARGETS.values())
    script = answer_trap("/hostile-script/").body.decode()
    assert all(json.dumps(target) in script for target in FORBIDDEN_TARGETS.values())


@pytest.mark.parametrize("name", ["hops", "refresh", "farm", "pager", "sessions", "deep", "sitemap-loop"])
def test_endless_webs_lead_to_ever_new_addresses(name: str) -> None:
    def links(answer: Answer) -> str:
        return f"{answer.header('Location')} {answer.body.decode()}"

    first = answer_trap(f"/{name}/")
    second = {"hops": "/hops/1", "refresh": "/refresh/1", "farm": "/farm/7.html", "pager": "/pager/?page=2",
              "sessions": "/sessions/?PHPSESSID=ab", "deep": "/deep/a/", "sitemap-loop": "/sitemap-loop/5.xml"}  # fmt: skip
    assert links(answer_trap(second[name])) != links(first)


def test_an_endless_body_comes_in_chunks_over_a_real_connection() -> None:
    with serve(Network(articles=1, mirrors=1)) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=120) as client:
            client.sendall(f"GET /endless/ HTTP/1.1\r\nHost: {TRAPS}\r\n\r\n".encode())
            received = b""
            while len(received) < 1 << 20:
                received += client.recv(1 << 16)
        assert b"Transfer-Encoding: chunked" in received[:500]
        with socket.create_connection(("127.0.0.1", server.port), timeout=120) as client:
            client.sendall(
                f"GET /huge-headers/ HTTP/1.1\r\nHost: {TRAPS}\r\nConnection: close\r\n\r\n".encode()
            )
            received = b""
            while piece := client.recv(1 << 20):
                received += piece
        assert received.index(b"\r\n\r\n") > 10 << 20
