"""Crawlers of one machine's name on one PostgreSQL frontier: each has leases of its own, dead ones keep none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from crawler import clock, frontier
from crawler.frontier import Address
from crawler.keeper import Kept
from crawler.outcome import Outcome
from crawler.plan import Plan
from crawler.session import Session
from crawler.visits import Visit
from pipelines.archive.captures import claim_pending
from pipelines.archive.catalog import Catalog
from pipelines.archive.record import archived
from pipelines.archive.schema import addresses
from pipelines.records import Capture, WarcPointer
from pipelines.sites import Site

HOST = "www.example.org"
SITE = Site(hosts=(HOST,), name="example", start=(f"http://{HOST}/", f"http://{HOST}/2"))
KILLED = """
import os, signal, sys
from pathlib import Path
from crawler import clock, frontier
from crawler.plan import Plan
from crawler.session import Session
from pipelines.sites import Site
site = Site(hosts=(sys.argv[3],), name="example", start=(f"http://{sys.argv[3]}/", f"http://{sys.argv[3]}/2"))
session = Session(Plan(Path(sys.argv[1]), sys.argv[2], (site,)))
assert len(session.write(lambda c: frontier.lease(c, sys.argv[3], 9, session.owner, clock.now())).result()) == 2
os.kill(os.getpid(), signal.SIGKILL)
"""


def states(session: Session) -> list[str]:
    with session.catalog.read() as connection:
        return list(connection.scalars(select(addresses.c.state)))


def lease(session: Session, most: int) -> int:
    found = session.write(lambda c: frontier.lease(c, HOST, most, session.owner, clock.now())).result()
    return len(found)


def test_what_a_killed_crawler_had_leased_is_free_for_the_next_one_in_its_place(
    database: Callable[[str], str], tmp_path: Path
) -> None:
    where = database("killed")
    command = [sys.executable, "-c", KILLED, str(tmp_path / "archive"), where, HOST]
    assert subprocess.run(command, check=False).returncode == -9
    session = Session(Plan(tmp_path / "archive", where, (SITE,)))
    try:
        assert states(session) == ["pending", "pending"]
        assert lease(session, 9) == 2
    finally:
        session.close(0)


def test_two_crawlers_of_one_name_in_two_folders_leave_each_others_leases_alone(
    database: Callable[[str], str], tmp_path: Path
) -> None:
    """Two containers of one image, say: the lock of neither folder says anything of the other crawler."""
    where = database("containers")
    one = Session(Plan(tmp_path / "one", where, (SITE,)))
    try:
        assert lease(one, 1) == 1
        two = Session(Plan(tmp_path / "two", where, (SITE,)))
        try:
            assert lease(two, 9) == 0
            assert two.write(lambda c: frontier.renew(c, two.owner, clock.now())).result() == 0
        finally:
            two.close(0)
        assert sorted(states(one)) == ["leased", "pending"]
    finally:
        one.close(0)


def test_what_a_crawler_reads_as_it_comes_is_nobody_elses_until_it_ends(
    database: Callable[[str], str], tmp_path: Path
) -> None:
    where = database("read")
    session = Session(Plan(tmp_path / "archive", where, (SITE,)))
    session.record(visit("/", b"before")).result()
    session.read_here()
    session.record(visit("/2", b"here")).result()
    try:
        with Catalog.open(where) as other:
            assert taken(other, clock.now()) == [f"http://{HOST}/"]
            session.close(0)
            assert taken(other, clock.now()) == [f"http://{HOST}/2"]
    finally:
        session.close(0)


def visit(path: str, body: bytes) -> Visit:
    """An answer as it stands in the WARC."""
    url = f"http://{HOST}{path}"
    pointer = WarcPointer("a.warc.gz", len(body), 100)
    capture = archived(Capture(url, "2026-01-02T03:04:05Z", body, "", site="example", warc=pointer))
    address = Address(url, HOST, "example", "article", 0, 0)
    return Visit(address, Kept(capture), Outcome("done", clock.now() + 60, 60.0))


def taken(catalog: Catalog, now: float) -> list[str]:
    """What another reader finds in the queue."""
    return [row.url for row in catalog.write(lambda c: claim_pending(c, 9, "another", now)).result()]
