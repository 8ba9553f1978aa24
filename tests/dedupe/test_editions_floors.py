"""The floors of the evaluation of editions, on sixteen texts; `make eval` has the thousands of places."""

from __future__ import annotations

from bench import eval_editions


def test_editions() -> None:
    figures = list(eval_editions.run(full=False))
    bounded = [figure for figure in figures if figure.floor is not None or figure.ceiling is not None]
    assert len(bounded) == 10
    assert [figure.line() for figure in bounded if not figure.holds] == []
