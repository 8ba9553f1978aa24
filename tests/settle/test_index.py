"""The inverted index in segments, and what is verified of the candidates, each against the obvious slow way."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from itertools import combinations
from pathlib import Path
from select import select as select_files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from bench.copies_texts import edited, excerpt, passage, stories
from pipelines.archive import (
    lookups,
    pair_rows,
    postings,
    read_ahead,
    segment_filters,
    segment_rows,
    shingle_index,
)
from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.index_schema import posting_blocks, segments
from pipelines.archive.postings import Postings
from pipelines.archive.segment_filters import filters_of
from pipelines.dedupe.candidates import pairs_within, repeated
from pipelines.dedupe.cluster import Edge, components
from pipelines.dedupe.match import comparable
from pipelines.dedupe.membership import BITS, Membership, bits_of, distinct
from pipelines.dedupe.membership import repeated as standing_twice
from pipelines.dedupe.spanning import Forest, Pairs, verified
from pipelines.errors import ArchiveError
from pipelines.settle.facts import Facts
from pipelines.settle.matching import candidates, candidates_in_bulk, match, match_batch
from pipelines.settle.segments import _merge, merge, rewrite, to_merge
from pipelines.settle.texts import derive_plain
from pipelines.settle.work import SettleCounts, Workers

NOBODY = np.zeros(1, dtype=np.int64)
"""The number of a text that is not there."""


def put(catalog: Catalog, texts: list[str], at_once: int) -> list[int]:
    """Index texts in batches; their keys."""
    rows = [derive_plain(text) for text in texts]
    for start in range(0, len(rows), at_once):
        catalog.write(lambda c, some=rows[start : start + at_once]: shingle_index.add(c, some)).result()
    return [row.key for row in rows]


def copies(seed: int, count: int = 40) -> list[str]:
    """Passages, some of them copies or parts of others, some short."""
    rng = random.Random(seed)
    texts = [passage(rng.choice([120, 300, 700]), rng) for _ in range(count // 2)]
    texts += [
        edit(text, share, rng) for edit, share in ((edited, 0.1), (excerpt, 0.5)) for text in texts[::2]
    ]
    return list({comparable(text): text for text in texts}.values())


def table(connection: Connection) -> list[tuple[int, int]]:
    """All postings, by a scan in small ranges."""
    chosen = segment_rows.whole(connection)
    pieces = list(postings.scan(connection, chosen, 200))
    rows = [row for one in pieces for row in zip(one.hashes.tolist(), one.texts.tolist(), strict=True)]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    return sorted(rows)


@pytest.mark.parametrize("at_once", [1, 7, 40])
def test_the_index_holds_what_was_put_in_however_it_is_merged(tmp_path: Path, at_once: int) -> None:
    with Catalog.open(tmp_path) as catalog:
        keys = put(catalog, copies(1), at_once)
        with catalog.read() as connection:
            numbers = shingle_index.numbers_of(connection, keys)
            own = shingle_index.hashes_of(connection, keys)
            slow = sorted((value, numbers[key]) for key in keys for value in own[key].tolist())
            assert table(connection) == slow
            before = len(segment_rows.whole(connection))
        merge(catalog)
        with catalog.read() as connection:
            assert table(connection) == slow
            left = segment_rows.whole(connection)
            assert to_merge(left) == ()
            assert len(left) <= min(before, 6)
            wanted = own[keys[3]]
            found = [
                row
                for one in lookups.lookup(connection, [wanted], NOBODY)
                for row in zip(one.hashes.tolist(), one.texts.tolist(), strict=True)
            ]
            assert {row for row in found if row[0] in set(wanted.tolist())} == {
                row for row in slow if row[0] in set(wanted.tolist())
            }


def test_texts_that_were_taken_out_are_no_candidates_and_go_with_a_merge(tmp_path: Path) -> None:
    texts = copies(2)
    with Catalog.open(tmp_path) as catalog:
        keys = put(catalog, texts, 9)
        gone = keys[::2]
        catalog.write(lambda c: shingle_index.remove(c, gone)).result()
        with catalog.read() as connection:
            found = candidates(connection, keys[1::2])
            assert not set(gone) & {*found.a.tolist(), *found.b.tolist()}
        rewrite(catalog)
        rewrite(catalog)
        with catalog.read() as connection:
            kept = set(shingle_index.numbers_of(connection, keys[1::2]).values())
            assert {number for _, number in table(connection)} == kept
        merge(catalog)
        with catalog.read() as connection:
            (whole,) = segment_rows.whole(connection)
            assert connection.scalar(select(func.count()).select_from(segments)) == 1
            places = connection.scalars(select(posting_blocks.c.place)).all()
            assert {place >> 40 for place in places} == {whole.id}


def test_facts_are_those_of_the_rows_and_nothing_of_what_is_gone_or_was_never_there(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        keys = put(catalog, copies(9), 40)
        catalog.write(lambda c: shingle_index.remove(c, [keys[3], keys[-1]])).result()
        with catalog.read() as connection:
            slow = {fact.number: fact[1:] for fact in shingle_index.facts_of(connection, range(99))}
            asked = np.array([len(keys), 2, 4, 98, 7, 4])
            found = Facts(connection)
            for some in (asked, asked[::-1]):
                rows = list(zip(*(column.tolist() for column in found(some)), strict=True))
                assert rows == [slow.get(number, (0, 0, 1)) for number in some.tolist()]


def test_a_merge_that_was_killed_or_overtaken_changes_nothing(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        put(catalog, copies(3), 5)
        with catalog.read() as connection:
            slow, chosen = table(connection), segment_rows.whole(connection)
        half = Postings(*np.array([[5], [1], [9]], dtype=np.int64))
        made = catalog.write(lambda c: segment_rows.begin(c, 1, 1, 1, 1)).result()
        catalog.write(lambda c: postings.append(c, made, half)).result()
        merge(catalog)
        catalog.write(lambda c: segment_rows.replace(c, made, chosen, 1)).result()
        with catalog.read() as connection:
            assert table(connection) == slow


def rows_of(pairs: Pairs) -> list[tuple[int, int, float]]:
    return sorted(zip(pairs.a.tolist(), pairs.b.tolist(), pairs.share.tolist(), strict=True))


def test_one_pass_over_the_index_finds_what_lookups_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalog.open(tmp_path) as catalog:
        keys = put(catalog, copies(4, 60), 11)
        with catalog.read() as connection:
            looked_up = candidates(connection, keys)
            in_one_pass = candidates_in_bulk(connection)
            assert in_one_pass is not None
            assert rows_of(looked_up) == rows_of(in_one_pass)
            assert len(looked_up) >= 30
            monkeypatch.setattr("pipelines.settle.bulk.MOST", 10)
            assert candidates_in_bulk(connection) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 6)), unique=True, max_size=40), st.integers(0, 6))
def test_pairs_within_postings_are_those_of_every_two_texts(rows: list[tuple[int, int]], first: int) -> None:
    rows.sort()
    hashes, texts = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    new = np.arange(7) >= first
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.dedupe.candidates.PIECE", 3)
        codes = np.concatenate([np.empty(0, dtype=np.int64), *pairs_within(hashes, texts, new)])
    shared = repeated(codes)
    fast = dict(zip(zip(shared.query.tolist(), shared.text.tolist(), strict=True), shared.count, strict=True))
    slow: Counter[tuple[int, int]] = Counter()
    for value in range(10):
        owners = sorted(text for own, text in rows if own == value)
        slow.update((a, b) for a, b in combinations(owners, 2) if new[a] or new[b])
    assert fast == {pair: count for pair, count in slow.items() if count >= 2}


relations = st.sampled_from(["same", "part", "revised", None])
graphs = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]), relations
)


@given(graphs, st.randoms(use_true_random=False), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11))))
def test_what_hangs_together_is_the_same_as_if_every_pair_were_verified(
    graph: dict[tuple[int, int], str | None], rng: random.Random, earlier: list[tuple[int, int]]
) -> None:
    forest = Forest[int]()
    known = [pair for pair in earlier if graph.get(pair) == "same"]
    for pair in known:
        forest.join(*pair)
    asked: list[tuple[int, int]] = []

    def verify(pairs: Pairs) -> list[Edge[int]]:
        rows = list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
        asked.extend(rows)
        return [Edge(a, b, graph[a, b], 1, 1) for a, b in rows if graph[a, b]]  # type: ignore[arg-type]

    a, b = (np.array([pair[i] for pair in graph], dtype=np.int64) for i in (0, 1))
    share = np.array([rng.random() for _ in graph], dtype=float)
    found = [edge for edges in verified(Pairs(a, b, share), forest, verify) for edge in edges]
    assert len(asked) == len(set(asked))
    same = [pair for pair, relation in graph.items() if relation == "same"]
    whole = components(range(12), same)
    held = [*known, *((edge.a, edge.b) for edge in found if edge.relation == "same")]
    assert set(components(range(12), held)) == set(whole)
    group = {node: number for number, nodes in enumerate(whole) for node in nodes}
    between = {pair for pair in graph if group[pair[0]] != group[pair[1]]}
    assert between <= set(asked)


def test_copies_of_one_text_are_not_all_held_against_each_other(tmp_path: Path) -> None:
    rng = random.Random(5)
    body = next(body for body in stories() if len(body) > 700)[:700]
    texts = [edited(body, 0.04, rng) for _ in range(120)]
    with Catalog.open(tmp_path) as catalog:
        counts = SettleCounts()
        keys = put(catalog, texts[:80], 80)
        match(catalog, counts, Workers(1))
        keys += put(catalog, texts[80:], 40)
        match(catalog, counts, Workers(1))
        assert counts.pairs < 3 * len(texts)
        with catalog.read() as connection:
            reached, _ = pair_rows.closure(connection, keys[:1], "same")
            assert reached == set(keys)
            edges = set(pair_rows.pairs_of(connection, keys))
        held = Counter(end for edge in edges for end in (edge.a, edge.b))
        hub = max(held, key=lambda key: held[key])
        catalog.write(lambda c: shingle_index.remove(c, [hub])).result()
        match(catalog, counts, Workers(1))
        with catalog.read() as connection:
            reached, _ = pair_rows.closure(connection, [key for key in keys if key != hub][:1], "same")
            assert reached == set(keys) - {hub}


HELPED = """
import os, sys, time
from pipelines.settle.work import Workers
if __name__ == "__main__":
    with Workers(2) as workers:
        list(workers.map(abs, range(8)))
        for path in os.scandir("/proc/self/task"):
            print(open(f"{path.path}/children").read(), end=" ")
        print(flush=True)
        sys.stdin.read()
"""


def test_helping_processes_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "helped.py"
    script.write_text(HELPED, encoding="utf-8")
    command = [sys.executable, str(script)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as helped:
        assert helped.stdout is not None
        helpers = [int(pid) for pid in helped.stdout.readline().split()]
        ends = [os.pidfd_open(pid) for pid in helpers]
        helped.kill()
    assert len(helpers) >= 2
    for end in ends:
        assert select_files([end], [], [], 30)[0], "a helper went on"
        os.close(end)


def test_a_query_finds_the_pairs_and_stores_none(tmp_path: Path) -> None:
    body = stories()[7]
    with Catalog.open(tmp_path) as catalog:
        key, copy = put(catalog, [body, edited(body, 0.1, random.Random(6))], 2)
        with catalog.read() as connection:
            (edge,) = match_batch(connection, [key])
            assert {edge.a, edge.b} == {key, copy}
            assert list(pair_rows.pairs_of(connection, [key, copy])) == []


def test_what_postings_note_of_a_text_never_hides_a_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside an index of which nothing is noted (an older archive's), before and after a merge."""
    texts = [*copies(6), passage(700, random.Random(3)) * 40]
    with Catalog.open(tmp_path / "new") as noted, Catalog.open(tmp_path / "old") as plain:
        keys = put(noted, texts, 9)
        with monkeypatch.context() as unknown:
            unknown.setattr(postings, "noted", lambda sizes, _: np.zeros_like(sizes))
            assert put(plain, texts, 9) == keys
        for _ in range(2):
            with noted.read() as one, plain.read() as other:
                found = [rows_of(candidates(connection, keys)) for connection in (one, other)]
                assert found[0] == found[1] != []
            rewrite(noted)
            rewrite(plain)
        with plain.read() as connection:
            bits = np.concatenate(
                [one.noted for one in postings.scan(connection, segment_rows.whole(connection), 200)]
            )
            assert bits.all()  # an older archive is brought up by its next merge


def test_sizes_are_noted_exactly_up_to_the_largest_that_fits() -> None:
    sizes, densities = np.array([0, 1, 94, 4_095, 4_200]), np.array([1, 2, 15, 16, 16])
    found = postings.sizes_noted(postings.noted(sizes, densities))
    assert [side.tolist() for side in found] == [[0, 1, 94, 4_095, 4_095], [1, 2, 15, 16, 16]]


def test_blocks_are_the_same_read_ahead_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalog.open(tmp_path) as catalog:
        keys = put(catalog, [*copies(7), passage(1_200, random.Random(4))], 9)
    with Catalog.open(tmp_path, read_only=True) as catalog, catalog.read() as connection:
        ahead = rows_of(candidates(connection, keys[-1:])), rows_of(candidates(connection, keys))
        monkeypatch.setattr(read_ahead, "LEAST", 1 << 20)
        assert ahead == (rows_of(candidates(connection, keys[-1:])), rows_of(candidates(connection, keys)))


def test_what_only_the_own_connection_sees_is_found_all_the_same(tmp_path: Path) -> None:
    """A segment of a transaction under way, and one that was replaced and taken apart since the view began."""

    def put_and_asked(connection: Connection) -> list[tuple[int, int, float]]:
        shingle_index.add(connection, [derive_plain(texts[-1])])
        return rows_of(candidates(connection, keys[-1:]))

    text = passage(1_200, random.Random(4))
    texts = [*copies(7), passage(1_200, random.Random(5)), text, edited(text, 0.05, random.Random(6))]
    with Catalog.open(tmp_path) as catalog:
        keys = [*put(catalog, texts[:-1], 1), derive_plain(texts[-1]).key]
        within = catalog.write(put_and_asked).result()
        assert {key for a, b, _ in within for key in (a, b)} == set(keys[-2:])
        with catalog.read() as connection:
            assert rows_of(candidates(connection, keys[-1:])) == within
            rewrite(catalog)
            while catalog.write(lambda other: postings.discard(other, 1_000)).result():
                pass
            assert rows_of(candidates(connection, keys[-1:])) == within


@given(st.sets(st.integers(0, (1 << 48) - 1), min_size=1, max_size=300), st.integers(1, 300), st.randoms())
def test_a_filter_misses_no_hash(values: set[int], piece: int, rng: random.Random) -> None:
    hashes = np.sort(np.array([value for value in values for _ in range(rng.randint(1, 3))], dtype=np.int64))
    alone = distinct(hashes)
    parts = [alone[start : start + piece] for start in range(0, len(alone), piece)]
    present = Membership([(int(part[0]), bits_of(part)) for part in parts])
    assert present(hashes).all()
    assert set(standing_twice(hashes).tolist()) == {n for n, c in Counter(hashes.tolist()).items() if c > 1}


def test_a_filter_takes_few_hashes_for_one_that_is_there() -> None:
    hashes = np.unique(np.random.default_rng(1).integers(0, 1 << 44, 60_000))
    present = Membership([(int(part[0]), bits_of(part)) for part in np.array_split(hashes[::2], 3)])
    assert present(hashes[1::2]).mean() == pytest.approx((1 - np.exp(-4 / BITS)) ** 4, rel=0.1)


def test_filters_hide_no_candidate(tmp_path: Path) -> None:
    """Beside an index without (an older archive's): as it was put in, merged so that the spans of segments
    overlap, with texts taken out, and in one segment."""
    texts = copies(11, 100)
    keys = [derive_plain(text).key for text in texts]
    steps: list[Callable[[Catalog], object]] = [
        lambda catalog: put(catalog, texts, 6),
        join_every_third,
        lambda catalog: catalog.write(lambda c: shingle_index.remove(c, keys[::5])).result(),
        rewrite,
    ]
    with Catalog.open(tmp_path / "new") as one, Catalog.open(tmp_path / "old") as other:
        for step in steps:
            step(one)
            step(other)
            other.write(segment_filters.clear).result()
            with one.read() as filtered, other.read() as plain:
                assert len(filters_of(filtered, segment_rows.whole(filtered))) > 0
                assert filters_of(plain, segment_rows.whole(plain)) == {}
                for asked in (keys, keys[1:2], keys[7::3]):
                    found = [rows_of(candidates(connection, asked)) for connection in (filtered, plain)]
                    assert found[0] == found[1]
                assert rows_of(candidates(filtered, keys))


def join_every_third(catalog: Catalog) -> None:
    """Merge segments that are no neighbours."""
    with catalog.read() as connection:
        chosen = sorted(segment_rows.whole(connection), key=lambda segment: segment.id)[::3]
    assert _merge(catalog, chosen)


def test_a_text_of_its_own_is_looked_up_in_few_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(13)
    alone = "".join(chr(0x4E00 + rng.randrange(8_000)) for _ in range(1_500))
    with Catalog.open(tmp_path) as catalog:
        (key,) = put(catalog, [alone], 1)
        put(catalog, copies(14), 10)
        rewrite(catalog)
        asked: list[int] = []
        monkeypatch.setattr(lookups, "ask_ahead", lambda connection, tree, places: asked.extend(places))
        with catalog.read() as connection:
            assert len(candidates(connection, [key])) == 0
            assert len(shingle_index.hashes_of(connection, [key])[key]) > 80
        assert len(asked) < 15


def test_a_damaged_page_is_named_whoever_read_it(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        keys = put(catalog, copies(15, 80), 100)
        catalog.write(segment_filters.clear).result()
    with closing(sqlite3.connect(tmp_path / CATALOG_FILE)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'posting_blocks'").fetchone()
        (size,) = file.execute("PRAGMA page_size").fetchone()
    with (tmp_path / CATALOG_FILE).open("r+b") as raw:
        raw.seek((root - 1) * size)
        raw.write(b"\x99" * size)
    with (
        Catalog.open(tmp_path, read_only=True) as catalog,
        pytest.raises(ArchiveError, match=r"ipnews backfill OLD/warc"),
        catalog.read() as connection,
    ):
        candidates(connection, keys[:1])


@pytest.mark.parametrize("at_once", [1, 20, 5_000])
def test_a_lookup_brings_all_postings_of_a_hash_by_hash_and_those_of_a_text_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(lookups, "AT_ONCE", at_once)
    with Catalog.open(tmp_path) as catalog:
        put(catalog, copies(8), 5)
        with catalog.read() as connection:
            wanted = np.unique(np.array([value for value, _ in table(connection)[::7]], dtype=np.int64))
            pieces = list(lookups.lookup(connection, [wanted], NOBODY))
            owners = [set(piece.texts.tolist()) for piece in pieces]
            found = [
                row for one in pieces for row in zip(one.hashes.tolist(), one.texts.tolist(), strict=True)
            ]
            assert sorted(row for row in found if row[0] in set(wanted.tolist())) == [
                row for row in table(connection) if row[0] in set(wanted.tolist())
            ]
            assert (len(pieces) == 1) is (at_once == 5_000)
            assert all((np.diff(piece.hashes) >= 0).all() for piece in pieces)
            assert not any(one & other for one, other in combinations(owners, 2))
