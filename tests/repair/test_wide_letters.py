"""Letters in full width: out of step ， and a character whose middle bytes vanished look like one."""

from __future__ import annotations

from pipelines.records import LACUNA
from pipelines.repair.candidates import UNSEEN_WIDE_COST, WIDE_LETTERS, Candidates
from pipelines.repair.language import Characters
from pipelines.repair.restorer import Restorer

COMMA_AND_WORD = "高血壓、腦卒中等疾?。筒涣忌罘绞矫芮邢嚓P。"
"""A run over ，和, of which the middle pair vanished; the outer bytes are those of Ｍ."""


def restored(*others: str) -> str:
    return Restorer.load().restore_page((COMMA_AND_WORD, *others))[0].text


def test_a_letter_in_full_width_is_not_read_on_a_page_that_shows_none() -> None:
    assert "Ｍ" not in restored()
    assert f"，{LACUNA}不良" in restored()


def test_a_page_that_shows_letters_in_full_width_has_more_of_them() -> None:
    assert "Ｍ不良" in restored("他們說ＡＩ很好。")


def test_figures_in_full_width_cost_the_same_on_every_page() -> None:
    unseen = Candidates(Characters.load(), prints_wide=False)
    assert not any(unseen.option(figure).cost for figure in "０１２３４５６７８９")
    assert {unseen.option(letter).cost for letter in WIDE_LETTERS} == {UNSEEN_WIDE_COST}
