"""The proof accepts what the channel makes of a text, and nothing that it cannot make."""

from __future__ import annotations

import tomllib
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.convert.simplify import simplify
from pipelines.records import LACUNA, Rival
from pipelines.repair.channel import MARKS, Channel, decode_piece
from pipelines.repair.proof import MOST_CHARACTERS, prove
from pipelines.text import fold_width

CASES = tomllib.loads((Path(__file__).with_name("cases") / "in_the_wild.toml").read_text("utf-8"))["case"]
SENTENCES = [
    "法院认为，被告构成侵权。", "“我们将加大投入。”公司负责人说。", "他低着头说。", "最多的一次，一个40万行的产品。",
    "今年5月，该省首次举办。", "现场，专家解读了专利法。", "“海……还没进门，（3）“也应当允许。”", "牛××、海××、白埃。",
    "”蔺守拙说，“可是”", "累计注册以地理标志作为", "会不会不正当地占用公共资源。“可以", "《指引》第十四条，指出",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map("".join)
CHANNELS = st.builds(
    Channel,
    level=st.sampled_from([None, 0, 1, 2, 3, 4]),
    cut=st.sampled_from([0.3, 0.7, 1.0]),
    seed=st.integers(0, 50),
    fold_width=st.booleans(),
    drop_user_rows=st.booleans(),
    gloss_blank=st.booleans(),
)
SILENT = st.builds(
    Channel, level=st.none(), cut=st.sampled_from([0.3, 1.0]), seed=st.integers(0, 50), variant=st.just(2)
)


def known(text: str) -> list[tuple[Rival, ...]]:
    return [(Rival(char, 0.0),) for char in text]


def proven(found: str, text: str) -> str:
    return "".join(place[0].text for place in prove(found, known(text)))


@pytest.mark.parametrize("case", [c for c in CASES if LACUNA not in c["printed"]], ids=lambda c: c["found"])
def test_real_spans_are_what_becomes_of_their_print(case: dict[str, str]) -> None:
    printed = simplify(case["printed"])
    if fold_width(case["found"]) == fold_width(case["printed"]):
        pytest.fail("nothing is damaged in this case")
    assert fold_width(proven(case["found"], printed)) == fold_width(printed)
    for at, char in enumerate(printed):
        other = "龙" if char != "龙" else "虎"
        assert proven(case["found"], printed[:at] + other + printed[at + 1 :]) == ""


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.one_of(CHANNELS, SILENT))
def test_whatever_the_channel_does_is_proven(text: str, channel: Channel) -> None:
    damaged = channel.run(text)
    expected = text if fold_width(damaged.text) != fold_width(text) else ""
    # Glosses are no damage that needs a proof.
    if damaged.places:
        assert fold_width(proven(damaged.text, text)) == fold_width(expected)


@pytest.mark.parametrize(("printed", "fits"), [("册", True), ("的", False), ("重", False)])
def test_a_gloss_that_ate_its_bracket_says_how_its_character_is_read(printed: str, fits: bool) -> None:
    """D7A2 of 注 gives A2 to a pair that is nothing; what ends in the lone byte is read cè."""
    assert (proven("(dāng)?shù)乩塾嬜?cè)", f"地累计注{printed}") != "") is fits


def all_damage(printed: str) -> set[str]:
    """Slow and obvious: every set of cuts before mark codes, at any offset, decoded piece by piece."""
    data = printed.encode("gbk")
    codes = [mark.encode("gbk") for mark in MARKS]
    places = [at for at in range(1, len(data)) if data[at : at + 2] in codes]
    found = set()
    for size in range(len(places) + 1):
        for cuts in combinations(places, size):
            pieces = pairwise([0, *cuts, len(data)])
            found.add("".join(unit[0] for i, j in pieces for unit in decode_piece(data[i:j])))
    return found


def forms() -> dict[str, list[str]]:
    """Every character of GBK by its Simplified form."""
    found: dict[str, list[str]] = {}
    for code in range(0x4E00, 0x9FA6):
        found.setdefault(simplify(chr(code)), []).append(chr(code))
    return found


@pytest.mark.parametrize(
    ("text", "at"),
    [("很多。“彭泉表示，“近年", 7), ("很多人都知道。“該", 6), ("很多人都知道。“該", 5), ("常見。現場", 2)],
)
def test_the_readings_left_are_those_that_the_channel_allows(text: str, at: int) -> None:
    """A thousand characters at one place, against every way of cutting."""
    written = forms() | {mark: [mark] for mark in "，。”“（"}
    asked = [char for number, char in enumerate(written) if number % 7 == 0] + list("示道。“校海可看很，")
    founds = {found for found in all_damage(text) if "?" in found}
    assert founds
    damage = {
        char: set().union(*(all_damage(text[:at] + form + text[at + 1 :]) for form in written[char]))
        for char in asked
    }
    for found in founds:
        left: set[str] = set()
        for start in range(0, len(asked), 100):
            places = known(simplify(text))
            places[at] = tuple(Rival(char, 0.0) for char in asked[start : start + 100])
            left |= {rival.text for place in prove(found, places)[at : at + 1] for rival in place}
        assert left == {char for char in asked if found in damage[char]}


def test_an_eaten_figure_stays_open() -> None:
    (found,) = [found for found in all_damage("很多。“今年5月") if "?月" in found]
    digits = tuple(Rival(digit, -float(digit)) for digit in "0123456789")
    places = [*known("很多。“今年"), digits, *known("月")]
    assert {rival.text for rival in prove(found, places)[6]} == set("0123456789")


def test_scores_are_shares_of_what_is_left() -> None:
    (*_, last, _) = prove(
        "?！迸砣硎?，", [*known("。”彭泉表"), (Rival("示", 0.0), Rival("人", 9.0)), *known("，")]
    )
    assert last == (Rival("示", 0.0),)
    readings = tuple(Rival(char, score) for char, score in zip("示士事", (-0.5, -2.0, -1.0), strict=True))
    (*_, last, _) = prove("?！迸砣硎?，", [*known("。”彭泉表"), readings, *known("，")])
    assert [rival.text for rival in last] == ["示", "事", "士"]
    assert sum(pow(2.718281828459045, rival.score) for rival in last) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("found", "printed"),
    [
        ("什么?！", "什么？！"),
        ("是嗎？，對嗎", "是吗？，对吗"),
        ("?關", "海关"),
        ("武漢(hàn)市", "武汉市"),
        ("", ""),
        ("?！", ""),
        ("", "。”"),
        ("\ud800?！", "校”"),
        ("?！" * MOST_CHARACTERS, "。“" * MOST_CHARACTERS),
    ],
)
def test_what_is_no_damage_or_no_text_proves_nothing(found: str, printed: str) -> None:
    assert prove(found, known(printed)) == () or simplify(found) != found
    assert proven(found, printed) in ("", printed)


@pytest.mark.parametrize("found", ["?！", "?", "！", "\ue010", "€", "\0"])
def test_hostile_text_is_given_up(found: str) -> None:
    """Without a bound on the work these take minutes: nearly everything may stand for nearly everything."""
    anything = tuple(Rival(char, 0.0) for char in "“，。？！：；、（）…—啊阿埃挨哎唉哀皑癌蔼矮")
    assert prove(found * (MOST_CHARACTERS // len(found)), [anything] * 200) == ()


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="?？!！，。:：()（）業yèǎ\ue010\ue1d6\ufffd\x00\n<>/p月牛專€@F□\ud800", max_size=80),
    st.text(alphabet="?！，。“”海牛\n\x00\ud8005（）a□", max_size=40),
)
def test_any_text_is_judged(found: str, printed: str) -> None:
    assert fold_width(proven(found, printed)) in ("", fold_width(printed))
