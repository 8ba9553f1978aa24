"""Composition of edits against replaying one pass after the other."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.records import Edit, replay
from pipelines.repair.compose import compose


@st.composite
def edits_over(draw: st.DrawFn, text: str) -> tuple[Edit, ...]:
    edits, position = [], 0
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(position, len(text)))
        end = draw(st.integers(start, min(len(text), start + 3)))
        after = draw(st.text(alphabet="專利權", max_size=3))
        if text[start:end] or after:
            edits.append(Edit("body", start, text[start:end], after, "slip", "exact"))
            position = end + 1
        if position > len(text):
            break
    return tuple(edits)


@settings(deadline=None)
@given(st.data(), st.text(alphabet="abcdef", max_size=12))
def test_composed_edits_do_what_both_passes_do(data: st.DataObject, text: str) -> None:
    first = data.draw(edits_over(text))
    between = replay(text, first, "body")
    second = data.draw(edits_over(between))
    composed = tuple(compose(text, first, second))
    assert replay(text, composed, "body") == replay(between, second, "body")
