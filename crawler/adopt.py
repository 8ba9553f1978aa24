"""Take in what a killed crawl had archived: records that reached the WARC before their transaction.

Between the flush of a record and the transaction that names it a kill leaves a record without a row. It is
treated as if its answer had just come, so that no page is fetched twice and none is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from crawler import clock, frontier, visits
from crawler.discover import Found
from crawler.frontier import Address
from crawler.keeper import Kept
from crawler.outcome import after_answer, after_failure
from crawler.reply import interpret
from crawler.timing import HOUR
from pipelines.archive.catalog import Catalog
from pipelines.archive.reader import Revisit
from pipelines.archive.recover import adopt_capture, adopt_revisit, recover
from pipelines.archive.revisits import insert_revisit
from pipelines.archive.schema import addresses
from pipelines.records import Capture, version_id
from pipelines.sites import Site

_ADDRESS = tuple(addresses.c[name] for name in Address.__slots__)
SiteOf = Callable[[str], Site | None]


def adopt(catalog: Catalog, archive: Path, writer: str, site_of: SiteOf) -> int:
    """Mend the WARC files that this crawl may write; returns how many answers were taken in.

    With SQLite the lock makes every file ours; with PostgreSQL those that `writer` wrote. Raises
    ArchiveUnwritable.
    """
    name = "" if catalog.dialect == "sqlite" else writer

    def take_in(connection: Connection, capture: Capture) -> None:
        _take_in(connection, capture, site_of)

    done = recover(
        archive, catalog, writer_name=name, adopt=take_in, adopt_again=_take_again, give_up=_give_up
    )
    return done.captures + done.revisits


def _give_up(connection: Connection, item: Capture | Revisit) -> None:
    """The transaction of an orphan on which our own code has failed: as in a crawl, its address is not asked
    for again at once."""
    if isinstance(item, Revisit):
        adopt_revisit(connection, item)
    else:
        adopt_capture(connection, item)
    if (address := _address_of(connection, item.url)) is not None:
        outcome = after_failure("our bug", address.attempts, address.interval, clock.now(), HOUR)
        frontier.conclude(connection, [(address.url, outcome, {})])


def _address_of(connection: Connection, url: str) -> Address | None:
    row = connection.execute(select(*_ADDRESS).where(addresses.c.url == url)).first()
    return Address(*row) if row else None


def _take_again(connection: Connection, revisit: Revisit) -> None:
    """The transaction of an orphan that says that its address still had the known payload."""
    digest, address = revisit.record_digest, _address_of(connection, revisit.url)
    insert_revisit(connection, revisit, version_id(revisit.url, digest) if digest else None)
    if address is not None:
        fetched = datetime.fromisoformat(revisit.fetched_at).timestamp()
        outcome = after_answer(address.kind, 304, 0, address.interval, False, None, fetched)
        frontier.conclude(connection, [(address.url, outcome, {"fetched_at": revisit.fetched_at})])


def _take_in(connection: Connection, capture: Capture, site_of: SiteOf) -> None:
    """The transaction of an orphan. Its links pass no budget: only one batch of answers can be orphans."""
    address, site = _address_of(connection, capture.url), site_of(capture.url)
    if address is None or site is None or urlsplit(capture.url).path == "/robots.txt":
        return
    fetched = datetime.fromisoformat(capture.fetched_at).timestamp()
    kept = Kept(replace(capture, site=site.name))
    reply = interpret(address, kept, site, fetched)
    found = tuple(each for each in reply.links if isinstance(each, Found))
    visit = visits.Visit(
        address, kept, reply.outcome, found, site.pace.depth, reply.render or address.browser
    )
    visits.record(connection, [visit], None, fetched)
