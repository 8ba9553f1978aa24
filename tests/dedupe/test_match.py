"""Alignment and verification: copies match, bulletins and reports in other words do not."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.copies_texts import (
    bulletins,
    damaged,
    edited,
    excerpt,
    own_articles,
    padded,
    passage,
    replaced,
    stories,
    through_traditional,
)
from bench.event_texts import reports
from bench.rival_texts import reordered, templated
from pipelines.dedupe.align import align
from pipelines.dedupe.anchors import Run, heaviest
from pipelines.dedupe.figures import NUMERALS
from pipelines.dedupe.lcs import lcs_pairs
from pipelines.dedupe.match import comparable, mirror, verify

short = st.text(alphabet="甲乙丙丁", max_size=14)


def slow_lcs(a: str, b: str) -> int:
    """The table of the textbook."""
    row = [0] * (len(b) + 1)
    for x in a:
        above = row
        row = [0]
        for j, y in enumerate(b):
            row.append(above[j] + 1 if x == y else max(above[j + 1], row[j]))
    return row[-1]


@given(short, short)
def test_the_common_subsequence_is_one_and_is_longest(a: str, b: str) -> None:
    pairs = lcs_pairs(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(p[0] < q[0] and p[1] < q[1] for p, q in pairwise(pairs))
    assert len(pairs) == slow_lcs(a, b)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=9, unique_by=lambda run: run[0]))
def test_the_chain_of_anchors_is_the_heaviest(ends: list[tuple[int, int]]) -> None:
    runs: list[Run] = [(i, j, length) for i, (j, length) in enumerate(ends)]
    chained = heaviest(runs)
    assert all(a[1] < b[1] for a, b in pairwise(chained))
    best = 0
    for size in range(len(runs) + 1):
        for picked in combinations(runs, size):
            if all(a[1] < b[1] for a, b in pairwise(picked)):
                best = max(best, sum(length for _, _, length in picked))
    assert sum(length for _, _, length in chained) == best


@given(st.integers(0, 10**6), st.floats(0, 0.6))
def test_an_alignment_is_sound(seed: int, share: float) -> None:
    rng = random.Random(seed)
    a = comparable(passage(300, rng))
    b = comparable(edited(a, share, rng))
    found = align(a, b)
    position = (0, 0)
    for i, j, length in found.runs:
        assert a[i : i + length] == b[j : j + length]
        assert i >= position[0]
        assert j >= position[1]
        position = (i + length, j + length)
    assert found.matched <= min(found.covered)
    assert found.covered[0] <= len(a)
    assert found.covered[1] <= len(b)


@pytest.mark.parametrize("length", [300, 600, 1200])
@pytest.mark.parametrize(("share", "least"), [(0.1, 1.0), (0.3, 0.97)])
def test_edited_copies_match(length: int, share: float, least: float) -> None:
    rng = random.Random(length)
    cases = [
        (body, edit) for edit in (edited, replaced) for _ in range(20) for body in [passage(length, rng)]
    ]
    matched = sum(verify(body, edit(body, share, rng)) is not None for body, edit in cases)
    assert matched >= least * len(cases)


def test_relations_and_containment() -> None:
    rng = random.Random(3)
    body = passage(600, rng)
    part = excerpt(body, 0.3, rng)
    found = verify(part, body)
    assert found is not None
    assert found.relation == "part"
    assert found.contained_a == 1.0
    assert found.contained_b == pytest.approx(len(comparable(part)) / len(comparable(body)), abs=0.01)
    assert verify(body, part) == mirror(found)
    longer = padded(passage(300, rng), rng)
    assert (match := verify(longer, longer[:300])) is None or match.relation == "extended"
    same = verify(body, edited(body, 0.05, rng))
    assert same is not None
    assert same.relation == "same"


def test_a_revision_keeps_most_and_has_passages_of_its_own() -> None:
    rng = random.Random(4)
    kept, old, new = passage(420, rng), *[body[:200] for body in stories()[:2]]
    match = verify(f"{kept}\n{old}", f"{new}\n{kept}")
    assert match is not None
    assert match.relation == "revised"


@pytest.mark.parametrize("body", [body for body in stories() if len(body) >= 900][:4])
def test_padding_and_a_traditional_edition_match(body: str) -> None:
    rng = random.Random(5)
    start = body[:300]
    assert (match := verify(start, padded(start, rng))) is not None
    assert match.relation in ("part", "same")
    assert verify(body, through_traditional(body)) is not None


@pytest.mark.parametrize("level", [None, 0, 2, 4])
def test_damaged_copies_match(level: int | None) -> None:
    for seed, body in enumerate(stories()[:6]):
        one = damaged(body, "a.test", level, 0.5, seed).article.article_body
        other = damaged(body, "b.test", level, 0.5, seed + 100).article.article_body
        assert verify(one, other) is not None


def test_no_two_of_our_own_articles_are_one_story() -> None:
    bodies = [own.body for own in own_articles() if own.kind != "digest"]
    rng = random.Random(2)
    pairs = rng.sample(list(combinations(bodies, 2)), 400)
    assert [pair for pair in pairs if verify(*pair)] == []


def test_bulletins_of_one_template_are_different_stories_and_their_damaged_copies_are_not() -> None:
    made = list(bulletins(60, random.Random(6)))
    assert [(a, b) for a, b in combinations(made, 2) if verify(a, b)] == []
    for seed, body in enumerate(made[:9]):
        copy = damaged(body, "c.test", 2, 1.0, seed).article.article_body
        assert verify(body, copy) is not None


def test_a_lost_digit_is_no_other_digit() -> None:
    body = next(iter(bulletins(1, random.Random(8))))
    assert verify(body, body.replace("8", "□")) is not None
    shifted = body.translate(str.maketrans("0123456789", "3456789012"))
    assert verify(body, shifted) is None


def test_one_template_with_other_names_is_another_story() -> None:
    body = (
        "江城市举办知识产权进校园活动。江城市的老师带着学生参观了展览，江城市的工匠现场演示了竹编的手艺。"
        + stories()[0][:120]
    )
    assert verify(body, body.replace("江城", "柳溪")) is None
    assert verify(body, body.replace("江城", "江□", 1)) is not None


NOTICE = (
    "{0}有限公司：本院受理原告{1}有限公司诉你侵害商标权纠纷一案，现依法向你公告送达起诉状副本、应诉通知书和开庭传票。自公告发出之日起，"
    "经过三十日即视为送达。提出答辩状的期限为送达期满后十五日内。逾期不到庭，本院将依法缺席裁判。特此公告。\n{2}市人民法院\n{3}"
)


def test_notices_with_other_parties_are_other_stories_and_a_corrected_one_is_none() -> None:
    one = NOTICE.format("晨曦机电", "远岫科技", "江城", "2016年3月9日")
    assert verify(one, NOTICE.format("听涛实业", "南屏精工", "柳溪", "2013年8月12日")) is None
    assert verify(one, NOTICE.format("晨曦机电", "南屏精工", "江城", "2016年8月12日")) is None
    assert verify(one, one.replace("3月9日", "3月10日")) is not None
    assert verify(one, one.replace("起诉状副本", "起诉书副本").replace("晨曦", "辰曦")) is not None


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        # Names stand at the very ends; 白沙 and 沙河 are aligned at 沙; a name and a number are one difference.
        (("晨曦机电", "沙河", "12", "韩怀远", "5093360"), False),
        (("晨曦机电", "石门", "12", "韩怀远", "5093360"), False),
        (("晨曦机电", "白沙", "12", "韩怀远", "5093360"), False),
        (("云帆智能", "白沙", "7", "韩怀远", "7135826"), True),
        (("晨曦机电", "白沙", "7", "陈若溪", "7135826"), True),
    ],
)
def test_short_notices_are_told_by_what_is_filled_in(other: tuple[str, ...], kept: bool) -> None:
    def notice(firm: str, city: str, day: str, who: str, number: str) -> str:
        return (
            f"{city}市知识产权局公示：{firm}等单位申报的示范企业材料经审核符合要求。公示期至本月{day}日。对公示对象有异议的，"
            f"请在公示期内以书面形式反映，并署真实姓名和联系方式。联系人{who}，电话{number}"
        )

    one = notice("云帆智能", "白沙", "7", "陈若溪", "7135826")
    assert (verify(one, notice(*other)) is not None) is kept


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        # What is left of a date where one of another length stands is no edit of a character.
        (("柳溪", "远岫科技", "1月2日至1月8日", "郑海涛", "8671139"), False),
        # Beside another number altogether a surname counts, beside one that was mistyped it does not.
        (("石门", "远岫科技", "8月15日至8月21日", "郑海涛", "8671139"), False),
        (("柳溪", "北辰光学", "8月15日至8月21日", "郑海涛", "8671139"), False),
        (("石门", "远岫科技", "8月15日至8月21日", "郑海涛", "2393942"), True),
        (("石门", "北辰光学", "8月15日至8月21日", "郑海涛", "8671139"), True),
        (("石门", "北辰光学", "8月5日至8月21日", "杨海焘", "2393924"), True),
    ],
)
def test_short_notices_with_dates_are_told_by_what_is_filled_in(other: tuple[str, ...], kept: bool) -> None:
    notice = (
        "经{}市知识产权局审核，{}等单位申报的材料符合要求，现予公示。公示期为{}。有异议的，请在公示期内以书面形式反映，并署真实姓名和联系方式。"
        "联系人：{}，电话：{}。"
    )
    one = notice.format("石门", "北辰光学", "8月15日至8月21日", "杨海涛", "2393924")
    assert (verify(one, notice.format(*other)) is not None) is kept


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        # Nothing but names of persons; of two with one surname, or one given name, a part is different.
        (("韩怀远", "郑海涛", "陈若溪", "林一鸣"), False),
        (("杨书航", "陈小满", "周怀远", "林清秋"), False),
        (("沈海涛", "何若溪", "韩怀远", "林一鸣"), False),
        # One was replaced; two names were corrected.
        (("韩怀远", "陈若溪", "周以宁", "宋清秋"), True),
        (("杨海焘", "陈若熙", "周以宁", "宋清秋"), True),
    ],
)
def test_appointments_are_told_by_whom_they_name(other: tuple[str, ...], kept: bool) -> None:
    notice = (
        "市政府决定，任命{}为市知识产权保护中心主任，任命{}为市专利信息服务站站长。免去{}的市知识产权保护中心主任职务，另有任用；"
        "免去{}的市专利信息服务站站长职务，到龄退休。请各有关单位依照章程办理，并做好工作交接。特此通知。"
    )
    one = notice.format("杨海涛", "陈若溪", "周以宁", "宋清秋")
    assert (verify(one, notice.format(*other)) is not None) is kept


def test_lists_of_one_form_are_other_stories() -> None:
    lists = list(templated("lists of grants", 12, random.Random(11)))
    assert [(a, b) for a, b in combinations(lists, 2) if verify(a, b)] == []


@pytest.mark.parametrize("length", [300, 1200])
def test_passages_in_another_order_and_texts_that_stand_twice_match(length: int) -> None:
    rng = random.Random(length)
    for _ in range(6):
        body = passage(length, rng)
        assert verify(body, reordered(body, rng)) is not None
        twice = verify(body, f"{body}\n{body}")
        assert twice is not None
        assert twice.relation == "part"


def test_a_rewriting_is_a_copy_where_its_figures_say_so() -> None:
    body = next(body for body in stories() if body.count("企业") > 3)
    assert verify(body, body.replace("企业", "厂家")) is not None
    without = body.translate(str.maketrans("", "", "0123456789" + NUMERALS))
    assert verify(without, without.replace("企业", "厂家")) is None


def test_reports_of_one_event_are_different_stories() -> None:
    assert [pair for pair in reports(60, random.Random(9)) if verify(*pair)] == []


@pytest.mark.parametrize(
    "body", ["", "。", "专", "哈" * 100_000, "\ud800专利" * 50, "\x00" * 500, "□" * 500, "12" * 3000]
)
def test_odd_texts_match_nothing_but_themselves(body: str) -> None:
    story = stories()[0]
    assert verify(body, story) is None
    assert verify(story, body) is None
    alone = verify(body, body)
    assert alone is None or alone.relation == "same"
