"""Links of list pages, pagers, feeds and sitemaps, with their titles and dates."""

from __future__ import annotations

import gzip

import pytest

from pipelines.reading.links import find_links
from pipelines.reading.pager import find_pages, stem
from pipelines.reading.tree import outline
from pipelines.records import Drop, Link

BASE = "http://m.test/news/index.html"
CAPTURED = "2021-03-02T03:00:00Z"

LIST = """<html><head><base href="http://m.test/"><link rel="alternate" type="application/rss+xml" href="/feed"
title="全部"></head><body><div class="nav"><a href="/">首页</a><a href="/zl/">专利</a><a href="javascript:;">登录</a></div>
<ul><li><a href="a/2021/0301/12.html" title="国家知识产权局发布年度报告全文">国家知识产权局发布...</a><span>2021-03-01</span></li>
<li><a href="/zhishi/123.html"><h3>专利转让新规定出台了</h3></a><p>3小时前</p></li>
<li><a href="/html/2020/1230/9.shtml">商标抢注案一审宣判</a></li>
<li><a href="#top">回到顶部</a><a href="pic.jpg">大图</a><a href="mailto:a@b.test">写信</a></li></ul>
<div class="page"><a href="list_2_2.html">2</a> <a href="list_2_2.html">下一页</a></div></body></html>"""


def found(text: str, url: str = BASE) -> dict[str, Link]:
    return {link.url: link for link in find_links(text.encode(), None, url, CAPTURED)}


def test_a_list_gives_articles_with_titles_and_dates() -> None:
    links = found(LIST)
    first = links["http://m.test/a/2021/0301/12.html"]
    assert (first.kind, first.title, first.date) == (
        "article",
        "国家知识产权局发布年度报告全文",
        "2021-03-01T00:00:00+08:00",
    )
    assert links["http://m.test/zhishi/123.html"].title == "专利转让新规定出台了"
    assert links["http://m.test/zhishi/123.html"].date == "2021-03-02T08:00:00+08:00"
    assert links["http://m.test/html/2020/1230/9.shtml"].date == "2020-12-30T00:00:00+08:00"
    assert links["http://m.test/feed"].kind == "feed"
    assert links["http://m.test/zl/"].kind == "list"
    assert links["http://m.test/list_2_2.html"].kind == "page"


def test_what_leads_to_no_page_is_left_out() -> None:
    assert not any(word in url for url in found(LIST) for word in ("javascript", "mailto", ".jpg", "#"))


RSS = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY boom "啊啊啊"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><title>要闻</title><item><title><![CDATA[审查 & 复审]]></title>
<link>http://m.test/1?a=1&amp;b=2</link><pubDate>Mon, 01 Mar 2021 08:00:00 +0800</pubDate></item>
<item><title>&boom;&#x4e13;&#21033;</title><guid>http://m.test/2</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>商标</title><link rel="alternate" href="/3"/>
<published>2021-03-01T00:00:00Z</published></entry></feed>"""


def test_a_feed_gives_entries_and_expands_no_entity() -> None:
    first, second = find_links(RSS.encode(), "application/rss+xml", "http://m.test/feed")
    assert first == Link("http://m.test/1?a=1&b=2", "article", "审查 & 复审", "2021-03-01T08:00:00+08:00")
    assert second == Link("http://m.test/2", "article", "&boom;专利")
    (entry,) = find_links(ATOM.encode(), None, "http://m.test/feed")
    assert entry == Link("http://m.test/3", "article", "商标", "2021-03-01T00:00:00+00:00")


@pytest.mark.parametrize("packed", [False, True])
def test_sitemaps_and_their_index(packed: bool) -> None:
    pages = "<urlset><url><loc>http://m.test/a</loc><lastmod>2021-03-01</lastmod></url></urlset>"
    index = (
        "<sitemapindex><sitemap><loc>/s1.xml.gz</loc><lastmod>2021-03-01</lastmod></sitemap></sitemapindex>"
    )
    pack = gzip.compress if packed else bytes
    assert find_links(pack(pages.encode()), None, "http://m.test/s.xml") == (
        Link("http://m.test/a", "unknown"),
    )
    (part,) = find_links(pack(index.encode()), None, "http://m.test/s.xml")
    assert (part.url, part.kind, part.date) == (
        "http://m.test/s1.xml.gz",
        "sitemap",
        "2021-03-01T00:00:00+08:00",
    )


def test_prefixes_of_the_namespace_are_the_authors_choice() -> None:
    xmlns = 'xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://n.test/"'
    pages = (
        f"<s:urlset {xmlns}><s:url><s:loc>http://m.test/a</s:loc><news:news><news:title>商标</news:title>"
        "</news:news></s:url></s:urlset>"
    )
    index = f"<s:sitemapindex {xmlns}><s:sitemap><s:loc>/s1.xml</s:loc></s:sitemap></s:sitemapindex>"
    assert found(pages)["http://m.test/a"] == Link("http://m.test/a", "article", "商标")
    assert found(index)["http://m.test/s1.xml"].kind == "sitemap"
    atom = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:link href="/3"/></a:entry></a:feed>'
    assert found(atom)["http://m.test/3"].kind == "article"
    rdf = (
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><item '
        'rdf:about="http://m.test/4"><title>专利</title><link>http://m.test/4</link>'
        "<dc:date>2021-03-01T08:00:00+08:00</dc:date></item></rdf:RDF>"
    )
    assert found(rdf)["http://m.test/4"] == Link(
        "http://m.test/4", "article", "专利", "2021-03-01T08:00:00+08:00"
    )


def test_a_sitemap_of_lines() -> None:
    lines = "\ufeffhttp://m.test/1\r\nhttps://m.test/2?a=1&b=2\n\nhttp://m.test/3\n"
    assert list(found(lines)) == ["http://m.test/1", "https://m.test/2?a=1&b=2", "http://m.test/3"]
    assert found("见 http://m.test/1\n") == {}


def test_a_clipped_gzip_gives_what_it_still_holds() -> None:
    many = (
        "<urlset>" + "".join(f"<url><loc>http://m.test/{i}</loc></url>" for i in range(2_000)) + "</urlset>"
    )
    packed = gzip.compress(many.encode())
    assert 0 < len(find_links(packed[: len(packed) // 2], None, "http://m.test/s.xml.gz")) < 2_000
    assert find_links(b"\x1f\x8b" + b"\0" * 20, None, BASE) == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.test/a/12_3.html", ("http://a.test/a/12.html", 3)),
        ("http://a.test/a/12.html", ("http://a.test/a/12.html", 1)),
        ("http://a.test/article-12-2.html?sid=abc", ("http://a.test/article-12.html", 2)),
        ("http://a.test/v.php?aid=9&page=2", ("http://a.test/v.php?aid=9", 2)),
        ("http://a.test/v.php?page=2&aid=9", ("http://a.test/v.php?aid=9", 2)),
        ("http://a.test/2021/03/01/", ("http://a.test/2021/03/01/", 1)),
        ("http://a.test/post/77/2/", ("http://a.test/post/77/", 2)),
        ("http://a.test/t20210301_12345.html", ("http://a.test/t20210301_12345.html", 1)),
    ],
)
def test_the_number_of_a_part_in_its_address(url: str, expected: tuple[str, int]) -> None:
    assert stem(url) == expected


def test_a_pager_of_an_article_is_told_from_one_of_a_list() -> None:
    page = outline(
        '<a href="12.html">1</a><a href="12_2.html">2</a><a href="12_3.html">下一页</a><a href="list_2.html">2</a>'
    )
    assert not isinstance(page, Drop)
    parts, number = find_pages(page, "http://a.test/a/12_2.html")
    assert parts == ("http://a.test/a/12.html", "http://a.test/a/12_2.html", "http://a.test/a/12_3.html")
    assert number == 2
    assert find_pages(page, "http://a.test/a/99.html") == ((), None)
