"""The forward model: determinism, what each operation does, and the places it reports."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.repair.channel import Channel, decode_piece, to_traditional
from pipelines.repair.gbk import decode_pair, encode_char
from pipelines.repair.gloss_list import LEVELS, glosses

CHINESE = st.text(alphabet=st.sampled_from("專利權。，”“！牛常海發現業（）A3<p>/的個表泉示國"), max_size=60)


@settings(deadline=None)
@given(CHINESE, st.integers(0, 5), st.sampled_from([None, *LEVELS]))
def test_same_text_and_settings_give_the_same_damage(text: str, seed: int, level: int | None) -> None:
    assert Channel(level=level, seed=seed, cut=0.5).damage(text) == Channel(
        level=level, seed=seed, cut=0.5
    ).damage(text)


@settings(deadline=None)
@given(CHINESE)
def test_without_glosses_and_cuts_only_the_script_changes(text: str) -> None:
    damaged = Channel(level=None, cut=0.0).run(text)
    assert (damaged.text, damaged.places) == (to_traditional(text), ())


@settings(deadline=None)
@given(CHINESE, st.sampled_from([None, *LEVELS]), st.sampled_from([0.0, 0.5, 1.0]))
def test_places_are_where_the_text_differs(text: str, level: int | None, cut: float) -> None:
    """A text of which no place is reported comes through whole, glosses apart."""
    damaged = Channel(level=level, cut=cut).run(text)
    if not damaged.places and not damaged.glosses:
        assert damaged.text == damaged.printed
    assert [place.printed for place in damaged.places] == sorted({place.printed for place in damaged.places})


def test_levels_are_nested() -> None:
    for lower, higher in pairwise(LEVELS):
        assert set(glosses(lower)) < set(glosses(higher))


@pytest.mark.parametrize(
    ("data", "variant", "decoded"),
    [
        ("。”".encode("gbk")[:1], 1, "?"),
        ("。”".encode("gbk")[:1], 2, ""),
        (b"\xc4\x35\xd4\xc2", 1, "?月"),
        (b"\xaa\xb1", 1, "\ue010"),
        (b"\xa9\xa1", 1, ""),
    ],
    ids=["lone lead", "lone lead, variant 2", "eaten digit", "user row", "undefined pair"],
)
def test_decoding_of_a_piece(data: bytes, variant: int, decoded: str) -> None:
    assert "".join(char for char, _, _ in decode_piece(data, 1 if variant == 1 else 2)) == decoded


@settings(deadline=None)
@given(st.integers(0x81, 0xFE), st.integers(0x40, 0xFE))
def test_codes_and_characters_are_inverse(lead: int, second: int) -> None:
    char = decode_pair(lead, second)
    if char:
        assert encode_char(char) == bytes((lead, second))


def test_ambiguous_characters_stay() -> None:
    assert to_traditional("后制并于里云采系范征") == "后制并于里云采系范征"
    assert to_traditional("吃着恩施土豆，为发展") == "吃著恩施土豆，為發展"


def test_a_tag_is_eaten_as_on_real_pages() -> None:
    assert Channel(level=None).damage("<p>值得探讨。”</p>") == "<p>值得探討?！?/p>"


def test_characters_outside_gbk_come_through() -> None:
    assert Channel(level=2).damage("表情\U0001f600和\xa0空格") == "表情\U0001f600和\xa0空格"


def test_two_seeds_cut_at_different_places() -> None:
    text = "提高水平。”会议指出，加强保护。”专家认为，服务创新。”他说。" * 5
    assert Channel(cut=0.5, seed=1).damage(text) != Channel(cut=0.5, seed=2).damage(text)
