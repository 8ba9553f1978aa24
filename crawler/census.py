"""What stands in the frontier, for budgets, for what was learnt of hosts, and for dry runs.

Functions over a `Connection` of the catalog, as those of `frontier.py`; these change nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from pipelines.archive.schema import addresses

Counts = dict[tuple[str, bool], int]
"""Numbers of addresses by host and by something that holds of them or not."""


def known(connection: Connection, hosts: Collection[str]) -> Counts:
    """Number of addresses by (host, whether they are articles), for the budgets."""
    article = addresses.c.kind == "article"
    counted = select(addresses.c.host, article, func.count()).where(addresses.c.host.in_(hosts))
    rows = connection.execute(counted.group_by(addresses.c.host, article))
    return {(host, bool(is_article)): count for host, is_article, count in rows}


def rendered(connection: Connection, hosts: Collection[str]) -> Counts:
    """Number of answered articles by (host, whether they need a browser)."""
    chosen = (addresses.c.host.in_(hosts), addresses.c.kind == "article", addresses.c.status == 200)
    counted = select(addresses.c.host, addresses.c.browser, func.count()).where(*chosen)
    rows = connection.execute(counted.group_by(addresses.c.host, addresses.c.browser))
    return {(host, bool(browser)): count for host, browser, count in rows}


def known_urls(connection: Connection, hosts: Collection[str]) -> set[str]:
    """The addresses of these hosts."""
    return set(connection.scalars(select(addresses.c.url).where(addresses.c.host.in_(hosts))))


def due_now(
    connection: Connection, hosts: Collection[str], now: float, everything: bool
) -> list[tuple[str, str, str]]:
    """(host, kind, url) of what a crawl would fetch now, the most urgent first: the dry run."""
    states = ("pending", "done", "failed")
    rows = select(addresses.c.host, addresses.c.kind, addresses.c.url).where(
        addresses.c.host.in_(hosts), addresses.c.state.in_(states)
    )
    if not everything:
        rows = rows.where(addresses.c.due <= now)
    ordered = rows.order_by(addresses.c.host, addresses.c.priority, addresses.c.due, addresses.c.url)
    return [(row.host, row.kind, row.url) for row in connection.execute(ordered)]
