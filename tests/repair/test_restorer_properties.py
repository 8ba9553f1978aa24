"""Properties of the restorer that hold for every text, damaged, clean or hostile."""

from __future__ import annotations

import gc
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.markup import mend_tags
from pipelines.records import LACUNA, replay
from pipelines.repair.channel import Channel, to_traditional
from pipelines.repair.restorer import Restorer, looks_damaged
from pipelines.repair.stream import restore_html, restore_text
from pipelines.text import is_figure

CLAUSES = [
    "法院认为，被告的行为构成侵权。", "“我们将加大研发投入。”公司负责人说。", "企业家们表示，保护知识产权就是保护创新。",
    "今年5月，该省首次举办品牌大赛。", "现场，专家解读了专利法。", "（3）“也应当得到允许。”", "常见的做法是申请在先。",
    "‘孺子牛’精神，值得学习。", "共查处案件120件，罚没金额35万元。", "据悉，海口市市场监管局开展了专项行动。",
]  # fmt: skip
ARTICLE = st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=6).map("".join)
CHANNELS = st.builds(
    Channel,
    level=st.sampled_from([None, 0, 1, 2, 3, 4]),
    cut=st.sampled_from([0.3, 0.7, 1.0]),
    seed=st.integers(0, 3),
    fold_width=st.booleans(),
    drop_user_rows=st.booleans(),
)
HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("?？!！，。:：()（）業yèǎ\ue010\ue1d6\ufffd\x00\n<>/p月牛專€@F□"),
        st.characters(codec="utf-16", categories=("Cs", "Cc", "Lo")),
    ),
    max_size=120,
)
RESTORER = Restorer.load()


@settings(max_examples=60, deadline=None)
@given(ARTICLE, CHANNELS)
def test_edits_replay_to_the_text(article: str, channel: Channel) -> None:
    found = channel.damage(article)
    restored = RESTORER.restore(found)
    assert replay(found, restored.edits, "article_body") == restored.text
    assert restored.lacunae == restored.text.count(LACUNA)


@settings(max_examples=30, deadline=None)
@given(st.lists(ARTICLE, min_size=1, max_size=4), CHANNELS)
def test_the_texts_of_a_page_are_restored_as_its_lines_are(articles: list[str], channel: Channel) -> None:
    found = [channel.damage(article) for article in articles]
    together = RESTORER.restore("\n".join(found)).text
    page = RESTORER.restore_page(found)
    assert [restored.text for restored in page] == together.split("\n")
    for text, restored in zip(found, page, strict=True):
        assert replay(text, restored.edits, "article_body") == restored.text


def test_what_one_damaged_text_of_a_page_tells_helps_with_another() -> None:
    """By itself 丁。 is the likelier end of a clause."""
    channel = Channel(level=None, cut=1.0, seed=1)
    told, doubtful = map(
        channel.damage, ("“我走了。”丁海，再见。丁海，本地人。", "“我都记得。”局长丁海回忆。")
    )
    alone, beside = RESTORER.restore(doubtful), RESTORER.restore_page((told, doubtful))[1]
    assert "丁海" not in alone.text
    assert "局長丁海" in beside.text


def test_he_and_she_are_left_open_on_a_page_that_has_both() -> None:
    """By the corpus alone 他 is the likelier to have spoken."""
    damaged = Channel(level=None).damage("“我们都记得。”她说，今后还会再来。")
    by_itself, beside = (
        RESTORER.restore(f"{before}\n{damaged}") for before in ("正文。", "她来了，他也来了。")
    )
    assert "”他說" in by_itself.text
    assert f"”{LACUNA}說" in beside.text
    (place,) = (edit for edit in beside.edits if edit.certainty == "lost")
    assert [rival.text for rival in place.rivals[:2]] == ["他", "她"]


@settings(max_examples=60, deadline=None)
@given(ARTICLE, CHANNELS)
def test_idempotent(article: str, channel: Channel) -> None:
    once = RESTORER.restore(channel.damage(article)).text
    assert RESTORER.restore(once).text == once


@settings(max_examples=40, deadline=None)
@given(ARTICLE, CHANNELS)
def test_no_figure_is_invented(article: str, channel: Channel) -> None:
    restored = RESTORER.restore(channel.damage(article))
    assert [e for e in restored.edits if e.certainty == "likely" and any(map(is_figure, e.after))] == []


@settings(max_examples=40, deadline=None)
@given(ARTICLE)
def test_clean_text_is_left_alone(article: str) -> None:
    for text in (article, to_traditional(article)):
        assert RESTORER.restore(text).edits == ()


@settings(max_examples=30, deadline=None)
@given(st.lists(ARTICLE, min_size=1, max_size=3), CHANNELS)
def test_the_same_for_html_and_for_its_text(articles: list[str], channel: Channel) -> None:
    page = channel.damage("".join(f"<p>{article}</p>\n" for article in articles))
    text = mend_tags(page).html.replace("<p>", "").replace("</p>", "")
    restored = restore_html(page).text.replace("<p>", "").replace("</p>", "")
    assert restored == RESTORER.restore(text).text


@settings(max_examples=40, deadline=None)
@given(ARTICLE, CHANNELS, st.integers(1, 40))
def test_the_same_in_chunks(article: str, channel: Channel, size: int) -> None:
    found = channel.damage(article)
    chunks = [found[at : at + size] for at in range(0, len(found), size)]
    pages = list(restore_text(chunks))
    assert "".join(page.text for page in pages) == RESTORER.restore(found).text
    assert replay(found, tuple(edit for page in pages for edit in page.edits), "text") == "".join(
        p.text for p in pages
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE)
def test_hostile_text_is_survived(text: str) -> None:
    restored = RESTORER.restore(text)
    assert replay(text, restored.edits, "article_body") == restored.text
    if not looks_damaged(text):
        assert restored.text == text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_as_gb18030(data: bytes) -> None:
    text = data.decode("gb18030", "replace")
    restored = RESTORER.restore(text)
    assert replay(text, restored.edits, "article_body") == restored.text


def test_damage_in_one_block_does_not_change_another() -> None:
    other = Channel().damage("“我们将加大研发投入。”公司负责人说。")
    alone = RESTORER.restore(other).text
    for neighbour in ("專利法", "?！?", "業(yè)?，F(xiàn)場", "行(xíng)", "\ue010"):
        assert RESTORER.restore(f"{neighbour}\n{other}").text.split("\n")[1] == alone


def work(text: str) -> int:
    """Lines of Python executed while a text is restored: a count, so that a busy machine does not matter."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    sys.settrace(trace)
    try:
        RESTORER.restore(text)
    finally:
        sys.settrace(None)
    return lines


@pytest.mark.parametrize(
    "unit",
    ["?", "？", "?！", "\ue010", "業(yè)", "?！牛", "(", "?yè)", "牛?！常", "<p>", "?/p>", "\x00", "\ud800"],
    ids=[
        "question",
        "wide",
        "marked",
        "private",
        "gloss",
        "runs",
        "bracket",
        "named",
        "mixed",
        "tag",
        "eaten",
        "nul",
        "surrogate",
    ],
)
def test_linear_time(unit: str) -> None:
    """Eight times the text takes no more than twelve times the work: the bound of quadratic work is
    sixty-four."""
    small, large = (work(unit * count) for count in (40, 320))
    assert large <= 12 * small + 20_000


def test_what_restoring_makes_goes_without_the_collector_of_cycles() -> None:
    """A page that held itself would wait for a full collection, which may fall on any damaged place."""
    found = Channel(level=2, seed=1).damage("".join(CLAUSES))
    RESTORER.restore(found)
    gc.collect()
    gc.disable()
    try:
        RESTORER.restore(found)
        assert not gc.isenabled()
        assert gc.collect() == 0
    finally:
        gc.enable()
    RESTORER.restore(found)
    assert gc.isenabled()
