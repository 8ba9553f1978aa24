"""Parts named by their content, and the manifest that makes them visible. Shared by all snapshots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import ExportError
from pipelines.export.manifest import MANIFEST, Manifest, Part, parse_manifest
from pipelines.export.store import Store, file_digest

PART_NAME = re.compile(r"[0-9a-z]{1,8}-[0-9a-f]{32}\.(?:parquet|jsonl\.zst|warc\.gz|cdxj)")
"""Names that this module gives. Anything else under the address is not ours to delete."""

PART_ROWS = 16_384
"""Mean rows of a part: about 35 MB of compressed articles, large enough for few requests, small enough that
the export after a few new articles moves little. Sizes are spread geometrically around the mean: one part
in 3,000 has more than eight times as many rows, and none is held in memory."""


def ends_part(row_id: str) -> bool:
    """Whether a part ends behind this id: when its last 32 bits are divisible by PART_ROWS.

    The cut depends on the ids alone, so that one new article changes one part and leaves the others' names
    alone. Counting rows instead would shift every later part. Ids are hash digits, hence evenly spread.
    """
    return int(row_id[-8:], 16) % PART_ROWS == 0


@dataclass(frozen=True, slots=True)
class Made:
    """Parts that belong to an export: how many were put, how many stood there already, bytes put."""

    kept: tuple[Part, ...] = ()
    written: int = 0
    skipped: int = 0
    bytes_written: int = 0


class Parts:
    """The parts of one export as they are made: those that stand in the store already are not put again."""

    def __init__(self, store: Store) -> None:
        self._store, self._there = store, store.sizes()
        self.made = Made()

    def keep(self, path: Path, suffix: str, rows: int, first: str, last: str) -> Part:
        """Put a finished file under its content's name, read it back, delete the local file."""
        digest, size = file_digest(path), path.stat().st_size
        name = part_name(first, digest, suffix)
        part = Part(name=name, rows=rows, size=size, sha256=digest, first_id=first, last_id=last)
        if self._there.get(name) == size:
            self.take(Made((part,), skipped=1))
        else:
            self._store.put_once(name, path, digest)
            self.take(Made((part,), written=1, bytes_written=size))
        path.unlink()
        return part

    def take(self, made: Made) -> None:
        """Count in what was made here or by another process."""
        before = self.made
        self.made = Made(
            before.kept + made.kept,
            before.written + made.written,
            before.skipped + made.skipped,
            before.bytes_written + made.bytes_written,
        )


def part_name(first: str, digest: str, suffix: str) -> str:
    """Of a file: 8 digits of its first id, so that names sort as ids do, and 32 of its content's sha256."""
    return f"{first[:8]}-{digest[:32]}.{suffix}"


def check_same_format(store: Store, manifest: bytes | None, form: str) -> None:
    """Refuse to mix formats under one address. Raises ExportError, SchemaError for a damaged manifest."""
    uri = store.address.uri
    if manifest is not None:
        held = parse_manifest(manifest, uri).format
        if held != form:
            raise ExportError(f"{uri} holds a {held} snapshot; type --format {held}, or another address")
    elif store.sizes("_delta_log"):
        raise ExportError(f"{uri} holds a Delta table; type --format delta, or another address")


def commit_manifest(store: Store, before: bytes | None, manifest: Manifest) -> int:
    """Put the manifest in place of the one seen before, then delete parts that it does not name.

    Returns how many were deleted. Parts go at once, not after a grace time: what was withdrawn must be gone.
    """
    named = {part.name for part in manifest.parts}
    there = store.sizes()
    if not named <= there.keys():
        raise ExportError(
            f"{store.address.uri}: another export removed parts meanwhile; run one at a time, this one again"
        )
    if (after := manifest.encoded()) != before:
        store.replace(MANIFEST, after, before)
    stale = [name for name in there if PART_NAME.fullmatch(name) and name not in named]
    store.delete(stale)
    return len(stale)
