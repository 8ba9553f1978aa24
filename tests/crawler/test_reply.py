"""What answers mean: shells, challenges, redirects, links of an article by address alone."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover import Found, Refusal
from crawler.frontier import Address
from crawler.hrefs import hrefs
from crawler.keeper import Kept
from crawler.reply import interpret, is_block, is_shell
from pipelines.reading.links import find_links
from pipelines.records import Capture
from pipelines.sites import Site

NOW = 1_800_000_000.0
URL = "http://www.example.org/a/1001.html"
SITE = Site(hosts=("www.example.org",), name="example")
TEXT = "国家知识产权局发布年度报告，专利授权数量稳步增长。" * 12


def capture(
    body: str | bytes, status: int = 200, *headers: tuple[str, str], kind: str = "text/html"
) -> Capture:
    payload = body.encode() if isinstance(body, str) else body
    return Capture(
        URL, "2026-01-01T00:00:00Z", payload, "sha256:1", status, (("Content-Type", kind), *headers)
    )


def address(kind: str = "article") -> Address:
    return Address(URL, "www.example.org", "example", kind, 3, 0)


@pytest.mark.parametrize(
    ("body", "shell"),
    [
        ('<div id="app"></div><script src="/app.js"></script>', True),
        (
            "<head><title>报</title></head><body><script>render()</script><noscript>请开启JavaScript</noscript>",
            True,
        ),
        (f"<p>{TEXT}</p><script>count()</script>", False),
        ('<div id="app"></div>', False),
        ("<script>" + f"var text = '{TEXT}';" * 5, True),
        (f"<style>p</style><p>{TEXT}</p><script>", False),
    ],
)
def test_shells(body: str, shell: bool) -> None:
    assert is_shell(capture(body), 0) is shell
    assert interpret(address(), Kept(capture(body)), SITE, NOW).render is shell


@pytest.mark.parametrize(
    ("body", "status", "block"),
    [
        ("<title>安全验证</title><p>请完成验证</p>", 200, True),
        ("<script src='https://static.geetest.com/x.js'></script>", 200, True),
        ("您的访问过于频繁，请稍后再试".encode("gbk"), 403, True),
        (f"<p>{TEXT}</p><img src='/captcha.php'>", 200, False),
        ("<p>没有这样的页面</p>", 404, False),
        ("", 200, False),
    ],
)
def test_challenges_slow_the_host(body: str | bytes, status: int, block: bool) -> None:
    assert is_block(capture(body, status)) is block
    reply = interpret(address(), Kept(capture(body, status)), SITE, NOW)
    assert reply.slow is block
    if block:
        assert reply.outcome.state == "pending"
        assert reply.outcome.due >= NOW + 3600


@given(st.binary(max_size=4000))
def test_any_bytes_have_a_meaning(body: bytes) -> None:
    interpret(address(), Kept(capture(body)), SITE, NOW)
    interpret(address("list"), Kept(capture(body)), SITE, NOW)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_addresses_that_cost_depth(status: int) -> None:
    reply = interpret(address(), Kept(capture("", status, ("Location", "/b/7.html"))), SITE, NOW)
    (onward,) = reply.links
    assert isinstance(onward, Found)
    assert (onward.url, onward.kind, onward.depth) == ("http://www.example.org/b/7.html", "article", 8)


def test_nofollow_and_unchanged_pages_have_no_links() -> None:
    page = f'<a href="/a/7.html">x</a>{TEXT}'
    assert interpret(address(), Kept(capture(page)), SITE, NOW).links
    assert not interpret(address(), Kept(capture(page, 200, ("X-Robots-Tag", "nofollow"))), SITE, NOW).links
    asked = f'<head><meta name="robots" content="noindex,nofollow"></head>{page}'
    for kind in ("article", "list"):
        assert not interpret(replace(address(), kind=kind), Kept(capture(asked)), SITE, NOW).links
    assert not interpret(address(), Kept(capture(page), "identical-payload-digest"), SITE, NOW).links


def test_addresses_alone_are_those_of_the_full_reading() -> None:
    page = """<html><head><base href="/a/b/"></head><body><p>正文</p><a href="1.html">一</a>
    <a class="x" href='../2.html?x=1&amp;y=2'>二</a><a href=/3.html target=_blank>三</a><a href="#top">上</a>
    <a href="javascript:go()">四</a><a href="mailto:a@example.org">五</a><a href="http://b.example.org/">六</a>
    <a href="1.html">一</a></body></html>"""
    alone = [link.url for link in hrefs(page.encode(), URL)]
    assert alone == [link.url for link in find_links(page.encode(), "text/html; charset=utf-8", URL)]
    assert alone[1] == "http://www.example.org/a/2.html?x=1&y=2"


@pytest.mark.parametrize(
    ("meta", "target"),
    [
        ('<meta http-equiv="Refresh" content="0;URL=/b?x=1&amp;y=2">', "/b?x=1&y=2"),
        ("<META CONTENT='3; url = \"/b\"' HTTP-EQUIV=refresh>", "/b"),
        ("<meta http-equiv=refresh content='0;/b'>", "/b"),
        ("<meta http-equiv=refresh content=0;url=b.html>", "/a/b.html"),
        ("<meta http-equiv='refresh' content=',/b'>", "/b"),
        ("<meta http-equiv='refresh' content='600'>", None),
        ("<meta http-equiv='refresh' content=''>", None),
        ("<meta http-equiv='refresh'>", None),
        ("<meta name='refresh' content='0;url=/b'>", None),
        ("<!-- <meta http-equiv='refresh' content='0;url=/b'> -->", None),
    ],
)
def test_pages_that_send_on(meta: str, target: str | None) -> None:
    reply = interpret(address(), Kept(capture(f"<html><head>{meta}</head><body>x</body></html>")), SITE, NOW)
    assert [link.url for link in reply.links] == [f"http://www.example.org{target}"] * (target is not None)


def test_a_list_too_large_to_be_read_in_full_still_leads_on() -> None:
    page = "".join(f"<a href='/a/{n}.html'>{n}</a>" for n in range(1_500)) + "<br>" * 100_000
    links = interpret(address("list"), Kept(capture(page)), SITE, NOW).links
    assert len([link for link in links if isinstance(link, Found)]) == 1_000


@pytest.mark.parametrize("kind", ["feed", "sitemap", "list"])
@pytest.mark.parametrize(
    "piece", ["<item>", "<item ", "<url>", "<item><link>/a", "<link>", "<![CDATA[", "<", "<a ", "<a href='"]
)
def test_what_nothing_ends_is_not_looked_for_again_and_again(piece: str, kind: str) -> None:
    """A third of a megabyte took half a minute by patterns that look through the rest from every start tag."""
    for start in ("<rss><item>", "<urlset><url>", "<rss><item>a</item>]]>"):
        body = start + piece * (300_000 // len(piece))
        assert interpret(address(kind), Kept(capture(body, 200)), SITE, NOW).outcome.state == "done"


@pytest.mark.parametrize("kind", ["article", "list"])
def test_backslashes_are_slashes_up_to_the_query(kind: str) -> None:
    page = r"<p>专利新闻</p><a href='..\b\1.html?p=a\b'>知识产权案件开庭审理</a><a href='\\other.org\x'>知识产权法</a>"
    urls = [link.url for link in interpret(address(kind), Kept(capture(page)), SITE, NOW).links]
    assert urls == ["http://www.example.org/b/1.html?p=a%5Cb", "http://other.org/x"]


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("href=\"javascript:show('/b/1001.html')\"", "/b/1001.html"),
        ('href=\'#\' onclick=\'window.open("show.asp?id=3","_blank","width=400")\'', "/a/show.asp?id=3"),
        ("href='javascript:;' onclick=\"location.href='../b/201.shtml'\"", "/b/201.shtml"),
        ("href='/c/3.html' onclick=\"count('/other.html')\"", "/c/3.html"),
        ("href='#' onclick='return false'", None),
        ("href='javascript:history.go(-1)'", None),
        ("href='#' onclick=\"select('news')\"", None),
    ],
)
def test_links_of_lists_that_a_script_opens(link: str, target: str | None) -> None:
    page = f"<p>知识产权新闻</p><a {link}>专利审查员介绍本年度申请</a>"
    links = interpret(address("list"), Kept(capture(page)), SITE, NOW).links
    assert [each.url for each in links] == [f"http://www.example.org{target}"] * (target is not None)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_queries_are_asked_for_in_the_encoding_of_the_page(encoding: str) -> None:
    """As browsers do (URL standard, 4.4), in every way that a page names an address; paths are in UTF-8."""
    written = "/专利?q=专利&amp;p=商标#上"
    word, mark = quote("专利", encoding=encoding), quote("商标", encoding=encoding)
    asked = f"http://www.example.org/{quote('专利')}?q={word}&p={mark}"
    anchor = f"<p>知识产权新闻与专利审查</p><a href='{written}'>专利审查员介绍本年度申请</a>"
    refresh = f"<p>知识产权新闻与专利审查</p><meta http-equiv=refresh content='0;url={written}'>"
    for kind, page in (("article", anchor), ("list", anchor), ("article", refresh), ("list", refresh)):
        kept = Kept(capture(page.encode(encoding)))
        links = interpret(address(kind), kept, SITE, NOW).links
        assert [link.url for link in links] == [asked], (kind, page)


ODD = (
    "http://", "https:", "//", "[", "]", "::1", "www.example.org", ":99999", ":x", "@", "#", "?", "&#x5b;", "%zz",
    "\0", "..", "/", "专", "．", "xn--a", "\\", "\t", "javascript:", "①", "ß", "\u2100",
)  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(ODD), min_size=1, max_size=6).map("".join), min_size=4, max_size=4))
def test_no_way_to_write_an_address_is_a_bug_of_ours(written: list[str]) -> None:
    """In an anchor, a base, a refresh, a feed, a sitemap or a Location: followed, refused or passed over."""
    base, refresh, frame, first = written
    page = (
        f"<base href='{base}'><meta http-equiv='refresh' content='0;url={refresh}'><iframe src='{frame}'>"
        f"</iframe><a href='{first}'>专利</a>"
    )
    feed = f"<rss><item><link>{first}</link></item><item><guid>{base}</guid></item></rss>"
    sitemap = f"<s:urlset xmlns:s='x'><s:url><s:loc>{frame}</s:loc></s:url></s:urlset>"
    location = ("Location", refresh.encode().decode("latin-1"))
    for body in (page, feed, sitemap):
        for kind in ("article", "list", "feed", "sitemap"):
            for status in (200, 302):
                reply = interpret(address(kind), Kept(capture(body, status, location)), SITE, NOW)
                assert all(isinstance(link, Found | Refusal) for link in reply.links)
