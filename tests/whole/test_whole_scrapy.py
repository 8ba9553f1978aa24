"""The spider by Scrapy's own commands: the same articles as by `ipnews crawl`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from pipelines.archive.articles import iterate
from pipelines.archive.catalog import Catalog
from pipelines.records import Article

SITE = "wenkuhui"
VOLATILE = {"fetched_at", "warc"}


def told(article: Article) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(article)
    return {name: value for name, value in fields.items() if name not in VOLATILE}


def test_scrapy_crawl_gives_the_articles_of_ipnews_crawl(live: Callable[..., Any]) -> None:
    ours, _ = live("ours")
    ours.done("crawl", "--site", SITE)
    with Catalog.open(ours.archive, read_only=True) as catalog, catalog.read() as connection:
        expected = {article.id: told(article) for article in iterate(connection, whole=True)}
    assert len(expected) > 3

    theirs, _ = live("theirs")
    network = json.dumps(theirs.network)
    arguments = ("-a", f"site={SITE}", "-s", f"IPNEWS_RESOLVE={network}", "-s", "LOG_LEVEL=WARNING")
    result = theirs.scrapy("crawl", "mirror", *arguments, "-O", "out.jsonl")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    lines = (theirs.folder / "out.jsonl").read_bytes().splitlines()
    articles = [msgspec.json.decode(line, type=Article) for line in lines]
    assert {article.id: told(article) for article in articles} == expected
    assert len(articles) == len(expected)


def test_scrapys_other_commands_know_the_project(place: Callable[..., Any]) -> None:
    project = place()
    assert project.scrapy("list").stdout.split() == ["mirror"]
    check = project.scrapy("check")
    assert check.returncode == 0, check.stderr
    assert "Traceback" not in check.stderr
    assert project.scrapy("settings", "--get", "BOT_NAME").stdout.strip() == "ipnews"
