"""Noise of mirrors: told by its kind, kept out where it stands alone, never rewritten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reading.extract import extract
from pipelines.reading.noise import is_noise, noise_in
from pipelines.reading.records import Extracted

PARAGRAPHS = (
    "柳河县知识产权局公布首批专利转化运用试点名单，六家企业和两所职业学校入选，试点为期两年。",
    "局长裴知远说，入选单位要把闲置的专利逐件登记，说明能用在哪里。试点期满，按成交的件数考核。",
    "名单公布当天，两家农机企业与学校签下了三份许可合同。“放在柜子里的专利，不如放进地里。”",
)
JUNK = ", r% l2 [0 _/ Z"
TAG = '<tt id="i2u0s"></tt>'


def read(*lines: str) -> Extracted:
    shown = "".join(f"<p>{line.replace('<', '&lt;')}</p>" for line in lines)
    found = extract(f"<h1>试点名单公布</h1><div>{shown}</div>", "http://a.test/1.html")
    assert isinstance(found, Extracted)
    return found


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("junk", [text[:9] + JUNK + text[9:] for text in PARAGRAPHS]),
        ("tags", [text[:9] + TAG + text[9:] for text in PARAGRAPHS]),
        ("look_alikes", [text.replace("的", "旳").replace("在", "恠") for text in PARAGRAPHS]),
        ("numerals", [text.replace("试点", "壹个试点") for text in PARAGRAPHS]),
        ("residue", [PARAGRAPHS[0], PARAGRAPHS[1][:9] + "\ufee9" + PARAGRAPHS[1][9:]]),
    ],
)
def test_noise_within_a_text_is_named_and_left_as_found(kind: str, lines: list[str]) -> None:
    page = read(*lines)
    assert page.noise == (kind,)
    assert tuple(block.text for block in page.blocks) == tuple(lines)


@pytest.mark.parametrize("line", [JUNK, TAG, f"{TAG} {TAG}", f"{TAG}9 l( s% E# ?1 X. ~"])
@pytest.mark.parametrize("place", range(len(PARAGRAPHS) + 1))
def test_a_line_of_noise_is_kept_out(line: str, place: int) -> None:
    page = read(*PARAGRAPHS[:place], line, *PARAGRAPHS[place:])
    assert tuple(block.text for block in page.blocks) == PARAGRAPHS
    assert page.noise


@pytest.mark.parametrize(
    "text",
    [
        "可选的型号有A, B, C, D, E, F和G。",
        "公式为a + b * c / d = e，其中a > 0。",
        '在页面里写上<b></b>，或者<div id="main">正文</div>。',
        "人民币壹佰贰拾万元整，首付壹拾万元。",
        "“旳”是“的”的异体，今已不用。",
        "他很嘚瑟，逢人便说自己的专利，嘚啵个没完。",
        "if (x) { y = z; } else { w = v; }，以上代码受著作权保护。",
        "1. A 2. B 3. C 4. D 5. E 6. F",
    ],
)
def test_honest_text_has_none(text: str) -> None:
    assert noise_in(text) == ()
    assert not is_noise(text)


PAIRS = st.tuples(st.integers(33, 59), st.integers(63, 126)).map(
    lambda pair: f"{chr(pair[0])} {chr(pair[1])}"
)


@given(st.lists(PAIRS, min_size=5, max_size=15, unique_by=lambda pair: pair[0]).map("".join))
def test_any_junk_against_copying_is_told(junk: str) -> None:
    assert noise_in(f"专利转化{junk}运用试点") == ("junk",)
    assert is_noise(junk)
