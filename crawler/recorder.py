"""Visits into the catalog, many in one transaction, and what the crawl remembers of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from sqlalchemy import Connection

from crawler import clock, hosts, visits
from crawler.manners import HostManners
from crawler.visits import Recorded, Visit
from pipelines.archive.together import Together, Write

MOST_SEEN = 200_000
"""Addresses remembered as standing in the frontier: at 100 bytes each 20 MB. Beyond that they are offered to
the database again, which knows them too."""

PAUSE_SECONDS = 0.1
"""A visit waits so long for others: at 150 pages/s 15 are recorded together, where they came 4 at a time. No
host waits for it: its next address is leased already."""

Noted = Callable[[dict[tuple[str, bool], int]], None]


class Recorder:
    """Collects visits and records them together, with what their hosts ask for. `noted` is told of new
    addresses, on a thread of its own. `reader`: the process that reads the pages as they come, None where
    they are left to whoever asks."""

    reader: str | None = None

    def __init__(
        self, write: Write, run: int | None, noted: Noted, manners: Mapping[str, HostManners]
    ) -> None:
        self._run, self._noted, self._manners = run, noted, manners
        self._together: Together[Visit, Recorded, bool] = Together(
            write, self._recorded, self._committed, PAUSE_SECONDS
        )
        self._seen: set[str] = set()

    def record(self, visit: Visit) -> Future[bool]:
        """Record one visit; the Future says whether its version is new."""
        return self._together.add(visit)

    def _recorded(self, connection: Connection, chosen: list[Visit]) -> Recorded:
        hosts.note(connection, self._manners, (visit.address.host for visit in chosen))
        return visits.record(connection, chosen, self._run, clock.now(), self._seen, self.reader)

    def _committed(self, chosen: list[Visit], recorded: Recorded) -> list[bool]:
        if len(self._seen) > MOST_SEEN:
            self._seen.clear()
        self._seen.update(each.url for visit in chosen for each in visit.found)
        self._noted(recorded.new_addresses)
        return recorded.new_versions
