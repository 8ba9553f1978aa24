"""Distinct texts and the inverted index over their shingles, on disk: SQLite or PostgreSQL.

A row (hash, text) for each hash of a sketch. Rows of a batch go in sorted, so that neighbours share pages of
the tree; deletions know their hashes from the text's own row.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, delete, func, or_, select, update

from pipelines.archive.member_rows import in_batches
from pipelines.archive.schema import common_shingles, pairs, shingles, texts
from pipelines.dedupe.candidates import Integers
from pipelines.dedupe.cluster import Edge

_LEVEL = 1  # a tenth larger than at 6, and packed at three times the rate


@dataclass(frozen=True, slots=True)
class TextRow:
    """A distinct text: its key, what is indexed of it, and its comparable form."""

    key: int
    density: int
    length: int
    hashes: Integers
    plain: str

    def packed(self, state: str) -> dict[str, object]:
        """As a row of the table."""
        return {
            "key": self.key,
            "state": state,
            "density": self.density,
            "length": self.length,
            "hashes": self.hashes.astype("<i8").tobytes(),
            "plain": zlib.compress(self.plain.encode("utf-8", "surrogatepass"), _LEVEL),
        }


class Size(NamedTuple):
    """What decides whether two sketches share enough: number of hashes, and their density."""

    hashes: int
    density: int


def known(connection: Connection, keys: Iterable[int]) -> set[int]:
    """Those of the keys that the index has."""
    found: set[int] = set()
    for batch in in_batches(keys):
        found.update(connection.scalars(select(texts.c.key).where(texts.c.key.in_(batch))))
    return found


def add(connection: Connection, rows: Sequence[TextRow]) -> None:
    """Put new texts in (none of them known), to be matched."""
    if not rows:
        return
    common = np.array(connection.scalars(select(common_shingles.c.hash)).all(), dtype=np.int64)
    rows = [replace(row, hashes=np.setdiff1d(row.hashes, common, assume_unique=True)) for row in rows]
    connection.execute(texts.insert(), [row.packed("new") for row in rows])
    hashes = np.concatenate([row.hashes for row in rows])
    owners = np.repeat(np.array([row.key for row in rows]), [len(row.hashes) for row in rows])
    order = np.argsort(hashes, kind="stable")
    insert_postings(connection, hashes[order], owners[order])


def insert_postings(connection: Connection, hashes: Integers, owners: Integers) -> None:
    """Rows of the inverted index, sorted by hash. The driver's own bulk call: ten times the ORM's rate."""
    if not len(hashes):
        return
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO shingles (hash, text) VALUES ({sign}, {sign})"
    connection.exec_driver_sql(statement, list(zip(hashes.tolist(), owners.tolist(), strict=True)))


def clear(connection: Connection) -> None:
    """Take out all texts, the index, the pairs, and the archive's own list of common shingles."""
    for table in (pairs, shingles, texts, common_shingles):
        connection.execute(delete(table))


def count_common(connection: Connection, more_than: int) -> list[int]:
    """Hashes that more than so many texts have, ascending: one pass over the index."""
    statement = select(shingles.c.hash).group_by(shingles.c.hash).having(func.count() > more_than)
    return sorted(connection.scalars(statement))


def leave_out(connection: Connection, common: Sequence[int]) -> None:
    """Take hashes out of the index for good, and note them; texts that had one are to be matched anew."""
    if not common:
        return
    connection.execute(common_shingles.insert(), [{"hash": value} for value in common])
    gone = np.array(common, dtype=np.int64)
    for batch in in_batches(common):
        keys = connection.scalars(select(shingles.c.text).where(shingles.c.hash.in_(batch)).distinct()).all()
        for key, hashes in hashes_of(connection, keys).items():
            kept = np.setdiff1d(hashes, gone, assume_unique=True).astype("<i8").tobytes()
            connection.execute(update(texts).where(texts.c.key == key).values(hashes=kept, state="new"))
        connection.execute(delete(shingles).where(shingles.c.hash.in_(batch)))


def remove(connection: Connection, keys: Iterable[int]) -> None:
    """Take texts out with their shingles and pairs; the texts they were paired with become dirty."""
    for key in keys:
        packed = connection.scalar(select(texts.c.hashes).where(texts.c.key == key))
        if packed is None:
            continue
        mark(connection, neighbours(connection, [key]), "dirty", unless="new")
        for batch in in_batches(np.frombuffer(packed, dtype="<i8").tolist()):
            own = (shingles.c.text == key) & shingles.c.hash.in_(batch)
            connection.execute(delete(shingles).where(own))
        connection.execute(delete(pairs).where(or_(pairs.c.a == key, pairs.c.b == key)))
        connection.execute(delete(texts).where(texts.c.key == key))


def mark(connection: Connection, keys: Iterable[int], state: str, *, unless: str = "") -> None:
    """Set the state of texts: new, dirty or clean."""
    for batch in in_batches(keys):
        chosen = texts.c.key.in_(batch) & (texts.c.state != unless)
        connection.execute(update(texts).where(chosen).values(state=state))


def in_state(connection: Connection, state: str, limit: int | None = None) -> list[int]:
    """Keys of texts in a state, ascending."""
    statement = select(texts.c.key).where(texts.c.state == state).order_by(texts.c.key).limit(limit)
    return list(connection.scalars(statement))


def count(connection: Connection, state: str | None = None) -> int:
    """Number of texts, in a state or in all."""
    statement = select(func.count()).select_from(texts)
    return connection.scalar(statement if state is None else statement.where(texts.c.state == state)) or 0


def hashes_of(connection: Connection, keys: Sequence[int]) -> dict[int, Integers]:
    """Indexed hashes of texts."""
    found: dict[int, Integers] = {}
    for batch in in_batches(keys):
        rows = connection.execute(select(texts.c.key, texts.c.hashes).where(texts.c.key.in_(batch)))
        found |= {row.key: np.frombuffer(row.hashes, dtype="<i8") for row in rows}
    return found


def postings(connection: Connection, hashes: Integers) -> tuple[Integers, Integers]:
    """(hash, key) of all texts that have one of these hashes, by hash."""
    tables = [np.empty((0, 2), dtype=np.int64)]
    for batch in in_batches(hashes.tolist()):
        # The numbers stand in the statement: to name and bind 5,000 of them costs more than the lookup.
        wanted = ",".join(map(str, batch))
        rows = connection.exec_driver_sql(
            f"SELECT hash, text FROM shingles WHERE hash IN ({wanted}) ORDER BY hash"
        ).all()
        # Not np.array(rows): it asks each row for its shape first, at fifty times the cost of its values.
        tables.append(np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, 2))
    table = np.concatenate(tables)
    return table[:, 0], table[:, 1]


def sizes_of(connection: Connection, keys: Iterable[int]) -> dict[int, Size]:
    """Density and number of hashes of texts."""
    found: dict[int, Size] = {}
    size = func.length(texts.c.hashes)
    for batch in in_batches(keys):
        statement = select(texts.c.key, texts.c.density, size).where(texts.c.key.in_(batch))
        found |= {row[0]: Size(row[2] // 8, row[1]) for row in connection.execute(statement)}
    return found


def plains_of(connection: Connection, keys: Iterable[int]) -> dict[int, str]:
    """Comparable forms of texts."""
    found: dict[int, str] = {}
    for batch in in_batches(keys):
        rows = connection.execute(select(texts.c.key, texts.c.plain).where(texts.c.key.in_(batch)))
        found |= {row.key: zlib.decompress(row.plain).decode("utf-8", "surrogatepass") for row in rows}
    return found


def lengths_of(connection: Connection, keys: Iterable[int]) -> dict[int, int]:
    """Characters of the comparable forms of texts."""
    found: dict[int, int] = {}
    for batch in in_batches(keys):
        rows = connection.execute(select(texts.c.key, texts.c.length).where(texts.c.key.in_(batch)))
        found |= {row.key: row.length for row in rows}
    return found


def store_pairs(connection: Connection, found: Sequence[Edge[int]]) -> None:
    """Put verified pairs in (a < b); a pair already known is replaced."""
    for edge in found:
        connection.execute(delete(pairs).where((pairs.c.a == edge.a) & (pairs.c.b == edge.b)))
    if found:
        connection.execute(
            pairs.insert(),
            [
                {
                    "a": edge.a,
                    "b": edge.b,
                    "relation": edge.relation,
                    "contained_a": edge.contained_a,
                    "contained_b": edge.contained_b,
                }
                for edge in found
            ],
        )


def pairs_of(connection: Connection, keys: Iterable[int]) -> Iterator[Edge[int]]:
    """Pairs with at least one of these texts (each perhaps twice)."""
    for batch in in_batches(keys, 2_500):
        touching = or_(pairs.c.a.in_(batch), pairs.c.b.in_(batch))
        for row in connection.execute(select(pairs).where(touching)):
            yield Edge(row.a, row.b, row.relation, row.contained_a, row.contained_b)


def neighbours(connection: Connection, keys: Iterable[int]) -> set[int]:
    """Texts paired with one of these."""
    return {key for edge in pairs_of(connection, keys) for key in (edge.a, edge.b)}


def closure(connection: Connection, keys: Iterable[int]) -> tuple[set[int], set[Edge[int]]]:
    """All texts reached from these over pairs, and those pairs."""
    reached, edges = set(keys), set[Edge[int]]()
    edge_of = sorted(reached)
    while edge_of:
        found = set(pairs_of(connection, edge_of))
        edges |= found
        edge_of = sorted({end for edge in found for end in (edge.a, edge.b)} - reached)
        reached.update(edge_of)
    return reached, edges
