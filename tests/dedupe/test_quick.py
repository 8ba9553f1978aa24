"""Looks at a pair before its alignment: no copy is given up, and what has one form is told apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.copies_texts import bulletins, damaged, edited, excerpt, padded, stories
from bench.notice_texts import other_notation, reworded
from bench.rival_texts import reordered, scanned, thinned
from pipelines.dedupe.candidates import common_size, indexed
from pipelines.dedupe.match import REVISED, comparable, verify_comparable
from pipelines.dedupe.quick import APART, LEAST, SHARE, UNLIKELY, Figures, Shingles, unlike_figures
from pipelines.dedupe.shingles import SHINGLE
from pipelines.dedupe.sketch import sketch_plain

FOOTER = comparable(
    "本站部分文章转自各家媒体，只为传播更多资讯，观点由原作者负责。若您认为有不妥之处，请写信到页面下方的邮箱，编辑会在三个工作日之内回复。"
)
COPIES: dict[str, Callable[[str, random.Random], str]] = {
    "a tenth edited": lambda body, rng: edited(body, 0.1, rng),
    "three tenths edited": lambda body, rng: edited(body, 0.3, rng),
    "excerpt": lambda body, rng: excerpt(body, 0.3, rng),
    "padded": padded,
    "reordered": lambda body, rng: edited(reordered(body, rng), 0.1, rng),
    "thinned": lambda body, rng: edited(thinned(body, rng), 0.1, rng),
    "scanned": scanned,
    "reworded": lambda body, rng: reworded(body, rng, 0.3),
    "other notation": other_notation,
    "damaged": lambda body, rng: damaged(body, "d.test", 3, 1.0, rng.randrange(10**6)).article.article_body,
    "twice": lambda body, _: f"{body}\n{body}",
}


def share_of(a: str, b: str) -> float:
    """What settle makes of the sketches of two texts."""
    one, other = sketch_plain(a), sketch_plain(b)
    ours, theirs = (indexed(np.array(each.hashes, dtype=np.uint64)) for each in (one, other))
    shared = len(np.intersect1d(ours, theirs, assume_unique=True))
    return float(shared / max(common_size(len(ours), one.density, len(theirs), other.density), 1))


def told_apart(a: str, b: str) -> bool:
    return unlike_figures(Figures(a), Figures(b), share_of(a, b)) or Shingles({0: a, 1: b}).lie_apart(0, 1)


@pytest.mark.parametrize("kind", COPIES)
def test_no_copy_is_given_up(kind: str) -> None:
    rng = random.Random(kind)
    for body in [*stories()[::8], *bulletins(6, rng)]:
        one, other = comparable(body), comparable(COPIES[kind](body, rng))
        if verify_comparable(one, other) is not None:
            assert not told_apart(one, other)


def test_bulletins_of_one_template_are_told_apart_by_their_figures() -> None:
    figures = [Figures(comparable(body)) for body in bulletins(120, random.Random(3))]
    pairs = [pair for start in range(3) for pair in combinations(figures[start::3], 2)]
    assert sum(unlike_figures(*pair, 0.5) for pair in pairs) > 0.95 * len(pairs)
    assert sum(unlike_figures(*pair, 0.17) for pair in pairs) < 0.5 * len(pairs)
    assert not any(unlike_figures(*pair, 0.01) for pair in pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "收案1208件，结案1133件，办结率93.8%，案值2460万元",
            "收案1208件，结案1133件，办结率93.8%，案值2460万元",
        ),
        (
            "收案1208件，结案1133件，办结率938‰，案值2460万元",
            "收案1298件，结案1153件，办结率928‰，案值2465万元",
        ),
        ("收案1208件，结案1133件，案值2460万元", "收案5591件，结案8046件，案值7712万元"),
        ("共收案件，均已审结", "共收案件，均已审结"),
    ],
    ids=["the same figures", "a slip in each", "too few figures", "no figure"],
)
def test_nothing_is_said_of_figures_that_tell_nothing(one: str, other: str) -> None:
    assert not unlike_figures(Figures(comparable(one)), Figures(comparable(other)), 0.9)


def test_pages_with_one_footer_lie_apart() -> None:
    pages = [comparable(body)[:300] + FOOTER for body in stories() if len(comparable(body)) > 300]
    shingles = Shingles(dict(enumerate(pages)))
    pairs = list(combinations(range(len(pages)), 2))
    assert all(share_of(pages[a], pages[b]) > 0.1 for a, b in pairs[:20])
    # Of the others, one pair in seven, both name an institution or a law.
    assert sum(shingles.lie_apart(a, b) for a, b in pairs) > 0.8 * len(pairs)


def test_texts_of_any_length_are_held_against_each_other() -> None:
    shingles = Shingles({0: "", 1: "专利", 2: comparable(stories()[0]), 3: "专" * 10_000})
    assert not any(shingles.lie_apart(3, other) for other in range(3))
    assert shingles.lie_apart(0, 2)
    assert not Shingles({}).lie_apart(0, 1)


@given(st.integers(0, 10**6), st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_lie_apart_is_what_it_says(seed: int, before: int, common: int, behind: int) -> None:
    rng = random.Random(seed)
    one, shared, other = (
        "".join(rng.choices("甲乙丙丁戊己庚辛壬癸子丑寅卯", k=n)) for n in (before, common, behind)
    )
    a, b = one + shared + other, other + shared + one
    assert Shingles({0: a, 1: b}).lie_apart(0, 1) == (_far(a, b) and _far(b, a))


def _far(text: str, other: str) -> bool:
    """The slow way: for each place of `text` how far the next shingle is that `other` has too."""
    theirs = {other[place : place + SHINGLE] for place in range(len(other) - SHINGLE + 1)}
    places = len(text) - SHINGLE + 1
    starts = [place for place in range(places) if text[place : place + SHINGLE] in theirs]
    covered = {place for start in starts for place in range(start, start + SHINGLE)}
    near = set(covered)
    for start in starts:
        near |= set(range(start - APART, start)) | set(range(start + SHINGLE, start + SHINGLE + APART))
    far = sum(place not in near for place in range(len(text)))
    return not starts or far > (1 - REVISED) * len(text)


@given(
    st.lists(st.integers(2, 6), min_size=LEAST, max_size=20, unique=False),
    st.floats(0.05, 0.9),
    st.integers(0, 5),
)
def test_a_copy_is_hardly_ever_so_unlike(lengths: list[int], share: float, kept: int) -> None:
    """The exact odds that edits leave so few figures are below those that the rule names."""
    figures = [f"{number:0{digits}d}"[:digits] for number, digits in enumerate(lengths, 11)]
    ours = [figure for figure in dict.fromkeys(figures) if len(figure) > 1]
    others = [*ours[:kept], *("9" * len(figure) for figure in ours[kept:])]
    a, b = Figures(comparable("及".join(ours))), Figures(comparable("及".join(others)))
    if len(a.exact) <= len(b.exact) and unlike_figures(a, b, share):
        found = sum(not b.forms.isdisjoint(forms) for forms in a.shortened)
        assert len(a.exact & b.exact) < SHARE * len(a.exact)
        assert _fewer(a.exact, share ** (1 / SHINGLE))[found] < np.exp(-UNLIKELY)


def _fewer(figures: frozenset[str], spared: float) -> list[float]:
    """Odds that at most so many figures are left but for one digit, by counting up."""
    odds = [1.0]
    for figure in figures:
        digits = len(figure)
        left = spared**digits + (digits * (1 - spared) * spared ** (digits - 1) if digits > 2 else 0)
        odds = [
            (odds[n] * (1 - left) if n < len(odds) else 0) + (odds[n - 1] * left if n else 0)
            for n in range(len(odds) + 1)
        ]
    return list(np.cumsum(odds))
