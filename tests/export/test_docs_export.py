"""docs/export.md is true: its fields are the schema's, its examples run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipelines.export.rows import SCHEMA, VOLATILE
from pipelines.object_stores import VARIABLES
from pipelines.records import SCHEMA_VERSION

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")


def test_the_fields_are_those_of_the_schema() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| (may be null|) ?\|$", PAGE, re.MULTILINE)
    schema = [
        (
            field.name,
            str(field.type).replace("element: ", "").replace(" not null", ""),
            "may be null" if field.nullable else "",
        )
        for field in SCHEMA
    ]
    assert rows == schema
    assert f"Schema version {SCHEMA_VERSION}." in PAGE


def test_volatile_fields_and_variables_are_named() -> None:
    volatile = re.search(r"unchanged page (.*) differ, nothing else", PAGE)
    assert volatile
    assert set(re.findall(r"`(\w+)`", volatile[1])) == VOLATILE
    for names in VARIABLES.values():
        assert all(name in PAGE for name in re.findall(r"[A-Z]+(?:_[A-Z]+)+", names))


def test_the_examples_run(archive: Any, tmp_path: Path) -> None:
    for form in ("parquet", "jsonl", "delta"):
        archive.export(str(tmp_path / "exports" / form), form)
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 6
    readers = "duckdb|polars|pyarrow|deltalake|datasets"
    assert {name for text in examples for name in re.findall(readers, text)} == set(readers.split("|"))
    script = "\n".join(examples)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "专利观察" in done.stdout
    assert "2020-03" in done.stdout
