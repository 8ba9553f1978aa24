"""Take parts into the catalog: many short transactions, the ledger's line in the last of them.

Each of them can be repeated, so a part whose taking-in was cut off is simply taken in again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, fields, replace

from sqlalchemy import Connection

from pipelines.archive import runs, tombstones
from pipelines.archive.captures import insert_captures
from pipelines.archive.catalog import Catalog
from pipelines.archive.outcomes import store_outcomes
from pipelines.archive.parts import Part
from pipelines.archive.revisits import insert_revisit
from pipelines.records import Drop, Reason, Stage

_SLICE = 100
"""Captures in one transaction: about 50 ms, so that another process is never kept waiting."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of captures.

    `articles` and `drops` were read; `changed` articles are new or other than before. `bugs`, `poison`,
    `withdrawn`, `redirects` and `damaged` (records that cannot be trusted) are among the drops; a redirect is
    no loss, the page stands where it leads.
    """

    parts: int = 0
    captures: int = 0
    articles: int = 0
    drops: int = 0
    changed: int = 0
    revisits: int = 0
    bugs: int = 0
    poison: int = 0
    withdrawn: int = 0
    unread: int = 0
    redirects: int = 0
    damaged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))


class Taking:
    """A part on its way into the catalog."""

    def __init__(self, slices: list[Future[Counts]], last: Future[None], unread: int) -> None:
        self._slices, self._last, self._unread = slices, last, unread

    def result(self) -> Counts:
        """Wait until the part is in. Raises what a transaction raised; the part is then still to be taken."""
        counts = sum((future.result() for future in self._slices), Counts(parts=1, unread=self._unread))
        self._last.result()
        return counts


def take_in(catalog: Catalog, part: Part, *, run: int | None, taken_at: str, ledger: bool = True) -> Taking:
    """Queue a part for the catalog.

    `ledger=False` for a part that stands for no range of a source, or for one without a record: it is not
    called done.
    """
    stored: set[int] = set()
    slices = list(_slices(part))

    def finish(connection: Connection) -> None:
        # A slice that failed has undone itself alone: then the part must not be called done.
        if ledger and len(stored) == len(slices) and not runs.is_taken(connection, part.name):
            runs.note_part(connection, part.name, part.source, len(part.articles), len(part.drops), taken_at)

    futures = [catalog.write(_storing(one, run, number, stored)) for number, one in enumerate(slices)]
    return Taking(futures, catalog.write(finish), len(part.unread))


def _slices(part: Part) -> Iterator[Part]:
    articles = {row.id: row for row in part.articles}
    drops = {drop.capture_id: drop for drop in part.drops}
    for first in range(0, len(part.captures), _SLICE):
        some = part.captures[first : first + _SLICE]
        yield replace(
            part,
            captures=some,
            articles=tuple(articles[row.id] for row in some if row.id in articles),
            drops=tuple(drops.pop(row.id) for row in some if row.id in drops),
            revisits=(),
        )
    yield replace(part, captures=(), articles=(), drops=tuple(drops.values()))


def _storing(part: Part, run: int | None, number: int, stored: set[int]) -> Callable[[Connection], Counts]:
    def work(connection: Connection) -> Counts:
        counts = _store(connection, _without_withdrawn(connection, part), run)
        stored.add(number)
        return counts

    return work


def _without_withdrawn(connection: Connection, part: Part) -> Part:
    """The part with a drop in place of everything that was withdrawn."""
    stones = tombstones.load(connection)
    gone = [row for row in part.captures if stones.cover(row.url, row.id)]
    if not gone and not any(stones.cover(drop.url) for drop in part.drops):
        return replace(part, revisits=tuple(one for one in part.revisits if not stones.cover(one.url)))
    ids = {row.id for row in gone}
    refused = tuple(Drop(Stage.CAPTURE, Reason.WITHDRAWN, "", row.url, row.id) for row in gone)
    return replace(
        part,
        captures=tuple(row for row in part.captures if row.id not in ids),
        articles=tuple(row for row in part.articles if row.id not in ids),
        drops=refused + tuple(d for d in part.drops if d.capture_id not in ids and not stones.cover(d.url)),
        revisits=tuple(one for one in part.revisits if not stones.cover(one.url)),
    )


def _store(connection: Connection, part: Part, run: int | None) -> Counts:
    standing = insert_captures(connection, part.captures, run=run, read_state="pending")
    captured = {row.id for row in part.captures}
    articles = [row for row in part.articles if row.id in standing]
    drops = [d for d in part.drops if d.capture_id in standing or d.capture_id not in captured]
    changed = store_outcomes(connection, articles, drops, part.pipeline_version)
    return Counts(
        captures=len(part.captures),
        articles=len(part.articles),
        drops=len(part.drops),
        changed=changed,
        revisits=sum(insert_revisit(connection, one) for one in part.revisits),
        bugs=sum(drop.reason is Reason.BUG for drop in drops),
        poison=sum(drop.reason is Reason.POISON for drop in drops),
        withdrawn=sum(drop.reason is Reason.WITHDRAWN for drop in drops),
        redirects=sum(drop.reason is Reason.HTTP_STATUS and drop.detail[:1] == "3" for drop in drops),
        damaged=sum(drop.reason is Reason.BAD_RECORD for drop in drops),
    )
