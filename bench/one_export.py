"""One export by as many processes as there are cores: `python -m bench.one_export ARCHIVE OUT FORMAT`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from pipelines.archive.catalog import Catalog
from pipelines.archive.shelf import Shelf
from pipelines.export import parallel
from pipelines.export.job import Format, export


def main(archive: str, out: str, form: str) -> None:
    """Run it, in several processes however few the articles are."""
    parallel.PARALLEL_FROM = 0
    with Catalog.open(Path(archive), read_only=True) as catalog:
        export(catalog, Shelf(Path(archive)), out, cast(Format, form))


if __name__ == "__main__":
    main(*sys.argv[1:])
