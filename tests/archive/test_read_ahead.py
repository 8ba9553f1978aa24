"""Pages are asked of the disk before they are read: those that hold what is looked for, and nothing breaks."""

from __future__ import annotations

import os
import random
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.index_schema import posting_blocks
from pipelines.archive.read_ahead import LEAST, ask_ahead
from pipelines.archive.sqlite_trees import leaves

PAGE = 512
"""SQLite's smallest page: 3,000 rows are a tree of three levels."""

OPEN_FILES = Path("/proc/self/fd")


@pytest.mark.parametrize("bits", [12, 16, 30, 42, 56])
def test_every_row_is_on_the_page_told(tmp_path: Path, bits: int) -> None:
    """Numbers of all lengths together, down to those of one byte."""
    rng = random.Random(bits)
    numbers = {rng.randrange(1 << rng.randint(1, bits)) for _ in range(6_000)} | {(1 << bits) - 1}
    rows = [(number, rng.randbytes(30)) for number in numbers]
    with closing(sqlite3.connect(tmp_path / "file")) as made:
        made.execute(f"PRAGMA page_size = {PAGE}")
        made.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, mark)")
        made.executemany("INSERT INTO rows VALUES (?, ?)", rows)
        made.commit()
        (root,) = made.execute("SELECT rootpage FROM sqlite_schema").fetchone()
    read = reader((tmp_path / "file").read_bytes())
    told = leaves(read, root, 10_000)
    for number, mark in rows:
        assert mark in read(told.ways_to([number])[-1:])[0]
    asked = sorted(rng.sample(rows, 100))
    ways = told.ways_to([number for number, _ in asked])
    assert all(any(mark in page for page in read(ways)) for _, mark in asked)
    assert len(ways) == len(set(ways)) <= 200


def reader(data: bytes) -> Callable[[list[int]], list[bytes]]:
    """What reads the pages of a file."""
    return lambda pages: [data[(page - 1) * PAGE : page * PAGE] for page in pages]


@given(st.lists(st.binary(min_size=PAGE - 1, max_size=PAGE - 1), min_size=1, max_size=4))
def test_a_tree_of_any_bytes_comes_to_an_end(damaged: list[bytes]) -> None:
    """Pages that lead to pages that are not there, and to cells that are not."""
    with suppress(struct.error, ValueError, LookupError):
        leaves(reader(b"".join(b"\5" + page for page in damaged)), 1, len(damaged))


@pytest.mark.parametrize("cells", [0, 1, 40])
def test_a_page_that_leads_back_to_itself_comes_to_an_end(cells: int) -> None:
    head = struct.pack(f">B2xH3xI{cells}H", 5, cells, 1, *[500] * cells)
    page = head.ljust(500, b"\0") + struct.pack(">IB", 1, 9).ljust(12, b"\0")
    with pytest.raises(LookupError, match="in a circle"):
        leaves(reader(page), 1, 1_000)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """(inode, byte) of what is asked of the system, which is asked."""
    told: list[tuple[int, int]] = []
    advise: Callable[..., None] = os.posix_fadvise

    def noted(file: int, start: int, length: int, advice: int) -> None:
        told.append((os.fstat(file).st_ino, start))
        advise(file, start, length, advice)

    monkeypatch.setattr(os, "posix_fadvise", noted)
    return told


def test_what_is_asked_is_of_the_catalog_and_no_file_is_opened(
    tmp_path: Path, asked: list[tuple[int, int]]
) -> None:
    rng = random.Random(2)
    blocks = {rng.randrange(1 << 50): rng.randbytes(400) for _ in range(2_000)}
    rows = [{"place": place, "postings": block} for place, block in blocks.items()]
    with Catalog.open(tmp_path) as catalog:
        catalog.write(lambda connection: connection.execute(insert(posting_blocks), rows)).result()
    chosen = sorted(rng.sample(sorted(blocks), 30))
    with Catalog.open(tmp_path, read_only=True) as catalog, catalog.read() as connection:
        before = sorted(OPEN_FILES.iterdir())
        ask_ahead(connection, posting_blocks, chosen)
        assert sorted(OPEN_FILES.iterdir()) == before
    path = tmp_path / CATALOG_FILE
    data = path.read_bytes()
    assert {file for file, _ in asked} == {path.stat().st_ino}
    told = b"".join(data[start : start + 4_096] for _, start in asked)
    assert all(blocks[place] in told for place in chosen)
    assert len(asked) < 40


def test_a_tree_that_has_grown_is_looked_at_anew(tmp_path: Path, asked: list[tuple[int, int]]) -> None:
    rng = random.Random(3)
    blocks = {rng.randrange(1 << 50): rng.randbytes(400) for _ in range(3_000)}
    places = list(blocks)
    with Catalog.open(tmp_path) as catalog:
        for some in (places[:100], places[100:]):
            rows = [{"place": place, "postings": blocks[place]} for place in some]
            catalog.write(
                lambda connection, rows=rows: connection.execute(insert(posting_blocks), rows)
            ).result()
            with closing(sqlite3.connect(tmp_path / CATALOG_FILE)) as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            chosen = sorted(rng.sample(some, 30))
            asked.clear()
            with catalog.read() as connection:
                ask_ahead(connection, posting_blocks, chosen)
            data = (tmp_path / CATALOG_FILE).read_bytes()
            told = b"".join(data[start : start + 4_096] for _, start in asked)
            assert all(blocks[place] in told for place in chosen)


@pytest.mark.parametrize(("count", "some"), [(LEAST - 1, False), (LEAST, True), (20_000, True)])
def test_few_rows_are_not_asked_for(
    tmp_path: Path, asked: list[tuple[int, int]], count: int, some: bool
) -> None:
    rows = [{"place": place, "postings": bytes(400)} for place in range(100)]
    with Catalog.open(tmp_path) as catalog:
        catalog.write(lambda connection: connection.execute(insert(posting_blocks), rows)).result()
    with Catalog.open(tmp_path) as catalog, catalog.read() as connection:
        ask_ahead(connection, posting_blocks, range(count))
    assert bool(asked) == some


def test_a_table_that_only_the_log_has_is_not_asked_for(tmp_path: Path, asked: list[tuple[int, int]]) -> None:
    """Its uppermost page is not in the file yet."""
    rows = [{"place": place, "postings": bytes(400)} for place in range(100)]
    with Catalog.open(tmp_path) as catalog:
        catalog.write(lambda connection: connection.execute(insert(posting_blocks), rows)).result()
        with catalog.read() as connection:
            ask_ahead(connection, posting_blocks, range(LEAST))
        size = (tmp_path / CATALOG_FILE).stat().st_size
        assert [start for _, start in asked if start < size] == []
