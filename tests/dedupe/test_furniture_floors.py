"""The furniture of real hosts: what is planted on every page goes, and no article loses a line with it."""

from __future__ import annotations

import pytest

from bench.eval_furniture import run
from bench.eval_reading import reference_pages


@pytest.mark.skipif(not reference_pages(), reason="the reference pages (../shared) are not there")
def test_planted_furniture_goes_and_nothing_else() -> None:
    bounded = [figure for figure in run(full=False) if figure.floor is not None or figure.ceiling is not None]
    assert len(bounded) == 2
    assert [figure.line() for figure in bounded if not figure.holds] == []
