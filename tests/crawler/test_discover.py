"""Which links are followed, and which are traps."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import addresses, hrefs
from crawler.addresses import canonical
from crawler.discover import MAX_LINKS, Found, Refusal, follow, priority
from pipelines.records import Link
from pipelines.sites import Pace, Patterns, Site

SITE = Site(hosts=("www.example.org", "bbs.example.org"), name="example", pace=Pace(depth=50))


def judged(url: str, site: Site = SITE, **link: str) -> Found | Refusal:
    return next(iter(follow([Link(url, **link)], site, 1)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("HTTP://WWW.Example.ORG:80/a/../b/./c#top", "http://www.example.org/b/c"),
        ("http://www.example.org", "http://www.example.org/"),
        ("http://www.example.org./a", "http://www.example.org/a"),
        ("http://专利.Example.ORG.:80/a", "http://xn--ohq82h.example.org/a"),
        ("http://www.example.org/show?a=1&&sid=x&b=2&", "http://www.example.org/show?a=1&b=2"),
        ("http://www.example.org/x;jsessionid=AB12?id=7", "http://www.example.org/x?id=7"),
        ("http://www.example.org/article-1-1.html?sid=Ab1", "http://www.example.org/article-1-1.html"),
        ("http://www.example.org/?PHPSESSID=1&id=2&utm_source=x", "http://www.example.org/?id=2"),
        ("http://www.example.org/?b=1&a=2", "http://www.example.org/?b=1&a=2"),
        ("http://www.example.org/专利", "http://www.example.org/%E4%B8%93%E5%88%A9"),
        ("http://www.example.org/a b|c", "http://www.example.org/a%20b%7Cc"),
        ("http://www.example.org/(S(abc123))/page.aspx", "http://www.example.org/page.aspx"),
    ],
)
def test_one_page_is_one_address(url: str, kept: str) -> None:
    assert canonical(url) == kept


@given(st.text(max_size=60), st.text(alphabet="ab/.?&=;%#|\\ é专", max_size=40))
def test_canonical_is_idempotent(host: str, rest: str) -> None:
    once = canonical(f"http://{host}/{rest}")
    assert canonical(once) == once


PIECES = st.lists(
    st.sampled_from(
        ["a", "b1", "..", ".", "/", "//", "?", "=", "&", "&amp;", "&copy", "sid", "from", "id", "-", "_", "~", ".x", "%41",
         "#", ":", ";", "(S(x))", " ", "专", "A", "http:", "http://h.example", "www.example.org", ":80", "é", "\t"]
    ),
    max_size=9,
).map("".join)  # fmt: skip


@given(PIECES)
def test_the_short_way_to_the_one_form_is_the_long_one(rest: str) -> None:
    for url in (f"http://www.example.org/{rest}", f"https://{rest}", rest):
        assert canonical(url) == addresses._worked_out(url)


@given(PIECES, st.sampled_from(["http://www.example.org/", "https://b.example:8080/a/b/"]))
def test_the_short_way_from_a_reference_to_its_address_is_the_long_one(written: str, folder: str) -> None:
    short = hrefs._plain(folder, written.encode())
    assert short is None or short == hrefs._worked_out(folder, written.encode(), "")


@given(PIECES)
def test_the_short_way_to_the_folder_of_an_address_is_the_long_one(rest: str) -> None:
    for url in (f"http://www.example.org/{rest}", f"https://{rest}"):
        try:
            path = urlsplit(url).path
            joined = urljoin(url, path[: path.rfind("/") + 1] or "/")
        except ValueError:
            continue
        assert hrefs._directory(url) == joined


@pytest.mark.parametrize(
    "written", ["a.html", "/a/b-1_2.html?id=3", "https://other.example/x", "t20210101_1.htm"]
)
def test_plain_references_take_the_short_way(written: str) -> None:
    assert hrefs._plain("http://www.example.org/", written.encode())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://www.example.org/a.jpg", "media"),
        ("http://www.example.org/v.MP4", "media"),
        ("http://www.example.org/paper.pdf", "media"),
        ("http://www.example.org/calendar/2031/05/", "calendar"),
        ("http://www.example.org/rili?month=3", "calendar"),
        ("http://www.example.org/x?year=2031&month=2", "calendar"),
        ("http://www.example.org/a/b/a/b/a/b/", "path repeats or is too deep"),
        (
            "http://www.example.org" + "/d" * 5 + "".join(f"/{n}" for n in range(9)),
            "path repeats or is too deep",
        ),
        ("http://www.example.org/?a=1&b=2&c=3&d=4&e=5&f=6&g=7", "too many parameters"),
        ("http://www.example.org/list?page=99999", "pager without end"),
        ("http://www.example.org/page/123456789012345/", "pager without end"),
        ("http://www.example.org/wp-login.php", "no page for readers"),
        ("http://www.example.org/member.php?mod=register", "no page for readers"),
        ("http://other.example.com/", "other site"),
        ("http://127.0.0.1/", "guard"),
        ("http://user@www.example.org/", "guard"),
        ("ftp://www.example.org/", "guard"),
    ],
)
def test_refusals_name_their_reason(url: str, reason: str) -> None:
    found = judged(url)
    assert isinstance(found, Refusal)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.org/a/zhishi/2021/0301/12.html",
        "http://www.example.org/plus/view.php?aid=12",
        "http://www.example.org/index.php?m=content&c=index&a=show&catid=3&id=9",
        "http://www.example.org/list-3-1999.html",
        "http://bbs.example.org/forum.php?mod=viewthread&tid=5",
        "http://www.example.org/page/1999/",
    ],
)
def test_addresses_of_real_systems_are_followed(url: str) -> None:
    assert isinstance(judged(url), Found)


def test_a_declaration_has_the_last_word() -> None:
    site = Site(
        hosts=("www.example.org",),
        name="example",
        urls=Patterns(article=(r"/calendar/\d+$",), list=(r"/l/",), ignore=(r"/old/",)),
    )
    article = judged("http://www.example.org/calendar/77", site)
    assert isinstance(article, Found)
    assert article.kind == "article"
    assert isinstance(judged("http://www.example.org/old/calendar/77", site), Refusal)
    listed = judged("http://www.example.org/l/3", site, kind="article")
    assert isinstance(listed, Found)
    assert listed.kind == "list"


def test_ports_are_those_of_the_scheme_or_declared() -> None:
    refused = judged("http://www.example.org:8080/a/1.html")
    assert isinstance(refused, Refusal)
    assert refused.reason == "undeclared port"
    declared = msgspec.structs.replace(SITE, start=("http://www.example.org:8080/",))
    for port, kept in (("", True), (":80", True), (":443", True), (":8080", True), (":8081", False)):
        found = judged(f"http://www.example.org{port}/a/1.html", declared)
        assert isinstance(found, Found) is kept, port


def test_a_pager_leads_to_more_of_its_kind() -> None:
    links = [Link("http://www.example.org/x_2", "page")]
    assert [found.kind for found in follow(links, SITE, 0, "list") if isinstance(found, Found)] == ["list"]
    assert [found.kind for found in follow(links, SITE, 0, "article") if isinstance(found, Found)] == [
        "article"
    ]


def test_depth_and_number_of_links_are_bounded() -> None:
    deep = list(follow([Link("http://www.example.org/a")], SITE, 50))
    assert isinstance(deep[0], Refusal)
    farm = [Link(f"http://www.example.org/w{n}") for n in range(MAX_LINKS * 3)]
    assert sum(isinstance(found, Found) for found in follow(farm, SITE, 0)) == MAX_LINKS


def test_lists_come_first_until_they_are_deep() -> None:
    assert priority("feed", 0) < priority("list", 1) < priority("article", 1) < priority("list", 20)
