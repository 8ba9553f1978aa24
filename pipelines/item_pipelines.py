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

from functools import cached_property
from typing import Any, Self

from pydispatch.dispatcher import getAllReceivers, liveReceivers  # type: ignore[import-untyped]
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.extensions.corestats import CoreStats
from scrapy.settings import BaseSettings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from pipelines.archive.article_rows import ArticleRow, article_of, row_of
from pipelines.archive.catalog import Catalog
from pipelines.archive.copies import originals
from pipelines.archive.outcomes import PAUSE_SECONDS, Outcomes
from pipelines.archive.together import Together
from pipelines.awaiting import result_of
from pipelines.read import PIPELINE_VERSION, convert_article, read_page, sketch_article
from pipelines.records import Article, Capture, Drop, Reason, Stage
from pipelines.runner.packed import read_packed
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

    async def store(self, outcome: ArticleRow | Drop) -> None:
        """What became of a capture, and the end of its place in the reading queue, in one transaction."""
        await result_of(self._outcomes.store(outcome))

    async def dropped(self, drop: Drop) -> DropItem:
        """Store a drop, count it by its reason; the DropItem is for the caller to raise."""
        await self.store(drop)
        return DropItem(f"{drop.reason}: {drop.url} {drop.detail}", log_level="DEBUG")


class ReadPipeline(_Pipeline):
    """Capture -> Article, in up to `READ_WORKERS` processes beside the reactor: 0 reads in this process.

    Where the next three pipelines are ours as well, the article comes from there converted, sketched and
    packed for the catalog, and stays packed on its way through them.
    """

    def open_spider(self) -> None:
        """Start the first process. What a crawl fetches is its own to read, whoever shares the catalog."""
        if (session := getattr(self.crawler.spider, "session", None)) is not None:
            session.read_here()
        self.readers = Readers(self.crawler.settings.getint("READ_WORKERS", 1))
        self._function = read_packed if _follow_each_other(self.crawler.settings) else read_page

    async def process_item(self, item: Any) -> Any:
        """Read one capture; anything else passes."""
        if not isinstance(item, Capture):
            return item
        site = self.session.site_of(item.url)
        try:
            outcome = await result_of(self.readers.run(self._function, item, site, own=True))
        except ReaderDied as error:
            raise DropItem(f"{error}: {item.url} stays in the reading queue", log_level="DEBUG") from None
        if isinstance(outcome, Drop):
            raise await self.dropped(outcome)
        return outcome

    def close_spider(self) -> None:
        """Let the processes finish."""
        self.readers.close()


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

    @cached_property
    def _originals(self) -> Together[ArticleRow, list[str | None], str | None]:
        """On the writer's connection: another one would have a cache of its own, and wait for no less."""
        return Together(self.catalog.write, originals, lambda _, found: found, PAUSE_SECONDS)

    async def process_item(self, item: Any) -> Any:
        """Sketch one article; anything else passes."""
        article = sketch_article(item) if isinstance(item, Article) else item
        if not isinstance(article, Article | ArticleRow):
            return item
        row = article if isinstance(article, ArticleRow) else row_of(article)
        original = await result_of(self._originals.add(row))
        if original is not None:
            self.crawler.stats.inc_value("dedupe/copies")
            if self.crawler.settings.get("DEDUPE_POLICY", "mark") == "drop":
                drop = Drop(Stage.SKETCH, Reason.COPY, f"a copy of {original}", article.url, article.id)
                raise await self.dropped(drop)
        return article


class ArchivePipeline(_Pipeline):
    """Article -> catalog."""

    async def process_item(self, item: Any) -> Any:
        """Store one article; anything else passes. Who looks at what comes out sees an Article."""
        if isinstance(item, Article):
            await self.store(row_of(item))
        elif isinstance(item, ArticleRow):
            await self.store(item)
            return article_of(item) if self._is_seen else item
        return item

    @cached_property
    def _is_seen(self) -> bool:
        """Whether anything but Scrapy's counting gets the items: an export, a pipeline behind this one, code
        of a project's own. In `ipnews crawl` nothing does, and to unpack them is a thirtieth of its time."""
        receivers = liveReceivers(getAllReceivers(self.crawler, signals.item_scraped))
        counted = all(isinstance(getattr(one, "__self__", None), CoreStats) for one in receivers)
        return not counted or _order(self.crawler.settings)[-1] is not ArchivePipeline


def _order(settings: BaseSettings) -> list[Any]:
    paths = build_component_list(settings.get_component_priority_dict_with_base("ITEM_PIPELINES"))
    return [load_object(path) for path in paths]


def _follow_each_other(settings: BaseSettings) -> bool:
    """Whether nothing of a project's own stands between the four that make a row of a capture."""
    order = _order(settings)
    start = order.index(ReadPipeline)
    ours = [ReadPipeline, ConvertPipeline, DeduplicatePipeline, ArchivePipeline]
    return order[start : start + len(ours)] == ours
