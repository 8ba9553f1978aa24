"""Speed and memory of exports, from the catalog to the disk, beside the plain way of doing it."""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, Update, select, update

from bench.figures import Figure, floors
from bench.made_articles import made_articles
from pipelines.archive.captures import host_of
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import pack
from pipelines.archive.schema import articles, edits, settled
from pipelines.archive.shelf import Shelf
from pipelines.export.filters import Filters
from pipelines.export.job import Format, export
from pipelines.records import Article, Settled, version_id, work_id

FULL, SHORT = 1_000_000, 50_000
DISTINCT = 5_000
"""Texts made; the others repeat them under ids and addresses of their own, at the same cost."""


def run(full: bool) -> list[Figure]:
    """Snapshots and Delta over a catalog of made articles, each step in a process of its own."""
    size = FULL if full else SHORT
    bounds = floors("bench_export")
    with tempfile.TemporaryDirectory(prefix="ipnews-bench-") as folder:
        archive, out = Path(folder, "archive"), Path(folder, "out")
        fill_catalog(archive, size)
        figures = []
        for form in ("parquet", "jsonl"):
            rate, memory = _alone(_timed_export, archive, out / form, form)
            again, _ = _alone(_timed_export, archive, out / form, form)
            figures += [
                Figure("export", f"{form} snapshot", rate, size, unit="rows/s", floor=bounds[f"{form}_rate"]),
                Figure("export", f"{form} snapshot, nothing changed", again, size, unit="rows/s"),
                Figure(
                    "export", f"{form} memory", memory, size, unit="MB", ceiling=bounds["snapshot_memory"]
                ),
            ]
        for step in ("first", "1 % changed"):
            rate, memory = _alone(_timed_export, archive, out / "delta", "delta")
            bound = bounds["delta_memory"]
            figures.append(Figure("export", f"delta, {step}", rate, size, unit="rows/s"))
            figures.append(Figure("export", f"delta memory, {step}", memory, size, unit="MB", ceiling=bound))
            _alone(_change, archive, size // 100)
        rate, memory = _alone(_plain_way, archive, out / "plain.parquet", 10_000)
        figures.append(Figure("export", "peer: from_pylist, write_table", rate, 10_000, unit="rows/s"))
    return figures


def fill_catalog(folder: Path, size: int) -> None:
    """A catalog with `size` settled IP articles, put into the tables directly: search is not exported."""
    with Catalog.open(folder) as catalog:
        batches = _batches(enumerate(_endless(), start=1), size)
        for batch in batches:
            catalog.write(partial(insert_articles, batch=batch)).result()


def _endless() -> Iterator[tuple[Article, Settled]]:
    made = [pair for pair in made_articles(DISTINCT) if pair[0].relevance > 0.5]
    for turn in count():
        for article, derived in made:
            url = f"{article.url}?turn={turn}"
            new = version_id(url, article.payload_digest)
            yield (
                replace(article, id=new, work_id=work_id(url), url=url),
                replace(derived, id=new, cluster_id=new, canonical=True),
            )


def _batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    left = size
    while left > 0 and (batch := list(islice(items, min(left, 5_000)))):
        left -= len(batch)
        yield batch


def insert_articles(connection: Connection, batch: list[tuple[int, tuple[Article, Settled]]]) -> None:
    """Put numbered articles and what settle derived into the tables."""
    connection.execute(articles.insert(), [_columns(number, article) for number, (article, _) in batch])
    derived = [
        {
            "id": one.id,
            "cluster_id": one.cluster_id,
            "canonical": one.canonical,
            "relation": one.relation,
            "record": pack(one),
        }
        for _, (_, one) in batch
    ]
    connection.execute(settled.insert(), derived)
    damaged = [article for _, (article, _) in batch if article.edits]
    if damaged:
        connection.execute(edits.insert(), [{"article_id": a.id, "edits": pack(a.edits)} for a in damaged])


def _columns(number: int, article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "number": number,
        "work_id": article.work_id,
        "url": article.url,
        "host": host_of(article.url),
        "site": article.site,
        "fetched_at": article.fetched_at,
        "headline": article.headline,
        "source": article.source,
        "date_published": article.date_published,
        "in_language": article.in_language,
        "relevance": article.relevance,
        "characters": len(article.article_body),
        "lacunae": 0,
        "body_digest": "",
        "current": True,
        "record": pack(replace(article, edits=())),
        "settle_state": "settled",
    }


def _change(folder: Path, rows: int) -> tuple[float, float]:
    """Give `rows` articles of one year another headline, as reading them anew might."""
    with Catalog.open(folder) as catalog, catalog.read() as connection:
        query = select(articles.c.id, articles.c.record).where(articles.c.date_published.like("2020-%"))
        found = connection.execute(query.order_by(articles.c.id).limit(rows)).all()
    with Catalog.open(folder) as catalog:
        for row in found:
            catalog.write(partial(_execute, statement=_changed(row.id, row.record)))
    return float(len(found)), 0.0


def _execute(connection: Connection, statement: Update) -> None:
    connection.execute(statement)


def _changed(article_id: str, record: bytes) -> Update:
    content = json.loads(zlib.decompress(record)) | {"headline": "改过的标题"}
    values = {"record": zlib.compress(json.dumps(content).encode())}
    return update(articles).where(articles.c.id == article_id).values(**values)


def _alone(work: Callable[..., tuple[float, float]], *arguments: Any) -> tuple[float, float]:
    """(rate, peak memory in MB) of a function in a fresh process: an earlier peak would hide its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _timed_export(archive: Path, out: Path, form: Format) -> tuple[float, float]:
    with Catalog.open(archive, read_only=True) as catalog:
        start = time.perf_counter()
        result = export(catalog, Shelf(archive), out.as_uri(), form, Filters())
        seconds = time.perf_counter() - start
    return result.rows / seconds, _peak()


def _plain_way(archive: Path, out: Path, rows: int) -> tuple[float, float]:
    """What a script would do: load the JSON, hand the dictionaries to pyarrow, write one file."""
    with Catalog.open(archive, read_only=True) as catalog, catalog.read() as connection:
        start = time.perf_counter()
        query = select(articles.c.record).order_by(articles.c.id).limit(rows)
        records = [json.loads(zlib.decompress(row.record)) for row in connection.execute(query)]
        pq.write_table(pa.Table.from_pylist(records), out, compression="zstd")
        return len(records) / (time.perf_counter() - start), _peak()


def _peak() -> float:
    """Peak of this process, and of as many children as there are cores as if all had the largest one's."""
    own, child = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return float(own + child * len(os.sched_getaffinity(0))) / 1024
