"""Rows of verified pairs of texts, and what hangs together by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, bindparam, delete, or_

from pipelines.archive.batches import rows_in
from pipelines.archive.index_schema import pairs
from pipelines.dedupe.cluster import Edge, components
from pipelines.records import Relation


def store(connection: Connection, found: Sequence[Edge[int]]) -> None:
    """Put verified pairs in (a < b); a pair already known is replaced."""
    if found:
        one = delete(pairs).where((pairs.c.a == bindparam("x")) & (pairs.c.b == bindparam("y")))
        connection.execute(one, [{"x": edge.a, "y": edge.b} for edge in found])
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


def pairs_of(
    connection: Connection, keys: Iterable[int], relation: Relation | None = None
) -> Iterator[Edge[int]]:
    """Pairs with at least one of these texts (each perhaps twice), of one relation or of any."""
    wanted = f"relation = '{relation}' AND" if relation else ""
    ends = list(keys)
    for column in ("a", "b"):  # two statements: for "a or b" PostgreSQL reads all rows where there are few
        rows = rows_in(connection, f"SELECT {_EDGE} FROM pairs WHERE {wanted} {column}", ends)
        yield from (Edge(*row) for row in rows)


_EDGE = "a, b, relation, contained_a, contained_b"


def neighbours(connection: Connection, keys: Iterable[int]) -> set[int]:
    """Texts paired with one of these."""
    return {key for edge in pairs_of(connection, keys) for key in (edge.a, edge.b)}


def closure(
    connection: Connection, keys: Iterable[int], relation: Relation | None = None
) -> tuple[set[int], set[Edge[int]]]:
    """All texts reached from these over pairs (of one relation, or of any), and those pairs."""
    reached, edges = set(keys), set[Edge[int]]()
    edge_of = sorted(reached)
    while edge_of:
        found = set(pairs_of(connection, edge_of, relation))
        edges |= found
        edge_of = sorted({end for edge in found for end in (edge.a, edge.b)} - reached)
        reached.update(edge_of)
    return reached, edges


def remove(connection: Connection, key: int) -> None:
    """Take the pairs of a text out."""
    connection.execute(delete(pairs).where(or_(pairs.c.a == key, pairs.c.b == key)))


def cut_off(connection: Connection, key: int) -> set[int]:
    """Copies that hang together through a text alone, but for the largest group of them."""
    reached, edges = closure(connection, [key], "same")
    left = [(edge.a, edge.b) for edge in edges if key not in (edge.a, edge.b)]
    groups = components(reached - {key}, left)
    groups.sort(key=lambda group: (-len(group), min(group)))
    return set().union(*groups[1:])
