"""`ipnews report`: one static HTML file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawler.config import load_config
from crawler.console import say
from crawler.whole_files import write_whole
from pipelines.archive.catalog import Catalog
from pipelines.errors import ArchiveUnwritable


def run(to: Path | None = None, archive: Path | None = None) -> int:
    """Write the report and say where it is."""
    config = load_config(archive)
    path = to or config.archive / "report.html"
    with Catalog.open(config.catalog_location, read_only=True) as catalog:
        write_report(catalog, path)
    say(f"Report: {path.resolve().as_uri()}")
    return 0


def write_report(catalog: Catalog, path: Path) -> None:
    """Draw the report of an open catalog into a file, put in place when whole."""
    from pipelines.report.page import collect, render

    if path.is_dir():
        raise ArchiveUnwritable(f"{path}: a folder; name a file in it: --to {path / 'report.html'}")
    made_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if not path.parent.is_dir():
        raise ArchiveUnwritable(
            f"{path.parent}: no such folder; make it, or name another place with --to FILE"
        )
    html = render(collect(catalog, made_at))
    try:
        write_whole(path, html)
    except OSError as error:
        raise ArchiveUnwritable(f"{path}: {error.strerror}; name another place with --to FILE") from None
