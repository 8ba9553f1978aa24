"""A backfill that is disturbed again and again and given again: is its archive that of an undisturbed one?

`python -m bench.soak backfill [--captures N] [--moments N]`. The disturbances: SIGKILL of the whole, of one
worker, SIGINT once and twice, a source file that vanishes, a disk that is full.
"""

from __future__ import annotations

import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from sqlalchemy import func, select

from bench.crawl_dump import write_dump
from bench.figures import Figure
from pipelines.archive import articles, drops
from pipelines.archive.captures import iterate
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import parts
from pipelines.archive.verify import verify
from pipelines.errors import Stopped, UsageError

AREA = "soak"
ROOT = Path(__file__).resolve().parent.parent
RANGES_A_MOMENT = 10
"""Ranges that the sources are cut into for every moment. A disturbed run takes in what was under way too: up
to two that are read and four on their way into the catalog."""

_FILE_BYTES = 1 << 17
"""Size that no file may exceed when the disk is full: less than the catalog's log takes for one range."""


def run(captures: int, moments: int) -> Iterator[Figure]:
    """Disturbed at `moments` moments over `captures` captures, then once to the end."""
    with TemporaryDirectory(prefix="soak-backfill-") as folder:
        place = Path(folder)
        started = time.monotonic()
        files = write_dump(place / "source", captures)
        size = sum(path.stat().st_size for path in files)
        yield Figure(AREA, "backfill: captures made, MB", size / 1e6, captures, unit="MB")
        made = time.monotonic()
        job = Job(place / "source", place / "calm", max(1, size // (moments * RANGES_A_MOMENT)))
        job.to_the_end()
        calm = time.monotonic()
        yield Figure(AREA, "backfill: undisturbed", captures / (calm - made), captures, unit="/s")
        rest = Job(job.source, place / "disturbed", job.range_bytes)
        yield from disturbed(rest, moments, job.taken())
        yield from compared(job.archive, rest.archive, captures)
        yield Figure(AREA, "backfill: seconds of all this", time.monotonic() - started, captures, unit="s")


def disturbed(job: Job, moments: int, ranges: int) -> Iterator[Figure]:
    """Each kind of disturbance in turn, at moments spread over the whole way; then to the end."""
    chance = random.Random(7)
    ended: dict[str, list[int]] = {name: [] for name in DISTURBED}
    for number in range(moments):
        name = list(DISTURBED)[number % len(DISTURBED)]
        goal = ranges * (number + 1) // (moments + 2)
        steps = max(1, goal - job.taken() - RANGES_A_MOMENT // 2)
        code = DISTURBED[name][0](job, steps, chance.uniform(0.0, 0.3))
        print(f"{name}, {job.taken()} of {ranges} ranges: exit code {code}", file=sys.stderr, flush=True)
        ended[name].append(code)
    for name, codes in ended.items():
        right = codes.count(DISTURBED[name][1])
        yield Figure(AREA, f"backfill: {name}, exit code as documented", right, len(codes), floor=len(codes))
    left = ranges - job.taken()
    yield Figure(AREA, "backfill: ranges left after the last moment", left, ranges, floor=1)
    job.to_the_end()


def compared(calm: Path, disturbed: Path, captures: int) -> Iterator[Figure]:
    """The two archives, and the disturbed one by itself."""
    same = fingerprint(calm) == fingerprint(disturbed)
    yield Figure(AREA, "backfill: the archive is the undisturbed one's", float(same), captures, floor=1)
    with Catalog.open(disturbed, read_only=True) as catalog:
        faults = sum(1 for _ in verify(disturbed, catalog))
        with catalog.read() as connection:
            number = connection.scalar(select(func.count()).select_from(parts)) or 0
    left = sum(1 for _ in (disturbed / "parts").iterdir())
    yield Figure(AREA, "backfill: faults that verify finds", faults, captures, ceiling=0)
    yield Figure(AREA, "backfill: part files left over", left, number, ceiling=0)


def fingerprint(archive: Path) -> str:
    """A digest over every capture, article and drop, in order of their ids."""
    total = hashlib.sha256()
    with Catalog.open(archive, read_only=True) as catalog, catalog.read() as connection:
        for rows in (
            iterate(connection),
            articles.iterate(connection, whole=True),
            drops.iterate(connection),
        ):
            for row in rows:
                total.update(msgspec.json.encode(row))
    return total.hexdigest()


class Job:
    """One backfill as a command that can be given again and again."""

    def __init__(self, source: Path, archive: Path, range_bytes: int) -> None:
        self.source, self.archive, self.range_bytes = source, archive, range_bytes

    def taken(self) -> int:
        """Ranges that stand in the ledger."""
        if not self.archive.exists():
            return 0
        with Catalog.open(self.archive, read_only=True) as catalog, catalog.read() as connection:
            return connection.scalar(select(func.count()).select_from(parts)) or 0

    def start(self, file_bytes: int = resource.RLIM_INFINITY) -> subprocess.Popen[str]:
        """Start it with two workers; no file may grow beyond `file_bytes`."""
        command = [sys.executable, "-m", "bench.one_backfill", str(self.source), str(self.archive), "2"]
        running = subprocess.Popen(
            [*command, "local", str(self.range_bytes)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
        return running

    def to_the_end(self) -> None:
        """Run it undisturbed. Raises RuntimeError when it does not end well."""
        running = self.start()
        _, errors = running.communicate()
        if running.returncode != 0:
            raise RuntimeError(f"exit code {running.returncode}: {errors[-500:]}")

    def disturb(self, steps: int, pause: float, how: Callable[[int], object]) -> int:
        """Do something to it when it has told of its progress `steps` times; its exit code."""
        running = self.start()
        wait_for(running, steps)
        time.sleep(pause)
        how(running.pid)
        return ended(running)


def wait_for(running: subprocess.Popen[str], steps: int) -> None:
    """Until so many lines of progress have come, or the end."""
    assert running.stdout is not None
    for _ in range(steps):
        if not running.stdout.readline():
            return


def ended(running: subprocess.Popen[str]) -> int:
    """The exit code; 99 in place of one that came with a traceback, which is shown."""
    _, errors = running.communicate()
    if "Traceback" not in errors:
        return running.returncode
    print(f"exit code {running.returncode}: {errors[-3000:]}", file=sys.stderr, flush=True)
    return 99


def _kill(job: Job, steps: int, pause: float) -> int:
    return job.disturb(steps, pause, lambda pid: os.kill(pid, signal.SIGKILL))


def _interrupt(job: Job, steps: int, pause: float) -> int:
    return job.disturb(steps, pause, lambda pid: os.killpg(pid, signal.SIGINT))


def _interrupt_twice(job: Job, steps: int, pause: float) -> int:
    def twice(pid: int) -> None:
        os.killpg(pid, signal.SIGINT)
        os.killpg(pid, signal.SIGINT)

    return job.disturb(steps, pause, twice)


def _kill_a_worker(job: Job, steps: int, pause: float) -> int:
    """One worker dies, the run goes on; some steps later it is interrupted."""
    running = job.start()
    wait_for(running, steps)
    time.sleep(pause)
    workers = [one for child in children(running.pid) for one in children(child)]
    if workers:
        os.kill(workers[0], signal.SIGKILL)
    wait_for(running, 2)
    os.kill(running.pid, signal.SIGINT)
    return ended(running)


def _source_vanishes(job: Job, steps: int, pause: float) -> int:
    """A file is taken away while it is read; what was open may still be read to its end."""
    away = job.source.with_name("away")

    def take_away(_: int) -> None:
        job.source.rename(away)

    code = job.disturb(steps, pause, take_away)
    away.rename(job.source)
    return code


def _disk_is_full(job: Job, _: int, __: float) -> int:
    return ended(job.start(_FILE_BYTES))


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


DISTURBED: dict[str, tuple[Callable[[Job, int, float], int], int]] = {
    "SIGKILL": (_kill, -signal.SIGKILL),
    "SIGKILL of a worker, SIGINT later": (_kill_a_worker, Stopped.exit_code),
    "SIGINT": (_interrupt, Stopped.exit_code),
    "SIGINT twice": (_interrupt_twice, Stopped.exit_code),
    "source vanished": (_source_vanishes, UsageError.exit_code),
    "disk full": (_disk_is_full, UsageError.exit_code),
}
"""What is done to a run that has work left, and the exit code that is documented for it."""
