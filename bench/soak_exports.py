"""Exports killed by the clock at moments spread over their whole course, helpers and all.

`python -m bench.soak exports [--rows N --moments N]`. Beside `eval_export`, which kills at every call to the
store: here the export is of a real size, made by several processes, and may be anywhere when it is killed.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
from deltalake import DeltaTable
from sqlalchemy import Connection, select, update

from bench.figures import Figure
from bench.made_catalog import fill_catalog
from bench.processes import descendants
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import pack, unpack
from pipelines.archive.processes import is_dead, process_name
from pipelines.archive.schema import articles
from pipelines.export.job import Format
from pipelines.export.manifest import MANIFEST, parse_manifest
from pipelines.export.verify import verify_export
from pipelines.records import Article

AREA = "soak"
ROOT = Path(__file__).resolve().parent.parent
FORMS: tuple[Format, ...] = ("parquet", "jsonl", "delta")
_PATIENCE_SECONDS = 30.0
"""For the helpers of a killed export to end: one that is starting first ends its imports."""


def run(rows: int, moments: int) -> Iterator[Figure]:
    """Each format in turn, `moments` kills in all, over an older export; every tenth row has changed."""
    with tempfile.TemporaryDirectory(prefix="soak-exports-") as folder:
        place = Path(folder)
        fill_catalog(place / "archive", rows)
        trials = {form: Trial(place, form) for form in FORMS}
        for trial in trials.values():
            trial.export_old()
        with Catalog.open(place / "archive") as catalog:
            catalog.write(change_headlines).result()
        for trial in trials.values():
            trial.export_new()
        changed = sum(trial.old != trial.new for trial in trials.values())
        yield Figure(AREA, "exports: formats that show the change", changed, len(FORMS), floor=len(FORMS))
        yield from killed(list(trials.values()), moments)
        for trial in trials.values():
            yield from trial.completed(rows)


def killed(trials: list[Trial], moments: int) -> Iterator[Figure]:
    """Kill each in its turn, and look at what a reader finds then."""
    chance = random.Random(11)
    struck = whole = orphans = 0
    for number in range(moments):
        trial = trials[number % len(trials)]
        came_through, left = kill(trial.command(trial.out), chance.uniform(0.1, 1.0) * trial.seconds)
        seen = content(trial.out)
        said = "old" if seen == trial.old else "new" if seen == trial.new else "NEITHER"
        print(f"{trial.form}: {'not struck' if came_through else 'killed'}, reads as {said}", file=sys.stderr)
        struck, orphans = struck + (not came_through), orphans + left
        whole += seen in (trial.old, trial.new)
        if seen == trial.new:  # the next one would have nothing to do
            trial.go_back()
    yield Figure(AREA, "exports: kills that struck a running one", struck, moments, floor=moments // 2)
    yield Figure(AREA, "exports: readers see the old state or the new", whole, moments, floor=moments)
    yield Figure(AREA, "exports: helpers left over", orphans, struck, ceiling=0)


class Trial:
    """One format: its undisturbed export before and after the change, and the one that is killed (`out`)."""

    def __init__(self, place: Path, form: Format) -> None:
        self.form, self.archive = form, place / "archive"
        self.out, self.undisturbed = place / form, place / f"undisturbed-{form}"
        self.before = place / f"before-{form}"
        self.old = self.new = ""
        self.seconds = 0.0

    def command(self, out: Path) -> list[str]:
        return [sys.executable, "-m", "bench.one_export", str(self.archive), str(out), self.form]

    def export_old(self) -> None:
        subprocess.run(self.command(self.undisturbed), cwd=ROOT, check=True)
        shutil.copytree(self.undisturbed, self.before)
        self.old = content(self.before)
        self.go_back()

    def go_back(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(self.before, self.out)

    def export_new(self) -> None:
        started = time.monotonic()
        subprocess.run(self.command(self.undisturbed), cwd=ROOT, check=True)
        self.seconds = time.monotonic() - started
        self.new = content(self.undisturbed)

    def completed(self, rows: int) -> Iterator[Figure]:
        """The same command once more: what it makes of what the kills have left."""
        subprocess.run(self.command(self.out), cwd=ROOT, check=True)
        same = content(self.out) == self.new and not list(verify_export(str(self.out)))
        yield Figure(AREA, f"exports: {self.form} complete and whole after all", float(same), rows, floor=1)
        if self.form != "delta":  # there, files that no version names stay for a week
            count = len(stray(self.out))
            yield Figure(AREA, f"exports: {self.form} files that nothing names", count, rows, ceiling=0)


def kill(command: list[str], after: float) -> tuple[bool, int]:
    """SIGKILL after so many seconds; (whether it came through before, helpers that outlived it)."""
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        return running.wait(after) == 0, 0
    except subprocess.TimeoutExpired:
        helpers = list(descendants(running.pid))
        running.kill()
        running.wait()
    host = process_name().rpartition(":")[0]
    end = time.monotonic() + _PATIENCE_SECONDS
    while helpers and time.monotonic() < end:
        time.sleep(0.1)
        helpers = [pid for pid in helpers if not is_dead(f"{host}:{pid}")]
    return False, len(helpers)


def change_headlines(connection: Connection) -> None:
    """Give every tenth article another headline, as reading it anew might."""
    tenth = select(articles.c.id, articles.c.record).where(articles.c.number % 10 == 0)
    for id, record in connection.execute(tenth).all():
        changed = pack(replace(unpack(record, Article), headline="改过的标题"))
        connection.execute(update(articles).where(articles.c.id == id).values(record=changed))


def content(out: Path) -> str:
    """A digest over what a reader of the table, or of the parts that the manifest names, sees of each row."""
    if not (out / MANIFEST).exists():
        source = f"read_parquet({DeltaTable(str(out)).file_uris()})"
    else:
        manifest = parse_manifest((out / MANIFEST).read_bytes(), str(out))
        parts = [str(out / part.name) for part in manifest.parts]
        source = f"read_{'json' if manifest.format == 'jsonl' else 'parquet'}({parts})"
    query = f"select id, headline, md5(article_body), len(edits) from {source} order by id"
    total = hashlib.sha256()
    with duckdb.connect() as reader:
        for row in reader.execute(query).fetchall():
            total.update(repr(row).encode())
    return total.hexdigest()


def stray(out: Path) -> set[str]:
    """Files of a snapshot that its manifest does not name."""
    named = {part.name for part in parse_manifest((out / MANIFEST).read_bytes(), str(out)).parts}
    return {path.name for path in out.iterdir()} - named - {MANIFEST}
