"""One backfill in a process of its own: `python -m bench.one_backfill SOURCE ARCHIVE WORKERS ENGINE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from pipelines.archive.catalog import Catalog
from pipelines.runner import backfill
from pipelines.runner.engines import Engine


def main(source: str, archive: str, workers: str, engine: str = "local") -> int:
    """Run it; its exit code."""
    with Catalog.open(Path(archive)) as catalog:
        chosen = cast(Engine, engine)
        return backfill([source], Path(archive), catalog, workers=int(workers), engine=chosen).exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
