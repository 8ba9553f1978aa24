"""The fast gate against the pattern it was taken apart from."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.repair.blocks import TRIGGER, looks_damaged, silent_trigger


@settings(deadline=None)
@given(st.text(alphabet="?？!！，。(（)）yèǎ 專a焙觽⒆", max_size=30))
def test_gate_opens_wherever_a_place_can_begin(text: str) -> None:
    assert looks_damaged(text) == any(pattern.search(text) for pattern in (TRIGGER, silent_trigger()))
