"""Rows of settle: what is due, the furniture of hosts, what was settled of each article.

Functions over one connection. Members are in `member_rows`, the index of texts is in `shingle_index`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import Connection, delete, func, select, update

from pipelines.archive.batches import in_batches
from pipelines.archive.codec import pack, unpack
from pipelines.archive.index_schema import texts
from pipelines.archive.schema import articles, edits, furniture, members, settled
from pipelines.dedupe.hosts import Appearance
from pipelines.records import Article, Edit, Settled


def current_in(connection: Connection, state: str, after: str, limit: int) -> list[str]:
    """Ids above `after` of current articles in a state of settling, ascending."""
    due = (articles.c.settle_state == state) & articles.c.current & (articles.c.id > after)
    return list(connection.scalars(select(articles.c.id).where(due).order_by(articles.c.id).limit(limit)))


def superseded(connection: Connection, after: str, limit: int) -> list[tuple[str, str]]:
    """(id, id of the current version) of older versions whose settling is due, above `after`."""
    newer = articles.alias()
    rows = connection.execute(
        select(articles.c.id, newer.c.id)
        .join(newer, (newer.c.work_id == articles.c.work_id) & newer.c.current)
        .where((articles.c.settle_state == "pending") & ~articles.c.current & (articles.c.id > after))
        .order_by(articles.c.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def whole_articles(connection: Connection, ids: Iterable[str]) -> dict[str, Article]:
    """Articles with their edits, without sketches, by id."""
    found: dict[str, Article] = {}
    for batch in in_batches(ids):
        rows = connection.execute(
            select(articles.c.id, articles.c.record, edits.c.edits)
            .outerjoin(edits, edits.c.article_id == articles.c.id)
            .where(articles.c.id.in_(batch))
        )
        for row in rows:
            own = unpack(row.edits, tuple[Edit, ...]) if row.edits else ()
            found[row.id] = replace(unpack(row.record, Article), edits=own)
    return found


def settling_among(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the articles that are being settled."""
    found: set[str] = set()
    for batch in in_batches(ids):
        due = articles.c.id.in_(batch) & (articles.c.settle_state == "settling")
        found.update(connection.scalars(select(articles.c.id).where(due)))
    return found


class Bodies:
    """(body, headline) of an article by id, read when asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, article_id: str) -> tuple[str, str]:
        statement = select(articles.c.record).where(articles.c.id == article_id)
        article = unpack(self._connection.scalars(statement).one(), Article)
        return article.article_body, article.headline


def mark(connection: Connection, ids: Iterable[str], state: str, *, was: str | None = None) -> None:
    """Move articles to a state of settling; with `was`, those alone that are in that one: what changes while
    it is being settled is pending by then, and stays so."""
    for batch in in_batches(ids):
        change = update(articles).where(articles.c.id.in_(batch)).values(settle_state=state)
        connection.execute(change if was is None else change.where(articles.c.settle_state == was))


def mark_older(connection: Connection, ids: Iterable[str]) -> None:
    """Those of the articles that are older versions are to be shelved."""
    for batch in in_batches(ids):
        older = articles.c.id.in_(batch) & ~articles.c.current
        connection.execute(update(articles).where(older).values(settle_state="pending"))


def resume(connection: Connection) -> None:
    """What a settle that was cut off had taken up is due again."""
    left = articles.c.settle_state == "settling"
    connection.execute(update(articles).where(left).values(settle_state="pending"))


def furniture_of_host(connection: Connection, host: str) -> frozenset[int]:
    """Keys of the blocks of a host that are furniture."""
    return frozenset(connection.scalars(select(furniture.c.block).where(furniture.c.host == host)))


def store_furniture(connection: Connection, host: str, keys: frozenset[int]) -> None:
    """Replace the furniture of a host."""
    connection.execute(delete(furniture).where(furniture.c.host == host))
    if keys:
        connection.execute(furniture.insert(), [{"host": host, "block": key} for key in sorted(keys)])


def store_settled(connection: Connection, rows: Sequence[tuple[Settled, str | None]]) -> None:
    """Put (Settled, digest of the edition) in, or in place of what was settled before."""
    for batch in in_batches(row.id for row, _ in rows):
        connection.execute(delete(settled).where(settled.c.id.in_(batch)))
    if rows:
        connection.execute(
            settled.insert(),
            [
                {
                    "id": row.id,
                    "cluster_id": row.cluster_id,
                    "canonical": row.canonical,
                    "relation": row.relation,
                    "edition_digest": digest,
                    "record": pack(row),
                }
                for row, digest in rows
            ],
        )


def clusters_of(connection: Connection, ids: Iterable[str]) -> set[str]:
    """The clusters that some articles belong to."""
    found: set[str] = set()
    for batch in in_batches(ids):
        found |= set(connection.scalars(select(settled.c.cluster_id).where(settled.c.id.in_(batch))))
    return found


def forget(connection: Connection, clusters: Iterable[str], gone: set[str]) -> None:
    """Take what is gone out of what was settled of the others, until they are settled again.

    An edition is a text collated from its witnesses: one with such a witness goes as a whole.
    """
    for cluster_id in sorted(clusters):
        for one in cluster(connection, cluster_id):
            if not gone.isdisjoint((*one.witnesses, *one.joined)):
                kept = replace(
                    one,
                    witnesses=tuple(name for name in one.witnesses if name not in gone),
                    joined=tuple(name for name in one.joined if name not in gone),
                    edition_headline=None,
                    edition_body=None,
                    edition_edits=(),
                )
                store_settled(connection, [(kept, None)])


def settled_of(connection: Connection, article_id: str) -> Settled | None:
    """What was settled of one article; None before that."""
    packed = connection.scalar(select(settled.c.record).where(settled.c.id == article_id))
    return unpack(packed, Settled) if packed else None


def cluster(connection: Connection, cluster_id: str) -> list[Settled]:
    """The members of a cluster, the canonical one first, then by id."""
    order = (settled.c.canonical.desc(), settled.c.id)
    rows = connection.scalars(
        select(settled.c.record).where(settled.c.cluster_id == cluster_id).order_by(*order)
    )
    return [unpack(row, Settled) for row in rows]


def appearances(connection: Connection) -> Iterator[list[Appearance]]:
    """The members of each cluster of at least two, for `dedupe.hosts.host_pairs`; by cluster id."""
    several = select(settled.c.cluster_id).group_by(settled.c.cluster_id).having(func.count() > 1)
    date = func.coalesce(articles.c.date_published, members.c.evidence).label("date")
    rows = connection.execute(
        select(settled.c.cluster_id, members.c.host, date, members.c.doubtful, texts.c.length)
        .join(members, members.c.id == settled.c.id)
        .join(articles, articles.c.id == settled.c.id)
        .join(texts, texts.c.key == members.c.text)
        .where(settled.c.cluster_id.in_(several))
        .order_by(settled.c.cluster_id, members.c.id)
    )
    for _, group in groupby(rows, key=lambda row: row.cluster_id):
        yield [Appearance(row.host, row.date, 1000 * row.doubtful / max(1, row.length)) for row in group]
