"""The one writer of a catalog: a thread that puts many pieces of work into one short transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError

from pipelines.archive.faults import explained, is_passing

T = TypeVar("T")

IMMEDIATE = "BEGIN IMMEDIATE"
"""A transaction that will write says so at once: one that finds out later cannot wait for another writer,
SQLite fails it with "database is locked" whatever the timeout."""

BATCH_SECONDS = 0.05
"""A transaction takes in queued work for this long: long enough that the fixed cost of a commit hardly
counts, short enough that another process is not kept waiting."""

RECONNECT_SECONDS = (0.1, 0.5, 2.0, 5.0, 10.0, 20.0)
"""Waits before the tries after a lost connection: together longer than a restart of PostgreSQL."""


class _Job:
    """One piece of work and the Future that waits for it.

    As a context manager it keeps what the work raises for the one who waits. What the database itself
    reports (no space, lost connection) goes on: that is no fault of this piece of work.
    """

    def __init__(self, work: Callable[[Connection], Any], future: Future[Any]) -> None:
        self.work, self.future = work, future
        self.outcome: Any = None
        self.failure: BaseException | None = None

    def __enter__(self) -> None:
        self.outcome = self.failure = None

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.failure = raised
        return not isinstance(raised, OperationalError | InterfaceError | InternalError)

    def resolve(self, where: str, failure: BaseException | None = None) -> None:
        if (failure := failure or self.failure) is not None:
            if isinstance(failure, SQLAlchemyError):
                failure = explained(failure, where)
            self.future.set_exception(failure)
        else:
            self.future.set_result(self.outcome)


class Writer:
    """Runs submitted work in order, in batches, on its own thread and connection."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine, self._where = engine, where
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="catalog-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Queue one piece of work."""
        future: Future[T] = Future()
        self._queue.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Wait until everything queued so far is committed. Nothing may be submitted afterwards."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            jobs = [self._queue.get()]
            while not self._queue.empty():
                jobs.append(self._queue.get())
            open_ = jobs[-1] is not None
            self._work_off([job for job in jobs if job is not None])

    def _work_off(self, jobs: list[_Job]) -> None:
        while jobs:
            try:
                count = self._transaction_with_retries(jobs)
            except SQLAlchemyError as error:
                for job in jobs:
                    job.resolve(self._where, error)
                return
            for job in jobs[:count]:
                job.resolve(self._where)
            jobs = jobs[count:]

    def _transaction_with_retries(self, jobs: list[_Job]) -> int:
        for wait in RECONNECT_SECONDS:
            try:
                return self._transaction(jobs)
            except SQLAlchemyError as error:
                if not is_passing(error):
                    raise
            time.sleep(wait)
        return self._transaction(jobs)

    def _transaction(self, jobs: list[_Job]) -> int:
        """Do as many of the jobs as fit the time of one transaction; returns how many, once committed.

        First without savepoints, which cost more than most jobs do; when one of them raises, all that was
        done is undone and done again with each job in a savepoint of its own.
        """
        try:
            return self._attempt(jobs, each_undone_alone=False)
        except _Undone:
            return self._attempt(jobs, each_undone_alone=True)

    def _attempt(self, jobs: list[_Job], each_undone_alone: bool) -> int:
        started = time.monotonic()
        count = 0
        with self._engine.connect().execution_options(begin=IMMEDIATE) as connection, connection.begin():
            for job in jobs:
                with job, connection.begin_nested() if each_undone_alone else nullcontext():
                    job.outcome = job.work(connection)
                if job.failure is not None and not each_undone_alone:
                    raise _Undone
                count += 1
                if time.monotonic() - started > BATCH_SECONDS:
                    break
        return count


class _Undone(Exception):
    """A job has raised in a transaction that it shares."""
