"""Bounds of the disk: a budget that somebody set is a limit, a full disk is an archive that cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler import budget
from crawler.budget import Limits, disk_refusal
from pipelines.errors import ArchiveUnwritable


def test_a_budget_is_named_when_it_is_used_up(tmp_path: Path) -> None:
    assert disk_refusal(tmp_path, 99, Limits(disk=100)) is None
    assert "100 bytes" in str(disk_refusal(tmp_path, 100, Limits(disk=100)))


def test_a_full_disk_ends_the_crawl_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "FREE_BYTES", 1 << 62)
    with pytest.raises(ArchiveUnwritable, match="bytes are free on this disk; make room") as caught:
        disk_refusal(tmp_path, 0, Limits())
    assert caught.value.exit_code == 2
