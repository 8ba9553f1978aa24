"""Sources -> read -> parts -> catalog. What follows (the reading queue, settle) is the caller's next step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pipelines.archive import runs
from pipelines.archive.catalog import Catalog
from pipelines.archive.foreign import note_source
from pipelines.archive.intake import Counts, Taking, take_in
from pipelines.archive.parts import part_path, read_part, remove_part, sweep
from pipelines.archive.revisits import resolve_revisits
from pipelines.archive.shelf import WARC_FOLDER
from pipelines.errors import Stopped, UsageError
from pipelines.records import Reason
from pipelines.runner.engines import Engine, run_tasks
from pipelines.runner.reading import STANDARD, Reading
from pipelines.runner.work import EVERYTHING, Order, Selection, Task
from pipelines.sites import Site
from pipelines.sources.expand import RefusedSource, SourceFile
from pipelines.sources.plan import Range, fingerprint, ranges

_WAITING = 4
"""Parts on their way into the catalog at one time: bounds the memory, and hides the time of a commit."""


MOST_TOLD = 20
"""Damaged records that a result names; the catalog has all of them as drops."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill is: files and bytes of sources passed, parts found done, what was taken in."""

    file: str
    files: int
    files_total: int
    skipped: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Result:
    """What a backfill did. `skipped` ranges were done before; `lone_revisits` wait for their original.
    `damaged`: file, byte and reason of the first records that cannot be trusted; those behind them were
    read."""

    files: int
    ranges: int
    skipped: int
    counts: Counts
    lone_revisits: int = 0
    problems: tuple[str, ...] = ()
    without_records: int = 0
    damaged: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """2 when no source has a WARC record in it. 1 when something is to be looked at: one of them has
        none, a bug, a poisonous page, a record that could not be had."""
        if self.files and self.files == self.without_records:
            return UsageError.exit_code
        counts = self.counts
        return 1 if counts.bugs or counts.poison or counts.unread or self.without_records else 0


def backfill(
    files: Sequence[SourceFile],
    archive: Path,
    catalog: Catalog,
    *,
    sites: Mapping[str, Site] | None = None,
    engine: Engine = "local",
    workers: int | None = None,
    shard: tuple[int, int] = (0, 1),
    selection: Selection = EVERYTHING,
    copy: bool = False,
    again: bool = False,
    reading: Reading = STANDARD,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Result:
    """Read the captures of WARC files into an archive.

    `files` as `expand` gives them. `workers`: processes (all cores by default; 0 reads in this process,
    which a page that kills its reader then takes along). `shard` (i, n), i from 0: only the i-th of n
    shares. Done ranges are skipped, so a killed backfill is gone on with by the same call; `again` reads them
    too, for a catalog that has lost rows. Neither order, shards, engine nor kills change the rows. Raises
    SourceError, UsageError, ArchiveUnwritable, ArchiveBusy; Stopped after Ctrl-C.
    """
    if not 0 <= shard[0] < shard[1]:
        raise UsageError(f"shard {shard[0]}/{shard[1]}: i runs from 0 to n - 1")
    order = Order(archive, reading.read, reading.version, tuple((sites or {}).values()), selection, copy)
    sweep(archive)
    run = catalog.write(lambda connection: runs.start(connection, "backfill", timestamp())).result()
    work = _Backfill(catalog, order, run, len(files), on_progress, again)
    try:
        for name in run_tasks(work.tasks(files, shard), order, engine, workers):
            work.take(name)
        result = work.finish()
    except KeyboardInterrupt:
        work.note_end(work.finish(), Stopped.exit_code)
        raise Stopped("stopped; what is done is kept, the same command goes on from here") from None
    work.note_end(result, result.exit_code)
    return result


@dataclass(slots=True)
class _Backfill:
    """The state of one backfill in the process that directs it. `empty`: sources in which no record has been
    found so far, and what to say of them. `twins`: of sources with the same bytes as an earlier one, that
    one; they are read once."""

    catalog: Catalog
    order: Order
    run: int
    files_total: int
    on_progress: Callable[[Progress], None]
    again: bool = False
    counts: Counts = field(default_factory=Counts)
    files: int = 0
    ranges: int = 0
    skipped: int = 0
    waiting: list[tuple[str, Taking]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    empty: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)

    def tasks(self, files: Sequence[SourceFile], shard: tuple[int, int]) -> Iterator[Task]:
        """The ranges that are still to be read. Parts that only have to be taken in are, on the way."""
        for file in files:
            self.empty[file.location] = f"{file.location}: not one WARC record in it"
            try:
                yield from self._tasks_of(file, shard)
            except RefusedSource as refused:
                self.empty[file.location] = str(refused)
            self.files += 1
            self._tell(file.location)

    def _tasks_of(self, file: SourceFile, shard: tuple[int, int]) -> Iterator[Task]:
        for one in self._ranges(file):
            if self.first.setdefault(one.digest, file.location) != file.location:
                self.twins[file.location] = self.first[one.digest]
                return
            if not one.in_shard(shard):
                self.empty.pop(file.location, None)
                continue
            self.ranges += 1
            name = f"{one.key}-{_order_key(self.order)}"
            if not self.again and self._is_taken(name):
                self.skipped += 1
                remove_part(self.order.archive, name)  # left by a kill behind the ledger's line
                self.empty.pop(file.location, None)
            elif part_path(self.order.archive, name).exists() and read_part(self.order.archive, name):
                self.take(name)
            else:
                yield Task(name, one)

    def take(self, name: str) -> None:
        """Take in one part; waits when too many are under way."""
        part = read_part(self.order.archive, name)
        assert part is not None
        self.problems += part.unread
        damaged = [drop.detail for drop in part.drops if drop.reason is Reason.BAD_RECORD]
        self.damaged += damaged[: MOST_TOLD - len(self.damaged)]
        if part.records:
            self.empty.pop(part.source, None)
        elif part.source in self.empty and part.drops:
            self.empty[part.source] = f"{part.drops[0].detail}; {self.empty[part.source].rpartition(': ')[2]}"
        taking = take_in(self.catalog, part, run=self.run, taken_at=timestamp(), ledger=part.records > 0)
        self.waiting.append((name, taking))
        while len(self.waiting) > _WAITING:
            self._settle_first()
        self._tell(part.source)

    def finish(self) -> Result:
        while self.waiting:
            self._settle_first()
        _, lone = self.catalog.write(resolve_revisits).result()
        for twin in [twin for twin, first in self.twins.items() if first not in self.empty]:
            self.empty.pop(twin, None)
        problems = (*self.problems, *self.empty.values())
        return Result(
            self.files,
            self.ranges,
            self.skipped,
            self.counts,
            lone,
            problems,
            len(self.empty),
            tuple(self.damaged),
        )

    def note_end(self, result: Result, exit_code: int) -> None:
        counts = {**asdict(result.counts), "ranges": result.ranges, "skipped": result.skipped}
        self.catalog.write(lambda c: runs.finish(c, self.run, timestamp(), exit_code, counts)).result()

    def _settle_first(self) -> None:
        name, taking = self.waiting.pop(0)
        self.counts += taking.result()
        remove_part(self.order.archive, name)

    def _ranges(self, file: SourceFile) -> Iterator[Range]:
        digest, size = fingerprint(file)
        if Path(file.location).parent == (self.order.archive / WARC_FOLDER).resolve():
            return ranges(file, file.name, digest)
        name = self.catalog.write(
            lambda c: note_source(c, file.name, file.location, digest, size, timestamp())
        ).result()
        return ranges(file, name, digest)

    def _is_taken(self, name: str) -> bool:
        with self.catalog.read() as connection:
            return runs.is_taken(connection, name)

    def _tell(self, source: str) -> None:
        self.on_progress(Progress(source, self.files, self.files_total, self.skipped, self.counts))


def _order_key(order: Order) -> str:
    """Everything but the range that decides what is in a part."""
    said = msgspec.json.encode([order.pipeline_version, order.sites, order.selection, order.copy])
    return hashlib.sha256(said).hexdigest()[:16]


def timestamp() -> str:
    """This moment, as the catalog writes times."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
