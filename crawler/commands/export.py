"""`ipnews export --to URI`: the archive's articles on disk or object storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from crawler.config import Config, load_config
from crawler.console import emit, progress, say
from pipelines.archive.catalog import Catalog
from pipelines.archive.shelf import Shelf
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pipelines.export.filters import Topics
    from pipelines.export.job import Format
    from pipelines.export.result import ExportResult


def run(
    to: str,
    form: str = "parquet",
    copies: bool = False,
    topics: str = "ip",
    site: list[str] | None = None,
    source: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """Export, and say what was written."""
    with _extra():
        from pipelines.export.filters import Filters

    filters = Filters(copies, cast("Topics", topics), tuple(site or ()), tuple(source or ()), since, until)
    with progress("Exporting"):
        result = export_archive(load_config(archive), to, cast("Format", form), filters)
    if json:
        emit(result)
    elif result.changed:
        say(f"{result.rows:,} rows in {result.uri}: {result.written:,} files new, {result.skipped:,} there")
    else:
        say(f"{result.rows:,} rows in {result.uri}: nothing to write")
    return 1 if result.damaged else 0


def export_archive(config: Config, to: str, form: Format, filters: object = None) -> ExportResult:
    """Open the archive and export it; `to` may be a folder."""
    with _extra():
        from pipelines.export.filters import Filters
        from pipelines.export.job import export

    chosen = filters if isinstance(filters, Filters) else Filters()
    uri = to if "://" in to else Path(to).resolve().as_uri()
    with Catalog.open(config.catalog_location, read_only=True) as catalog:
        with catalog.read() as connection:
            shelf = Shelf.of(config.archive, connection)
        return export(catalog, shelf, uri, form, chosen)


@contextmanager
def _extra() -> Iterator[None]:
    """Exports stand in an extra: say so where it is not installed."""
    try:
        yield
    except ImportError as error:
        raise UsageError(f"{error.name} is missing; install it with: pip install 'ipnews[export]'") from None
