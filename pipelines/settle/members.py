"""First steps of settle: who takes part, what of a host's pages is furniture, which pages are one article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import Connection

from pipelines.archive import member_rows, settled, shingle_index
from pipelines.archive.batches import in_batches
from pipelines.archive.catalog import Catalog
from pipelines.archive.member_rows import Member
from pipelines.archive.spellings import host_of
from pipelines.dedupe import furniture, join
from pipelines.dedupe.edition import damage_of
from pipelines.records import Article, Settled
from pipelines.settle.work import BATCH, SettleCounts, Workers, current_ids, slices, walk
from pipelines.text import plain


def forget(catalog: Catalog, counts: SettleCounts) -> None:
    """Take out members that are no current articles any more."""
    with catalog.read() as connection:
        ids = member_rows.gone(connection)
    for batch in in_batches(ids, BATCH):
        catalog.write(partial(_forget, ids=batch)).result()
        counts.add("removed", len(batch))


def _forget(connection: Connection, ids: Sequence[str]) -> None:
    """What is due because of it is marked in the same transaction: companion pages, older versions, texts,
    and for each host one member, so that its furniture is looked for anew."""
    members = member_rows.members_of(connection, ids)
    companions = member_rows.members_of_heads(connection, {member.head for member in members.values()})
    settled.mark(connection, set(companions) - set(ids), "pending")
    settled.mark_older(connection, ids)
    member_rows.remove_members(connection, ids)
    release(connection, {member.text for member in members.values() if member.text is not None})
    hosts = {member.host for member in members.values()}
    settled.mark(connection, member_rows.one_of_each_host(connection, hosts), "pending")


def release(connection: Connection, keys: Iterable[int]) -> None:
    """Texts that lost a member: settled anew where another has them, else taken out."""
    for key in sorted(keys):
        if member_rows.text_in_use(connection, key):
            shingle_index.mark(connection, [key], "dirty", unless="new")
        else:
            shingle_index.remove(connection, [key])


def shelve(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Note of older versions and of later pages which article stands for them. They are in no cluster."""
    rows = [(Settled(id, id, canonical=False, superseded_by=by), None) for id, by in pairs]
    settled.store_settled(connection, rows)


def enrol(catalog: Catalog, counts: SettleCounts, workers: Workers) -> set[str]:
    """Make members of the pending articles, with the keys of their blocks; the hosts they are on."""
    hosts: set[str] = set()
    for ids in current_ids(catalog, "pending"):
        catalog.write(partial(settled.mark, ids=ids, state="settling", was="pending")).result()
        with catalog.read() as connection:
            articles = settled.whole_articles(connection, ids)
            before = member_rows.members_of(connection, ids)
        pairs = [(article, before.get(id)) for id, article in articles.items()]
        rows = [row for done in workers.map(_members, slices(pairs)) for row in done]
        catalog.write(partial(member_rows.store_members, rows=rows)).result()
        hosts |= {row.host for row in rows}
        counts.add("members", len(rows))
    _shelve_old_versions(catalog)
    _note_evidence(catalog)
    return hosts


def _members(pairs: Sequence[tuple[Article, Member | None]]) -> list[Member]:
    return [_member(article, before) for article, before in pairs]


def _member(article: Article, before: Member | None) -> Member:
    doubtful = sum(edit.certainty in ("likely", "lost") for edit in article.edits)
    return Member(
        id=article.id,
        host=host_of(article.url),
        head=before.head if before else article.id,
        text=before.text if before else None,
        headline=plain(article.headline),
        date=article.date_published or article.fetched_at,
        doubtful=max(doubtful, article.lacunae),
        damage=damage_of(article),
        origin=host_of(article.origin_url) if article.origin_url else None,
        evidence=before.evidence if before else None,
        blocks=furniture.keys(article.article_body, article.headline),
        pages=join.page_of(article),
    )


def _shelve_old_versions(catalog: Catalog) -> None:
    def due(after: str) -> list[tuple[str, str]]:
        with catalog.read() as connection:
            return settled.superseded(connection, after, BATCH)

    for batch in walk(due, lambda pair: pair[0]):
        catalog.write(partial(_shelve_and_mark, pairs=batch)).result()


def _shelve_and_mark(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    shelve(connection, pairs)
    settled.mark(connection, [id for id, _ in pairs], "settled")


def _note_evidence(catalog: Catalog) -> None:
    """Dates that lists give for addresses whose pages give none, where they changed."""
    with catalog.read() as connection:
        changed = member_rows.changed_evidence(connection)
    if changed:
        catalog.write(partial(_store_evidence, changed=changed)).result()


def _store_evidence(connection: Connection, changed: dict[str, str | None]) -> None:
    texts = member_rows.store_evidence(connection, changed)
    shingle_index.mark(connection, texts, "dirty", unless="new")


def renew_furniture(catalog: Catalog, hosts: Iterable[str]) -> None:
    """Find the furniture of hosts anew; articles that hold a block whose standing changed are due again."""
    for host in sorted(hosts):
        with catalog.read() as connection:
            pages = member_rows.blocks_of_host(connection, host)
            before = settled.furniture_of_host(connection, host)
            found = furniture.find(pages, settled.Bodies(connection))
        if found != before:
            changed = found ^ before
            touched = [id for id, keys in pages.items() if not changed.isdisjoint(keys.tolist())]
            catalog.write(partial(_store_furniture, host=host, found=found, touched=touched)).result()


def _store_furniture(connection: Connection, host: str, found: frozenset[int], touched: list[str]) -> None:
    settled.store_furniture(connection, host, found)
    settled.mark(connection, touched, "settling", was="settled")


def regroup(catalog: Catalog) -> None:
    """Find which pages are one article anew; articles whose pages changed are due again."""
    with catalog.read() as connection:
        paged = {member.id: member for member in member_rows.paged_members(connection)}
        due = settled.settling_among(connection, paged)
    groups = join.groups(member.pages for member in paged.values() if member.pages is not None)
    heads = {id: group[0] for group in groups for id in group}
    moved = {id: heads.get(id, id) for id in paged if paged[id].head != heads.get(id, id)}
    touched = set(moved) | {paged[id].head for id in moved} | {heads[id] for id in due if id in heads}
    touched |= {heads[id] for id in moved if id in heads}
    if touched:
        catalog.write(partial(_store_heads, moved=moved, touched=touched)).result()


def _store_heads(connection: Connection, moved: dict[str, str], touched: set[str]) -> None:
    member_rows.store_heads(connection, moved)
    settled.mark(connection, touched, "settling", was="settled")
