"""Same captures, same bytes: what is exported does not show how the captures were read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive.catalog import Catalog
from pipelines.archive.merge import merge
from pipelines.archive.shelf import Shelf
from pipelines.export.filters import Filters
from pipelines.export.job import export
from pipelines.runner.backfill import backfill
from pipelines.runner.reading import Reading
from pipelines.settle import settle
from pipelines.sources import plan
from pipelines.sources.expand import expand

EVERYTHING = Filters(copies=True, topics="all")


def exported(folder: Path) -> dict[str, bytes]:
    """Settle an archive and export it; the files."""
    with Catalog.open(folder) as catalog:
        settle(catalog)
        export(catalog, Shelf(folder), str(folder / "out"), "jsonl", EVERYTHING)
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}


@pytest.mark.parametrize("workers", [0, 2])
def test_pool_and_shards_give_the_same_bytes(
    tmp_path: Path,
    reading: Reading,
    make_source: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
) -> None:
    sources = [str(make_source(tmp_path / "s", range(first, first + 40), name="s")) for first in (0, 25)]

    def fill(name: str, **how: Any) -> Path:
        with Catalog.open(tmp_path / name) as catalog:
            backfill(expand(sources), tmp_path / name, catalog, reading=reading, **how)
        return tmp_path / name

    whole = exported(fill("whole", workers=0))
    assert len(whole) > 1
    monkeypatch.setattr(plan, "RANGE_BYTES", 3000)
    assert exported(fill("other", workers=workers)) == whole
    halves = [fill(f"half-{n}", workers=workers, shard=(n, 2)) for n in range(2)]
    for name, order in (("there", halves), ("back", halves[::-1])):
        with Catalog.open(tmp_path / name) as catalog:
            merge(order, tmp_path / name, catalog, at="2026-01-01T00:00:00Z")
        assert exported(tmp_path / name) == whole
