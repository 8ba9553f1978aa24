"""Visits into the catalog, as many in one transaction as came while the one before was under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from sqlalchemy import Connection

from crawler import visits
from crawler.visits import Recorded, Visit

MOST_SEEN = 200_000
"""Addresses remembered as standing in the frontier: at 100 bytes each 20 MB. Beyond that they are offered to
the database again, which knows them too."""

Write = Callable[[Callable[[Connection], Any]], Future[Any]]
Noted = Callable[[dict[tuple[str, bool], int]], None]


class Recorder:
    """Collects visits and records them together. `noted` is told of new addresses, on the writer's thread."""

    def __init__(self, write: Write, run: int | None, noted: Noted) -> None:
        self._write, self._run, self._noted = write, run, noted
        self._lock = threading.Lock()
        self._waiting: list[tuple[Visit, Future[bool]]] = []
        self._under_way = False
        self._seen: set[str] = set()

    def record(self, visit: Visit) -> Future[bool]:
        """Record one visit; the Future says whether its version is new."""
        future: Future[bool] = Future()
        with self._lock:
            self._waiting.append((visit, future))
            if self._under_way:
                return future
            self._under_way = True
        self._submit()
        return future

    def _submit(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
            if not batch:
                self._under_way = False
                return
        self._record(batch).add_done_callback(lambda done: self._done(batch, done))

    def _record(self, batch: list[tuple[Visit, Future[bool]]]) -> Future[Recorded]:
        chosen = [visit for visit, _ in batch]
        return self._write(lambda c: visits.record(c, chosen, self._run, time.time(), self._seen))

    def _done(self, batch: list[tuple[Visit, Future[bool]]], done: Future[Recorded]) -> None:
        if done.exception() is not None and len(batch) > 1:
            # Which of them it was is found out by recording each by itself.
            for one in batch:
                self._record([one]).add_done_callback(partial(self._resolve, [one]))
        else:
            self._resolve(batch, done)
        self._submit()

    def _resolve(self, batch: list[tuple[Visit, Future[bool]]], done: Future[Recorded]) -> None:
        if (failure := done.exception()) is not None:
            for _, future in batch:
                future.set_exception(failure)
            return
        recorded = done.result()
        if len(self._seen) > MOST_SEEN:
            self._seen.clear()
        self._seen.update(each.url for visit, _ in batch for each in visit.found)
        self._noted(recorded.new_addresses)
        for (_, future), is_new in zip(batch, recorded.new_versions, strict=True):
            future.set_result(is_new)
