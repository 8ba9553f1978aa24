"""The floors of the evaluation of copies, on few cases of each kind; `make eval` has the many."""

from __future__ import annotations

import pytest

from bench import eval_copies
from bench.figures import Figure, floors

BOUNDS = floors("copies")


def bounded(figures: list[Figure]) -> list[Figure]:
    return [figure for figure in figures if figure.floor is not None or figure.ceiling is not None]


def test_recall() -> None:
    figures = bounded(list(eval_copies.recall(2, full=False, bounds=BOUNDS)))
    assert len(figures) == 21
    assert [figure.line() for figure in figures if not figure.holds] == []


def test_false_pairs() -> None:
    figures = bounded(eval_copies.false_pairs(40, 20, BOUNDS))
    assert len(figures) == 3
    assert [figure.line() for figure in figures if not figure.holds] == []


def test_templates() -> None:
    figures = bounded(list(eval_copies.templates(12, BOUNDS)))
    assert len(figures) == 14
    assert [figure.line() for figure in figures if not figure.holds] == []


def test_related_texts() -> None:
    figures = bounded(eval_copies.related(8, BOUNDS))
    assert len(figures) == 5
    assert [figure.line() for figure in figures if not figure.holds] == []


@pytest.mark.parametrize(
    ("labels", "index"),
    [
        ([("a", "1"), ("a", "1"), ("b", "2")], 1.0),
        ([("a", "1"), ("a", "2"), ("b", "1"), ("b", "2")], -0.5),
        ([("a", "1")], 1.0),
    ],
)
def test_the_adjusted_rand_index(labels: list[tuple[str, str]], index: float) -> None:
    assert eval_copies.adjusted_rand(labels) == pytest.approx(index)
