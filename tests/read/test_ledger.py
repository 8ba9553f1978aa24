"""The ledger: edits fit the joined text, and an excerpt replays to the stretch it was cut for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.ledger import Ledger, Part, excerpt
from pipelines.records import Edit, replay

TEXTS = st.text("甲乙丙", max_size=12)


@st.composite
def parts(draw: st.DrawFn) -> tuple[Part, str]:
    """A found text with edits, and its repaired form."""
    found = draw(TEXTS)
    edits, position = [], 0
    for start in sorted(draw(st.sets(st.integers(0, 12), max_size=4))):
        if position <= start <= len(found):
            before = found[start : start + draw(st.integers(0, 3))]
            edits.append(Edit("x", start, before, draw(st.text("子丑", max_size=3)), "test", "exact"))
            position = start + len(before) + 1
    return Part(found, tuple(edits)), replay(found, tuple(edits), "x")


@given(st.lists(parts(), max_size=4))
def test_edits_fit_the_joined_text(noted: list[tuple[Part, str]]) -> None:
    ledger = Ledger()
    for part, repaired in noted:
        assert ledger.note("body", part.found, repaired, part.edits) == repaired
    joined = "\n".join(repaired for _, repaired in noted)
    assert replay(ledger.found("body"), ledger.edits("body"), "body") == joined


@given(parts(), st.integers(0, 14), st.integers(0, 14))
def test_an_excerpt_replays_to_its_stretch(noted: tuple[Part, str], start: int, length: int) -> None:
    part, repaired = noted
    stretch = repaired[start : start + length]
    cut = excerpt(part, start, start + len(stretch))
    if cut is not None and stretch:
        found, edits = cut
        assert replay(found, edits, "headline") == stretch


def test_a_border_inside_an_edit_is_refused() -> None:
    part = Part("甲?乙", (Edit("x", 1, "?", "子丑", "test", "exact"),))
    assert excerpt(part, 2, 4) is None
    assert excerpt(part, 1, 3) == ("?", (Edit("headline", 0, "?", "子丑", "test", "exact"),))


def test_an_unedited_stretch_is_itself() -> None:
    assert excerpt(Part("甲乙丙", ()), 1, 2) == ("乙", ())
