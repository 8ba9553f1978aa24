"""`ipnews search WORDS`."""

from __future__ import annotations

import sys
from pathlib import Path

from crawler.config import load_config
from crawler.console import counted, emit, say
from pipelines.archive.catalog import Catalog
from pipelines.archive.search import Hit, search
from pipelines.convert.simplify import simplify
from pipelines.errors import UsageError

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def run(words: list[str], limit: int = 20, archive: Path | None = None, json: bool = False) -> int:
    """Print the stories in which the words stand: two lines each, the hit in bold on a terminal."""
    if not " ".join(words).strip():
        raise UsageError("no words; type some: ipnews search 专利 质押")
    config = load_config(archive)
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        hits = search(connection, simplify(" ".join(words)), limit)
    for hit in hits:
        if json:
            emit(hit)
        else:
            sys.stdout.write(f"{hit.id[:12]}  {(hit.date_published or '')[:10]:10}  {hit.headline}\n")
            sys.stdout.write(f"              {_snippet(hit)}\n")
            if hit.copies:
                more = counted(len(hit.copies), "more page", "more pages")
                sys.stdout.write(f"              and on {more}: ipnews copies {hit.id[:12]}\n")
    if not hits:
        say(f"No article has {' '.join(words)}; every word must stand in it, its characters side by side")
    return 0


def _snippet(hit: Hit) -> str:
    if not sys.stdout.isatty():
        return hit.snippet
    return (
        f"{hit.snippet[: hit.start]}{BOLD}{hit.snippet[hit.start : hit.end]}{PLAIN}{hit.snippet[hit.end :]}"
    )
