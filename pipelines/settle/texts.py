"""Middle step of settle: from articles to distinct texts, furniture removed and pages joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import member_rows, settled, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import pack_text
from pipelines.archive.member_rows import Member
from pipelines.archive.shingle_index import TextRow
from pipelines.archive.spellings import host_of
from pipelines.dedupe import join
from pipelines.dedupe.candidates import indexed
from pipelines.dedupe.edition import Part, part_of, text_key, text_of
from pipelines.dedupe.match import comparable
from pipelines.dedupe.sketch import LONGEST, sketch_plain
from pipelines.dedupe.story import Copy
from pipelines.settle.members import release, shelve
from pipelines.settle.work import SettleCounts, Workers, current_ids, slices


@dataclass(frozen=True, slots=True)
class Derived:
    """The text of one article: its id, and the row of the text."""

    id: str
    row: TextRow


class PartsOf:
    """Loads the pages of articles, in order, without the furniture of their hosts; keeps what it loaded."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._furniture: dict[str, frozenset[int]] = {}
        self._parts: dict[str, Part] = {}

    def load(self, pages: Iterable[str]) -> None:
        """Read pages ahead: one query for many costs a tenth of many for one."""
        missing = [id for id in pages if id not in self._parts]
        for id, article in settled.whole_articles(self._connection, missing).items():
            self._parts[id] = part_of(article, self._of_host(article.url))

    def __call__(self, copies: Sequence[Copy]) -> dict[str, tuple[Part, ...]]:
        """Pages by id of the first one."""
        self.load(id for copy in copies for id in copy.pages)
        return {copy.id: self.of(copy.pages) for copy in copies}

    def of(self, pages: Sequence[str]) -> tuple[Part, ...]:
        """Pages that were loaded; one that was removed meanwhile is left out."""
        return tuple(self._parts[id] for id in pages if id in self._parts)

    def _of_host(self, url: str) -> frozenset[int]:
        host = host_of(url)
        if host not in self._furniture:
            self._furniture[host] = settled.furniture_of_host(self._connection, host)
        return self._furniture[host]


def orders(members: Mapping[str, Member]) -> dict[str, tuple[str, ...]]:
    """Ids of the pages of each article of several pages, by its first page."""
    pages = (member.pages for member in members.values() if member.pages is not None)
    return {group[0]: group for group in join.groups(pages)}


def derive(catalog: Catalog, counts: SettleCounts, workers: Workers) -> None:
    """Derive the texts of what was taken up; what of them is new to the index is to be matched."""
    for ids in current_ids(catalog, "settling"):
        with catalog.read() as connection:
            members = member_rows.members_of(connection, ids)
            heads = [id for id, member in members.items() if member.head == id]
            order = orders(member_rows.members_of_heads(connection, [h for h in heads if members[h].pages]))
            pages = [order.get(head, (head,)) for head in heads]
            parts = PartsOf(connection)
            parts.load(id for ids_of_one in pages for id in ids_of_one)
        ready = slices([found for ids_of_one in pages if (found := parts.of(ids_of_one))])
        derived = [one for done in workers.map(_derive, ready) for one in done]
        later = [(id, member.head) for id, member in members.items() if member.head != id]
        catalog.write(partial(_store, derived=derived, later=later, ids=ids)).result()
        counts.add("texts", len(derived))


def _derive(articles: Sequence[Sequence[Part]]) -> list[Derived]:
    return [derive_text(parts) for parts in articles]


def derive_text(parts: Sequence[Part]) -> Derived:
    """The text of an article and what is indexed of it. Pure."""
    first = parts[0].article
    return Derived(first.id, derive_plain(text_of(parts), first.headline, first.id))


def derive_plain(text: str, headline: str = "", article_id: str = "") -> TextRow:
    """The row of a text, whose key may depend on the headline and id of its article. Pure."""
    plain = comparable(text)
    sketch = sketch_plain(plain)
    hashes = indexed(np.array(sketch.hashes, dtype=np.uint64))
    key = text_key(plain, headline, article_id)
    return TextRow(key, sketch.density, len(plain), hashes, pack_text(plain[:LONGEST]))


def _store(
    connection: Connection, derived: Sequence[Derived], later: Sequence[tuple[str, str]], ids: Sequence[str]
) -> None:
    before = {id: member.text for id, member in member_rows.members_of(connection, ids).items()}
    member_rows.store_texts(
        connection, {one.id: one.row.key for one in derived} | {id: None for id, _ in later}
    )
    rows = {one.row.key: one.row for one in derived}
    known = shingle_index.known(connection, rows)
    shingle_index.add(connection, [row for key, row in rows.items() if key not in known])
    shingle_index.mark(connection, known, "dirty", unless="new")
    release(connection, _left(before.values(), rows))
    shelve(connection, later)
    done = [*(one.id for one in derived), *(id for id, _ in later)]
    settled.mark(connection, done, "settled", was="settling")


def _left(before: Iterable[int | None], now: Iterable[int]) -> set[int]:
    return {key for key in before if key is not None} - set(now)
