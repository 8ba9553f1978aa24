"""What holds for every record of a crawled archive: edits replay, pointers lead to their bytes, truth is met."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection
from warcio.archiveiterator import ArchiveIterator

from crawler.demo.network import Network
from crawler.demo.truth import Truth, clusters, truths
from pipelines.archive.articles import iterate
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import unpack
from pipelines.archive.schema import articles, captures, settled
from pipelines.convert.simplify import simplify
from pipelines.records import LACUNA, Article, Settled, replay


@pytest.fixture(scope="module")
def revised(chosen: Network) -> Network:
    """The network as it was when it was crawled for the second time."""
    return chosen.at(1, 0.1)


@pytest.fixture(scope="module")
def truth(revised: Network) -> dict[str, Truth]:
    return {page.url: page for page in truths(revised) if not page.noarchive}


@contextmanager
def opened(place: Any) -> Iterator[Connection]:
    with Catalog.open(place.archive, read_only=True) as catalog, catalog.read() as connection:
        yield connection


def test_every_edit_list_leads_from_the_text_as_found_to_the_text_as_kept(crawled: Any) -> None:
    with opened(crawled) as connection:
        found = list(iterate(connection, whole=True))
    assert sum(len(article.edits) for article in found) > 1_000
    for article in found:
        headline = replay(article.headline_raw, article.edits, "headline")
        body = replay(article.article_body_raw, article.edits, "article_body")
        assert simplify(headline) == article.headline
        assert simplify(body) == article.article_body
        replay(article.origin_raw, article.edits, "origin")
        assert article.lacunae == (headline + body).count(LACUNA)


def test_every_edition_follows_from_its_canonical_member(crawled: Any) -> None:
    with opened(crawled) as connection:
        facts = [unpack(row.record, Settled) for row in connection.execute(settled.select())]
        bodies = {article.id: article for article in iterate(connection)}
    editions = [fact for fact in facts if fact.edition_body is not None and not fact.joined]
    assert editions
    for fact in editions:
        assert fact.canonical
        article: Article = bodies[fact.id]
        assert replay(article.article_body, fact.edition_edits, "edition_body") == fact.edition_body


def test_every_pointer_leads_to_a_record_whose_payload_has_the_digest(crawled: Any) -> None:
    """Read by another WARC library, from the named byte, for the named length, and hashed by hand."""
    with opened(crawled) as connection:
        rows = connection.execute(captures.select()).all()
    assert len(rows) > 60
    for row in rows:
        with (crawled.archive / "warc" / row.warc_file).open("rb") as file:
            file.seek(row.warc_offset)
            member = file.read(row.warc_length)
        gzip.decompress(member)
        (record,) = ((one, one.content_stream().read()) for one in ArchiveIterator(io.BytesIO(member)))
        assert record[0].rec_headers["WARC-Target-URI"] == row.url
        assert record[0].rec_headers["WARC-Date"] == row.fetched_at
        assert "sha256:" + hashlib.sha256(record[1]).hexdigest() == row.payload_digest


def test_verify_finds_nothing(crawled: Any) -> None:
    crawled.done("verify")


def test_after_a_revision_every_page_has_one_current_version(crawled: Any, truth: dict[str, Truth]) -> None:
    with opened(crawled) as connection:
        current = [article.url for article in iterate(connection, where=articles.c.current)]
        versions = connection.execute(articles.select()).all()
    assert sorted(current) == sorted(truth)
    assert len(versions) > len(current)


def test_copies_are_clustered_as_they_were_copied(
    crawled: Any, revised: Network, truth: dict[str, Truth]
) -> None:
    """Pages of one article are one member, the two texts on one event are two stories."""
    expected = {frozenset(urls & truth.keys()) for urls in clusters(revised).values()}
    found: dict[str, set[str]] = {}
    for line in (crawled.folder / "second.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        if truth[row["url"]].page == 1:
            found.setdefault(row["cluster_id"], set()).add(row["url"])
    assert {frozenset(urls) for urls in found.values()} == expected


def test_what_did_not_change_was_not_sent_again(crawled: Any, revised: Network) -> None:
    first, second = (json.loads((crawled.folder / f"{run}.json").read_text()) for run in ("first", "second"))
    sent = {
        run: sum(size for status, size, _, _ in told if status == 200)
        for run, told in (("first", first), ("second", second))
    }
    assert sent["second"] < sent["first"] / 2
    changed = {(host, path) for status, _, host, path in second if status == 200 and path != "/robots.txt"}
    pages = {(page.host, page.url.removeprefix(f"http://{page.host}")) for page in truths(revised)}
    assert changed & pages
    assert len(changed & pages) < len(pages) / 3
