"""`ipnews export --to URI`: the archive's articles on disk or object storage."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from crawler.commands.inputs import destination
from crawler.config import Config, load_config
from crawler.console import counted, emit, progress, say
from pipelines.archive.catalog import Catalog
from pipelines.archive.foreign import shelf_of
from pipelines.archive.schema import articles
from pipelines.errors import UsageError
from pipelines.sites import load_sites, nearest

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
    config = load_config(archive)
    _check_places(config, filters.sites)
    with progress("Exporting"):
        result = export_archive(config, to, cast("Format", form), filters)
    if json:
        emit(result)
    else:
        say(_told(result))
    return 1 if result.damaged else 0


def _told(result: ExportResult) -> str:
    rows = f"{counted(result.rows, 'row', 'rows')} in {result.uri}"
    if not result.changed:
        return f"{rows}: nothing to write"
    files = f"{counted(result.written, 'file', 'files')} written, {result.skipped:,} left as they were"
    removed = f", {counted(result.removed, 'file', 'files')} removed" if result.removed else ""
    restored = f", {counted(result.restored, 'file', 'files')} put back" if result.restored else ""
    return f"{rows}: {files}{removed}{restored}"


def _check_places(config: Config, named: Collection[str]) -> None:
    """A site that is neither declared nor in the archive is a slip: an export of nothing would follow, in
    place of what lies there."""
    if not named:
        return
    known = {name for site in load_sites(config.sites).values() for name in (site.name, *site.hosts)}
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        for column in (articles.c.site, articles.c.host):
            known.update(filter(None, connection.scalars(select(column).distinct())))
    for name in named:
        if name not in known:
            raise UsageError(
                f"--site {name}: neither declared nor in this archive; there are {nearest(name, known)}"
            )


def export_archive(config: Config, to: str, form: Format, filters: object = None) -> ExportResult:
    """Open the archive and export it; `to` may be a folder."""
    with _extra():
        from pipelines.export.filters import Filters
        from pipelines.export.job import export

    chosen = filters if isinstance(filters, Filters) else Filters()
    uri = destination(to)
    with Catalog.open(config.catalog_location, read_only=True) as catalog:
        with catalog.read() as connection:
            shelf = shelf_of(config.archive, connection)
        return export(catalog, shelf, uri, form, chosen)


@contextmanager
def _extra() -> Iterator[None]:
    """Exports stand in an extra: say so where it is not installed."""
    try:
        yield
    except ImportError as error:
        raise UsageError(f"{error.name} is missing; install it with: pip install 'ipnews[export]'") from None
