"""The fast gate against the pattern it was taken apart from; what of a text counts as whole."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.repair.blocks import TRIGGER, looks_damaged, silent_trigger, undamaged


@settings(deadline=None)
@given(st.text(alphabet="?？!！，。(（)）yèǎ 專a焙觽⒆", max_size=30))
def test_gate_opens_wherever_a_place_can_begin(text: str) -> None:
    assert looks_damaged(text) == any(pattern.search(text) for pattern in (TRIGGER, silent_trigger()))


def test_a_run_that_goes_on_behind_a_mark_is_not_whole() -> None:
    found = "雙擊標題即可?？炕蛉∠？俊笇Ш健埂笜邮健辜捌渌，另一處仍可點擊。其他照舊。"
    (whole,) = undamaged((found,), silent=False)
    assert whole.split() == ["雙擊標", "，另一處仍可點擊。其他照舊。"]
