from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected
from pathlib import Path

import pytest

from crawler.demo import truth
from crawler.demo.answer import Request
from crawler.demo.hosts import CONTROL, PUBLISHER, TRAPS
from crawler.demo.network import Network
from crawler.demo.respond import Faults, fault, wait_of
from crawler.demo.server import Running, resolver_map, serve

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = "/article_30101.html"
NOON = datetime(2026, 11, 22, 12, 0, 0, 500, tzinfo=UTC)


def ask(port: int, host: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": host, **named})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def settled(port: int, host: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """The answer after a first 503, if there is one."""
    answer, body = ask(port, host, path, **headers)
    return ask(port, host, path, **headers) if answer.status == 503 else (answer, body)


def test_hosts_share_one_port_and_are_told_apart_by_name(running: Running) -> None:
    first, body = settled(running.port, PUBLISHER, ARTICLE)
    second, other = settled(running.port, "www.islandnews.test", "/news/")
    assert (first.status, second.status) == (200, 200)
    assert "知产前沿网" in body.decode()
    assert "知产前沿网" not in other.decode()
    assert ask(running.port, "nobody.test", "/")[0].status == 421


def test_what_is_served_is_what_the_truth_says(running: Running, network: Network) -> None:
    for fact in list(truth.truths(network))[:40]:
        answer, body = settled(running.port, fact.host, fact.url.removeprefix(f"http://{fact.host}"))
        assert answer.status == 200
        assert all(paragraph in body.decode() for paragraph in fact.text.split("\n"))


def test_a_connection_is_kept_and_numbered(running: Running) -> None:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=120)
    before = len(running.log)
    for path in ("/robots.txt", "/news/", "/sitemap.xml"):
        connection.request("GET", path, headers={"Host": PUBLISHER})
        connection.getresponse().read()
    connection.close()
    ask(running.port, PUBLISHER, "/news/")
    lines = running.log[before:]
    assert len({line.connection for line in lines[:3]}) == 1
    assert lines[3].connection != lines[0].connection
    assert [line.path for line in lines] == ["/robots.txt", "/news/", "/sitemap.xml", "/news/"]
    assert all(line.status == 200 and line.sent > 0 and line.host == PUBLISHER for line in lines)
    assert [line.time for line in lines] == sorted(line.time for line in lines)


@pytest.mark.parametrize("path", [ARTICLE, "/news/", "/sitemap.xml", "/atom.xml", "/robots.txt"])
def test_a_known_page_is_not_sent_again(running: Running, path: str) -> None:
    answer, body = settled(running.port, PUBLISHER, path)
    assert body
    tag, date = answer.getheader("ETag"), answer.getheader("Last-Modified")
    assert tag
    assert date
    for known in ({"If_None_Match": tag}, {"If_Modified_Since": date}, {"If_None_Match": f'"x", W/{tag}'}):
        again, nothing = ask(running.port, PUBLISHER, path, **known)
        assert (again.status, nothing) == (304, b"")
        assert again.getheader("ETag") == tag
        assert running.log[-1].conditional
        assert running.log[-1].sent == 0
    stale, whole = ask(running.port, PUBLISHER, path, If_None_Match='"other"', If_Modified_Since=date)
    assert (stale.status, whole) == (200, body)


def test_packed_answers_have_a_tag_of_their_own(running: Running) -> None:
    plain, body = settled(running.port, PUBLISHER, ARTICLE)
    packed, bytes_sent = ask(running.port, PUBLISHER, ARTICLE, Accept_Encoding="gzip")
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(bytes_sent) == body
    assert packed.getheader("ETag") != plain.getheader("ETag")
    tag = packed.getheader("ETag") or ""
    assert ask(running.port, PUBLISHER, ARTICLE, Accept_Encoding="gzip", If_None_Match=tag)[0].status == 304


def test_head_sends_the_length_and_no_body(running: Running) -> None:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=120)
    connection.request("HEAD", "/news/", headers={"Host": PUBLISHER})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    assert int(answer.getheader("Content-Length") or 0) > 1000
    connection.request("POST", "/news/", headers={"Host": PUBLISHER})
    assert connection.getresponse().status == 405
    connection.close()


def test_some_pages_answer_503_once(network: Network) -> None:
    unlucky = [
        fact for fact in truth.truths(network)
        if fault(network, Faults(), Request(fact.host, fact.url.removeprefix(f"http://{fact.host}")), NOON)
    ]  # fmt: skip
    assert 1 <= len(unlucky) <= 10
    host, path = unlucky[0].host, unlucky[0].url.removeprefix(f"http://{unlucky[0].host}")
    with serve(network) as server:
        first, _ = ask(server.port, host, path)
        second, _ = ask(server.port, host, path)
        assert (first.status, second.status) == (503, 200)
        assert first.getheader("Retry-After")


def test_retry_after_comes_in_both_forms(network: Network) -> None:
    asked = [Request(name, "/robots.txt") for name in network.hosts]
    answers = [fault(network, Faults(robots_503=True), request, NOON) for request in asked]
    forms = {answer.header("Retry-After") for answer in answers if answer}
    assert forms == {"1", "Sun, 22 Nov 2026 12:00:02 GMT"}


def test_robots_txt_fails_as_long_as_it_is_told_to(network: Network) -> None:
    with serve(network, Faults(robots_503=True)) as server:
        assert [ask(server.port, PUBLISHER, "/robots.txt")[0].status for _ in range(3)] == [503] * 3
        server.hub.change(robots_503=False)
        assert ask(server.port, PUBLISHER, "/robots.txt")[0].status == 200


def test_connections_are_cut_before_and_in_the_middle_of_answers(network: Network) -> None:
    seen: set[type[BaseException]] = set()
    with serve(network, Faults(drop_connections=1.0)) as server:
        for _ in range(20):
            with pytest.raises((RemoteDisconnected, ConnectionResetError, IncompleteRead)) as cut:
                ask(server.port, PUBLISHER, "/news/")
            seen.add(cut.type)
            assert server.log[-1].sent == -1
    assert IncompleteRead in seen
    assert len(seen) > 1


def test_one_article_is_slow(network: Network) -> None:
    waits = [
        wait_of(network, Faults(slow=1.5), Request(fact.host, fact.url.removeprefix(f"http://{fact.host}")))
        for fact in truth.truths(network)
    ]
    assert [wait for wait in waits if wait] == [1.5]


def test_a_generation_is_switched_over_http(clean: Network) -> None:
    with serve(clean, Faults(unavailable=0.0, slow=0.0)) as server:
        before = {fact.url: tag_of(server, fact) for fact in truth.truths(clean)}
        answer, body = ask(server.port, CONTROL, "/set?generation=1&changed=0.05")
        assert (answer.status, json.loads(body)["generation"]) == (200, 1)
        later = server.hub.network
        statuses = {}
        for fact in truth.truths(later):
            path = fact.url.removeprefix(f"http://{fact.host}")
            statuses[fact.url] = ask(server.port, fact.host, path, If_None_Match=before[fact.url])[0].status
        changed = {url for url, status in statuses.items() if status == 200}
        assert changed == truth.changed_urls(later)
        assert set(statuses.values()) == {200, 304}
        assert ask(server.port, CONTROL, "/set?nonsense=1")[0].status == 400


def tag_of(server: Running, fact: truth.Truth) -> str:
    answer, _ = ask(server.port, fact.host, fact.url.removeprefix(f"http://{fact.host}"))
    return answer.getheader("ETag") or ""


def test_the_resolver_map_names_every_host(network: Network) -> None:
    names = resolver_map(network, 4711)
    assert set(names) == {*network.hosts, TRAPS, CONTROL}
    assert set(names.values()) == {("127.0.0.1", 4711)}


def test_as_a_process_it_says_where_it_is_and_ends_on_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    command = [sys.executable, "-m", "crawler.demo", "--seed", "5", "--articles", "90", "--mirrors", "9"]
    with subprocess.Popen(
        [*command, "--log", str(log)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = json.loads(process.stdout.readline())
        answer, body = ask(line["port"], PUBLISHER, "/news/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
    assert (answer.status, len(line["hosts"])) == (200, 10)
    entry = json.loads(log.read_text("utf-8"))
    assert (entry["host"], entry["path"], entry["sent"]) == (PUBLISHER, "/news/", len(body))


def test_two_servers_of_one_seed_serve_the_same_bytes(network: Network, running: Running) -> None:
    with serve(Network()) as other:
        for path in ("/zhishi/", "/robots.txt", "/zhishi/20801.html"):
            host = "www.zhishitong.test"
            assert settled(other.port, host, path)[1] == settled(running.port, host, path)[1]


def test_broken_requests_are_refused(running: Running) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", running.port), timeout=120) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_taken_port_is_an_error(running: Running, network: Network) -> None:
    with pytest.raises(OSError, match="in use"), serve(network, port=running.port):
        pass


def test_the_server_ends_though_a_client_keeps_its_connection() -> None:
    with ExitStack() as later:
        with serve(Network(articles=2, mirrors=1)) as server:
            client = later.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=120))
            client.sendall(b"GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n")
            assert client.recv(9) == b"HTTP/1.1 "
        with suppress(ConnectionResetError):
            while client.recv(1 << 16):
                continue
