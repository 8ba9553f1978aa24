"""Sources made of WARC files, archives to fill, and a reader that is quick and does as it is told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.archive import articles, drops
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import captures
from pipelines.archive.warc import WarcWriter
from pipelines.records import Capture
from pipelines.runner.reading import Reading

HELPERS = Path(__file__).parent / "helpers"


@pytest.fixture(scope="session")
def reading() -> Any:
    """The plain reader; its folder stays on the path, so that worker processes find it too."""
    sys.path.append(str(HELPERS))
    import plain_reader

    yield Reading(plain_reader.read, plain_reader.VERSION)
    sys.path.remove(str(HELPERS))


def pages_of(numbers: Iterable[int], special: dict[int, str]) -> list[Capture]:
    """Pages of three hosts over two months; `special` adds words to a page."""
    return [
        Capture(
            f"http://h{n % 3}.test/{n}.html",
            f"2026-{1 + n % 2:02d}-{1 + n % 27:02d}T00:00:00Z",
            f"<p>第{n}件专利{special.get(n, '')}{'。' * (n % 50)}</p>".encode(),
            "",
            404 if n % 17 == 16 else 200,
            (("Content-Type", "text/html; charset=utf-8"),),
        )
        for n in numbers
    ]


def write_source(
    folder: Path, numbers: Iterable[int], special: dict[int, str] | None = None, name: str = "s"
) -> Path:
    """One WARC file with some pages; returns its path."""
    before = set(folder.glob("*"))
    with WarcWriter(folder, name) as writer:
        for page in pages_of(numbers, special or {}):
            writer.write_exchange(page)
    (path,) = set(folder.glob("*")) - before
    return path


def contents(folder: Path) -> dict[str, Any]:
    """Everything an archive holds but arrival numbers, file names and times of its own making."""
    with Catalog.open(folder, read_only=True) as catalog, catalog.read() as c:
        rows = c.execute(select(captures.c.id, captures.c.url, captures.c.fetched_at, captures.c.read_state))
        return {
            "captures": sorted(tuple(row) for row in rows),
            "articles": list(articles.iterate(c, whole=True)),
            "drops": list(drops.iterate(c)),
        }


@pytest.fixture(scope="session")
def make_source() -> Callable[..., Path]:
    return write_source


@pytest.fixture(scope="session")
def holds() -> Callable[[Path], dict[str, Any]]:
    return contents
