from __future__ import annotations

import re
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pytest

from crawler.demo import truth
from crawler.demo.answer import Answer, Request
from crawler.demo.network import Network
from crawler.demo.oddities import links_to_oddities
from crawler.demo.respond import answer

TRAPS = re.compile(r"/rili/|/huan/|[?&]sid=")


def visit(network: Network, url: str) -> Answer:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return answer(network, Request(parts.hostname or "", path))


@pytest.fixture(scope="module")
def reached(clean: Network) -> dict[str, Answer]:
    """Every address that a plain walk from the front pages finds, traps left out, robots.txt obeyed."""
    robots = {}
    for name in clean.hosts:
        rules = RobotFileParser()
        rules.parse(visit(clean, f"http://{name}/robots.txt").body.decode().splitlines())
        robots[name] = rules
    found: dict[str, Answer] = {}
    todo = deque(f"http://{name}/" for name in clean.hosts)
    while todo:
        url = todo.popleft()
        host = urlsplit(url).hostname or ""
        if url in found or not robots[host].can_fetch("ipnews", url):
            continue
        found[url] = visit(clean, url)
        text = found[url].body.decode(clean.hosts[host].encoding, "replace")
        links = [unescape(link) for link in re.findall(r'(?:href|src)=["\']([^"\']+)["\']', text)]
        links += [location] if (location := found[url].header("Location")) else []
        for link in links:
            target = re.sub(r"[?&]sid=\w+", "", urljoin(url, link))
            if (
                target.startswith("http://")
                and not TRAPS.search(target)
                and urlsplit(target).hostname in robots
            ):
                todo.append(target)
    return found


def test_a_walk_reaches_every_article_page(clean: Network, reached: dict[str, Answer]) -> None:
    missing = {fact.url for fact in truth.truths(clean)} - reached.keys()
    assert missing == set()


def test_exactly_one_link_is_dead(reached: dict[str, Answer]) -> None:
    assert [url for url, found in reached.items() if found.status == 404] == [
        "http://www.wenkuhui.test/a/zhishi/2020/0101/1.html"
    ]


def test_every_kind_of_oddity_is_met(clean: Network, reached: dict[str, Answer]) -> None:
    statuses = {found.status for found in reached.values()}
    assert statuses == {200, 301, 302, 403, 404}
    texts = {
        url: found.body.decode(clean.hosts[urlsplit(url).hostname or ""].encoding, "replace")
        for url, found in reached.items()
    }
    for sign in ("验证码", "需要登录", "页面不存在", "访问被拒绝", 'http-equiv="refresh"'):
        assert any(sign in text for text in texts.values()), sign
    kinds = {(found.header("Content-Type") or "").partition(";")[0] for found in reached.values()}
    assert kinds >= {"text/html", "image/jpeg", "image/gif", "application/pdf", "video/mp4"}


def test_the_loop_loops_and_the_calendar_never_ends(clean: Network) -> None:
    one = visit(clean, "http://www.zhishitong.test/huan/yi.html")
    other = visit(clean, f"http://www.zhishitong.test{one.header('Location')}")
    assert other.header("Location") == "/huan/yi.html"
    month = "http://www.zhishitong.test/rili/2026-12.html"
    for _ in range(30):
        links = re.findall(r'href="(/rili/[\d-]+\.html)">下一月', visit(clean, month).body.decode())
        assert len(links) == 1
        month = f"http://www.zhishitong.test{links[0]}"
    assert month.endswith("/rili/2029-06.html")


def test_an_old_address_leads_to_the_article(clean: Network) -> None:
    host = clean.hosts["www.shangwutong.test"]
    old = next(link.href for link in links_to_oddities(clean, host) if "a=show" in link.href)
    moved = visit(clean, f"http://{host.name}{unescape(old)}")
    assert moved.status == 301
    assert visit(clean, f"http://{host.name}{moved.header('Location')}").status == 200
    assert visit(clean, f"http://{host.name}{unescape(old)}99999").status == 404
