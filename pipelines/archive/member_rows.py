"""Rows of members: articles as the set of articles sees them, with what settle has to remember of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from sqlalchemy import Connection, Select, bindparam, delete, func, select, update

from pipelines.archive import tombstones
from pipelines.archive.batches import in_batches
from pipelines.archive.schema import articles, furniture, links, members, settled
from pipelines.dedupe.furniture import Keys
from pipelines.dedupe.join import Page


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


def forget_all(connection: Connection) -> None:
    """Take out all members, furniture and what was settled; every current article is due again."""
    for table in (members, furniture, settled):
        connection.execute(delete(table))
    connection.execute(update(articles).values(settle_state="pending"))


def text_in_use(connection: Connection, key: int) -> bool:
    """Whether any member has this text."""
    return connection.scalar(select(members.c.id).where(members.c.text == key).limit(1)) is not None


def blocks_of_host(connection: Connection, host: str) -> dict[str, Keys]:
    """Keys of the blocks of all members of a host, by id."""
    rows = connection.execute(select(members.c.id, members.c.blocks).where(members.c.host == host))
    return {row.id: np.frombuffer(row.blocks, dtype="<i8") for row in rows}


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
