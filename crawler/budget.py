"""Bounds of one crawl and of one host: pages, minutes, bytes, and how much of a host may be no article."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.discover import MAX_LINKS, Found, Refusal
from pipelines.errors import ArchiveUnwritable
from pipelines.sites import Site

FREE_BYTES = 256 << 20
"""Free space below which a crawl stops by itself: enough for what is under way (16 answers of 16 MiB) to end,
with the catalog's log, before the disk is really full."""

DISK_STEP = 1 << 20
"""Bytes of WARC between two looks at the disk: a look is a system call, a page is 10 kB."""

ASIDE = 1_000
"""Addresses of a host that may be no articles before they must be matched by as many that are. A site of the
field notes has some hundred lists and pages; a calendar or a link farm has any number and no article."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one crawl. `pages` answers and `seconds` of time; `disk` bytes of WARC in the archive."""

    pages: int | None = None
    seconds: float | None = None
    disk: int | None = None


class HostBudgets:
    """Counts the known addresses of each host against its declaration's `pace.pages` and against ASIDE.

    `known` counts addresses by (host, whether they are articles); what turns out new is noted as it comes.
    """

    def __init__(self, known: Mapping[tuple[str, bool], int]) -> None:
        self._known = Counter(known)

    def within(self, found: Iterable[Found | Refusal], site: Site) -> Iterator[Found | Refusal]:
        """What still fits passes; the rest becomes a Refusal. Known addresses cannot be told apart here and
        are refused with the rest: they stand in the frontier already."""
        offered: Counter[tuple[str, bool]] = Counter()
        for each in found:
            if isinstance(each, Refusal):
                yield each
            elif reason := self._excess(each, site, offered):
                yield Refusal(each.url, reason)
            else:
                offered[each.host, each.kind == "article"] += 1
                yield each

    def note(self, new: Mapping[tuple[str, bool], int]) -> None:
        """Addresses that turned out to be new, by (host, whether they are articles)."""
        self._known.update(new)

    def _excess(self, found: Found, site: Site, offered: Counter[tuple[str, bool]]) -> str | None:
        articles, aside = self._known[found.host, True], self._known[found.host, False]
        room = site.pace.pages - articles - aside
        # A page's own links count as well while there is little room, though some of them are known: else one
        # link farm's page would pass the budget by all its links.
        if room <= 0 or (room < MAX_LINKS and sum(offered.values()) >= room):
            return "page budget of the host"
        if found.kind != "article" and aside >= ASIDE + articles:
            return "more lists than articles"
        return None


def disk_refusal(folder: Path, written: int, limits: Limits) -> str | None:
    """Why no more may be written to an archive, or None. `written`: bytes of WARC in it.

    Raises ArchiveUnwritable when its disk is full: nobody has set that bound, so it is no limit reached.
    """
    if limits.disk is not None and written >= limits.disk:
        return f"the archive's disk budget of {limits.disk:,} bytes is used up"
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise ArchiveUnwritable(
            f"{folder}: only {free:,} bytes are free on this disk; make room, then type the same again"
        )
    return None
