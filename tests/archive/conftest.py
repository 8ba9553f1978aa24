"""An archive with a few captures, as a crawl leaves it: WARC first, then the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.archive import captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.warc import WarcWriter
from pipelines.records import Article, Capture, Edit, Sketch, work_id
from tests.archive.stored import store_outcome

PAGE = "<html><body><h1>{title}</h1><p>国家知识产权局公布第{number}号专利公告，共授权发明专利{number}件。</p></body></html>"


def page_of(number: int, title: str = "专利公告") -> bytes:
    return PAGE.format(title=title, number=number).encode()


def capture_of(url: str, payload: bytes, fetched_at: str = "2026-01-02T03:04:05Z") -> Capture:
    return Capture(url, fetched_at, payload, "", 200, (("Content-Type", "text/html; charset=utf-8"),))


def article_of(capture: Capture, body: str = "", headline: str = "专利公告") -> Article:
    text = body or capture.payload.decode("utf-8", "replace")
    return Article(
        id=capture.id,
        work_id=work_id(capture.url),
        url=capture.url,
        fetched_at=capture.fetched_at,
        payload_digest=capture.payload_digest,
        headline=headline,
        article_body=text,
        headline_raw=headline,
        article_body_raw=text[1:],
        edits=(Edit("article_body", 0, "", text[:1], "test", "exact"),) if text else (),
        sketch=Sketch((1, 2**63 + len(text), 2**64 - 1), 8, len(text)),
        warc=capture.warc,
        pipeline_version="v1",
    )


@dataclass(slots=True)
class Archive:
    """A folder, its catalog, and a way to put captures in."""

    folder: Path
    catalog: Catalog

    def add(self, *items: Capture, read: bool = True, writer: str = "test") -> list[Capture]:
        with WarcWriter(self.folder / "warc", writer) as warc:
            stored = [warc.write_exchange(item, (("User-Agent", "test"),)) for item in items]
        for capture in stored:
            self.catalog.write(lambda c, capture=capture: captures.insert_capture(c, capture)).result()
            if read:
                article = article_of(capture)
                self.catalog.write(
                    lambda c, article=article: store_outcome(c, article.id, article, "v1")
                ).result()
        return stored


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    folder = tmp_path / "archive"
    with Catalog.open(folder) as catalog:
        yield Archive(folder, catalog)


@pytest.fixture(scope="session")
def make_page() -> Callable[..., bytes]:
    return page_of


@pytest.fixture(scope="session")
def make_capture() -> Callable[..., Capture]:
    return capture_of


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    return article_of
