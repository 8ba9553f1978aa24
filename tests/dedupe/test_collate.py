"""Editions: what one copy lost another has; nothing else changes; the order of copies does not matter."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.copies_texts import damaged, made_article, stories
from pipelines.convert.simplify import simplify
from pipelines.dedupe.collate import collate
from pipelines.dedupe.doubts import Doubt, doubts_of
from pipelines.dedupe.edition import damage_of, edition, part_of, text_key, witness_of
from pipelines.dedupe.match import comparable
from pipelines.dedupe.witness import Witness
from pipelines.records import Article, Edit, Rival, replay
from pipelines.repair.proof import prove

PRINTED = "去年12月，江城海关查获3批侵权货物，共计450件，案值18万元。企业负责人说，维权的路还很长，但是值得。"


def article(url: str, body: str, *edits: Edit, raw: str = "") -> Article:
    return made_article(f"https://{url}", "海关查获侵权货物", body, raw=raw or body, edits=edits)


def lost(body: str, at: int, *rivals: str) -> Article:
    """A page on which the character at `at` is lost."""
    shown = body[:at] + "?" + body[at + 1 :]
    scores = tuple(Rival(text, -float(i)) for i, text in enumerate(rivals))
    edit = Edit("article_body", at, "?", "□", "slip", "lost", scores)
    return article(f"m{at}.test/{len(rivals)}.html", body[:at] + "□" + body[at + 1 :], edit, raw=shown)


def likely(body: str, at: int, chosen: str, *rivals: str, host: str = "l") -> Article:
    """A page on which repair chose a character."""
    shown = body[:at] + "?" + body[at + 1 :]
    scores = tuple(Rival(text, -1.0 - i) for i, text in enumerate(rivals))
    edit = Edit("article_body", at, "?", chosen, "slip", "likely", scores)
    return article(f"{host}{at}.test/1.html", body[:at] + chosen + body[at + 1 :], edit, raw=shown)


def edited(base: Article, *others: Article) -> tuple[str, tuple[Edit, ...]]:
    part = (part_of(base, frozenset()),)
    witnesses = [witness_of((part_of(other, frozenset()),), simplify) for other in others]
    results = []
    for seed in range(3):
        random.Random(seed).shuffle(witnesses)
        results.append(edition(part, witness_of(part, simplify), witnesses, prove))
    assert results[0] == results[1] == results[2]
    text, edits = results[0]
    assert replay(base.article_body, edits, "edition_body") == text
    return text, edits


def test_an_eaten_digit_comes_back_from_a_copy_that_has_it() -> None:
    at = PRINTED.index("3批")
    text, (edit,) = edited(lost(PRINTED, at), article("b.test/1.html", PRINTED))
    assert text == PRINTED
    assert (edit.before, edit.after, edit.certainty, edit.step) == ("□", "3", "witnessed", "collate")
    assert edit.witness == article("b.test/1.html", PRINTED).id


def test_no_copy_has_it_no_digit() -> None:
    base = lost(PRINTED, PRINTED.index("3批"))
    assert edited(base) == (base.article_body, ())
    also = replace(lost(PRINTED, PRINTED.index("3批"), "3"), url="https://z.test/9.html")
    assert edited(base, also)[1] == ()


def test_two_damaged_copies_repair_each_other() -> None:
    one, other = lost(PRINTED, 5), lost(PRINTED, 20)
    assert edited(one, other)[0] == edited(other, one)[0] == PRINTED


def test_undamaged_wording_is_never_replaced() -> None:
    base = lost(PRINTED, 5)
    revised = PRINTED.replace("企业负责人说", "公司老板表示").replace("450件", "460件")
    assert edited(base, article("b.test/1.html", revised))[0] == PRINTED
    clean = article("a.test/1.html", PRINTED)
    assert edited(clean, article("b.test/1.html", revised), article("c.test/1.html", revised)) == (
        PRINTED,
        (),
    )


def test_a_place_that_was_reworded_settles_nothing() -> None:
    at = PRINTED.index("维权")
    base = lost(PRINTED, at)
    other = article("b.test/1.html", PRINTED.replace("维权的路还很长", "打官司既费时又费钱"))
    assert edited(base, other)[1] == ()


def test_a_chosen_reading_gives_way_to_a_copy_and_stays_as_a_rival() -> None:
    at = PRINTED.index("长，")
    text, (edit,) = edited(likely(PRINTED, at, "远", "长", "多"), article("b.test/1.html", PRINTED))
    assert text == PRINTED
    assert [rival.text for rival in edit.rivals] == ["远", "多"]


def test_exact_places_stay() -> None:
    shown = PRINTED.replace("海关", "?關")
    edit = Edit("article_body", shown.index("?"), "?", "海", "slip", "exact")
    base = article("a.test/1.html", PRINTED.replace("海关", "海关"), edit, raw=shown)
    assert edited(base, article("b.test/1.html", PRINTED.replace("海关", "边关")))[1] == ()


def test_copies_with_the_same_damage_are_one_witness() -> None:
    at = PRINTED.index("长，")
    base = lost(PRINTED, at)
    wrong = [likely(PRINTED.replace("值得", "值"), 3, "1", host=f"w{i}-") for i in range(3)]
    assert len({damage_of(copy) for copy in wrong}) == 1
    views = [witness_of((part_of(copy, frozenset()),), simplify) for copy in wrong]
    own = witness_of((part_of(base, frozenset()),), simplify)
    (edit,) = collate(own, views, prove)
    assert edit.witness is not None
    assert edit.witness.count(",") == 0
    same = [replace(own, id=f"x{i}", text=own.text.replace("□", "远"), doubts=()) for i in range(3)]
    assert collate(own, same, prove) == ()


def test_the_more_copies_have_it_the_more_it_counts() -> None:
    base = Witness("base", PRINTED.replace("450", "45□"), (Doubt(24, 25, "?", True, ()),))
    at = base.text.index("□")
    base = replace(base, doubts=(Doubt(at, at + 1, "?", True, ()),))
    few, many = (Witness(f"w{digit}", PRINTED.replace("450", f"45{digit}"), (), None, 1) for digit in "07")
    assert collate(base, [few, many], prove) == ()
    (edit,) = collate(base, [few, replace(many, weight=2)], prove)
    assert edit.after == "7"


def test_copies_damaged_at_one_place_in_different_ways_settle_it_together() -> None:
    at = PRINTED.index("长，")
    base = lost(PRINTED, at, "好", "长", "久")
    other = likely(PRINTED, at, "长", "常", "场")
    other = replace(other, edits=(replace(other.edits[0], before="長?"),))
    text, (edit,) = edited(base, other)
    assert text == PRINTED
    assert edit.certainty == "witnessed"


def test_rivals_in_traditional_are_compared_in_simplified() -> None:
    base = lost(PRINTED, PRINTED.index("长，"), "長", "場")
    (doubt,) = doubts_of(base, simplify)
    assert [rival.text for rival in doubt.rivals] == ["长", "场"]


def test_furniture_and_joined_pages_are_edits_too() -> None:
    first = article("a.test/1.html", "热门标签：甲\n" + PRINTED + "\n本站声明")
    at = PRINTED.index("3批")
    later = lost(PRINTED, at)
    one, two = part_of(first, frozenset()), part_of(later, frozenset())
    end = len(first.article_body)
    one = replace(one, furniture=((0, 7), (end - 5, end)))
    parts = (one, two)
    base = witness_of(parts, simplify)
    assert base.text == f"{PRINTED}\n{later.article_body}"
    other = article("b.test/1.html", f"{PRINTED}\n{PRINTED}")
    text, edits = edition(parts, base, [witness_of((part_of(other, frozenset()),), simplify)], prove)
    assert [edit.step for edit in edits] == ["furniture", "furniture", "join"]
    assert replay(first.article_body, edits, "edition_body") == text == f"{PRINTED}\n{PRINTED}"


@settings(max_examples=12)
@given(st.integers(0, 10**6), st.sampled_from([None, 1, 3]))
def test_editions_replay_and_settle_nothing_twice(seed: int, level: int | None) -> None:
    body = stories()[seed % len(stories())][:500]
    copies = [damaged(body, f"h{n}.test", level, 0.5, seed + n).article for n in range(3)]
    text, edits = edited(copies[0], *copies[1:])
    assert all(edit.certainty == "witnessed" and edit.before != edit.after for edit in edits)
    digits = [char for char in text if char.isdigit()]
    known = [char for copy in copies for char in copy.article_body if char.isdigit()]
    assert not set(digits) - set(known)


def test_short_texts_need_their_headline_to_be_one_and_empty_ones_are_none() -> None:
    assert text_key("图", "甲", "1") != text_key("图", "乙", "2")
    assert text_key(comparable("图。"), "甲", "1") == text_key("图", "甲", "2")
    assert text_key("", "甲", "1") != text_key("", "甲", "2")
    assert text_key(PRINTED * 3, "甲", "1") == text_key(PRINTED * 3, "乙", "2")


@pytest.mark.parametrize("body", ["", "□", "□" * 5000, "\x00" * 50])
def test_odd_bodies_have_an_edition(body: str) -> None:
    base = article("a.test/1.html", body)
    text, _ = edited(base, article("b.test/1.html", PRINTED))
    assert text == body
