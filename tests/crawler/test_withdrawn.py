"""What was withdrawn is not fetched again, and an answer that was waited for meanwhile is not taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler import frontier, visits
from crawler.discover import Found
from crawler.keeper import Kept
from crawler.outcome import after_answer
from crawler.visits import Visit
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import addresses, captures, links, revisits
from pipelines.archive.withdraw import target_of, withdraw
from pipelines.records import Capture, WarcPointer
from pipelines.sites import Site

NOW = 1_800_000_000.0
AT = "2027-01-15T08:00:00Z"
GONE, LIST = "http://www.example.org/a/1.html", "http://other.example.net/list"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "archive") as opened:
        yield opened


def do(catalog: Catalog, function: Any, *args: Any) -> Any:
    return catalog.write(lambda connection: function(connection, *args)).result()


def found(url: str, kind: str) -> Found:
    return Found(url, url.split("/")[2], None, kind, 0, 0, title="专利")  # type: ignore[arg-type]


def answer(address: frontier.Address, body: bytes, names: tuple[Found, ...] = ()) -> Visit:
    capture = Capture(address.url, AT, body, "", 200, (), warc=WarcPointer("x.warc.gz", len(body), 1))
    capture = replace(capture, payload_digest=f"sha256:{len(body):064}")
    return Visit(address, Kept(capture, None), after_answer("article", 200, 0, None, True, None, NOW), names)


@pytest.mark.parametrize("target", [GONE, "example.org"])
def test_an_answer_that_comes_after_the_withdrawal_leaves_no_row(catalog: Catalog, target: str) -> None:
    do(catalog, frontier.add, [(found(GONE, "article"), None), (found(LIST, "list"), None)], NOW)
    (page,) = do(catalog, frontier.lease, "www.example.org", 9, "a", NOW)
    (overview,) = do(catalog, frontier.lease, "other.example.net", 9, "a", NOW)
    do(catalog, withdraw, target_of(target), "asked for", AT)
    recorded = do(
        catalog, visits.record, [answer(page, b"new"), answer(overview, b"list", (found(GONE, "article"),))],
        None, NOW,
    )  # fmt: skip
    assert recorded.new_versions == [False, True]
    with catalog.read() as connection:
        assert connection.scalars(select(captures.c.url)).all() == [LIST]
        assert connection.execute(select(links)).all() == connection.execute(select(revisits)).all() == []
        states = dict(connection.execute(select(addresses.c.url, addresses.c.state)).all())
    assert states == {GONE: "dead", LIST: "done"}


@pytest.mark.parametrize("target", [GONE, "example.org"])
@pytest.mark.parametrize("known", [True, False])
def test_typing_it_does_not_bring_it_back(catalog: Catalog, target: str, known: bool) -> None:
    """Nor declaring it: withdrawn before its first crawl or after."""
    site = Site(name="example", hosts=("www.example.org",), start=(GONE,))
    if known:
        do(catalog, frontier.seed, site, [GONE], NOW)
    do(catalog, withdraw, target_of(target), "asked for", AT)
    do(catalog, frontier.seed, site, [GONE], NOW)
    do(catalog, frontier.ask_again, [GONE], NOW)
    do(catalog, frontier.conclude, [(GONE, after_answer("article", 200, 0, None, True, None, NOW), {})])
    assert do(catalog, frontier.lease, "www.example.org", 9, "a", NOW) == []
    with catalog.read() as connection:
        assert connection.scalars(select(addresses.c.state)).all() == (["dead"] if known else [])
