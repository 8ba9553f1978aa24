"""`ipnews copies [ID|URL]`: stories, the pages that carry them, and the hosts that share text."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from crawler.commands.explain import resolve
from crawler.commands.inputs import existing
from crawler.config import Config
from crawler.console import counted, emit, progress, say, table
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import unpack
from pipelines.archive.schema import articles, settled
from pipelines.archive.settled import appearances
from pipelines.dedupe.hosts import host_pairs
from pipelines.errors import UsageError
from pipelines.records import Settled

SHOWN = 50
"""Stories listed for a person; `--json` gives every one."""


def run(
    target: str | None = None,
    hosts: bool = False,
    rebuild: bool = False,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """Show one story, all stories, or the hosts; `rebuild` settles everything anew first."""
    config = existing(archive)
    if rebuild:
        _rebuild(config)
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        if hosts:
            return _show_hosts(connection, json)
        if target is not None:
            return _show_story(connection, target, json)
        return _show_stories(connection, json)


def stories(connection: Connection) -> Iterator[list[dict[str, Any]]]:
    """The members of every story with more than one, canonical first, in the order of the story's id."""
    members: list[dict[str, Any]] = []
    for row in connection.execute(_MEMBERS.order_by(*_ORDER)):
        if members and members[0]["cluster_id"] != row.cluster_id:
            if len(members) > 1:
                yield members
            members = []
        members.append(_member(row))
    if len(members) > 1:
        yield members


_MEMBERS = select(
    settled.c.cluster_id, settled.c.record, articles.c.headline, articles.c.host, articles.c.date_published,
    articles.c.url, articles.c.id, articles.c.lacunae,
).join(articles, articles.c.id == settled.c.id)  # fmt: skip
_ORDER = (settled.c.cluster_id, settled.c.canonical.desc(), articles.c.url)


def _member(row: Any) -> dict[str, Any]:
    fact = unpack(row.record, Settled)
    names = ("cluster_id", "id", "url", "host", "headline", "date_published", "lacunae")
    facts = asdict(fact) | {name: getattr(row, name) for name in names}
    return {
        name: value
        for name, value in facts.items()
        if name not in ("edition_headline", "edition_body", "edition_edits")
    }


def _show_stories(connection: Connection, json: bool) -> int:
    found = 0
    for members in stories(connection):
        found += 1
        if json:
            emit({"cluster_id": members[0]["cluster_id"], "members": members})
        elif found <= SHOWN:
            first = members[0]
            sys.stdout.write(f"{first['id'][:12]}  {len(members):>3} pages  {first['headline']}\n")
    listed = f", the first {SHOWN} are listed (all of them: --json)" if found > SHOWN and not json else ""
    say(
        f"{counted(found, 'story stands', 'stories stand')} on more than one page{listed}."
        + (" One: ipnews copies ID" if found else "")
    )
    return 0


def _show_story(connection: Connection, target: str, json: bool) -> int:
    article_id = resolve(connection, target)
    cluster = _story_of(connection, article_id)
    if cluster is None:
        raise UsageError(f"{target} belongs to no story; why, says: ipnews explain {target}")
    rows = connection.execute(_MEMBERS.where(settled.c.cluster_id == cluster).order_by(*_ORDER))
    members = [_member(row) for row in rows]
    if json:
        emit({"cluster_id": cluster, "members": members})
        return 0
    header = ("id", "host", "relation", "published", "lost", "address")
    pages = counted(len(members), "page", "pages")
    title = f"{members[0]['headline']}\nCanonical: {members[0]['canonical_reason']}\n{pages}"
    table(title, header, [_line(member) for member in members])
    return 0


def _story_of(connection: Connection, article_id: str) -> str | None:
    """The story of an article, or of the one that stands for it: its first page, or a newer version."""
    record = connection.scalar(select(settled.c.record).where(settled.c.id == article_id))
    if record is None:
        return None
    fact = unpack(record, Settled)
    return _story_of(connection, fact.superseded_by) if fact.superseded_by else fact.cluster_id


def _line(member: dict[str, Any]) -> tuple[object, ...]:
    relation = "canonical" if member["canonical"] else member["relation"]
    date = (member["date_published"] or "")[:10]
    return (member["id"][:12], member["host"], relation, date, member["lacunae"], member["url"])


def _show_hosts(connection: Connection, json: bool) -> int:
    found = host_pairs(appearances(connection))
    if json:
        for pair in found:
            emit(pair)
        return 0
    header = ("had it first", "had it later", "stories", "days later", "open in 1,000")
    rows = [(p.first, p.second, p.stories, _days(p.delay_days), round(p.damage_second, 1)) for p in found]
    title = (
        "Hosts that share text; median delay where both dates are known; "
        "places left open in 1,000 characters of the later host"
    )
    table(title, header, rows)
    return 0


def _days(delay: float | None) -> float | str:
    return "" if delay is None else round(delay, 1)


def _rebuild(config: Config) -> None:
    from pipelines.settle import rebuild

    with Catalog.open(config.catalog_location) as catalog, progress("Settling the whole archive anew"):
        rebuild(catalog, workers=os.cpu_count() or 1)
