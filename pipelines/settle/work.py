"""What the steps of settle share: counts, the processes that help, and the way through what is due."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import TypeVar

from pipelines.archive import settled
from pipelines.archive.catalog import Catalog

A = TypeVar("A")
B = TypeVar("B")

BATCH = 500
"""Articles or texts in one transaction: a tenth of a second of writing, 50 MB of working memory."""

Progress = Callable[[str, int], None]
"""Told the name of a step and how many it has just done."""


class SettleCounts:
    """What one settle did, by name of the step."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self.members = 0
        """Articles taken in anew or changed."""
        self.removed = 0
        """Articles taken out: removed, withdrawn or superseded."""
        self.texts = 0
        """Texts derived."""
        self.matched = 0
        """Distinct texts held against the index."""
        self.pairs = 0
        """Pairs of one story found."""
        self.clusters = 0
        """Clusters settled."""
        self.copies = 0
        """Members of those clusters that have at least two."""

    def add(self, step: str, done: int) -> None:
        """Count and tell."""
        setattr(self, step, getattr(self, step) + done)
        if self._progress is not None:
            self._progress(step, done)


class Workers:
    """Processes that sketch and compare; with one worker the work is done in this process.

    They are started when there is first enough to do (`WORTHWHILE` chunks at once): for a handful of new
    articles a start costs more than it saves.
    """

    WORTHWHILE = 4

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def map(self, work: Callable[[A], B], things: Sequence[A]) -> Iterator[B]:
        """As the built-in `map`: in order, whoever is done first."""
        if self._count == 1 or len(things) < self.WORTHWHILE:
            return map(work, things)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._count, mp_context=get_context("spawn"), initializer=leave_with_parent
            )
        return self._pool.map(work, things)


def leave_with_parent() -> None:
    """End this process when the one that it helps has ended, by SIGKILL too: the queue between them does not
    tell, since every helper holds both of its ends."""

    def wait() -> None:
        if (parent := parent_process()) is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def slices(things: Sequence[A], size: int = BATCH // 4) -> list[Sequence[A]]:
    """Consecutive pieces of at most `size`."""
    return [things[start : start + size] for start in range(0, len(things), size)]


def current_ids(catalog: Catalog, state: str) -> Iterator[list[str]]:
    """Batches of the current articles in a state of settling."""

    def due(after: str) -> list[str]:
        with catalog.read() as connection:
            return settled.current_in(connection, state, after, BATCH)

    return walk(due, lambda id: id)


def walk(due: Callable[[str], list[A]], last: Callable[[A], str]) -> Iterator[list[A]]:
    """Batches of what is due, by id; `due` gives those above an id."""
    after = ""
    while batch := due(after):
        yield batch
        after = last(batch[-1])
