"""Phase 1: one capture in, one Article or Drop out. The one place where the order of the stages stands.

    decode > mend_tags > extract > repair > metadata > convert > sketch

A pure function of the capture, the site's declaration and the tables shipped with this version. Nothing
learnt from the archive goes in: a capture can be read anywhere, any number of times, in any order.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url

from pipelines.convert.script import detect_script
from pipelines.convert.simplify import conversion_name, simplify
from pipelines.dedupe.sketch import sketch
from pipelines.ledger import Ledger, excerpt
from pipelines.markup import mend_tags
from pipelines.reading.addresses import without_credentials
from pipelines.reading.decode import Page, decode
from pipelines.reading.extract import extract
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Extracted, Metadata
from pipelines.reading.relevance import relevance
from pipelines.reading.robots import forbids
from pipelines.records import LACUNA, Article, Capture, Drop, Edit, Reason, Stage, work_id
from pipelines.repair.restorer import Restorer, looks_damaged
from pipelines.sites import Site
from pipelines.version import PIPELINE_VERSION

__all__ = ["PIPELINE_VERSION", "convert_article", "read", "read_own", "read_page", "sketch_article"]

CONVERTED: Final = ("headline", "article_body", "source", "original_headline", "rights")
CONVERTED_LISTS: Final = ("sources", "authors", "editors", "breadcrumbs", "tags", "keywords")


def read(capture: Capture, site: Site | None = None, *, own: bool = False) -> Article | Drop:
    """All stages. Never raises for bad data; what it raises is a bug, caught once, in the runner."""
    page = read_page(capture, site, own=own)
    if isinstance(page, Drop):
        return page
    converted = _converted(page)
    return replace(page, **converted, sketch=sketch(converted["article_body"]))


def read_own(capture: Capture, site: Site | None = None) -> Article | Drop:
    """`read` for captures that go into an archive, as a function for a pool of processes."""
    return read(capture, site, own=True)


def read_page(capture: Capture, site: Site | None = None, *, own: bool = False) -> Article | Drop:
    """Decode, mend, extract, repair, read the metadata: an Article in the script in which it was found.

    `own`: the article goes into our own archive, by crawl or backfill, which does as a page asks that wants
    no archived copy. Elsewhere (`ipnews extract`) it is an article with the flag `noarchive`.
    """
    if not 200 <= capture.status < 300:
        return _at(capture, Drop(Stage.CAPTURE, Reason.HTTP_STATUS, str(capture.status)))
    page = decode(capture.payload, capture.header("Content-Type"))
    if isinstance(page, Drop):
        return _at(capture, page)
    extracted = extract(mend_tags(page.text).html, capture.url, site.select if site else None)
    if isinstance(extracted, Drop):
        return _at(capture, extracted)
    if forbids((value for name, value in capture.headers if name.lower() == "x-robots-tag"), "noarchive"):
        extracted = replace(extracted, noarchive=True)
    if own and extracted.noarchive:
        return _at(capture, Drop(Stage.EXTRACT, Reason.NOARCHIVE, "the page asks not to be archived"))
    return _article(capture, site, page, extracted)


def convert_article(article: Article) -> Article:
    """Traditional to Simplified, every text field; then relevance, whose lexicon is Simplified.

    `tw2s` only for pages of Taiwan that are recorded as Traditional; `t2s` for everything else.
    """
    return replace(article, **_converted(article))


def _converted(article: Article) -> dict[str, Any]:
    from_taiwan = (urlsplit(article.url).hostname or "").endswith(".tw") and article.in_language == "zh-Hant"
    configuration = "tw2s" if from_taiwan else "t2s"

    def convert(text: str) -> str:
        return simplify(text, configuration=configuration)

    texts = {name: convert(text) for name in CONVERTED if (text := getattr(article, name)) is not None}
    lists = {name: tuple(convert(text) for text in getattr(article, name)) for name in CONVERTED_LISTS}
    about_ip = relevance(texts["headline"], texts["article_body"])
    return {**texts, **lists, "relevance": about_ip, "conversion": conversion_name(configuration)}


def sketch_article(article: Article) -> Article:
    """Add the sketch by which copies are found."""
    return replace(article, sketch=sketch(article.article_body))


@cache
def restorer() -> Restorer:
    """One restorer a process: its table is mapped into memory once."""
    return Restorer.load()


def _article(capture: Capture, site: Site | None, page: Page, extracted: Extracted) -> Article:
    ledger = Ledger()
    repaired = _repair(extracted, ledger)
    metadata = read_metadata(repaired, capture.url, capture.fetched_at)
    headline_raw, headline_edits = _headline(repaired, metadata, ledger)
    edits = (*headline_edits, *ledger.edits("article_body"), *ledger.edits("origin"))
    return Article(
        id=capture.id,
        work_id=work_id(address_identity(capture.url)),
        url=capture.url,
        fetched_at=capture.fetched_at,
        payload_digest=capture.payload_digest,
        headline=metadata.headline,
        headline_raw=headline_raw,
        article_body=repaired.body,
        article_body_raw=extracted.body,
        origin_raw=ledger.found("origin"),
        site=site.name if site else capture.site,
        in_language=detect_script(repaired.body),
        encoding=page.encoding,
        page_number=extracted.page_number,
        page_urls=extracted.page_urls,
        noise=extracted.noise,
        warc=capture.warc,
        edits=edits,
        lacunae=sum(edit.after.count(LACUNA) for edit in edits if edit.field != "origin"),
        pipeline_version=PIPELINE_VERSION,
        **_told(metadata),
    )


def _repair(extracted: Extracted, ledger: Ledger) -> Extracted:
    """Every visible text repaired, block by block; what the page says elsewhere helps with the damaged ones.

    No damage crosses a line end, so one look at all texts together tells a page without any.
    """
    found = tuple(extracted.visible())
    if not looks_damaged("\n".join(text for _, text in found)):
        for field, text in found:
            ledger.note(FIELDS[field], text, text, ())
        return extracted
    page = iter(restorer().restore_page(text for _, text in found))

    def repair(field: str, text: str) -> str:
        restored = next(page)
        return ledger.note(FIELDS[field], text, restored.text, restored.edits)

    return extracted.map_text(repair)


FIELDS: Final = {
    "headline": "headline",
    "article_body": "article_body",
    "origin": "origin",
    "title": "origin",
    "breadcrumbs": "origin",
    "tags": "origin",
}
"""Where the edits of each kind of text belong: see Article.origin_raw."""


def _headline(repaired: Extracted, metadata: Metadata, ledger: Ledger) -> tuple[str, tuple[Edit, ...]]:
    """The headline as found and its edits: the stretch of the candidate that became the headline."""
    found_at = zip(repaired.headline_candidates, ledger.parts("headline"), strict=True)
    for text, part in found_at:
        start = text.find(metadata.headline)
        if metadata.headline and start >= 0:
            stretch = excerpt(part, start, start + len(metadata.headline))
            if stretch is not None:
                return stretch
    return metadata.headline, ()


TOLD: Final = (
    "source", "sources", "authors", "editors", "original_headline", "date_published", "date_published_raw",
    "date_precision", "date_modified", "breadcrumbs", "tags", "keywords", "canonical_url", "origin_url",
    "rights", "noarchive", "tdm_reservation",
)  # fmt: skip
"""What an article says of itself as its page does."""


ADDRESSES: Final = ("canonical_url", "origin_url")


def _told(metadata: Metadata) -> dict[str, Any]:
    told = {name: getattr(metadata, name) for name in TOLD}
    return told | {name: without_credentials(told[name]) for name in ADDRESSES if told[name]}


def address_identity(url: str) -> str:
    """What stays the same over the versions of an address: canonical form, no fragment, no scheme."""
    return canonicalize_url(url).partition("://")[2]


def _at(capture: Capture, drop: Drop) -> Drop:
    return replace(drop, url=capture.url, capture_id=capture.id)
