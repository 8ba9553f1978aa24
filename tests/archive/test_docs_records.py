"""docs/records.md and docs/archive.md say what the code has: every field, reason, table and suffix."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from pipelines.archive import schema
from pipelines.archive.codings import MAX_PAYLOAD
from pipelines.archive.warc import ROTATE_AT
from pipelines.records import SCHEMA_VERSION, Article, Edit, Reason, Settled, Stage
from pipelines.runner.forking import PATIENCE_SECONDS
from pipelines.runner.pool import DEATHS
from pipelines.sources.expand import SUFFIXES
from pipelines.sources.plan import RANGE_BYTES

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
RECORDS = (DOCS / "records.md").read_text(encoding="utf-8")
ARCHIVE = (DOCS / "archive.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> set[str]:
    """Names in the first cells of the tables below a heading."""
    part = re.split(r"^## ", RECORDS, flags=re.MULTILINE)
    (section,) = [text for text in part if text.startswith(heading)]
    cells = re.findall(r"^\| (.*?) \|", section, flags=re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z_0-9]+)`", cell)}


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Article", {field.name for field in fields(Article)}),
        ("Edit", {field.name for field in fields(Edit)}),
        ("Settled", {field.name for field in fields(Settled)}),
        ("Drop", {*Reason, *Stage}),
        ("Tables", {*schema.metadata.tables, "search"}),
    ],
)
def test_every_name_is_explained_and_no_other(heading: str, names: set[str]) -> None:
    assert first_cells(heading) == {str(name) for name in names}


def test_numbers_are_those_of_the_code() -> None:
    assert (
        f"Schema version {SCHEMA_VERSION} of the article, schema {schema.CATALOG_SCHEMA} of the catalog"
        in RECORDS
    )
    assert MAX_PAYLOAD == 16 << 20
    assert "more than 16 MiB" in RECORDS
    assert "more than 16 MiB" in ARCHIVE
    assert ROTATE_AT == 1 << 30
    assert "A new one begins at 1 GiB" in ARCHIVE
    assert (DEATHS, PATIENCE_SECONDS) == (2, 120)
    assert "kills its reader twice, or holds it up for two minutes" in ARCHIVE
    assert RANGE_BYTES == 2 << 20
    assert "ranges of about 2 MB" in ARCHIVE


def test_sources_are_named() -> None:
    for suffix in SUFFIXES:
        assert f"x{suffix}`" in ARCHIVE
