"""Numbered paragraphs: their numbers and brackets straddle pairs that vanish, and no figure may be guessed."""

from __future__ import annotations

import re

import pytest

from pipelines.records import LACUNA
from pipelines.repair.channel import Channel
from pipelines.repair.restorer import Restorer
from pipelines.text import is_figure

TEN = "一二三四五六七八九十"
NUMBERS = [*TEN, *(f"十{digit}" for digit in TEN[:9]), "二十"]
CLAUSES = [
    "布局重点产业，抢占先机。", "规范代理行为。", "深化国际合作。", "建立合作平台。", "健全工作机制。", "加大投入力度。",
    "鼓励社会参与。", "优化公共服务。", "完善法律制度，维护权益。", "支持企业发展。",
]  # fmt: skip


def page(form: str, turn: int) -> str:
    """Every number once, before other clauses at each turn."""
    clauses = (CLAUSES[(at + turn) % len(CLAUSES)] for at in range(len(NUMBERS)))
    return "\n".join(form.format(number) + clause for number, clause in zip(NUMBERS, clauses, strict=True))


@pytest.mark.parametrize("drop", [True, False], ids=["dropped", "shown"])
@pytest.mark.parametrize("level", [None, 2])
@pytest.mark.parametrize("form", ["\u3000（{}）", "\u3000\u3000第{}条\u3000", "\u3000{}、"])
def test_every_line_is_as_printed_or_left_open(form: str, level: int | None, drop: bool) -> None:
    for turn in (0, 5):
        damaged = Channel(level=level, drop_user_rows=drop).run(page(form, turn))
        restored = Restorer.load().restore(damaged.text)
        for printed, line in zip(damaged.printed.split("\n"), restored.text.split("\n"), strict=True):
            open_places = re.escape(line).replace(LACUNA, ".{1,4}")
            assert re.fullmatch(open_places, printed), line
        chosen = [edit.after for edit in restored.edits if edit.certainty == "likely"]
        assert not any(is_figure(char) for after in chosen for char in after)


def test_a_bracket_that_nothing_closes_was_not_opened() -> None:
    """十） with its middle bytes gone is 施."""
    restored = Restorer.load().restore("?。ㄊ┥罨瘒H合作。\n正文。")
    assert restored.text == f"\u3000（{LACUNA}）深化國際合作。\n正文。"


@pytest.mark.parametrize("clause", ["強化行業監管。", "強化監督檢查，壓實責任。"])
def test_a_number_is_left_open_where_a_word_with_fewer_vanished_pairs_stands(clause: str) -> None:
    """Three pairs vanish in （六）強, one in （電: 電化 is a word, but nothing closes the bracket before it."""
    damaged = Channel(level=None).run(f"\u3000（六）{clause}")
    restored = Restorer.load().restore(damaged.text)
    assert restored.text == f"\u3000{LACUNA * 3}{clause}"
