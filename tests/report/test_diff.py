"""Side by side: both ends of the segments are the texts they claim to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.records import Edit, replay
from pipelines.report.diff import paragraphs, side_by_side


def edits_over(found: str, cuts: list[tuple[int, int, str]], field: str) -> tuple[Edit, ...]:
    edits, position = [], 0
    for start, length, after in sorted(cuts):
        if position <= start <= len(found):
            before = found[start : start + length]
            edits.append(Edit(field, start, before, after, "test", "exact"))
            position = start + len(before) + 1
    return tuple(edits)


CUTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.text("甲乙", max_size=3)), max_size=5)


@given(st.text("丙丁\n", max_size=30), CUTS, CUTS)
def test_both_ends_are_the_texts(
    found: str, repairs: list[tuple[int, int, str]], collated: list[tuple[int, int, str]]
) -> None:
    edits = edits_over(found, repairs, "article_body")
    read = replay(found, edits, "article_body")
    edition_edits = edits_over(read, collated, "edition_body")
    segments = side_by_side(found, read, edits, edition_edits)
    assert "".join(part.found for part in segments) == found
    assert "".join(part.restored for part in segments) == replay(read, edition_edits, "edition_body")


def test_a_place_settled_by_a_witness_shows_the_witness() -> None:
    repaired = (Edit("article_body", 1, "?", "□", "slip", "lost"),)
    settled = (Edit("edition_body", 1, "□", "3", "collate", "witnessed", witness="b" * 32),)
    parts = side_by_side("第?月", "第□月", repaired, settled)
    assert [(part.found, part.restored) for part in parts] == [("第", "第"), ("?", "3"), ("月", "月")]
    assert parts[1].edit is not None
    assert parts[1].edit.certainty == "witnessed"


def test_a_text_that_does_not_belong_to_its_edits_is_refused() -> None:
    with pytest.raises(ValueError, match="characters off"):
        side_by_side("甲乙", "甲乙丙", ())


def test_paragraphs_are_cut_where_the_page_cuts_them() -> None:
    rows = paragraphs(side_by_side("甲\n乙\n\n丙", "甲\n乙\n\n丙", ()))
    assert [[part.found for part in row] for row in rows] == [["甲"], ["乙"], ["丙"]]
