"""Traditional to Simplified: 著 and 着, names, Simplified text, and opencc's own cases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.convert.script import detect_script
from pipelines.convert.simplify import CONVERSION, simplify
from pipelines.errors import UsageError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "opencc" / "testcases.json"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("看著", "看着"), ("沿著", "沿着"), ("接著說", "接着说"), ("著手", "着手"), ("著重", "着重"), ("穿著名牌", "穿着名牌"),
        ("看著書", "看着书"), ("慰藉著受傷的心靈", "慰藉着受伤的心灵"), ("吃著土豆長大", "吃着土豆长大"), ("執著", "执着"),
        ("著作權", "著作权"), ("顯著", "显著"), ("名著", "名著"), ("著稱", "著称"), ("著名商標", "著名商标"), ("專著", "专著"),
        ("土著", "土著"), ("編著", "编著"), ("遺著", "遗著"), ("臭名昭著", "臭名昭著"), ("著書立說", "著书立说"), ("見微知著", "见微知著"),
        ("王某著《專利法》", "王某著《专利法》"), ("（魯迅 著）", "（鲁迅 著）"), ("成效顯著，看著高興", "成效显著，看着高兴"),
    ],
)  # fmt: skip
def test_zhu_and_zhe(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("魏徵與文徵明", "魏徵与文徵明"), ("畢昇發明活字印刷", "毕昇发明活字印刷"), ("乾隆年間", "乾隆年间"), ("朱鎔基", "朱镕基"),
        ("錢鍾書", "钱锺书"), ("張棟樑", "张栋梁"), ("於可訓", "於可训"), ("鍾馗", "锺馗"), ("范仲淹與余光中", "范仲淹与余光中"),
        ("后海里云采制", "后海里云采制"), ("頭髮與發展", "头发与发展"), ("乾縣", "乾县"),
    ],
)  # fmt: skip
def test_names_and_ambiguous_characters(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


@pytest.mark.parametrize(
    "text",
    [
        "成效显著的著作",
        "乾县樊於期的著述",
        "陶喆、瞭望塔、慰藉",
        "这是名著，看着就喜欢",
        "IP5 abc 123",
        "",
        "藉以说明",
    ],
)
def test_simplified_text_is_untouched(text: str) -> None:
    assert simplify(text) == text


def test_a_quoted_title_in_simplified_text() -> None:
    assert simplify("这本书叫《後漢書》，是名著，记载显著。") == "这本书叫《后汉书》，是名著，记载显著。"


@settings(deadline=None)
@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("著着顯显乾於看書书作名發髮后後這个個《 "),
            st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        ),
        max_size=40,
    )
)
def test_idempotent_and_of_one_length(text: str) -> None:
    once = simplify(text)
    assert len(once) == len(text)
    assert simplify(once) == once


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("智慧財產權", "zh-Hant"),
        ("知识产权", "zh-Hans"),
        ("著作", None),
        ("abc 123", None),
        ("これは日本語の発明です、見て", None),
    ],
)
def test_detect_script(text: str, script: str | None) -> None:
    assert detect_script(text) == script


def test_unknown_configuration_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="t2s, tw2s, hk2s"):
        simplify("專利", configuration="tw2sp")


def test_the_name_of_the_conversion_tells_versions() -> None:
    assert re.fullmatch(r"opencc-[\d.]+/t2s\+rules-\d+", CONVERSION)


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared: opencc's own cases are not at hand")
@pytest.mark.parametrize("configuration", ["t2s", "tw2s", "hk2s"])
def test_own_cases_of_opencc(configuration: str) -> None:
    """All but what a rule of ours changes on purpose: 慰藉著 keeps 著 in opencc's t2s."""
    lines = (line for line in SHARED.read_text("utf-8").splitlines() if not line.lstrip().startswith("//"))
    cases = json.loads(re.sub(r",(\s*[}\]])", r"\1", "\n".join(lines)))["cases"]
    wanted = [
        (case["input"], case["expected"][configuration])
        for case in cases
        if configuration in case["expected"]
    ]
    got = [(given, simplify(given, configuration=configuration)) for given, _ in wanted]
    assert len(wanted) > 20
    assert [
        pair for pair, right in zip(got, wanted, strict=True) if pair != right and "慰藉著" not in pair[0]
    ] == []
