"""What a worker does with a range: open, filter, read, pack. Here stands the one broad `except`."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

from pipelines.archive.article_rows import ArticleRow
from pipelines.archive.article_rows import row_of as article_row
from pipelines.archive.capture_rows import CaptureRow
from pipelines.archive.capture_rows import row_of as capture_row
from pipelines.archive.disk_faults import unwritable
from pipelines.archive.frames import Record, frames
from pipelines.archive.parts import DRAFT, PARTS_FOLDER, Part, write_part
from pipelines.archive.reader import Found, Revisit, interpret, read_at
from pipelines.archive.shelf import COPY_MARK, WARC_FOLDER, Shelf, open_location
from pipelines.archive.spellings import host_of
from pipelines.archive.warc import WarcWriter
from pipelines.errors import ArchiveError
from pipelines.records import Article, Capture, Drop, Reason, Stage
from pipelines.sites import Site
from pipelines.sources.plan import Range, reading_from

Read = Callable[[Capture, Site | None], Article | Drop]

_TRACE_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which captures of a source are taken: WARC-Date in `since <= date < until` (ISO 8601 or its beginning),
    host among `hosts` or below one of them. Empty: all."""

    since: str = ""
    until: str = ""
    hosts: tuple[str, ...] = ()

    def takes(self, url: str, fetched_at: str) -> bool:
        """Whether a capture is taken."""
        if self.since and fetched_at < self.since:
            return False
        if self.until and fetched_at >= self.until:
            return False
        host = host_of(url)
        return not self.hosts or any(host == one or host.endswith("." + one) for one in self.hosts)


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Order:
    """What holds for all tasks of a run; travels to every worker once."""

    archive: Path
    read: Read
    pipeline_version: str
    sites: tuple[Site, ...] = ()
    selection: Selection = EVERYTHING
    copy: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """One unit of work: a range of a source, or captures that the catalog holds already."""

    part: str
    range: Range | None = None
    rows: tuple[CaptureRow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """One capture to be read."""

    capture: Capture
    row: CaptureRow


def run_task(
    task: Task,
    order: Order,
    *,
    poison: frozenset[int] = frozenset(),
    note: Callable[[int], None] = lambda _: None,
) -> str:
    """Read the captures of a task and write its part; returns its name.

    `note` is told the place (0, 1, ...) of each capture before it is read, -1 at the end. A place in
    `poison` has killed its worker twice and is dropped unread. Raises ArchiveUnwritable, SourceError.
    """
    part = _Collected(task, order)
    with (
        writing_to(order.archive),
        TemporaryDirectory(prefix=f"{os.getpid()}-", suffix=DRAFT, dir=_scratch(order)) as draft,
        _copier(task, draft) as copier,
    ):
        for place, item in enumerate(_items(task, order, part, copier)):
            note(place)
            part.add(item.row, _poisoned(item) if place in poison else read_one(item.capture, order))
        note(-1)
        copier.close()
        for copied in Path(draft).iterdir():
            copied.rename(order.archive / WARC_FOLDER / copied.name)
    write_part(order.archive, part.packed())
    return task.part


def read_one(capture: Capture, order: Order) -> Article | Drop:
    """`read`, with the site that declares the host; whatever it raises becomes a Drop with its traceback.

    The only broad `except` of the project: reading is a pure function that never raises for bad data, so
    what arrives here is a fault of ours. It must cost one page, be counted and be found again.
    """
    host = host_of(capture.url)
    site = next((one for one in order.sites if host in one.hosts), None)
    if site is not None:
        capture = replace(capture, site=site.name)
    try:
        return order.read(capture, site)
    except Exception as error:  # noqa: BLE001
        trace = "".join(traceback.format_exception(error))[-_TRACE_CHARACTERS:]
        return Drop(Stage.RUNNER, Reason.BUG, trace, capture.url, capture.id)


class _Collected:
    """The part as it grows. Of records that hold one version, the first in precedence is kept."""

    def __init__(self, task: Task, order: Order) -> None:
        self._task, self._order = task, order
        self._read: dict[str, tuple[CaptureRow, ArticleRow | Drop]] = {}
        self.refused: dict[str, Drop] = {}
        self.revisits: list[Revisit] = []
        self.unread: list[str] = []
        self.records = 0

    def add(self, row: CaptureRow, outcome: Article | Drop) -> None:
        known = self._read.get(row.id)
        if known is None or row.precedence < known[0].precedence:
            self._read[row.id] = row, outcome if isinstance(outcome, Drop) else article_row(outcome)

    def packed(self) -> Part:
        source = self._task.range.location if self._task.range else "captures of the archive"
        rows = sorted(self._read.items())
        outcomes = [outcome for _, (_, outcome) in rows]
        return Part(
            self._task.part,
            source,
            self._order.pipeline_version,
            tuple(row for _, (row, _) in rows),
            tuple(outcome for outcome in outcomes if isinstance(outcome, ArticleRow)),
            (*(outcome for outcome in outcomes if isinstance(outcome, Drop)), *self.refused.values()),
            tuple(self.revisits),
            tuple(self.unread),
            self.records,
        )


def _items(task: Task, order: Order, part: _Collected, copier: WarcWriter) -> Iterator[_Item]:
    if task.range is not None:
        yield from _of_range(task.range, order, part, copier)
        return
    shelf = Shelf(order.archive, order.elsewhere)
    for row in task.rows:
        try:
            capture = read_at(row.warc, shelf)
        except ArchiveError as error:
            # No drop: what was read of it before stands, and it waits until its file is back.
            part.unread.append(str(error))
            continue
        # A revisit of another address's payload has a row with its own address and the other's record.
        capture = replace(capture, url=row.url, fetched_at=row.fetched_at, site=row.site)
        yield _Item(capture, row)


def _of_range(source: Range, order: Order, part: _Collected, copier: WarcWriter) -> Iterator[_Item]:
    takes = order.selection.takes
    with reading_from(source.location), open_location(source.location) as file:
        for frame in frames(file, source.start, source.end):
            part.records += isinstance(frame, Record)
            found = interpret(frame, source.name)
            if isinstance(found, Drop):
                part.refused[found.capture_id] = found
            elif isinstance(found, Revisit):
                if takes(found.url, found.fetched_at):
                    part.revisits.append(found)
            elif found is not None and takes(found.capture.url, found.capture.fetched_at):
                yield _item(found, order, copier)


def _item(found: Found, order: Order, copier: WarcWriter) -> _Item:
    """A record that shares its gzip member with others cannot be pointed at, so it is always copied."""
    capture = found.capture
    if order.copy or not found.alone:
        capture = copier.write_exchange(capture)
    return _Item(capture, replace(capture_row(capture), record_digest=found.record_digest))


def _poisoned(item: _Item) -> Drop:
    detail = f"{item.row.warc.file}, byte {item.row.warc.offset:,}: killed its worker twice, or took too long"
    return Drop(Stage.RUNNER, Reason.POISON, detail, item.row.url, item.row.id)


def _scratch(order: Order) -> Path:
    """A folder on the archive's file system, so that what is made there can be renamed into its place."""
    folder = order.archive / PARTS_FOLDER
    for needed in (folder, order.archive / WARC_FOLDER):
        needed.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def writing_to(archive: Path) -> Iterator[None]:
    """What the disk of the archive refuses, as one line."""
    try:
        yield
    except OSError as error:
        raise unwritable(error, str(archive)) from None


def _copier(task: Task, draft: str) -> WarcWriter:
    """A writer whose file and records are named by its part, not by time and chance: the same part, the same
    file, in whatever archive, so that archives that copied the same captures can be merged."""
    name = f"{COPY_MARK.strip('-')}-{task.part}"[:63].rstrip(".-")
    ids = (uuid5(NAMESPACE_URL, f"{name}/{number}") for number in count())
    return WarcWriter(Path(draft), name, now=lambda: datetime(1970, 1, 1, tzinfo=UTC), new_id=ids.__next__)
