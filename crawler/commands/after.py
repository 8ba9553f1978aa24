"""What follows a crawl, a backfill or a merge: unread captures are read, the archive is settled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing import get_context
from threading import Event, Thread

from crawler.config import Config
from crawler.console import progress, say
from pipelines.archive.catalog import Catalog
from pipelines.archive.cdxj import write_indexes
from pipelines.runner.pending import read_pending
from pipelines.settle import settle
from pipelines.sites import load_sites

SETTLE_EVERY = 600.0
"""Seconds between two settles beside a crawl that goes on. One with nothing new takes a tenth of a second."""


@contextmanager
def settling_beside(config: Config, wanted: bool) -> Iterator[None]:
    """While a crawl watches, settle the archive every SETTLE_EVERY, in a process of its own."""
    stop = Event()

    def settle_now_and_then() -> None:
        while not stop.wait(SETTLE_EVERY):
            process = get_context("spawn").Process(target=_settle, args=(config,))
            process.start()
            process.join()

    thread = Thread(target=settle_now_and_then, name="settling", daemon=True)
    if wanted:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if wanted:
            thread.join()


def _settle(config: Config) -> None:
    with Catalog.open(config.catalog_location) as catalog:
        settle(catalog)


def finish(config: Config) -> tuple[dict[str, int], int]:
    """Drain the reading queue, settle, index the WARC files. Counts by name; 1 after a bug of ours."""
    with Catalog.open(config.catalog_location) as catalog:
        with progress("Reading"):
            read = read_pending(catalog, config.archive, load_sites(config.sites))
        with progress("Settling"):
            settled = settle(catalog, workers=os.cpu_count() or 1)
        write_indexes(config.archive, catalog)
    if read.bugs:
        say(
            f"{read.bugs} captures met a bug in our code: ipnews status names them; their tracebacks are kept"
        )
    done = {f"read from the queue: {key}": value for key, value in asdict(read).items()}
    done |= {f"settled: {key}": value for key, value in vars(settled).items() if isinstance(value, int)}
    return {key: value for key, value in done.items() if value}, 1 if read.bugs else 0
