"""`ipnews merge ARCHIVE...`: other archives into this one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from crawler.commands.after import finish
from crawler.commands.inputs import now, require_archive
from crawler.config import load_config
from crawler.console import emit, pairs, progress
from pipelines.archive.catalog import Catalog
from pipelines.archive.merge import merge


def run(archives: list[Path], archive: Path | None = None, json: bool = False) -> int:
    """Merge, then settle the whole."""
    config = load_config(archive)
    for source in archives:
        require_archive(source)
    with Catalog.open(config.catalog_location) as catalog, progress("Merging"):
        counts = merge(archives, config.archive, catalog, at=now())
    after, code = finish(config)
    if json:
        emit({**asdict(counts), **after})
    else:
        taken = {name: value for name, value in asdict(counts).items() if value}
        what = "1 archive" if len(archives) == 1 else f"{len(archives)} archives"
        pairs(f"{what} taken into {config.archive}", {**taken, **after})
    return code
