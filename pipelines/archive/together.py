"""Pieces of one kind of work, as many in one statement as came while the transaction before was under way.

A statement costs ten times what a row of it does, and under load pieces come faster than transactions end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
R = TypeVar("R")
Done = TypeVar("Done")

IDLE_SECONDS = 10.0
"""A thread that has nothing to do ends after this. To start one for each list would hold up the crawl's loop,
which has to wait until the thread that it starts is running: 2 to 6 ms beside busy ones."""

Write = Callable[[Callable[[Connection], Any]], Future[Any]]


class Together(Generic[T, Done, R]):
    """`add` a piece; `work` does a list of them in a transaction; `share`, after its commit, says what each
    piece's Future gets, in their order.

    Where `work` raises for many, each is done by itself, so that one piece costs the others nothing. `pause`:
    seconds that the first piece of a list waits for others, as nobody is in a hurry for it.
    """

    def __init__(
        self,
        write: Write,
        work: Callable[[Connection, list[T]], Done],
        share: Callable[[list[T], Done], Iterable[R]],
        pause: float,
    ) -> None:
        self._pause = pause
        self._write, self._work, self._share = write, work, share
        self._some = threading.Condition()
        self._waiting: list[tuple[T, Future[R]]] = []
        self._running = False

    def add(self, piece: T) -> Future[R]:
        """Queue one piece; may be called from any thread."""
        future: Future[R] = Future()
        with self._some:
            self._waiting.append((piece, future))
            self._some.notify()
            start, self._running = not self._running, True
        if start:
            threading.Thread(target=self._run, name="together", daemon=True).start()
        return future

    def _run(self) -> None:
        while batch := self._next():
            done = self._do(batch)
            if done.exception() is not None and len(batch) > 1:
                for one, again in [(one, self._do([one])) for one in batch]:
                    self._resolve([one], again)
            else:
                self._resolve(batch, done)

    def _next(self) -> list[tuple[T, Future[R]]]:
        """The next list, after its pause; an empty one when none has come for long, and the thread ends."""
        with self._some:
            self._running = self._some.wait_for(lambda: bool(self._waiting), IDLE_SECONDS)
            if not self._running:
                return []
        time.sleep(self._pause)
        with self._some:
            batch, self._waiting = self._waiting, []
        return batch

    def _do(self, batch: list[tuple[T, Future[R]]]) -> Future[Done]:
        pieces = [piece for piece, _ in batch]
        return self._write(lambda connection: self._work(connection, pieces))

    def _resolve(self, batch: list[tuple[T, Future[R]]], done: Future[Done]) -> None:
        if (failure := done.exception()) is not None:
            for _, future in batch:
                future.set_exception(failure)
            return
        shares = self._share([piece for piece, _ in batch], done.result())
        for (_, future), share in zip(batch, shares, strict=True):
            future.set_result(share)
