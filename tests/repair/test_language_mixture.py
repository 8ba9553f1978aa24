"""How counts of software prose are mixed with the general model: shares are shares, and trust is bounded."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.language_mixture import MOST_TRUST, Counts, Histories, with_software

WORDS = ["单元格", "设置", "的", "文件"]
PAIRS = st.dictionaries(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), st.integers(1, 50))


@given(PAIRS, st.lists(st.integers(1, 9), min_size=len(WORDS), max_size=len(WORDS)))
def test_the_words_behind_a_history_share_one(pairs: dict[tuple[str, ...], int], weights: list[int]) -> None:
    histories = Histories(pairs)
    alone = {word: weight / sum(weights) for word, weight in zip(WORDS, weights, strict=True)}
    for first in WORDS:
        assert sum(histories.share((first, word), alone[word]) for word in WORDS) == pytest.approx(1)


@given(PAIRS)
def test_a_history_is_trusted_the_more_the_more_often_it_was_seen(pairs: dict[tuple[str, ...], int]) -> None:
    histories = Histories(pairs)
    seen: Counter[str] = Counter()
    for (first, _), count in pairs.items():
        seen[first] += count
    ranked = sorted(WORDS, key=lambda word: seen[word])
    trusts = [histories.trust((word,)) for word in ranked]
    assert trusts == sorted(trusts)
    assert all(0 <= trust < MOST_TRUST for trust in trusts)
    assert all((histories.trust((word,)) == 0) == (seen[word] == 0) for word in WORDS)


def test_a_word_of_software_becomes_commoner_and_no_other_word_rarer_than_the_share_allows() -> None:
    general = {"单元格": 1.0, "侵权": 99.0}
    mixed = with_software(general, Counts(Counter({"单元格": 5}), Counter(), Counter()))
    assert mixed == {"单元格": pytest.approx(21.0), "侵权": 99.0}
