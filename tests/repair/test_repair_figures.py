"""The short form of the evaluation keeps above its floors."""

from __future__ import annotations

import pytest

from bench import eval_repair
from bench.figures import Figure


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    return eval_repair.run(full=False)


def test_every_figure_holds(figures: list[Figure]) -> None:
    assert [figure.line() for figure in figures if not figure.holds] == []


def test_enough_was_measured(figures: list[Figure]) -> None:
    sizes = {figure.name: figure.n for figure in figures}
    assert sizes["inside runs, both bytes or a gloss survive: right"] >= 200
    assert sizes["lost first byte: right"] >= 60
    assert sizes["changes in clean text (n: bytes)"] >= 100_000
