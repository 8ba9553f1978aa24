"""What is wrong with that by which copies are found: postings, texts, verified pairs, furniture.

To be asked when nothing waits to be settled: until then some of it is due to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby

import numpy as np
from sqlalchemy import Connection, func, or_, select

from pipelines.archive import member_rows, postings, segment_rows, settled, shingle_index
from pipelines.archive.codec import InflateError, unpack_text
from pipelines.archive.index_schema import pairs, posting_blocks, text_bodies, texts
from pipelines.archive.postings import POSTING
from pipelines.archive.problems import SETTLE_ANEW, Problem
from pipelines.archive.schema import members
from pipelines.archive.schema import settled as settled_table
from pipelines.archive.segment_filters import stored_filters
from pipelines.dedupe import furniture
from pipelines.dedupe.candidates import PIECE, Integers, is_in, without
from pipelines.dedupe.membership import repeated
from pipelines.dedupe.sketch import LONGEST
from pipelines.dedupe.spanning import Forest

_PRIME = (1 << 31) - 1
"""Hashes are added up modulo this: sums of the 16,384 of the longest text are exact as floats."""

_HASH = np.dtype("<i8")


def faults_of_copies(connection: Connection) -> Iterator[Problem]:
    """Texts that are not indexed as they are sketched, pairs of no text, copies that no pairs hold together,
    and furniture that is not what the pages of its host give."""
    yield from list(_cut_short(connection)) or chain(_of_texts(connection), _of_filters(connection))
    yield from _of_pairs(connection)
    yield from _of_clusters(connection)
    yield from _of_furniture(connection)


def _cut_short(connection: Connection) -> Iterator[Problem]:
    for column, size in (
        (posting_blocks.c.postings, POSTING.itemsize),
        (text_bodies.c.hashes, _HASH.itemsize),
    ):
        wrong = func.length(column) % size != 0
        if count := connection.scalar(select(func.count()).where(wrong)):
            yield Problem(f"table {column.table.name}", f"{count:,} rows are cut short", SETTLE_ANEW)


def _of_texts(connection: Connection) -> Iterator[Problem]:
    """Each text against its sketch and its postings, in one pass over all of them."""
    counted, summed = _tally(connection)
    common = shingle_index.common_hashes(connection)
    strayed, unreadable = [], []
    rows = select(texts.c.number, texts.c.length, text_bodies.c.hashes, text_bodies.c.plain)
    with_body = rows.outerjoin_from(texts, text_bodies, text_bodies.c.number == texts.c.number)
    for number, length, hashes, plain in connection.execute(with_body.execution_options(yield_per=1_000)):
        if hashes is None or not _is_whole(plain, length):
            unreadable.append(number)
            continue
        own = without(np.frombuffer(hashes, dtype=_HASH), common)
        if (counted[number], summed[number]) != (len(own), (own % _PRIME).sum()):
            strayed.append(number)
    yield from _told("texts", "are not indexed as they were sketched", strayed)
    yield from _told("text_bodies", "are missing or cannot be read", unreadable)


def _tally(connection: Connection) -> tuple[Integers, Integers]:
    """By number of a text: how many postings, and the sum of their hashes; but for common ones."""
    top = (connection.scalar(select(func.max(texts.c.number))) or 0) + 1
    common = shingle_index.common_hashes(connection)
    counted, summed = np.zeros(top, dtype=np.int64), np.zeros(top, dtype=np.float64)
    for piece in postings.scan(connection, segment_rows.whole(connection), PIECE):
        kept = (piece.texts < top) & ~is_in(piece.hashes, common)
        owners, hashes = piece.texts[kept], piece.hashes[kept]
        counted += np.bincount(owners, minlength=top)
        summed += np.bincount(owners, weights=hashes % _PRIME, minlength=top)
    return counted, summed.astype(np.int64)


def _of_filters(connection: Connection) -> Iterator[Problem]:
    """What filters do not tell of a segment is not found there."""
    standing = {segment.id: segment for segment in segment_rows.whole(connection)}
    for id, (present, again) in stored_filters(connection, standing.values()):
        pieces = postings.scan(connection, [standing[id]], PIECE)
        if not all(present(piece.hashes).all() and again(repeated(piece.hashes)).all() for piece in pieces):
            yield Problem("table segment_filters", f"does not tell all that segment {id} has", SETTLE_ANEW)


def _is_whole(plain: bytes, length: int) -> bool:
    try:
        return len(unpack_text(plain)) == min(length, LONGEST)
    except (InflateError, UnicodeDecodeError):
        return False


def _of_pairs(connection: Connection) -> Iterator[Problem]:
    keys = select(texts.c.key)
    bare = or_(pairs.c.a.not_in(keys), pairs.c.b.not_in(keys))
    yield from _told(
        "pairs", "name a text that is not there", connection.scalars(select(pairs.c.a).where(bare))
    )
    bare = members.c.text.is_not(None) & members.c.text.not_in(keys)
    yield from _told(
        "members", "name a text that is not there", connection.scalars(select(members.c.id).where(bare))
    )


def _of_clusters(connection: Connection) -> Iterator[Problem]:
    forest = Forest[int]()
    for a, b in connection.execute(select(pairs.c.a, pairs.c.b)):
        forest.join(a, b)
    rows = connection.execute(
        select(settled_table.c.cluster_id, members.c.text)
        .join(members, members.c.id == settled_table.c.id)
        .where(members.c.text.is_not(None))
        .order_by(settled_table.c.cluster_id)
    )
    for cluster, copies in groupby(rows, key=lambda row: row.cluster_id):
        if len({forest.root(row.text) for row in copies}) > 1:
            yield Problem(f"cluster {cluster}", "no pairs hold its copies together", SETTLE_ANEW)


def _of_furniture(connection: Connection) -> Iterator[Problem]:
    load = settled.Bodies(connection)
    for host in sorted(connection.scalars(select(members.c.host).distinct())):
        found = furniture.find(member_rows.blocks_of_host(connection, host), load)
        if wrong := len(found ^ settled.furniture_of_host(connection, host)):
            yield Problem(
                f"furniture of {host}", f"{wrong:,} blocks are not those that its pages give", SETTLE_ANEW
            )


def _told(table: str, seen: str, wrong: Iterable[object]) -> Iterator[Problem]:
    """One line for all rows of a kind: of an index that is lost every text is wrong."""
    found = list(wrong)
    if found:
        yield Problem(f"table {table}", f"{len(found):,} rows, {found[0]} first, {seen}", SETTLE_ANEW)
