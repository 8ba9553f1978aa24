"""Sketches and the search for candidates, each against the obvious slow way."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.copies_texts import edited, excerpt, passage
from pipelines import text
from pipelines.dedupe.candidates import common_size, count_shared, enough_shared, indexed
from pipelines.dedupe.shingles import SHINGLE, shingle_hashes
from pipelines.dedupe.sketch import LONGEST, density_for, sketch
from pipelines.dedupe.tables import stop_list
from pipelines.errors import TableError

common = frozenset(stop_list.load_stop_list().tolist())
words = st.text(alphabet="专利商标权侵诉讼法院12ab，。 \n", max_size=400)


@given(words)
def test_equal_shingles_have_equal_hashes_and_different_ones_differ(body: str) -> None:
    hashes = shingle_hashes(body)
    grams = [body[i : i + SHINGLE] for i in range(len(body) - SHINGLE + 1)]
    assert len(hashes) == len(grams)
    assert len(set(zip(grams, hashes.tolist(), strict=True))) == len(set(grams)) == len(set(hashes.tolist()))


@given(words)
def test_a_sketch_is_the_set_of_small_hashes_without_common_ones(body: str) -> None:
    plain = text.plain(body)
    made = sketch(body)
    bound = 2**64 // made.density if made.density > 1 else 2**64
    slow = {int(shingle_hashes(plain[i : i + SHINGLE])[0]) for i in range(len(plain) - SHINGLE + 1)}
    assert made.hashes == tuple(sorted(value for value in slow if value < bound and value not in common))
    assert made.length == len(plain)


def test_marks_blanks_and_width_do_not_count() -> None:
    assert sketch("专利，ＡＢ12 商标！著作权法院") == sketch("专利AB12\n商标著作权。法院")


def test_densities_nest_and_thin_out() -> None:
    lengths = [0, 1, 91, 92, 183, 184, 300, 1000, 1500, 1563, 1564, 10**6]
    densities = [density_for(length) for length in lengths]
    assert densities == sorted(densities)
    assert densities == [1, 1, 1, 1, 1, 2, 3, 10, 16, 16, 16, 16]


def test_a_dense_sketch_contains_the_thin_one_of_the_same_text() -> None:
    rng = random.Random(1)
    long = "".join(passage(600, rng) for _ in range(6))
    part = excerpt(long, 0.1, rng)
    long_made, part_made = sketch(long), sketch(part)
    assert long_made.density > part_made.density
    thin = {value for value in part_made.hashes if value < 2**64 // long_made.density}
    assert thin
    assert thin <= set(long_made.hashes)


def test_a_huge_text_has_a_bounded_sketch() -> None:
    rng = np.random.default_rng(1)
    body = "".join(map(chr, rng.integers(0x4E00, 0x9FA5, LONGEST * 2).tolist()))
    made = sketch(body)
    assert len(made.hashes) < 1.1 * LONGEST / made.density
    assert made.length == len(body)


@pytest.mark.parametrize("body", ["", "，。", "专", "哈" * 10_000])
def test_texts_without_variety_have_at_most_one_hash(body: str) -> None:
    assert len(sketch(body).hashes) <= 1


def test_the_shipped_stop_list_is_what_its_script_makes_of_its_phrases() -> None:
    lines = stop_list.PHRASES.read_text(encoding="utf-8").splitlines()
    made = stop_list.shingles_of([line for line in lines if line and not line.startswith("#")])
    assert made.tolist() == stop_list.load_stop_list().tolist()
    assert len(made) > 500


def test_a_table_that_was_changed_is_refused(tmp_path: Path) -> None:
    table, digest = tmp_path / "stop_list.u64", tmp_path / "stop_list.sha256"
    table.write_bytes(stop_list.TABLE.read_bytes()[:-8])
    digest.write_bytes(stop_list.DIGEST.read_bytes())
    with pytest.raises(TableError, match=r"stop_list\.u64: its SHA-256 is"):
        stop_list.load_stop_list(table, digest)
    with pytest.raises(TableError, match="install the package again"):
        stop_list.load_stop_list(tmp_path / "missing", digest)


postings = st.lists(st.tuples(st.integers(0, 30), st.integers(100, 112)), max_size=120, unique=True)
queries = st.lists(st.lists(st.integers(0, 30), max_size=20, unique=True), min_size=1, max_size=8)


@given(postings, queries, st.integers(1, 50), st.sampled_from([0.0, 0.01, 8]))
def test_counting_shared_hashes_agrees_with_counting_sets(
    table: list[tuple[int, int]], asked: list[list[int]], piece: int, crowded: float
) -> None:
    table.sort()
    hashes = np.array([row[0] for row in table], dtype=np.int64)
    keys = np.array([row[1] for row in table], dtype=np.int64)
    arrays = [np.array(sorted(query), dtype=np.int64) for query in asked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.dedupe.candidates.PIECE", piece)
        patch.setattr("pipelines.dedupe.candidates.CROWDED", crowded)
        shared = list(count_shared(arrays, hashes, keys))
    fast = {
        (int(q), int(k)): int(n) for s in shared for q, k, n in zip(s.query, s.text, s.count, strict=True)
    }
    slow = Counter(
        (number, key) for number, query in enumerate(asked) for value, key in table if value in query
    )
    assert fast == {pair: count for pair, count in slow.items() if count >= 2}


def test_a_copy_with_three_in_ten_characters_edited_shares_enough() -> None:
    rng = random.Random(7)
    found = 0
    for _ in range(200):
        body = passage(300, rng)
        a, b = sketch(body), sketch(edited(body, 0.3, rng))
        ours, theirs = (indexed(np.array(s.hashes, dtype=np.uint64)) for s in (a, b))
        shared = len(np.intersect1d(ours, theirs))
        found += enough_shared(shared, len(ours), a.density, len(theirs), b.density)
    assert found >= 198


def test_sizes_are_compared_at_the_thinner_density() -> None:
    assert common_size(64, 2, 90, 16) == 8
    assert enough_shared(2, 64, 2, 90, 16)
    assert not enough_shared(3, 128, 8, 128, 8)
    assert enough_shared(4, 128, 8, 128, 8)
