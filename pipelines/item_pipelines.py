"""Read, convert, deduplicate, archive: Scrapy's item pipelines over the functions that `read.py` composes.

    ITEM_PIPELINES = {
        "pipelines.item_pipelines.ReadPipeline": 100,
        "pipelines.item_pipelines.ConvertPipeline": 200,
        "pipelines.item_pipelines.DeduplicatePipeline": 300,
        "pipelines.item_pipelines.ArchivePipeline": 400,
    }

A spider yields `Capture` items that stand in the archive already; what comes out at the end are Articles.
An item that is lost on the way (a kill, a bug, a dead worker) is still in the catalog's reading queue, and
`runner.read_pending` reads it with the same functions.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlalchemy import Connection

from pipelines.archive.catalog import Catalog
from pipelines.archive.copies import is_copy
from pipelines.archive.outcomes import store_outcome
from pipelines.read import PIPELINE_VERSION, convert_article, read_page, sketch_article
from pipelines.records import Article, Capture, Drop, Reason, Stage


class _Pipeline:
    """What the four have in common: the crawl they belong to, and its catalog."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a pipeline."""
        return cls(crawler)

    @property
    def session(self) -> Any:
        """The open crawl, with `catalog` and `site_of(url)`: an attribute of the spider."""
        return self.crawler.spider.session  # type: ignore[union-attr]

    @property
    def catalog(self) -> Catalog:
        """The catalog of the crawl."""
        catalog: Catalog = self.session.catalog
        return catalog

    async def write_drop(self, capture_id: str, drop: Drop) -> DropItem:
        """Store a drop, count it by its reason; the DropItem is for the caller to raise."""

        def store(connection: Connection) -> bool:
            return store_outcome(connection, capture_id, drop, PIPELINE_VERSION)

        await asyncio.wrap_future(self.catalog.write(store))
        return DropItem(f"{drop.reason}: {drop.url} {drop.detail}", log_level="DEBUG")


class ReadPipeline(_Pipeline):
    """Capture -> Article, in `READ_WORKERS` processes beside the reactor: 0 reads in this process."""

    def open_spider(self) -> None:
        """Make the workers; they start with the first item."""
        workers = self.crawler.settings.getint("READ_WORKERS", 1)
        # Not fork: a worker would hold the crawl's lock and connections for as long as it lives, and it would
        # outlive a crawl that is killed.
        context = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(workers, context, _end_with_the_crawl) if workers else None
        if self.pool is not None:
            with _ctrl_c_ignored():
                self.pool.submit(_start)

    async def process_item(self, item: Any) -> Any:
        """Read one capture; anything else passes."""
        if not isinstance(item, Capture):
            return item
        outcome = await self._read(item)
        if isinstance(outcome, Drop):
            raise await self.write_drop(item.id, outcome)
        return outcome

    async def _read(self, capture: Capture) -> Article | Drop:
        site = self.session.site_of(capture.url)
        if self.pool is None:
            return read_page(capture, site, own=True)
        try:
            return await asyncio.wrap_future(self.pool.submit(read_page, capture, site, own=True))
        except BrokenProcessPool:
            self.close_spider()
            self.open_spider()
            raise DropItem(
                f"a worker died while it read {capture.url}; it stays in the reading queue",
                log_level="DEBUG",
            ) from None

    def close_spider(self) -> None:
        """Let the workers finish."""
        if self.pool is not None:
            self.pool.shutdown()


@contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """A worker is started while Ctrl-C is ignored, and inherits that: its imports would not survive one."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start() -> None:
    """The first task, which makes the pool start its process."""


def _end_with_the_crawl() -> None:
    """Start of a worker's life: it ends when the crawl does, however that ends, and Ctrl-C is the crawl's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    crawl = multiprocessing.parent_process()
    assert crawl is not None

    def wait() -> None:
        crawl.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class ConvertPipeline(_Pipeline):
    """Traditional -> Simplified."""

    def process_item(self, item: Any) -> Any:
        """Convert one article; anything else passes."""
        return convert_article(item) if isinstance(item, Article) else item


class DeduplicatePipeline(_Pipeline):
    """Adds the sketch and counts copies. `DEDUPE_POLICY`: "mark" keeps every copy, "drop" drops it here.

    Which copies belong to one story, and which of them is canonical, is decided in settle, where the order of
    arrival has no say.
    """

    async def process_item(self, item: Any) -> Any:
        """Sketch one article; anything else passes."""
        if not isinstance(item, Article):
            return item
        article = sketch_article(item)
        with self.catalog.read() as connection:
            original = is_copy(connection, article)
        if original is None:
            return article
        self.crawler.stats.inc_value("dedupe/copies")
        if self.crawler.settings.get("DEDUPE_POLICY", "mark") == "drop":
            drop = Drop(Stage.SKETCH, Reason.COPY, f"a copy of {original}", article.url, article.id)
            raise await self.write_drop(article.id, drop)
        return article


class ArchivePipeline(_Pipeline):
    """Article -> catalog; the end of its place in the reading queue, in the same transaction."""

    async def process_item(self, item: Any) -> Any:
        """Store one article; anything else passes."""
        if isinstance(item, Article):
            article = item

            def store(connection: Connection) -> bool:
                return store_outcome(connection, article.id, article, PIPELINE_VERSION)

            await asyncio.wrap_future(self.catalog.write(store))
        return item
