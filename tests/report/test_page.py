"""The report escapes everything that came from a page, names nothing outside itself, and has no script."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from pipelines.records import Edit, Rival
from pipelines.report.diff import Segment
from pipelines.report.gather import Cluster, DropRow, HostRow, Member, Shown
from pipelines.report.page import Report, render
from pipelines.report.sharing import Sharing, host_count, matrix, strips

EVIL = '"><script>alert(1)</script><img src=x onerror=y>&amp;\x00'


def hostile_report() -> Report:
    edit = Edit("article_body", 0, EVIL, EVIL, EVIL, "likely", (Rival(EVIL, -1.0),), EVIL)
    shown = Shown(
        "1", EVIL, EVIL, "javascript:" + EVIL, EVIL, EVIL, EVIL, 1, 1, ((Segment(EVIL, EVIL, edit),),)
    )
    member = Member("1", EVIL, EVIL, "same", True, EVIL, 1, 0)
    return Report(
        title=EVIL,
        made_at="2026-01-01T00:00:00Z",
        archive=EVIL,
        tiles=(("pages", 1, EVIL),),
        hosts=(HostRow(EVIL, 1),),
        drops=(DropRow(EVIL, EVIL, 1, EVIL, EVIL),),
        failures=(DropRow(EVIL, EVIL, 1, EVIL),),
        sharings=(Sharing(EVIL, "b.example" + EVIL, 3, (0.5, 40.0)),),
        cluster_count=1,
        clusters=(Cluster(EVIL, EVIL, (member,)),),
        shown=(shown,),
        runs=(),
    )


class Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action", "data")]


def test_nothing_from_a_page_becomes_markup() -> None:
    collector = Collector()
    collector.feed(render(hostile_report()))
    assert "script" not in collector.tags
    assert "img" not in collector.tags
    assert not [name for name in collector.attributes if name.startswith("on") or name == "src"]


def test_numbers_have_separators_in_every_table() -> None:
    hosts = (HostRow("a.example", 12345, articles=6789),)
    page = render(replace(hostile_report(), hosts=hosts, drops=(DropRow("copy", "settle", 4321, "", ""),)))
    assert all(f"<td>{number}</td>" in page for number in ("12,345", "6,789", "4,321"))


def test_dates_are_written_as_people_write_them() -> None:
    member = Member("1", "a.example", "http://a.example/1", "same", True, "2021-08-30T09:05:00+08:00", 1, 0)
    day = replace(member, date="2021-09-08T00:00:00+08:00")
    page = render(replace(hostile_report(), clusters=(Cluster("标题", "earliest", (member, day)),)))
    assert '<td class="text">2021-08-30 09:05</td>' in page
    assert '<td class="text">2021-09-08</td>' in page


def test_it_needs_no_network() -> None:
    html = render(hostile_report())
    collector = Collector()
    collector.feed(html)
    assert "default-src 'none'" in html
    assert all(address and address.startswith("#") for address in collector.addresses)
    assert not re.search(r"url\(|@import", html)


def test_a_matrix_has_a_cell_for_every_pair_and_a_dot_for_every_delay() -> None:
    sharings = [
        Sharing("a.example", "b.example", 3, (0.1, 5.0)),
        Sharing("a.example", "c.example", 1, (400.0,)),
    ]
    assert matrix(sharings).count("<rect") == 9
    assert "3 stories: a.example first, b.example later" in matrix(sharings)
    assert strips(sharings).count("<circle") == 3
    assert host_count(sharings) == 3
    assert matrix([]) == strips([]) == ""


def test_long_names_are_cut_in_labels_and_told_whole() -> None:
    long = "a" * 60 + ".example"
    drawn = matrix([Sharing(long, "b.example", 1, (5.0,))])
    assert drawn.count(f">{long}<") == 0
    assert drawn.count(f">{long[:35]}…<") == 2
    assert f"{long} first, b.example later" in drawn
