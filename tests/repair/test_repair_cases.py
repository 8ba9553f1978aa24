"""The case files: what was seen, what was made, what must be left alone, and what is known to fail."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.records import LACUNA, replay
from pipelines.repair.channel import Channel, to_traditional
from pipelines.repair.restorer import Restorer

CASES = Path(__file__).with_name("cases")


def load(name: str) -> Any:
    return tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))


def channel(case: dict[str, Any]) -> Channel:
    level = case.get("level", 2)
    settings = {
        key: case[key]
        for key in ("cut", "fold_width", "drop_user_rows", "gloss_blank", "converts")
        if key in case
    }
    return Channel(level=None if level < 0 else level, **settings)


@pytest.mark.parametrize("case", load("in_the_wild")["case"], ids=lambda case: case["printed"])
def test_in_the_wild(case: dict[str, str]) -> None:
    assert Restorer.load().restore(case["found"]).text == case["printed"]


@pytest.mark.parametrize("case", load("made_otherwise")["case"], ids=lambda case: case["name"])
def test_damage_that_the_forward_model_does_not_make(case: dict[str, str]) -> None:
    restored = Restorer.load().restore(case["found"])
    assert restored.text == case["printed"]
    assert replay(case["found"], restored.edits, "article_body") == restored.text
    assert Restorer.load().restore(restored.text).text == restored.text


@pytest.mark.parametrize("case", load("synthetic")["case"], ids=lambda case: case["name"])
def test_synthetic(case: dict[str, Any]) -> None:
    found = channel(case).damage(case["text"])
    assert found not in (case["text"], to_traditional(case["text"])), "the case damages nothing"
    restored = Restorer.load().restore(found)
    assert restored.text == case["restored"]
    assert replay(found, restored.edits, "article_body") == restored.text


@pytest.mark.parametrize("text", load("left_alone")["cases"])
def test_left_alone(text: str) -> None:
    restored = Restorer.load().restore(text)
    assert (restored.text, restored.edits) == (text, ())


@pytest.mark.parametrize("case", load("known_failures")["case"], ids=lambda case: case["printed"])
def test_known_failures_still_fail(case: dict[str, str]) -> None:
    """A failure that is cured must move to another pile, so this pile tells the truth."""
    assert Restorer.load().restore(case["found"]).text != case["printed"]


def test_twin_of_the_seed_page() -> None:
    """Our own page with the byte accidents of the real seed page: level 0, width folded, user rows shown."""
    text = (CASES / "seed_twin.txt").read_text("utf-8")
    damaged = Channel(level=0, fold_width=True, drop_user_rows=False).run(text)
    for accident in ("?!", "斑@", "硎?", "苯衲?月", "F(xiàn)", "請?zhí)峁┫嚓P", "\ue010", "\ue1d6"):
        assert accident in damaged.text
    restored = Restorer.load().restore(damaged.text)
    expected = to_traditional(text).replace("今年6月", f"今年{LACUNA}月")
    assert restored.text.replace("，", ",") == expected.replace("，", ",")
    assert restored.lacunae == 1


def test_the_forward_model_gives_the_spans_seen() -> None:
    """Most spans come out of the forward model to the letter; the rest need settings of their site."""
    printed = {
        "打专利战": "打?qū)＠麘?zhàn)", "应当得到允许": "應(yīng)當(dāng)?shù)玫皆试S", "　（3）“也": "?。?）“也",
        "内容。”我国专利": "內(nèi)容?！蔽覈?guó)專利", "探讨。”</span>": "探討?！?/span>", "策略。”<br/>": "策略?！?br/>",
        "申请在先的商标": "申請?jiān)谙鹊纳虡?biāo)", "市场。纵观全球": "市場?？v觀全球", "材料。滑动轴承": "材料?；瑒虞S承",
        "赔偿的倍数调整": "賠償?shù)谋稊?shù)調(diào)整", "能够实现该": "能夠?qū)崿F(xiàn)該", "请提供相关": "請?zhí)峁┫嚓P",
    }  # fmt: skip
    made = {text: {Channel(level=level).damage(text) for level in (None, *range(5))} for text in printed}
    assert [text for text, found in printed.items() if found not in made[text]] == []
