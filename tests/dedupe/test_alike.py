"""Texts that look alike and are different stories, and copies that look like other ones."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest

from bench.copies_texts import bulletins, edited, stories
from bench.framed_texts import columns, comments
from bench.notice_texts import KINDS, notices, other_notation, reworded
from bench.rival_texts import reordered
from pipelines.dedupe.figures import by_value
from pipelines.dedupe.match import verify
from pipelines.dedupe.segments import differ


@pytest.mark.parametrize("length", [600, 1200])
def test_a_text_with_one_word_in_ten_another_is_a_copy(length: int) -> None:
    rng = random.Random(length)
    bodies = [body for body in stories() if sum(map(str.isdigit, body[:length])) > 12]
    copies = [(body[:length], reworded(body[:length], rng)) for body in bodies]
    assert len(copies) > 10
    assert [pair for pair in copies if verify(*pair) is None] == []


def test_a_corrected_name_is_no_other_story() -> None:
    body = (
        "{0}2013年9月在江城创办了这家作坊，当年只有12个工人。2016年，{0}把第1件专利许可给了白沙的厂家，一年收入38万元。2019年，作坊搬进占地3000平方米的"
        "新厂房，工人增加到146人。谈到这些变化，{0}说，自己只是把手艺认真做好。去年，作坊的46件专利带来收入520万元，其中7件是工人的发明。"
    )
    assert verify(body.format("杨海涛"), body.format("杨海焘")) is not None
    assert verify(body.format("杨海涛"), body.format("杨建峰")) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("二〇一六年五月三日", "2016年5月3日"),
        ("十六万五千", "165000"),
        ("一千二百三十四", "1234"),
        ("三亿零二十万", "300200000"),
        ("12万", "120000"),
        ("一百零五", "105"),
        ("百万", "1000000"),
        ("十", "10"),
        ("一万亿", "1000000000000"),
        ("2016年5月", "2016年5月"),
    ],
)
def test_a_figure_has_one_value_in_every_notation(one: str, other: str) -> None:
    assert by_value(one) == by_value(other) == other


def test_a_row_of_numerals_that_is_no_number_has_no_value() -> None:
    assert by_value("一" * 5_000 + "十") == "1" * 5_000 + "十"


def test_copies_with_figures_in_another_notation_match() -> None:
    rng = random.Random(12)
    bulletin = [*bulletins(3, rng), *notices("pledges", 6, rng)]
    assert [body for body in bulletin if verify(body, other_notation(body, rng)) is None] == []
    for body, other in pairwise(bulletin[3:]):
        assert verify(body, other_notation(other, rng)) is None


def test_one_digit_is_one_difference_beside_a_unit_or_a_name() -> None:
    rule = stories()[0][:120].translate(str.maketrans("", "", "0123456789"))
    body = rule + "判决书为（2011）浙江民初2320号，赔偿5293万元，十五日内付清。"
    assert verify(body, body.replace("2011", "2018")) is not None
    assert verify(body, body.replace("5293", "5294")) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_notices_of_one_form_are_other_stories(kind: str) -> None:
    made = list(notices(kind, 12, random.Random(13)))
    assert [(a, b) for a, b in combinations(made, 2) if verify(a, b)] == []


@pytest.mark.parametrize("texts", [columns(), comments()], ids=["columns", "comments"])
def test_a_frame_or_a_quotation_makes_no_copy(texts: list[str]) -> None:
    assert [(a, b) for a, b in combinations(texts, 2) if verify(a, b)] == []


@pytest.mark.parametrize(
    ("ours", "theirs", "filled_in"),
    [("721", "734", True), ("2月28", "3月5", True), ("721", "7能1", False), ("从75", "575", False)],
)
def test_a_letter_that_stands_for_a_digit_is_no_other_figure(ours: str, theirs: str, filled_in: bool) -> None:
    assert differ(ours, theirs) is differ(theirs, ours) is filled_in


def test_a_copy_in_another_order_with_one_character_in_ten_edited_matches() -> None:
    rng = random.Random(6)
    bodies = [body[at : at + 600] for body in stories() for at in range(0, len(body) - 600, 300)]
    assert [body for body in bodies if verify(body, edited(reordered(body, rng), 0.1, rng)) is None] == []
