"""docs/add-a-mirror.md names every key of a declaration, with its default, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from pipelines.sites import Pace, Patterns, Selectors, Site

DOC = Path(__file__).resolve().parent.parent.parent / "docs" / "add-a-mirror.md"


def test_every_key_stands_in_the_document_and_no_other() -> None:
    text = DOC.read_text(encoding="utf-8")
    keys = {
        struct: [field.name for field in msgspec.structs.fields(struct)]
        for struct in (Site, Pace, Patterns, Selectors)
    }
    parts = re.split(r"^### `\[(?:pace|urls|select)\]`.*$", text, flags=re.M)
    for struct, part in zip(keys, parts, strict=True):
        told = re.findall(r"^\| `(\w+)` \|", part, flags=re.M)
        assert sorted(told) == sorted(set(keys[struct]) - {"pace", "urls", "select"}), struct.__name__


def test_defaults_in_the_document_are_those_of_the_code() -> None:
    text = DOC.read_text(encoding="utf-8")
    for field in msgspec.structs.fields(Pace):
        row = re.search(rf"^\| `{field.name}` \| [^|]* \| ([^|]*) \|", text, flags=re.M)
        assert row is not None
        assert float(row[1]) == field.default
