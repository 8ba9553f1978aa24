"""SIGKILL in the middle of an export, at moments spread over its whole course."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.eval_export import content, fill, killed
from bench.killed_export import NEVER, export_until


@pytest.fixture
def old_and_new(tmp_path: Path, made: list[Any]) -> Path:
    fill(tmp_path / "old", made[:120])
    fill(tmp_path / "new", made[10:240])
    return tmp_path


@pytest.mark.parametrize("form", ["parquet", "delta"])
def test_readers_see_the_old_state_or_the_new(old_and_new: Path, form: Any) -> None:
    assert killed(old_and_new, form, 3) == (3, 3)


@pytest.mark.parametrize("form", ["jsonl"])
def test_a_first_export_is_invisible_until_it_is_whole(old_and_new: Path, form: Any) -> None:
    every = export_until(old_and_new / "new", str(old_and_new / "whole"), form, NEVER)
    whole = content(old_and_new / "whole", form)
    assert len(whole) > 150
    for moment in (every // 2, every - 1):
        out = old_and_new / str(moment)
        assert export_until(old_and_new / "new", str(out), form, moment) == 0
        assert content(out, form) in ([], whole)
