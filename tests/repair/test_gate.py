"""The fast gate against the pattern it was taken apart from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.repair.blocks import TRIGGER, looks_damaged


@given(st.text(alphabet="?？!！，。(（)）yèǎ 專a", max_size=30))
def test_gate_opens_wherever_a_place_can_begin(text: str) -> None:
    assert looks_damaged(text) == (TRIGGER.search(text) is not None)
