"""A command that changes an archive makes none where the name of one was mistyped."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.commands import backfill, copies, withdraw
from pipelines.errors import UsageError


@pytest.mark.parametrize("command", ["withdraw", "lift", "rebuild", "own"])
def test_nothing_is_made(command: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "mistyped"
    with pytest.raises(UsageError, match="no archive here"):
        match command:
            case "withdraw":
                withdraw.run("http://a.test/1", reason="asked", archive=nowhere)
            case "lift":
                withdraw.run("http://a.test/1", reason="asked", lifted=True, archive=nowhere)
            case "rebuild":
                copies.run(rebuild=True, archive=nowhere)
            case _:
                backfill.run(own=True, archive=nowhere)
    assert not nowhere.exists()
