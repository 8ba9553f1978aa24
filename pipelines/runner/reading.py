"""What reads captures for an archive, and the version that goes into every row."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records import Article, Capture, Drop
from pipelines.runner.work import Read
from pipelines.sites import Site
from pipelines.version import PIPELINE_VERSION


@dataclass(frozen=True, slots=True)
class Reading:
    """A function of a module, which processes that read find by its name, and its version."""

    read: Read
    version: str


def read_own(capture: Capture, site: Site | None = None) -> Article | Drop:
    """Phase 1 of this version, as a crawl reads: what asks not to be archived is dropped, whoever fetched it.
    Kept with a flag, it would stand before an older version of its address that does not ask, and the same
    captures would give two archives.

    Imported where it is called: that takes half a second, and who directs a backfill reads nothing.
    """
    from pipelines.read import read_own as stages

    return stages(capture, site)


STANDARD = Reading(read_own, PIPELINE_VERSION)
"""The reading of crawl, backfill and what follows them."""
