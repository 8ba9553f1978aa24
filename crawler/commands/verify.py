"""`ipnews verify [URI]`: what is damaged in the archive or in an export, where, and what to type."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from crawler.commands.inputs import destination
from crawler.config import load_config
from crawler.console import emit, say
from pipelines.archive.catalog import Catalog
from pipelines.archive.verify import verify
from pipelines.errors import ArchiveError, ExportError

SHOWN = 50
"""Problems listed for a person; `--json` gives every one."""


class Problem(Protocol):
    """What archive and export say of a fault."""

    @property
    def where(self) -> str: ...
    @property
    def seen(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def run(uri: str | None = None, archive: Path | None = None, json: bool = False) -> int:
    """Look at everything; 4 when the archive has a fault, 2 when an export has."""
    found = 0
    for problem in _problems(uri, archive):
        found += 1
        if json:
            emit({"where": problem.where, "seen": problem.seen, "remedy": problem.remedy})
        elif found <= SHOWN:
            sys.stdout.write(f"{problem.where}: {problem.seen}; {problem.remedy}\n")
    name = uri or "The archive"
    if not found:
        say(f"{name} is whole.")
        return 0
    say(
        f"{name} has {found:,} {'fault' if found == 1 else 'faults'}."
        + (" All of them: --json" if found > SHOWN and not json else "")
    )
    return ExportError.exit_code if uri else ArchiveError.exit_code


def _problems(uri: str | None, archive: Path | None) -> Iterator[Problem]:
    if uri is not None:
        from pipelines.export.verify import verify_export

        yield from verify_export(destination(uri))
        return
    config = load_config(archive)
    with Catalog.open(config.catalog_location, read_only=True) as catalog:
        yield from verify(config.archive, catalog)
