"""The manifest of a snapshot: which parts belong to it, how large they are, what they hash to.

Readers take the parts that the manifest names and no others. It is written last, replaced in one step and
holds nothing that changes when the content does not: no time, no machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from pipelines.errors import SchemaError
from pipelines.records import SCHEMA_VERSION

MANIFEST = "_manifest.json"
"""Spark, pyarrow and other readers of folders pass over names that start with an underscore."""

MANIFEST_VERSION = 1


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a snapshot. `sha256` is over the bytes as stored; ids: of the first and the last row."""

    name: str
    rows: int
    size: int
    sha256: str
    first_id: str = ""
    last_id: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot is made of. `fields` maps each field to its Arrow type (empty for captures)."""

    format: str
    rows: int
    size: int
    parts: tuple[Part, ...]
    filters: dict[str, Any]
    fields: dict[str, str] = {}
    schema_version: int = SCHEMA_VERSION
    manifest_version: int = MANIFEST_VERSION

    def encoded(self) -> bytes:
        """JSON for people and programs; equal manifests give equal bytes."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1) + b"\n"


def manifest_of(
    form: str, parts: Iterable[Part], filters: dict[str, Any], fields: dict[str, str]
) -> Manifest:
    """The manifest over the parts, in the order of their names, with the sums."""
    ordered = tuple(sorted(parts, key=lambda part: part.name))
    rows, size = sum(part.rows for part in ordered), sum(part.size for part in ordered)
    return Manifest(format=form, rows=rows, size=size, parts=ordered, filters=filters, fields=fields)


def parse_manifest(data: bytes, where: str) -> Manifest:
    """Read a manifest. Raises SchemaError when it is damaged or from a newer version of this program."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SchemaError(
            f"{where}/{MANIFEST}: damaged ({error}); delete it, then export there again"
        ) from None
    if manifest.manifest_version > MANIFEST_VERSION or manifest.schema_version > SCHEMA_VERSION:
        raise SchemaError(
            f"{where}: written by a newer version (manifest {manifest.manifest_version}, schema "
            f"{manifest.schema_version}); upgrade ipnews, or export to another address"
        )
    return manifest
