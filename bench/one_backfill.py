"""One backfill in a process of its own: `python -m bench.one_backfill SOURCE ARCHIVE WORKERS`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.archive.catalog import Catalog
from pipelines.runner import backfill


def main(source: str, archive: str, workers: str) -> int:
    """Run it; its exit code."""
    with Catalog.open(Path(archive)) as catalog:
        return backfill([source], Path(archive), catalog, workers=int(workers)).exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
