"""What copies prove: their text, damaged as mirrors do, is what the page shows. Copies made by the channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.copies_texts import made_article
from bench.edition_cases import Copy, read_copy
from bench.eval_editions import edition_of
from pipelines.convert.simplify import simplify
from pipelines.dedupe.doubts import Doubt, doubts_of
from pipelines.dedupe.found import NOTHING_FOUND, Found, found_of, joined, left_damaged
from pipelines.records import LACUNA, Article, Certainty, Edit, replay
from pipelines.repair.channel import Channel
from pipelines.text import fold_width

BEFORE, BEHIND = "知识产权保护工作会议昨天在江城召开", "与会代表对此展开了热烈的讨论。"


def whole(text: str, host: str = "whole.test") -> Article:
    return made_article(f"https://{host}/1.html", "会议", text)


def settled(base: Article, *others: Article) -> str:
    text, edits = edition_of([base, *others])
    assert replay(base.article_body, edits, "edition_body") == text
    assert all(edit.certainty == "witnessed" and edit.before != edit.after for edit in edits)
    assert all({*(edit.witness or "").split(",")} <= {other.id for other in others} for edit in edits)
    return text


@pytest.mark.parametrize(
    "place",
    [
        "，大家抢着来测。”召罕说，合格的陶器，",  # a pair vanished: one character reads as two
        "，当地累计注册以地理标志作为证明，",  # ... and two as one, each byte of it `exact`
        "，来源不明的歌。《指引》第十四条指出，",
        "，他做了树脂的“春牛”，一只卖39.9元。",
        "，“最多的一次，一个40万行的产品里。”",
        "，“让专利走出学校”——访江城理工大学，",  # a run that repair could not read
        "，写着三个名字：牛××、海××、白埃。“该",
        "。“今年5月，”他说，“有3批、6件。”",
        "，会不会不正当地占用公共资源。“可以",
        "。“采用新方法，”他低着头说。快递来了，",
    ],
)
@pytest.mark.parametrize("level", [None, 4])
def test_a_whole_copy_gives_the_print_whatever_became_of_it(place: str, level: int | None) -> None:
    text = BEFORE + place + BEHIND
    base = read_copy(text, Channel(level=level, cut=1.0))
    assert base.article.article_body_raw != text
    assert fold_width(settled(base.article, whole(text))) == fold_width(text)


@pytest.mark.parametrize("certainty", ["likely", "exact"])
def test_what_repair_read_wrongly_is_set_right_however_certain_it_was(certainty: Certainty) -> None:
    text = f"{BEFORE}，截至季度末，当地累计注册以地理标志作为证明商标，{BEHIND}"
    base = read_copy(text, Channel(level=2, cut=1.0)).article
    edits = tuple(replace(edit, certainty=certainty) for edit in base.edits)
    assert base.article_body != text
    assert settled(replace(base, edits=edits), whole(text)) == text


def damaged_at(text: str, at: int, family: str) -> Iterator[Copy]:
    """Copies that lost that byte of a character and show a lacuna for it."""
    for seed in range(200):
        copy = read_copy(text, Channel(level=None, cut=0.5, seed=1000 * seed), seed)
        if copy.families.get(at) == family and LACUNA in copy.article.article_body:
            yield copy


def test_two_copies_that_lost_one_half_each_have_the_whole_character() -> None:
    text = f"{BEFORE}。“大字专。“{BEHIND}"
    at = text.index("专")
    last, first = next(damaged_at(text, at, "last")), next(damaged_at(text, at, "first"))
    both = [settled(last.article, first.article), settled(first.article, last.article)]
    assert [fold_width(edition) for edition in both] == [fold_width(text)] * 2


def test_a_figure_that_every_copy_lost_stays_lost() -> None:
    text = f"{BEFORE}。“今年5月，”他说，“有所增长。”{BEHIND}"
    at = text.index("5")
    copies = list(damaged_at(text, at, "eaten"))[:3]
    assert len({copy.article.article_body_raw for copy in copies}) > 1
    assert LACUNA in settled(*(copy.article for copy in copies))
    assert "5" not in settled(*(copy.article for copy in copies))
    assert settled(copies[0].article, copies[1].article, whole(text)) == text


def test_whole_copies_that_differ_in_an_eaten_figure_settle_nothing() -> None:
    text = f"{BEFORE}。“今年5月，”他说，“有所增长。”{BEHIND}"
    base = next(damaged_at(text, text.index("5"), "eaten")).article
    other = whole(text.replace("5", "6"), "other.test")
    assert LACUNA in settled(base, whole(text), other)
    assert settled(base, whole(text), other, whole(text.replace("产权保护", "产权的保护"), "c.test")) == text


def test_another_edition_does_not_change_what_repair_chose() -> None:
    """The other character is as long, undamaged and in step, but its bytes are not those on the page."""
    text = f"{BEFORE}。“路还很长，”他说，“但是值得。”{BEHIND}"
    copies = (read_copy(text, Channel(level=None, cut=0.5, seed=1000 * seed)) for seed in range(40))
    base = next(
        copy.article for copy in copies if copy.article.article_body == text and _likely(copy.article)
    )
    for doubt in _likely(base):
        revised = text[: doubt.start] + "另" + text[doubt.end :]
        assert settled(base, whole(revised)) == text


def _likely(article: Article) -> list[Doubt]:
    return [doubt for doubt in doubts_of(article, simplify) if not doubt.lost]


def test_what_another_copy_shows_unread_is_never_taken() -> None:
    text = f"{BEFORE}。“让专利走出学校。“{BEHIND}"
    base = read_copy(text, Channel(level=None, cut=1.0)).article
    unread = whole(base.article_body_raw, "unread.test")
    assert settled(base, unread) == base.article_body


def test_the_same_damage_in_another_width_and_at_another_level_says_nothing_new() -> None:
    text = f"{BEFORE}。“路还很长，”他说，“但是值得。”{BEHIND}"
    base = read_copy(text, Channel(level=None, cut=1.0)).article
    for level, fold in [(None, True), (4, False), (4, True)]:
        other = read_copy(text, Channel(level=level, cut=1.0, fold_width=fold), 1).article
        changed = settled(base, other)
        assert changed.count(LACUNA) == base.article_body.count(LACUNA)


SENTENCES = st.sampled_from(
    [
        "法院认为，被告构成侵权。“", "”公司负责人说。", "“海……还没进门，（3）“也应当允许。”", "他低着头说。",
        "今年5月，该省首次举办。", "牛××、海××、白埃。", "最多的一次，一个40万行的产品。", "《指引》第十四条，指出",
    ]
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(SENTENCES, min_size=2, max_size=5).map("".join), st.integers(0, 10**6))
def test_the_order_of_copies_does_not_matter(text: str, seed: int) -> None:
    text = BEFORE + text + BEHIND
    copies = [
        read_copy(text, Channel(level=level, cut=0.5, seed=1000 * (seed + number)), number).article
        for number, level in enumerate((2, None, 4, 0))
    ]
    base, *others = copies
    (only,) = {edition_of([base, *order]) for order in permutations(others)}
    assert only[0] == settled(base, *others)
    doubled = [replace(other, id=f"{number:032}") for number, other in enumerate(others)]
    assert settled(base, *others, *doubled) == only[0]


@settings(max_examples=25, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=4).map("".join), st.integers(0, 10**6))
def test_only_damaged_places_change(text: str, seed: int) -> None:
    """A revised copy changes nothing that stands on the page as it was printed."""
    text = BEFORE + text + BEHIND
    base = read_copy(text, Channel(level=None, cut=0.5, seed=1000 * seed)).article
    revised = text.replace("的", "之").replace("说", "表示").replace("知识", "智慧")
    other = read_copy(revised, Channel(level=2, cut=0.5, seed=1000 * seed + 500), 1).article
    _, edits = edition_of([base, other])
    found = found_of(base)
    touched = {
        at for start, end in [*found.runs, *left_damaged(base.article_body)] for at in range(start, end + 1)
    }
    for edit in edits:
        assert touched & set(range(edit.start - 1, edit.start + len(edit.before) + 1))


# The text beside the page's text as found: against doing it character by character.

EDITS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=6
)


def built(pieces: Sequence[tuple[int, int, int, bool]]) -> tuple[Article, list[int | None]]:
    """An article, and for each character of its body the one of the raw text that it is (None: put in)."""
    raw, body = "", ""
    origin: list[int | None] = []
    edits: list[Edit] = []
    for kept, before, after, gloss in pieces:
        for _ in range(kept):
            origin.append(len(raw))
            raw, body = raw + chr(0x4E00 + len(raw)), body + chr(0x4E00 + len(raw))
        old = "".join(chr(0x4E00 + len(raw) + n) for n in range(before))
        new = "" if gloss else "新" * after
        if old or new:
            edits.append(Edit("article_body", len(raw), old, new, "gloss" if gloss else "slip", "exact"))
        raw, body, origin = raw + old, body + new, origin + [None] * len(new)
    return made_article("https://a.test/1", "题", body, raw=raw, edits=tuple(edits)), origin


@given(EDITS)
def test_found_is_what_stands_between_unchanged_characters(pieces: list[tuple[int, int, int, bool]]) -> None:
    article, origin = built(pieces)
    found = found_of(article)
    kept = [at for at, source in enumerate(origin) if source is not None]
    for first in kept:
        for last in kept:
            if last > first:
                one, other = origin[first], origin[last]
                assert one is not None
                assert other is not None
                between = found.between(first + 1, last)
                assert between == article.article_body_raw[one + 1 : other]
    inside = {at for start, end in found.runs for at in range(start, end)}
    assert inside == {at for at, source in enumerate(origin) if source is None}


@given(st.lists(EDITS, min_size=1, max_size=3), st.integers(0, 8), st.integers(0, 6))
def test_found_of_joined_parts_without_furniture(
    parts: list[list[tuple[int, int, int, bool]]], start: int, length: int
) -> None:
    pieces, text = [], []
    for part in parts:
        article, _ = built(part)
        body = article.article_body
        gone = [(start, min(start + length, len(body)))] if start < len(body) and length else []
        cut = body[: gone[0][0]] + body[gone[0][1] :] if gone else body
        pieces.append((found_of(article).without(gone), len(cut)))
        text.append(cut)
    whole_text, found = "\n".join(text), joined(pieces)
    for kept in found.kept:
        assert found.text[kept.found : kept.found + kept.length] == whole_text[kept.start : kept.end]
    for first, last in found.runs:
        assert set(whole_text[first:last]) <= {"新"}


def test_edits_of_another_text_find_nothing() -> None:
    edit = Edit("article_body", 0, "?", "海", "slip", "likely")
    assert (
        found_of(made_article("https://a.test/1", "题", "海关", raw="?關了", edits=(edit,))) == NOTHING_FOUND
    )
    assert Found() == NOTHING_FOUND
    assert NOTHING_FOUND.between(0, 1) is None
