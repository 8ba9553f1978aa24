"""Processes that read beside a crawl: pure functions go in, their values come out, nobody is kept waiting.

Not concurrent.futures: it hands each call through three threads of the crawl's process, which has one page
in two milliseconds, and gives everything up when one of its processes dies. Not `pool.py`: that supervises
whole tasks of a backfill, whose results are files.
"""

from __future__ import annotations

import select
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from pipelines.archive.processes import end_with_parent
from pipelines.runner import forking

P = ParamSpec("P")
T = TypeVar("T")


class ReaderDied(Exception):
    """The process that a call was given to ended, hung, or could not be started; the call may do it again."""


class ReaderFailed(Exception):
    """What a call has raised, with its traceback as text."""


BACKLOG = 16
"""Calls that wait when another process is started: reading so many damaged pages takes as long as its start,
about a second of processor time, and undamaged ones are read as fast as they come."""


class Readers:
    """Up to so many processes; 0 works in this one. The first starts at once, a further one where calls pile
    up; they end when this process does, however."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        if most:
            self._start_another()

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call a function of a module with values that can be pickled.

        The Future raises ReaderDied, ReaderFailed. With 0 processes the call itself raises what it raises.
        """
        future: Future[T] = Future()
        if self._threads:
            self._calls.put(_Call(function, args, kwargs, future))
            if len(self._threads) < self._most and self._calls.qsize() >= BACKLOG:
                self._start_another()
        else:
            future.set_result(function(*args, **kwargs))
        return future

    def close(self) -> None:
        """Wait until what was asked for is answered; again does nothing."""
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _start_another(self) -> None:
        thread = threading.Thread(target=self._serve, daemon=True, name=f"reader-{len(self._threads)}")
        self._threads.append(thread)
        thread.start()

    def _serve(self) -> None:
        """The life of one thread: it feeds one process, and another when that one has died."""
        process = _started()
        while (call := self._calls.get()) is not None:
            process = process or _started()
            if process is None or (answer := process.asked(call)) is None:
                process = None
                call.future.set_exception(ReaderDied("a reading process died"))
            elif answer[1] is not None:
                call.future.set_exception(ReaderFailed(answer[1]))
            else:
                call.future.set_result(answer[0])
        if process is not None:
            process.end()


class _Call:
    def __init__(self, function: Any, args: Any, kwargs: Any, future: Future[Any]) -> None:
        self.given, self.future = (function, args, kwargs), future


class _Process:
    """One process and the pipe to it. Raises OSError where none can be had.

    Ctrl-C is blocked in the server that it is forked off, and so in it.
    """

    def __init__(self) -> None:
        context = forking.fork_server(__name__)
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._answers = select.poll()  # Connection.poll makes a selector for each look
        self._answers.register(self._pipe, select.POLLIN)

    def asked(self, call: _Call) -> tuple[Any, str | None] | None:
        """(value, traceback or None) of one call; None when the process has died over it, or hangs."""
        try:
            self._pipe.send(call.given)
            if self._answers.poll(forking.PATIENCE_SECONDS * 1000):
                answer: tuple[Any, str | None] = self._pipe.recv()
                return answer
            self._process.kill()
        except (EOFError, OSError):
            pass
        self.end()
        return None

    def end(self) -> None:
        """Close the pipe, at which the process ends, and wait for it."""
        self._pipe.close()
        self._process.join()


def _started() -> _Process | None:
    """None where limits of memory or of processes leave no room, or the fork server is killed as it is asked
    (EOFError): the next call tries again."""
    try:
        return _Process()
    except (EOFError, OSError):
        return None


def _work(pipe: Connection) -> None:
    """The life of a process: until the pipe closes, or the crawl ends without closing it."""
    end_with_parent()
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except EOFError:
            return
        value, told = None, _Told()
        with told:
            value = function(*args, **kwargs)
        pipe.send((value, told.trace))


class _Told:
    """Keeps what a call raises, as text, for the one who waits for it."""

    trace: str | None = None

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, _: TracebackType | None
    ) -> bool:
        if isinstance(raised, Exception):
            self.trace = "".join(traceback.format_exception(raised))
        return self.trace is not None
