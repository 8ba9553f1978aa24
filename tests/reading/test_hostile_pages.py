"""Pages that would take unbounded time or memory, and damage of every kind: a Drop or an article, never more.

What takes long is bounded by what is dropped; the times themselves are measured by `make bench`.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reading.decode import decode
from pipelines.reading.extract import extract
from pipelines.reading.links import find_links
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Extracted
from pipelines.records import Drop, Reason

URL = "http://a.test/1.html"
TEXT = "<p>专利审查周期继续缩短，企业表示欢迎，代理机构也表示欢迎。</p>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 90_000 + TEXT, Reason.TOO_DEEP),
        ("<b>" * 90_000 + TEXT, Reason.TOO_DEEP),
        ("<a href=x>" * 50_000 + TEXT, Reason.TOO_DEEP),
        ("".join(f"<font a={i}><p>字" for i in range(5_000)), Reason.TOO_DEEP),
        ("<table><tr><td>" * 30_000 + TEXT, Reason.TOO_DEEP),
        ("<div " + " ".join(f"a{i}=1" for i in range(200_000)) + ">" + TEXT, Reason.TOO_LARGE),
        ("<select>" + "<option>专利，</option>" * 50_000, Reason.TOO_LARGE),
        ("<" * 1_000_000, Reason.TOO_LARGE),
        ("<p>专利</p>" * 200_000, Reason.TOO_LARGE),
        ("专利，" * 3_000_000, Reason.TOO_LARGE),
    ],
    ids=[
        "divs",
        "bolds",
        "links",
        "fonts",
        "tables",
        "attributes",
        "options",
        "brackets",
        "tags",
        "characters",
    ],
)
def test_a_page_without_bounds_is_dropped(html: str, reason: Reason) -> None:
    drop = extract(html, URL)
    assert isinstance(drop, Drop)
    assert (drop.reason, drop.url) == (reason, URL)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 1_000 + TEXT * 20,
        "<p>" + "1" * 1_000_000 + "，专利。</p>",
        "<p>" + "2021-" * 200_000 + "，专利。</p>",
        "<p>" + "二〇二一年" * 200_000 + "，专利。</p>",
        "<p>" + "来源：" * 50_000 + "</p>" + TEXT * 9,
        "<div class=sidebar>" * 400 + "<div class=content><a href=x>专利</a></div>" * 20_000 + TEXT * 20,
        TEXT * 9 + "<table><tr><td>" * 300 + "<td>专利" * 20_000 + "<a href=x>专</a>",
        TEXT * 9 + "<p>" + "&amp;ldquo;" * 100_000 + "</p>",
        "<title>" + "【" * 100_000 + "</title>" + TEXT * 9,
        "<title>" + "_-|" * 100_000 + "</title>" + TEXT * 9,
        "<p>专\0利\0审查，\0周期缩短，企业欢迎。</p>" * 9,
        TEXT * 9 + "<!-- 没有结束的注释",
        TEXT * 9 + "<script>var a = '<p>",
        "<article>" + TEXT * 9 + '<div class="',
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + TEXT * 9,
        "<div<p>" * 30 + TEXT * 9 + '<p <a "b>' + TEXT,
        "<div><p<div>一</div>" * 9 + "</p<div></div></div>" + TEXT * 9,
    ],
    ids=[
        "deep",
        "digits",
        "years",
        "numerals",
        "labels",
        "columns",
        "tables",
        "escaped-twice",
        "brackets",
        "title",
        "nul",
        "comment",
        "script",
        "clipped",
        "json",
        "tags-in-names",
        "tags-in-names-closed",
    ],
)
def test_odd_pages_are_read(html: str) -> None:
    page = extract(html, URL)
    assert isinstance(page, Extracted)
    assert "专" in page.body or "来源" in page.body or "年" in page.body or "1" in page.body
    assert "\0" not in page.body
    read_metadata(page, URL, "2024-01-01T00:00:00Z")


def test_a_page_of_five_megabytes_is_read_whole() -> None:
    block = (
        '<div class="x"><a href="/a/1.html">知识产权要闻一则</a></div><p>'
        + "专利审查周期缩短，企业欢迎。" * 30
        + "</p>"
    )
    page = extract(block * 3_900, URL)
    assert isinstance(page, Extracted)
    assert len(page.blocks) == 3_900


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class=content>", "</div>", "<a href=/1>", "</a>", "<h1>", "<table><tr><td>", "<script>",
     "</script>", "<!--", "-->", "<title>", "来源：", "2021-03-01 ", "作者：张三", "专利审查周期缩短，企业表示欢迎。", "\0",
     "&lt;", "&#x4e13;", "?！斑@", "（记者", "<select>", "<br>", '"', "'", "<", ">", "\ufffd", " ", "\u3000"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
def test_any_page_gives_an_article_or_a_drop(pieces: list[str]) -> None:
    html = "".join(pieces)
    page = extract(html, URL)
    if isinstance(page, Extracted):
        told = read_metadata(page, URL, "2024-01-01T00:00:00Z")
        assert told.date_published is None or told.date_published[:4] in ("2021", "2023", "2024")
    find_links(html.encode(), "text/html", URL)


@given(st.binary(max_size=300))
def test_any_bytes_give_links_or_none(payload: bytes) -> None:
    for link in find_links(payload, None, URL):
        assert link.url.startswith("http")


def test_the_same_page_reads_the_same_twice() -> None:
    payload = ("<h1>专利审查周期继续缩短</h1><p>来源：某报 2021-03-01</p>" + TEXT * 5).encode()
    first, second = (decode(payload), decode(payload))
    assert first == second
    assert not isinstance(first, Drop)
    assert extract(first.text, URL) == extract(first.text, URL)
