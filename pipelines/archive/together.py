"""Pieces of one kind of work, as many in one statement as came while the transaction before was under way.

A statement costs ten times what a row of it does, and under load pieces come faster than transactions end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
R = TypeVar("R")
Done = TypeVar("Done")

Write = Callable[[Callable[[Connection], Any]], Future[Any]]


class Together(Generic[T, Done, R]):
    """`add` a piece; `work` does a list of them in a transaction; `share`, after its commit and on the
    writer's thread, says what each piece's Future gets, in their order.

    Where `work` raises for many, each is done by itself, so that one piece costs the others nothing. `pause`:
    seconds that the first piece of a list waits for others, where nobody is in a hurry for it.
    """

    def __init__(
        self,
        write: Write,
        work: Callable[[Connection, list[T]], Done],
        share: Callable[[list[T], Done], Iterable[R]],
        pause: float = 0.0,
    ) -> None:
        self._pause = pause
        self._write, self._work, self._share = write, work, share
        self._lock = threading.Lock()
        self._waiting: list[tuple[T, Future[R]]] = []
        self._under_way = False

    def add(self, piece: T) -> Future[R]:
        """Queue one piece; may be called from any thread."""
        future: Future[R] = Future()
        with self._lock:
            self._waiting.append((piece, future))
            if self._under_way:
                return future
            self._under_way = True
        self._begin()
        return future

    def _begin(self) -> None:
        if self._pause:
            later = threading.Timer(self._pause, self._submit)
            later.daemon = True
            later.start()
        else:
            self._submit()

    def _submit(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        self._do(batch).add_done_callback(partial(self._done, batch))

    def _do(self, batch: list[tuple[T, Future[R]]]) -> Future[Done]:
        pieces = [piece for piece, _ in batch]
        return self._write(lambda connection: self._work(connection, pieces))

    def _done(self, batch: list[tuple[T, Future[R]]], done: Future[Done]) -> None:
        if done.exception() is not None and len(batch) > 1:
            for one in batch:
                self._do([one]).add_done_callback(partial(self._resolve, [one]))
        else:
            self._resolve(batch, done)
        with self._lock:
            self._under_way = bool(self._waiting)
            if not self._under_way:
                return
        self._begin()

    def _resolve(self, batch: list[tuple[T, Future[R]]], done: Future[Done]) -> None:
        if (failure := done.exception()) is not None:
            for _, future in batch:
                future.set_exception(failure)
            return
        shares = self._share([piece for piece, _ in batch], done.result())
        for (_, future), share in zip(batch, shares, strict=True):
            future.set_result(share)
