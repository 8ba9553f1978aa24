"""Distinct texts on disk: what is indexed of them, their comparable forms, and the verified pairs.

The inverted index itself is in `postings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, delete, func, select, update

from pipelines.archive import pair_rows, postings
from pipelines.archive.batches import in_batches, rows_in
from pipelines.archive.codec import unpack_text
from pipelines.archive.index_schema import common_shingles, pairs, text_bodies, texts
from pipelines.archive.postings import Postings
from pipelines.archive.read_ahead import ask_ahead
from pipelines.dedupe.candidates import Integers, without


@dataclass(frozen=True, slots=True)
class TextRow:
    """A distinct text: its key, the hashes of its sketch, and its comparable form (UTF-8, packed)."""

    key: int
    density: int
    length: int
    hashes: Integers
    packed: bytes


class Fact(NamedTuple):
    """What decides whether two sketches share enough, and the key of the text."""

    number: int
    key: int
    size: int
    density: int


def known(connection: Connection, keys: Iterable[int]) -> set[int]:
    """Those of the keys that the index has."""
    return set(numbers_of(connection, keys))


def numbers_of(connection: Connection, keys: Iterable[int]) -> dict[int, int]:
    """Numbers of the texts that are there, by key."""
    return _by_key(connection, "number", keys)


def add(connection: Connection, rows: Sequence[TextRow]) -> None:
    """Put new texts in (none of them known), to be matched."""
    if not rows:
        return
    common = common_hashes(connection)
    kept = [without(row.hashes, common) for row in rows]
    facts = [(row.key, "new", row.density, row.length, len(own)) for row, own in zip(rows, kept, strict=True)]
    _insert(connection, "texts (key, state, density, length, size)", facts)
    numbers = numbers_of(connection, (row.key for row in rows))
    bodies = [(numbers[row.key], row.hashes.astype("<i8").tobytes(), row.packed) for row in rows]
    _insert(connection, "text_bodies (number, hashes, plain)", bodies)
    sizes = np.array([len(own) for own in kept])
    owners = np.repeat(np.array([body[0] for body in bodies]), sizes)
    noted = np.repeat(postings.noted(sizes, np.array([row.density for row in rows])), sizes)
    postings.add(connection, Postings(np.concatenate(kept), owners, noted))


def _insert(connection: Connection, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """The driver's own bulk call: the statement compiler's costs more than the writing."""
    signs = ", ".join(["?" if connection.dialect.name == "sqlite" else "%s"] * len(rows[0]))
    connection.exec_driver_sql(f"INSERT INTO {columns} VALUES ({signs})", list(rows))


def clear(connection: Connection) -> None:
    """Take out all texts, the index, the pairs, and the archive's own list of common shingles."""
    postings.clear(connection)
    for table in (pairs, text_bodies, texts, common_shingles):
        connection.execute(delete(table))


def common_hashes(connection: Connection) -> Integers:
    """The archive's own list of common shingles, ascending."""
    return np.array(sorted(connection.scalars(_COMMON)), dtype=np.int64)


_COMMON = select(common_shingles.c.hash)


def leave_out(connection: Connection, common: Sequence[int]) -> None:
    """Note hashes that are left out from now on."""
    if common:
        connection.execute(common_shingles.insert(), [{"hash": value} for value in common])


def shrink(connection: Connection, lost: Integers) -> None:
    """How many of its hashes became common, for each text by number."""
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = f"UPDATE texts SET size = size - {sign} WHERE number = {sign}"
    for batch in in_batches(np.flatnonzero(lost).tolist()):
        connection.exec_driver_sql(statement, [(int(lost[number]), number) for number in batch])


def remove(connection: Connection, keys: Iterable[int]) -> None:
    """Take texts out with their pairs; the texts they were paired with become dirty.

    Texts that only these held together are to be matched anew: of the pairs among the copies of a story no
    more are verified than hold it together. Postings stay, and mean nothing, until a merge.
    """
    for key in keys:
        number = numbers_of(connection, [key]).get(key)
        if number is None:
            continue
        mark(connection, pair_rows.neighbours(connection, [key]), "dirty", unless="new")
        mark(connection, pair_rows.cut_off(connection, key), "new")
        pair_rows.remove(connection, key)
        connection.execute(delete(text_bodies).where(text_bodies.c.number == number))
        connection.execute(delete(texts).where(texts.c.number == number))


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
    return {fact.key: hashes for fact, hashes in sketches_of(connection, keys)}


def sketches_of(connection: Connection, keys: Sequence[int]) -> list[tuple[Fact, Integers]]:
    """Facts and indexed hashes of the texts that are there, in the order of their keys: one way through the
    tables, where a disk has to be waited for at each step."""
    common = common_hashes(connection)
    rows = rows_in(connection, _BODIES.format("texts.number, size, density, hashes"), keys)
    found = (
        (Fact(number, key, size, density), without(np.frombuffer(hashes, dtype="<i8"), common))
        for key, number, size, density, hashes in rows
    )
    return sorted(found, key=lambda row: row[0].key)


_BODIES = "SELECT key, {} FROM texts JOIN text_bodies ON text_bodies.number = texts.number WHERE key"


def facts_of(connection: Connection, numbers: Iterable[int]) -> Iterator[Fact]:
    """Facts of the texts that are there, of these numbers."""
    wanted = sorted(numbers)
    ask_ahead(connection, texts, wanted)
    rows = rows_in(connection, "SELECT number, key, size, density FROM texts WHERE number", wanted)
    return (Fact(*row) for row in rows)


def noted_between(connection: Connection, first: int, last: int, lost: Integers) -> npt.NDArray[np.uint16]:
    """By number, up to `last`: what postings note of the texts that are there, from `first` on, when they
    have `lost` so many hashes (by number); 0 for none."""
    # One number a row: an array of a million rows is made of these in a third of the time.
    packed = texts.c.number * 2**24 + texts.c.size * 2**8 + texts.c.density
    found = connection.scalars(select(packed).where(texts.c.number.between(first, last)))
    rows = np.fromiter(found, dtype=np.int64)
    sizes, densities = np.zeros(last + 1, dtype=np.int64), np.ones(last + 1, dtype=np.int64)
    sizes[rows >> 24], densities[rows >> 24] = rows >> 8 & 0xFFFF, rows & 0xFF
    sizes[: len(lost)] -= lost[: last + 1]
    return postings.noted(np.maximum(sizes, 0), densities).astype(np.uint16)


def last_number(connection: Connection) -> int:
    """The greatest number of a text that is there; 0 when there is none."""
    return connection.scalar(_LAST) or 0


_LAST = select(func.max(texts.c.number))


def new_numbers(connection: Connection) -> Integers:
    """Numbers of the texts that are to be matched."""
    return np.fromiter(connection.scalars(select(texts.c.number).where(texts.c.state == "new")), np.int64)


def plains_of(connection: Connection, keys: Iterable[int]) -> dict[int, str]:
    """Comparable forms of texts."""
    return {key: unpack_text(plain) for key, plain in rows_in(connection, _BODIES.format("plain"), keys)}


def lengths_of(connection: Connection, keys: Iterable[int]) -> dict[int, int]:
    """Characters of the comparable forms of texts."""
    return _by_key(connection, "length", keys)


def _by_key(connection: Connection, column: str, keys: Iterable[int]) -> dict[int, int]:
    return dict(map(tuple, rows_in(connection, f"SELECT key, {column} FROM texts WHERE key", keys)))
