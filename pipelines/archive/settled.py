"""Rows of settle: members, furniture, what was settled. The index of texts is in `shingle_index`.

Functions over one connection; each leaves the tables whole, so that a settle that was killed between two
transactions goes on where it stopped: articles are pending, or texts new or dirty, until it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec
import numpy as np
from sqlalchemy import Connection, Select, bindparam, delete, func, select, update

from pipelines.archive import tombstones
from pipelines.archive.codec import pack, unpack
from pipelines.archive.schema import articles, edits, furniture, links, members, settled
from pipelines.dedupe.furniture import Keys
from pipelines.dedupe.join import Page
from pipelines.records import Article, Edit, Settled

T = TypeVar("T")

AT_ONCE = 5_000
"""Values in one IN list: under the 32,766 variables of SQLite and the 65,535 of PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Member:
    """An article as the set of articles sees it: see the columns of `members`."""

    id: str
    host: str
    head: str
    text: int | None
    headline: str
    date: str
    doubtful: int
    damage: str | None
    origin: str | None
    evidence: str | None
    blocks: Keys
    pages: Page | None


def in_batches(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Lists of at most `size` values."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def pending(connection: Connection, after: str, limit: int) -> list[str]:
    """Ids above `after` of current articles whose settling is due, ascending."""
    due = (articles.c.settle_state == "pending") & articles.c.current & (articles.c.id > after)
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


def gone(connection: Connection) -> list[str]:
    """Ids of members that are no current articles any more: removed, withdrawn or superseded."""
    current = select(articles.c.id).where(articles.c.current)
    ids = set(connection.scalars(select(members.c.id).where(members.c.id.not_in(current))))
    withdrawn = tombstones.load(connection)
    if withdrawn != tombstones.Tombstones():
        rows = connection.execute(
            select(articles.c.id, articles.c.url).join(members, members.c.id == articles.c.id)
        )
        ids.update(row.id for row in rows if withdrawn.cover(row.url, row.id))
    return sorted(ids)


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


def changed_evidence(connection: Connection) -> dict[str, str | None]:
    """Members without a date of their own whose date from lists is another than the one noted."""
    best = func.min(links.c.date)
    rows = connection.execute(
        select(members.c.id, members.c.evidence, best)
        .join(articles, articles.c.id == members.c.id)
        .outerjoin(links, links.c.url == articles.c.url)
        .where(articles.c.date_published.is_(None))
        .group_by(members.c.id, members.c.evidence)
    )
    return {row[0]: row[2] for row in rows if row[1] != row[2]}


def store_evidence(connection: Connection, changed: Mapping[str, str | None]) -> set[int]:
    """Note dates from lists; the texts of the members they belong to."""
    for id, date in changed.items():
        connection.execute(update(members).where(members.c.id == id).values(evidence=date))
    rows = members_of(connection, changed).values()
    return {row.text for row in rows if row.text is not None}


def pending_among(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the articles whose settling is due."""
    found: set[str] = set()
    for batch in in_batches(ids):
        due = articles.c.id.in_(batch) & (articles.c.settle_state == "pending")
        found.update(connection.scalars(select(articles.c.id).where(due)))
    return found


def store_heads(connection: Connection, heads: Mapping[str, str]) -> None:
    """Set the first pages of members."""
    for id, head in heads.items():
        connection.execute(update(members).where(members.c.id == id).values(head=head))


def store_texts(connection: Connection, keys: Mapping[str, int | None]) -> None:
    """Set the texts of members."""
    statement = update(members).where(members.c.id == bindparam("own")).values(text=bindparam("key"))
    if keys:
        connection.execute(statement, [{"own": id, "key": key} for id, key in keys.items()])


def one_of_each_host(connection: Connection, hosts: Iterable[str]) -> list[str]:
    """The smallest member id of each of these hosts that has members."""
    found: list[str] = []
    for batch in in_batches(sorted(hosts)):
        statement = select(func.min(members.c.id)).where(members.c.host.in_(batch)).group_by(members.c.host)
        found.extend(connection.scalars(statement))
    return found


class Bodies:
    """(body, headline) of an article by id, read when asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, article_id: str) -> tuple[str, str]:
        statement = select(articles.c.record).where(articles.c.id == article_id)
        article = unpack(self._connection.scalars(statement).one(), Article)
        return article.article_body, article.headline


def mark_pending(connection: Connection, ids: Iterable[str]) -> None:
    """Their settling is due again."""
    for batch in in_batches(ids):
        connection.execute(update(articles).where(articles.c.id.in_(batch)).values(settle_state="pending"))


def mark_settled(connection: Connection, ids: Iterable[str]) -> None:
    """Their settling is done."""
    for batch in in_batches(ids):
        connection.execute(update(articles).where(articles.c.id.in_(batch)).values(settle_state="settled"))


def store_members(connection: Connection, rows: Sequence[Member]) -> None:
    """Put members in, or in place of what was known of them."""
    for batch in in_batches(row.id for row in rows):
        connection.execute(delete(members).where(members.c.id.in_(batch)))
    if rows:
        connection.execute(members.insert(), [_values(row) for row in rows])


def remove_members(connection: Connection, ids: Iterable[str]) -> None:
    """Take members out, with what was settled of them."""
    for batch in in_batches(ids):
        connection.execute(delete(members).where(members.c.id.in_(batch)))
        connection.execute(delete(settled).where(settled.c.id.in_(batch)))


def members_of(connection: Connection, ids: Iterable[str]) -> dict[str, Member]:
    """Members by id."""
    return _members(connection, members.c.id, ids)


def members_with_text(connection: Connection, keys: Iterable[int]) -> dict[str, Member]:
    """Members whose text is one of these, by id."""
    return _members(connection, members.c.text, keys)


def members_of_heads(connection: Connection, heads: Iterable[str]) -> dict[str, Member]:
    """Members that are pages of articles with these first pages, by id."""
    return _members(connection, members.c.head, heads)


def paged_members(connection: Connection) -> list[Member]:
    """Members that say that their article has several pages."""
    return [_member(row) for row in connection.execute(select(members).where(members.c.pages.is_not(None)))]


def text_in_use(connection: Connection, key: int) -> bool:
    """Whether any member has this text."""
    return connection.scalar(select(members.c.id).where(members.c.text == key).limit(1)) is not None


def blocks_of_host(connection: Connection, host: str) -> dict[str, Keys]:
    """Keys of the blocks of all members of a host, by id."""
    rows = connection.execute(select(members.c.id, members.c.blocks).where(members.c.host == host))
    return {row.id: np.frombuffer(row.blocks, dtype="<i8") for row in rows}


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


def clusters_of_several(connection: Connection) -> Iterator[list[Settled]]:
    """All clusters of at least two members, by cluster id."""
    several = (
        select(settled.c.cluster_id)
        .group_by(settled.c.cluster_id)
        .having(func.count() > 1)
        .order_by(settled.c.cluster_id)
    )
    for cluster_id in connection.scalars(several).all():
        yield cluster(connection, cluster_id)


def _members(connection: Connection, column: object, values: Iterable[object]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for batch in in_batches(values):
        statement: Select[tuple[object]] = select(members).where(column.in_(batch))  # type: ignore[attr-defined]
        found |= {row.id: _member(row) for row in connection.execute(statement)}
    return found


def _values(row: Member) -> Mapping[str, object]:
    return {
        "id": row.id,
        "host": row.host,
        "head": row.head,
        "text": row.text,
        "headline": row.headline,
        "date": row.date,
        "doubtful": row.doubtful,
        "damage": row.damage,
        "origin": row.origin,
        "evidence": row.evidence,
        "blocks": row.blocks.astype("<i8").tobytes(),
        "pages": msgspec.json.encode(row.pages).decode() if row.pages else None,
    }


def _member(row: object) -> Member:
    values = row._asdict()  # type: ignore[attr-defined]
    values["blocks"] = np.frombuffer(values["blocks"], dtype="<i8")
    values["pages"] = msgspec.json.decode(values["pages"], type=Page) if values["pages"] else None
    return Member(**values)
