"""Which options are tried as the beginning of a word, against trying all of them."""

from __future__ import annotations

import pytest

from pipelines.repair.candidates import Candidates
from pipelines.repair.language import Characters, WordTable
from pipelines.repair.model import Model, character_cost
from pipelines.repair.page_words import PageWords

CHARACTERS, TABLE = Characters.load(), WordTable()


def model(*texts: str) -> Model:
    return Model(TABLE, PageWords(texts, CHARACTERS, TABLE))


def least(found: Model, code: int) -> float:
    """What the cheapest word costs that a character may begin."""
    cost, longer, _ = found.step(found.begin, code)
    alone = character_cost(code) if cost is None else cost
    return min(alone, longer.least) if longer else alone


@pytest.mark.parametrize("room", [0.0, 4.0, 6.5, 9.0, 12.0, 20.0])
def test_no_option_that_may_begin_a_cheap_word_is_left_out(room: float) -> None:
    found = model("麦洛汀来了。", "麦洛汀走了，浬浬说。")
    for options in (Candidates(CHARACTERS).before_second(second) for second in (0xA1, 0xA3, 0xE4, 0xF2)):
        tried = set(found.beginnings(options, room))
        for place, option in enumerate(options.all):
            if option.cost + least(found, option.code) <= room:
                assert place in tried


def test_what_the_table_calls_dear_is_left_out_but_where_the_page_has_it() -> None:
    options = Candidates(CHARACTERS).before_second(0xA3)
    place = next(place for place, option in enumerate(options.all) if option.char == "牛")
    assert place not in model("正文。").beginnings(options, 5.0)
    assert place in model("牛很多，牛也好。").beginnings(options, 5.0)
