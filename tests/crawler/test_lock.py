"""Places of crawlers in an archive's folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.lock import MAX_CRAWLERS, CrawlLock, without_crawlers
from pipelines.errors import ArchiveBusy


def test_holding_every_place_leaves_no_file_of_places_never_had(tmp_path: Path) -> None:
    with CrawlLock(tmp_path, shared=True) as first, CrawlLock(tmp_path, shared=True) as second:
        first.note("first")
        second.note("second")
    with without_crawlers(tmp_path, shared=True):
        assert len(list(tmp_path.iterdir())) == MAX_CRAWLERS
        with pytest.raises(ArchiveBusy):
            CrawlLock(tmp_path, shared=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crawl-0.lock", "crawl-1.lock"]
    with CrawlLock(tmp_path, shared=True) as first, CrawlLock(tmp_path, shared=True) as second:
        assert [first.last_owner, second.last_owner] == ["first", "second"]


def test_a_file_that_is_taken_away_while_it_is_locked_is_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that opened it before and locks it after would hold a place that the next one has too."""
    from crawler import lock

    flock = lock.fcntl.flock

    def late(descriptor: int, how: int) -> None:
        monkeypatch.undo()
        (tmp_path / "crawl-0.lock").unlink()
        flock(descriptor, how)

    monkeypatch.setattr(lock.fcntl, "flock", late)
    with CrawlLock(tmp_path, shared=False), pytest.raises(ArchiveBusy):
        CrawlLock(tmp_path, shared=False)
