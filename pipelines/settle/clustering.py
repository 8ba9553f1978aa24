"""Last step of settle: components over the pairs of dirty texts, and what follows for each member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from sqlalchemy import Connection

from pipelines.archive import member_rows, pair_rows, settled, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.archive.member_rows import Member
from pipelines.convert.simplify import simplify
from pipelines.dedupe.cluster import Edge, clusters
from pipelines.dedupe.story import Copy, Story, settle_story
from pipelines.records import Settled
from pipelines.repair.proof import prove
from pipelines.settle.texts import PartsOf, orders
from pipelines.settle.work import BATCH, SettleCounts

FEW = 4
"""Copies of a story up to which all are read ahead; of more, the canonical one and the witnesses it needs."""

Rows = list[tuple[Settled, str | None]]


def cluster(catalog: Catalog, counts: SettleCounts) -> None:
    """Settle the clusters of all dirty texts, with every text that pairs reach from them."""
    while True:
        with catalog.read() as connection:
            keys = shingle_index.in_state(connection, "dirty", BATCH)
            if not keys:
                return
            reached, edges = pair_rows.closure(connection, keys)
            stories = list(_stories(connection, reached, edges))
            parts = PartsOf(connection)
            parts.load(
                id
                for story in stories
                if len(story.copies) <= FEW
                for copy in story.copies
                for id in copy.pages
            )
            rows = [row for story in stories for row in settle_story(story, parts, simplify, prove)]
        catalog.write(partial(_store, rows=rows, reached=reached)).result()
        counts.add("clusters", len(stories))
        counts.add("copies", sum(len(story.copies) for story in stories if len(story.copies) > 1))


def _store(connection: Connection, rows: Rows, reached: set[int]) -> None:
    settled.store_settled(connection, rows)
    shingle_index.mark(connection, reached, "clean", unless="new")


def _stories(connection: Connection, keys: set[int], edges: set[Edge[int]]) -> Iterator[Story]:
    members = member_rows.members_with_text(connection, keys)
    lengths = shingle_index.lengths_of(connection, keys)
    pages = orders(member_rows.members_of_heads(connection, [id for id, m in members.items() if m.pages]))
    copies: defaultdict[int, list[Copy]] = defaultdict(list)
    headlines: defaultdict[int, set[str]] = defaultdict(set)
    for member in members.values():
        if member.text is not None:
            copies[member.text].append(_copy(member, member.text, pages))
            headlines[member.text] |= {member.headline} - {""}
    named = {key: frozenset(found) for key, found in headlines.items()}
    of_text: defaultdict[int, list[Edge[int]]] = defaultdict(list)
    for edge in edges:
        of_text[edge.a].append(edge)
    for group in clusters(keys, edges, named):
        own = tuple(copy for key in sorted(group) for copy in copies[key])
        inside = (edge for key in group for edge in of_text[key] if edge.b in group)
        if own:
            yield Story(own, {key: lengths[key] for key in group}, tuple(inside))


def _copy(member: Member, text: int, pages: Mapping[str, tuple[str, ...]]) -> Copy:
    return Copy(
        id=member.id,
        host=member.host,
        text=text,
        date=member.date,
        doubtful=member.doubtful,
        damage=member.damage,
        origin=member.origin,
        evidence=member.evidence,
        pages=pages.get(member.id, (member.id,)),
    )
