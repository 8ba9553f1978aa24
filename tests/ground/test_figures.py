"""Figures as a run of them is printed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.figures import Figure, report

KEPT = Figure("area", "kept", 0.9, 10, floor=0.9)
MISSED = Figure("area", "missed", 21, 3, unit="ms", ceiling=20)


def test_the_exit_code_is_1_where_a_bound_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([KEPT, Figure("area", "without a bound", 5)]) == 0
    assert report([MISSED, KEPT]) == 1
    told = capsys.readouterr()
    assert [line.split()[1] for line in told.out.splitlines()] == ["kept", "without", "missed", "kept"]
    assert told.err.splitlines() == ["2 figures, 0 outside their bounds", "2 figures, 1 outside their bounds"]


def test_figures_are_printed_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    def told_of_the_first() -> Iterator[Figure]:
        yield KEPT
        assert "kept" in capsys.readouterr().out
        yield MISSED

    assert report(told_of_the_first()) == 1
