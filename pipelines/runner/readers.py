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
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
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

MOST_AT_ONCE = 8
"""Calls that go through a pipe together. Each way through it takes the interpreter's lock from the crawl
several times, and what pages share (their site) is packed once."""


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
        while calls := self._next():
            process = self._asked(process, calls)
        if process is not None:
            process.end()

    def _next(self) -> list[_Call]:
        """The next calls, this thread's share of those that wait; none when it is to end."""
        calls = [self._calls.get()]
        share = min(MOST_AT_ONCE, 1 + self._calls.qsize() // len(self._threads))
        with suppress(Empty):
            while calls[-1] is not None and len(calls) < share:
                calls.append(self._calls.get_nowait())
        if calls[-1] is None:
            self._calls.put(None)  # for the other threads, and for this one's next look
        return [call for call in calls if call is not None]

    def _asked(self, process: _Process | None, calls: list[_Call]) -> _Process | None:
        """Have calls answered; the process that answered, None when it has died. Where it dies over several,
        each is asked by itself: only the one that kills stays without an answer."""
        process = process or _started()
        answers = None if process is None else process.asked(calls)
        if answers is not None:
            for call, answer in zip(calls, answers, strict=True):
                call.answered(*answer)
            return process
        if len(calls) == 1:
            calls[0].future.set_exception(ReaderDied("a reading process died"))
            return None
        process = None
        for call in calls:
            process = self._asked(process, [call])
        return process


class _Call:
    def __init__(self, function: Any, args: Any, kwargs: Any, future: Future[Any]) -> None:
        self.given, self.future = (function, args, kwargs), future

    def answered(self, value: Any, trace: str | None) -> None:
        if trace is not None:
            self.future.set_exception(ReaderFailed(trace))
        else:
            self.future.set_result(value)


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

    def asked(self, calls: list[_Call]) -> list[tuple[Any, str | None]] | None:
        """(value, traceback or None) of each call; None when the process has died over them, or hangs."""
        try:
            self._pipe.send([call.given for call in calls])
            if self._answers.poll(forking.PATIENCE_SECONDS * 1000):
                answers: list[tuple[Any, str | None]] = self._pipe.recv()
                return answers
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
            calls = pipe.recv()
        except EOFError:
            return
        pipe.send([_answer(*call) for call in calls])


def _answer(function: Any, args: Any, kwargs: Any) -> tuple[Any, str | None]:
    value, told = None, _Told()
    with told:
        value = function(*args, **kwargs)
    return value, told.trace


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
