"""Exports killed at moments spread over their whole course: what readers see, and what the next run makes."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from bench.figures import Figure, floors, proportion
from bench.killed_export import NEVER, export_until
from bench.made_articles import made_articles
from bench.made_catalog import insert_articles
from pipelines.archive.catalog import Catalog
from pipelines.export.formats import SnapshotFormat
from pipelines.export.job import Format
from pipelines.export.verify import verify_export
from pipelines.records import Article, Settled

FULL, SHORT = 20, 4
ARTICLES = 400


def run(full: bool) -> list[Figure]:
    """For each format: killed at 20 (short: 4) moments of an export over an older one."""
    moments = FULL if full else SHORT
    bounds = floors("export")
    with tempfile.TemporaryDirectory(prefix="ipnews-eval-") as name:
        folder = Path(name)
        made = [(in_one_year(article), derived) for article, derived in made_articles(ARTICLES)]
        fill(folder / "old", made[: ARTICLES // 2])
        newer = [(replace(a, headline="改") if n % 50 == 0 else a, s) for n, (a, s) in enumerate(made[20:])]
        fill(folder / "new", newer)
        figures = []
        for form in ("parquet", "jsonl", "delta"):
            seen, after = killed(folder, form, moments)
            for what, right in (
                ("readers see the old or the new", seen),
                ("the next run completes it", after),
            ):
                title = f"{form} killed: {what}"
                figures.append(proportion("export", title, right, moments, bounds["killed"]))
    return figures


def fill(folder: Path, pairs: list[tuple[Article, Settled]]) -> None:
    """A catalog of these articles."""
    with Catalog.open(folder) as catalog:
        numbered = list(enumerate(pairs, start=1))
        catalog.write(lambda connection: insert_articles(connection, numbered)).result()


def in_one_year(article: Article) -> Article:
    """The same article in a year of twelve months, so that a table has months with more than one row."""
    return replace(article, date_published=article.date_published and "2021" + article.date_published[4:])


def killed(folder: Path, form: Format, moments: int) -> tuple[int, int]:
    """(times that readers saw one whole state, times that the next run gave the undisturbed content)."""
    reference = folder / form / "undisturbed"
    export_until(folder / "old", str(reference), form, NEVER)
    shutil.copytree(reference, folder / form / "before")
    old = content(reference, form)
    every = export_until(folder / "new", str(reference), form, NEVER)
    new = content(reference, form)
    seen = after = 0
    for number in range(moments):
        out = folder / form / str(number)
        shutil.copytree(folder / form / "before", out)
        export_until(folder / "new", str(out), form, 1 + number * (every - 1) // max(moments - 1, 1))
        seen += content(out, form) in (old, new)
        export_until(folder / "new", str(out), form, NEVER)
        after += content(out, form) == new and not list(verify_export(str(out)))
    return seen, after


def content(out: Path, form: Format) -> list[str]:
    """What a reader sees: every row in full, in order of ids; nothing before the first commit or manifest."""
    rows = _table_rows(out) if form == "delta" else _snapshot_rows(out, form)
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def _table_rows(out: Path) -> list[dict[str, Any]]:
    if not DeltaTable.is_deltatable(str(out)):
        return []
    return [row for uri in DeltaTable(out).file_uris() for row in pq.ParquetFile(uri).read().to_pylist()]


def _snapshot_rows(out: Path, form: Format) -> list[dict[str, Any]]:
    assert form in get_args(SnapshotFormat)
    manifest = out / "_manifest.json"
    names = [part["name"] for part in json.loads(manifest.read_bytes())["parts"]] if manifest.exists() else []
    if form == "parquet":
        return [row for name in names for row in pq.ParquetFile(out / name).read().to_pylist()]
    lines = b"".join(pa.input_stream(str(out / name), compression="zstd").read() for name in names)
    return [json.loads(line) for line in lines.splitlines()]
