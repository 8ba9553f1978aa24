"""`ipnews withdraw ID|URL|HOST --reason`: out of the archive for good, and out of the next export."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from crawler.commands.after import finish
from crawler.commands.explain import resolve
from crawler.commands.inputs import now
from crawler.config import Config, load_config
from crawler.console import say
from crawler.lock import CrawlLock
from pipelines.archive.catalog import Catalog
from pipelines.archive.purge import purge as purge_records
from pipelines.archive.withdraw import Target, target_of, withdraw

_BEGINNING = re.compile(r"[0-9a-f]{12,31}")


def run(target: str, reason: str, purge: bool = False, archive: Path | None = None) -> int:
    """Set the tombstone, take out what it covers, settle what is left."""
    config = load_config(archive)
    with _alone(config, purge), Catalog.open(config.catalog_location) as catalog:
        chosen = target_of(_whole_id(catalog, target))
        gone = catalog.write(lambda connection: withdraw(connection, chosen, reason, now())).result()
        say(f"Withdrawn {chosen.kind} {chosen.value}: {gone.articles:,} articles, {gone.captures:,} captures")
        if purge:
            _purge(config, catalog, chosen)
    _, code = finish(config)
    say("Exports follow with their next run: ipnews export --to URI")
    return code


def _whole_id(catalog: Catalog, target: str) -> str:
    """The id that a beginning of twelve digits or more stands for: as search and copies print ids."""
    if not _BEGINNING.fullmatch(target):
        return target
    with catalog.read() as connection:
        return resolve(connection, target)


def _alone(config: Config, purge: bool) -> AbstractContextManager[object]:
    """A purge rewrites WARC files: no crawl may append to them meanwhile."""
    return CrawlLock(config.archive, shared=False) if purge else nullcontext()


def _purge(config: Config, catalog: Catalog, chosen: Target) -> None:
    purged = purge_records(config.archive, catalog, chosen)
    say(f"Purged: {purged.records:,} records of {len(purged.files):,} WARC files")
    for name in purged.foreign:
        say(f"{name} holds such records too, but is not this archive's to change")
