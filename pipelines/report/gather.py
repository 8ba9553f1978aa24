"""What the report shows, read from the catalog in a handful of queries. Sizes are bounded: an archive of a
million articles gives a report of the same length as one of a thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, select

from pipelines.archive.codec import unpack
from pipelines.archive.drops import COUNTED_AS
from pipelines.archive.schema import (
    DISALLOWED,
    addresses,
    articles,
    captures,
    drops,
    edits,
    revisits,
    runs,
    settled,
)
from pipelines.records import Article, Edit, Settled
from pipelines.report.diff import Segment, paragraphs, side_by_side

MOST_HOSTS = 200
MOST_CLUSTERS = 200
MOST_MEMBERS = 60
MOST_SHOWN = 30
MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class HostRow:
    """One mirror in numbers: captures and what became of them."""

    host: str
    captures: int = 0
    revisits: int = 0
    articles: int = 0
    canonicals: int = 0
    drops: int = 0
    waiting: int = 0
    failed: int = 0
    edits: int = 0
    lost: int = 0

    @property
    def mended(self) -> int:
        """Damaged places that have their text again."""
        return self.edits - self.lost


@dataclass(frozen=True, slots=True)
class DropRow:
    """One reason with its count and an example."""

    reason: str
    stage: str
    count: int
    example: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One copy of a story."""

    id: str
    host: str
    url: str
    relation: str
    canonical: bool
    date: str | None
    characters: int
    lacunae: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A story that stands on more than one page."""

    headline: str
    reason: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One article as found and as restored."""

    id: str
    headline: str
    host: str
    url: str
    source: str | None
    date: str | None
    encoding: str
    edits: int
    witnesses: int
    rows: tuple[tuple[Segment, ...], ...]


def hosts(connection: Connection) -> tuple[HostRow, ...]:
    """The mirrors with most captures."""
    rows: dict[str, Counter[str]] = {}
    for name, query in _HOST_COUNTS.items():
        for host, count in connection.execute(query):
            rows.setdefault(host, Counter())[name] += count
    for host, packed in connection.execute(_EDITS_BY_HOST):
        made = unpack(packed, tuple[Edit, ...])
        rows.setdefault(host, Counter())["edits"] += len(made)
        rows[host]["lost"] += sum(edit.certainty == "lost" for edit in made)
    table = [HostRow(host, **counts) for host, counts in rows.items()]
    return tuple(sorted(table, key=lambda row: (-row.captures, row.host))[:MOST_HOSTS])


def drop_rows(connection: Connection) -> tuple[DropRow, ...]:
    """Why captures were dropped, most frequent reasons first."""
    kinds = select(
        COUNTED_AS, drops.c.stage, func.count().label("count"), func.min(drops.c.capture_id).label("example")
    )
    of = kinds.group_by(COUNTED_AS, drops.c.stage).subquery()
    query = select(of.c.counted_as, of.c.stage, of.c["count"], drops.c.url, drops.c.detail).join(
        drops, drops.c.capture_id == of.c.example
    )
    rows = (DropRow(*row) for row in connection.execute(query))
    return tuple(sorted(rows, key=lambda row: (-row.count, row.reason, row.stage)))


def failures(connection: Connection) -> tuple[DropRow, ...]:
    """Why addresses gave no capture."""
    query = (
        select(addresses.c.failure, addresses.c.state, func.count(), func.min(addresses.c.url))
        .where(addresses.c.state.in_(("failed", "dead")))
        .group_by(addresses.c.failure, addresses.c.state)
    )
    rows = [DropRow(row[0] or "unknown", row[1], row[2], row[3]) for row in connection.execute(query)]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.reason)))[:MOST_HOSTS]


def cluster_count(connection: Connection) -> int:
    """How many stories stand on more than one page."""
    return connection.execute(select(func.count()).select_from(_LARGE.subquery())).scalar_one()


def clusters(connection: Connection) -> tuple[Cluster, ...]:
    """The stories with most copies."""
    ids = [row[0] for row in connection.execute(_LARGE.limit(MOST_CLUSTERS))]
    return tuple(_cluster(connection, cluster_id) for cluster_id in ids)


def shown(connection: Connection) -> tuple[Shown, ...]:
    """The pages with most damage mended, one a story, each as found and as restored."""
    of_story: dict[str, Row[*tuple[Any, ...]]] = {}
    for row in connection.execute(_MOST_DAMAGED.limit(MOST_SHOWN * MOST_MEMBERS)):
        of_story.setdefault(row.cluster_id, row)
    return tuple(_shown(row) for row in list(of_story.values())[:MOST_SHOWN])


def run_rows(connection: Connection) -> list[Row[*tuple[Any, ...]]]:
    """The latest runs, newest first."""
    return list(connection.execute(select(runs).order_by(runs.c.id.desc()).limit(MOST_RUNS)))


_CURRENT = articles.c.current
_HOST_COUNTS = {
    "captures": select(captures.c.host, func.count()).group_by(captures.c.host),
    "revisits": select(captures.c.host, func.count())
    .join(revisits, revisits.c.capture_id == captures.c.id)
    .group_by(captures.c.host),
    "articles": select(articles.c.host, func.count()).where(_CURRENT).group_by(articles.c.host),
    "canonicals": select(articles.c.host, func.count())
    .join(settled, and_(settled.c.id == articles.c.id, settled.c.canonical))
    .where(_CURRENT)
    .group_by(articles.c.host),
    "drops": select(captures.c.host, func.count())
    .join(drops, drops.c.capture_id == captures.c.id)
    .group_by(captures.c.host),
    "waiting": select(addresses.c.host, func.count())
    .where(addresses.c.state.in_(("pending", "leased")), addresses.c.fetched_at.is_(None))
    .group_by(addresses.c.host),
    "failed": select(addresses.c.host, func.count())
    .where(addresses.c.state.in_(("failed", "dead")), func.coalesce(addresses.c.failure, "") != DISALLOWED)
    .group_by(addresses.c.host),
}
_EDITS_BY_HOST = (
    select(articles.c.host, edits.c.edits).join(edits, edits.c.article_id == articles.c.id).where(_CURRENT)
)
_LARGE = (
    select(settled.c.cluster_id)
    .group_by(settled.c.cluster_id)
    .having(func.count() > 1)
    .order_by(func.count().desc(), settled.c.cluster_id)
)
_MEMBERS = (
    select(articles, settled.c.record.label("settled_record"))
    .join(settled, settled.c.id == articles.c.id)
    .order_by(case((settled.c.canonical, 0), else_=1), articles.c.host, articles.c.url)
)
_MOST_DAMAGED = (
    select(
        articles.c.record,
        edits.c.edits,
        settled.c.record.label("settled_record"),
        settled.c.cluster_id,
        articles.c.host,
    )
    .join(edits, edits.c.article_id == articles.c.id)
    .join(settled, settled.c.id == articles.c.id)
    .where(_CURRENT)
    .order_by(func.length(edits.c.edits).desc(), articles.c.id)
)


def _cluster(connection: Connection, cluster_id: str) -> Cluster:
    rows = list(connection.execute(_MEMBERS.where(settled.c.cluster_id == cluster_id).limit(MOST_MEMBERS)))
    facts = [unpack(row.settled_record, Settled) for row in rows]
    members = tuple(
        Member(
            row.id,
            row.host,
            row.url,
            fact.relation,
            fact.canonical,
            row.date_published,
            row.characters,
            row.lacunae,
        )
        for row, fact in zip(rows, facts, strict=True)
    )
    return Cluster(rows[0].headline, facts[0].canonical_reason, members)


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    article = unpack(row.record, Article)
    made = unpack(row.edits, tuple[Edit, ...])
    fact = unpack(row.settled_record, Settled)
    collated = tuple(edit for edit in fact.edition_edits if edit.field == "edition_body")
    segments = side_by_side(article.article_body_raw, article.article_body, made, collated)
    return Shown(
        article.id,
        fact.edition_headline or article.headline,
        row.host,
        article.url,
        article.source,
        article.date_published or fact.date_published,
        article.encoding,
        len(made) + len(fact.edition_edits),
        len(fact.witnesses),
        paragraphs(segments),
    )


def examples(shown_articles: tuple[Shown, ...], most: int) -> Iterator[tuple[str, str]]:
    """Pairs of one line each, as found and as restored: the mended place with a little text around it."""
    for article in shown_articles[:most]:
        row = max(article.rows, key=lambda parts: sum(part.edit is not None for part in parts))
        place = next(number for number, part in enumerate(row) if part.edit is not None)
        around = row[max(0, place - 1) : place + 4]
        yield "".join(part.found[-14:] for part in around), "".join(part.restored[-14:] for part in around)
