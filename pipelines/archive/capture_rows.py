"""A capture without its payload, as the catalog holds it.

Without the catalog's imports, which take as long as those of reading: processes that read make these rows,
and another one stores them.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records import Capture, CaptureKind, WarcPointer


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A capture without its payload, as the catalog holds it."""

    id: str
    url: str
    site: str | None
    kind: CaptureKind
    fetched_at: str
    status: int
    content_type: str | None
    payload_digest: str
    size: int
    warc: WarcPointer
    record_digest: str | None = None

    @property
    def precedence(self) -> tuple[str, str, int]:
        """Of records that hold one version, the smallest is the row's: earliest, then file and offset."""
        return (self.fetched_at, self.warc.file, self.warc.offset)


def row_of(capture: Capture) -> CaptureRow:
    """The row of a capture that stands in a WARC file. Raises ValueError when it has no pointer."""
    if capture.warc is None:
        raise ValueError(f"{capture.url}: not archived yet; write it with WarcWriter.write_exchange first")
    return CaptureRow(
        capture.id,
        capture.url,
        capture.site,
        capture.kind,
        capture.fetched_at,
        capture.status,
        capture.header("Content-Type"),
        capture.payload_digest,
        len(capture.payload),
        capture.warc,
    )
