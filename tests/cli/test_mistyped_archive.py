"""A command that changes an archive makes none where the name of one was mistyped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from crawler.commands import backfill, copies, withdraw
from pipelines.errors import UsageError

CHANGING = {
    "withdraw": partial(withdraw.run, "http://a.test/1", reason="asked"),
    "lift": partial(withdraw.run, "http://a.test/1", reason="asked", lifted=True),
    "rebuild": partial(copies.run, rebuild=True),
    "own": partial(backfill.run, own=True),
}


@pytest.mark.parametrize("run", CHANGING.values(), ids=CHANGING)
def test_nothing_is_made(run: Callable[..., int], tmp_path: Path) -> None:
    nowhere = tmp_path / "mistyped"
    with pytest.raises(UsageError, match="no archive here"):
        run(archive=nowhere)
    assert not nowhere.exists()
