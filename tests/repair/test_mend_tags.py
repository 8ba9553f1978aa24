"""Eaten tags are mended, and nothing that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.markup import eaten_tags, mend_tags
from pipelines.records import replay


@pytest.mark.parametrize(
    ("found", "mended"),
    [
        ("探討?！?/span>", "探討?！?</span>"),
        ("策略?！?br/>下", "策略?！?<br/>下"),
        ("好?！?/p><p>好", "好?！?</p><p>好"),
        ("說?！?p class='x'>", "說?！?<p class='x'>"),
        ("好！/p>", "好！</p>"),
    ],
)
def test_eaten(found: str, mended: str) -> None:
    assert mend_tags(found).html == mended


@pytest.mark.parametrize(
    "html",
    [
        "<a href=list?p>x</a>",
        '<a href="?/p>">x</a>',
        "<script>s='好?/p>';</script>",
        "<style>/*?/p>*/</style>",
        "<!-- 好?/p> -->",
        "a?b>c",
        "真的吗?</p>",
        "1?p>2",
        "",
    ],
)
def test_left_alone(html: str) -> None:
    assert mend_tags(html).html == html


@settings(deadline=None)
@given(st.text(alphabet="好?/p>br<!-scriptle 。！", max_size=60))
def test_replays_and_is_idempotent(html: str) -> None:
    mended = mend_tags(html)
    assert replay(html, mended.edits, "html") == mended.html
    assert [mended.html[at] for at in eaten_tags(mended.html)] == []
