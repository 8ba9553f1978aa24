"""What an export did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int], None]
"""Called with the number of articles taken so far."""


def silent(_: int) -> None:
    """A Progress that shows nothing."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """`rows` stand in the destination now. Files: `written` new, `skipped` there already, `removed`.

    `restored` ones were missing or clipped, and stand there again as they were.

    For Delta also the rows `inserted`, `updated` and `deleted`, and the table's `version`. `damaged` counts
    captures whose record could not be copied, for the captures' own format.
    """

    uri: str
    format: str
    rows: int
    written: int
    skipped: int
    removed: int
    bytes_written: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    restored: int = 0
    version: int | None = None
    damaged: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written or removed."""
        return bool(self.written or self.removed or self.restored)
