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
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from pipelines.archive.captures import note_attempt
from pipelines.archive.catalog import Catalog
from pipelines.archive.copies import is_copy
from pipelines.archive.outcomes import Outcomes
from pipelines.read import PIPELINE_VERSION, convert_article, read, read_page, sketch_article
from pipelines.records import Article, Capture, Drop, Reason, Stage
from pipelines.runner.readers import ReaderDied, Readers


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

    @cached_property
    def _outcomes(self) -> Outcomes:
        return Outcomes(self.catalog.write, PIPELINE_VERSION)

    async def store(self, capture_id: str, outcome: Article | Drop) -> None:
        """What became of a capture, and the end of its place in the reading queue, in one transaction."""
        await asyncio.wrap_future(self._outcomes.store(capture_id, outcome))

    async def dropped(self, capture_id: str, drop: Drop) -> DropItem:
        """Store a drop, count it by its reason; the DropItem is for the caller to raise."""
        await self.store(capture_id, drop)
        return DropItem(f"{drop.reason}: {drop.url} {drop.detail}", log_level="DEBUG")


class ReadPipeline(_Pipeline):
    """Capture -> Article, in up to `READ_WORKERS` processes beside the reactor: 0 reads in this process.

    Where the next two pipelines are ours as well, the article comes converted and sketched from there, and
    they let it pass: done beside the reactor instead of in it, they cost a crawl a seventh less.
    """

    def open_spider(self) -> None:
        """Start the first process."""
        self.readers = Readers(self.crawler.settings.getint("READ_WORKERS", 1))
        self._function = read if _follow_each_other(self.crawler.settings) else read_page

    async def process_item(self, item: Any) -> Any:
        """Read one capture; anything else passes."""
        if not isinstance(item, Capture):
            return item
        site = self.session.site_of(item.url)
        try:
            outcome = await asyncio.wrap_future(self.readers.run(self._function, item, site, own=True))
        except ReaderDied as error:
            self.catalog.write(lambda connection: note_attempt(connection, item.id))
            raise DropItem(f"{error}: {item.url} stays in the reading queue", log_level="DEBUG") from None
        if isinstance(outcome, Drop):
            raise await self.dropped(item.id, outcome)
        return outcome

    def close_spider(self) -> None:
        """Let the processes finish."""
        self.readers.close()


class ConvertPipeline(_Pipeline):
    """Traditional -> Simplified."""

    def process_item(self, item: Any) -> Any:
        """Convert one article; anything else passes."""
        return convert_article(item) if isinstance(item, Article) and item.conversion is None else item


class DeduplicatePipeline(_Pipeline):
    """Adds the sketch and counts copies. `DEDUPE_POLICY`: "mark" keeps every copy, "drop" drops it here.

    Which copies belong to one story, and which of them is canonical, is decided in settle, where the order of
    arrival has no say.
    """

    def open_spider(self) -> None:
        """One thread looks into the catalog: a further one would have a connection and a cache of its own."""
        self.look = ThreadPoolExecutor(1, "copies").submit

    async def process_item(self, item: Any) -> Any:
        """Sketch one article; anything else passes."""
        if not isinstance(item, Article):
            return item
        article = item if item.sketch is not None else sketch_article(item)
        original = await asyncio.wrap_future(self.look(self._original_of, article))
        if original is not None:
            self.crawler.stats.inc_value("dedupe/copies")
            if self.crawler.settings.get("DEDUPE_POLICY", "mark") == "drop":
                drop = Drop(Stage.SKETCH, Reason.COPY, f"a copy of {original}", article.url, article.id)
                raise await self.dropped(article.id, drop)
        return article

    def _original_of(self, article: Article) -> str | None:
        with self.catalog.read() as connection:
            return is_copy(connection, article)


class ArchivePipeline(_Pipeline):
    """Article -> catalog."""

    async def process_item(self, item: Any) -> Any:
        """Store one article; anything else passes."""
        if isinstance(item, Article):
            await self.store(item.id, item)
        return item


def _follow_each_other(settings: BaseSettings) -> bool:
    """Whether nothing of a project's own stands between the three that make an article of a capture."""
    paths = build_component_list(settings.get_component_priority_dict_with_base("ITEM_PIPELINES"))
    order = [load_object(path) for path in paths]
    start = order.index(ReadPipeline)
    return order[start : start + 3] == [ReadPipeline, ConvertPipeline, DeduplicatePipeline]
