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

from crawler import visits
from crawler.discover import Found
from crawler.frontier import Address
from crawler.keeper import Kept
from crawler.reply import interpret
from pipelines.archive.catalog import Catalog
from pipelines.archive.recover import recover
from pipelines.archive.schema import addresses
from pipelines.records import Capture
from pipelines.sites import Site

_ADDRESS = tuple(addresses.c[name] for name in Address.__slots__)
SiteOf = Callable[[str], Site | None]


def adopt(catalog: Catalog, archive: Path, owner: str, site_of: SiteOf) -> int:
    """Mend the WARC files that this crawl may write; returns how many answers were taken in.

    With SQLite the lock makes every file ours; with PostgreSQL those whose name has our `owner`. Raises
    ArchiveUnwritable.
    """
    name = "" if catalog.dialect == "sqlite" else owner

    def take_in(connection: Connection, capture: Capture) -> None:
        _take_in(connection, capture, site_of)

    done = recover(archive, catalog, writer_name=name, adopt=take_in)
    return done.captures + done.revisits


def _take_in(connection: Connection, capture: Capture, site_of: SiteOf) -> None:
    """The transaction of an orphan. Its links pass no budget: only one batch of answers can be orphans."""
    row = connection.execute(select(*_ADDRESS).where(addresses.c.url == capture.url)).first()
    site = site_of(capture.url)
    if row is None or site is None or urlsplit(capture.url).path == "/robots.txt":
        return
    address = Address(*row)
    fetched = datetime.fromisoformat(capture.fetched_at).timestamp()
    kept = Kept(replace(capture, site=site.name))
    reply = interpret(address, kept, site, fetched)
    found = tuple(each for each in reply.links if isinstance(each, Found))
    visit = visits.Visit(
        address, kept, reply.outcome, found, site.pace.depth, reply.render or address.browser
    )
    visits.record(connection, [visit], None, fetched)
