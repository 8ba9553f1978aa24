"""Scrapy's pipelines and `read` are the same stages in the same order, and what they store is the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from pydispatch import dispatcher  # type: ignore[import-untyped]
from scrapy import signals
from scrapy.exceptions import DropItem
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from pipelines.archive import captures, drops
from pipelines.archive.article_rows import ArticleRow, article_of
from pipelines.archive.articles import load
from pipelines.archive.catalog import Catalog
from pipelines.archive.warc import WarcWriter, payload_digest
from pipelines.read import convert_article, read, read_page, sketch_article
from pipelines.records import Article, Capture, Drop
from pipelines.runner import forking

BODY = (
    "<p>本報訊（記者 韋一川）近日，某市知識產權局公布了上半年專利質押融資數據。數據顯示，全市共辦理專利質押登記四十二件，"
    "融資金額達到三億元，企業(yè)通過這一渠道獲得了急需的流動資金。</p><p>“我們沒有廠房可以抵押，但是我們有專利?！斑@是某科技公司"
    "負責人的原話。該公司憑借三件發(fā)明專利獲得貸款五百萬元，用于新產線的建設和調試。</p>"
)
PAGE = f"<html><head><title>專利質押登記四十二件</title></head><body><h1>專利質押登記四十二件</h1>{BODY}</body></html>"


def capture(url: str, html: str) -> Capture:
    payload = html.encode()
    return Capture(
        url,
        "2026-01-01T00:00:00Z",
        payload,
        payload_digest(payload),
        headers=(("Content-Type", "text/html"),),
    )


class Crawl:
    """The four pipelines as Scrapy makes them, over a real archive."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.catalog = Catalog.open(folder)
        self.writer = WarcWriter(folder / "warc", "test")
        session = SimpleNamespace(catalog=self.catalog, site_of=lambda url: None, read_here=lambda: None)
        configured = Settings({"READ_WORKERS": 0} | settings)
        configured.setmodule("crawler.settings", priority="default")
        self.crawler: Any = SimpleNamespace(settings=configured, spider=SimpleNamespace(session=session))
        self.crawler.stats = MemoryStatsCollector(SimpleNamespace(settings=configured))
        paths = build_component_list(configured.get_component_priority_dict_with_base("ITEM_PIPELINES"))
        self.stages = [load_object(path).from_crawler(self.crawler) for path in paths]
        dispatcher.connect(self._look, signals.item_scraped, self.crawler)

    def _look(self) -> None:
        """As an export does: what comes out is looked at."""

    def keep(self, found: Capture) -> Capture:
        """As the crawl does it: the record and its row stand before a pipeline sees the item."""
        archived = self.writer.write_exchange(found)
        self.catalog.write(lambda connection: captures.insert_capture(connection, archived)).result()
        return archived

    def send(self, item: Any) -> Any:
        async def through() -> Any:
            value = item
            for stage in self.stages:
                outcome = stage.process_item(value)
                value = await outcome if asyncio.iscoroutine(outcome) else outcome
            return value

        for stage in self.stages:
            if hasattr(stage, "open_spider"):
                stage.open_spider()
        try:
            return asyncio.run(through())
        finally:
            for stage in self.stages:
                if hasattr(stage, "close_spider"):
                    stage.close_spider()


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    made = Crawl(tmp_path / "archive")
    yield made
    made.writer.close()
    made.catalog.close()


def test_the_pipelines_do_what_read_does(crawl: Crawl) -> None:
    item = crawl.keep(capture("http://a.example/1.html", PAGE))
    article = crawl.send(item)
    assert isinstance(article, Article)
    assert article == read(item)
    assert "我们有专利。“这是" in article.article_body
    with crawl.catalog.read() as connection:
        assert load(connection, item.id) == article


def test_what_nobody_looks_at_stays_packed(crawl: Crawl) -> None:
    item = crawl.keep(capture("http://a.example/1.html", PAGE))
    dispatcher.disconnect(crawl._look, signals.item_scraped, crawl.crawler)
    packed = crawl.send(item)
    assert isinstance(packed, ArticleRow)
    with crawl.catalog.read() as connection:
        assert load(connection, item.id) == article_of(packed) == read(item)


def test_a_worker_process_reads_the_same(tmp_path: Path) -> None:
    made = Crawl(tmp_path / "archive", READ_WORKERS=1)
    item = made.keep(capture("http://a.example/1.html", PAGE))
    assert made.send(item) == read(item)
    made.writer.close()
    made.catalog.close()


def test_a_page_that_holds_its_reader_up_stays_in_the_reading_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forking, "PATIENCE_SECONDS", 0.0)
    made = Crawl(tmp_path / "archive", READ_WORKERS=1)
    item = made.keep(capture("http://a.example/1.html", PAGE))
    with pytest.raises(DropItem, match="stays in the reading queue"):
        made.send(item)
    made.writer.close()
    made.catalog.close()
    with Catalog.open(tmp_path / "archive") as catalog, catalog.read() as connection:
        assert captures.count_pending(connection, 0.0) == 1


class _Between:
    """A project's own pipeline, which sees the article as it was read."""

    seen: ClassVar[list[Article]] = []

    @classmethod
    def from_crawler(cls, _: Any) -> _Between:
        return cls()

    def process_item(self, item: Article) -> Article:
        self.seen.append(item)
        return replace(item, headline=item.headline + "（二）")


def test_a_pipeline_between_ours_sees_the_article_as_it_was_read(tmp_path: Path) -> None:
    ours = Settings()
    ours.setmodule("crawler.settings")
    made = Crawl(tmp_path / "archive", ITEM_PIPELINES=ours.getdict("ITEM_PIPELINES") | {_Between: 150})
    item = made.keep(capture("http://a.example/1.html", PAGE))
    article = made.send(item)
    assert [(one.headline, one.conversion, one.sketch) for one in _Between.seen] == [
        ("專利質押登記四十二件", None, None)
    ]
    assert article == sketch_article(
        convert_article(replace(read_page(item), headline="專利質押登記四十二件（二）"))
    )
    made.writer.close()
    made.catalog.close()


def test_a_drop_is_stored_with_its_reason(crawl: Crawl) -> None:
    item = crawl.keep(capture("http://a.example/2.html", "<html><body><p>404 页面不存在</p></body></html>"))
    with pytest.raises(DropItem):
        crawl.send(item)
    expected = read(item)
    assert isinstance(expected, Drop)
    with crawl.catalog.read() as connection:
        assert drops.find(connection, item.id) == expected


@pytest.mark.parametrize("wish", ["noarchive", "noindex, NoArchive", "none"])
def test_a_page_that_asks_not_to_be_archived_is_dropped(crawl: Crawl, wish: str) -> None:
    asking = PAGE.replace("<head>", f'<head><meta name="robots" content="{wish}">')
    item = crawl.keep(capture("http://a.example/3.html", asking))
    with pytest.raises(DropItem, match="noarchive"):
        crawl.send(item)
    outcome = read(item)
    assert isinstance(outcome, Article)
    assert outcome.noarchive


def test_a_copy_is_marked_and_kept_and_dropped_on_request(tmp_path: Path) -> None:
    made = Crawl(tmp_path / "archive")
    made.send(made.keep(capture("http://a.example/1.html", PAGE)))
    copy = made.keep(capture("http://b.example/9.html", PAGE))
    assert isinstance(made.send(copy), Article)
    assert made.crawler.stats.get_value("dedupe/copies") == 1
    made.crawler.settings.set("DEDUPE_POLICY", "drop", priority="cmdline")
    another = made.keep(capture("http://c.example/9.html", PAGE))
    with pytest.raises(DropItem, match="copy"):
        made.send(another)
    made.writer.close()
    made.catalog.close()


def test_what_is_no_capture_passes(crawl: Crawl) -> None:
    assert crawl.send({"some": "item"}) == {"some": "item"}
