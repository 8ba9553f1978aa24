"""One backfill in its own process: `python -m bench.one_backfill SOURCE ARCHIVE WORKERS [ENGINE [BYTES]]`.

BYTES: how large a range of a source is, for runs that are disturbed often. Each progress is a line on stdout.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

from crawler.interrupt import stop_in_two_steps
from pipelines.archive.catalog import Catalog
from pipelines.errors import IpnewsError, Stopped
from pipelines.runner.backfill import backfill
from pipelines.runner.engines import Engine
from pipelines.sources import plan
from pipelines.sources.expand import expand


def main(source: str, archive: str, workers: str, engine: str = "local", range_bytes: str = "") -> int:
    """Run it; its exit code."""
    stop_in_two_steps()
    if range_bytes:
        plan.RANGE_BYTES = int(range_bytes)
    try:
        with Catalog.open(Path(archive)) as catalog:
            result = backfill(
                expand([source]),
                Path(archive),
                catalog,
                workers=int(workers),
                engine=cast(Engine, engine),
                on_progress=lambda progress: print(progress.counts.captures, flush=True),
            )
    except IpnewsError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return Stopped.exit_code
    return result.exit_code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
