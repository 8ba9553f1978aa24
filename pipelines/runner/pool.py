"""Worker processes under supervision: a capture that kills its worker twice is dropped, the rest goes on.

Not concurrent.futures: when one of its processes dies it gives up all work in flight and cannot tell which
capture did it. Here each worker says in shared memory which capture it is at.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from pipelines.errors import IpnewsError
from pipelines.runner import forking
from pipelines.runner.work import Order, Task, run_task

DEATHS = 2
"""A worker's death may be the machine's doing (memory, an operator): after the first it is tried again."""

_TICK_SECONDS = 1.0


@dataclass(slots=True)
class _Attempt:
    """A task with what is known of its dangerous places."""

    task: Task
    deaths: Counter[int] = field(default_factory=Counter)

    def poison(self) -> frozenset[int]:
        return frozenset(place for place, count in self.deaths.items() if count >= DEATHS)


class _Worker:
    """One process, the pipe to it, and the place of the capture it is at."""

    def __init__(self, order: Order) -> None:
        context = forking.fork_server(run_task.__module__, order.read.__module__)
        self.pipe, theirs = context.Pipe()
        self._place = context.RawValue("q", -1)
        self.process = context.Process(target=_serve, args=(theirs, self._place, order), daemon=True)
        self.process.start()
        theirs.close()
        self.attempt: _Attempt | None = None
        self._seen, self._since = -1, time.monotonic()

    def give(self, attempt: _Attempt) -> None:
        self.attempt, self._since = attempt, time.monotonic()
        with suppress(BrokenPipeError):  # it died while idle: its sentinel tells
            self.pipe.send((attempt.task, attempt.poison()))

    def place(self) -> int:
        return int(self._place.value)

    def is_stuck(self) -> bool:
        if (place := self.place()) != self._seen:
            self._seen, self._since = place, time.monotonic()
        return place >= 0 and time.monotonic() - self._since > forking.PATIENCE_SECONDS

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def supervise(tasks: Iterator[Task], order: Order, workers: int) -> Iterator[str]:
    """Run tasks in `workers` processes; yields the name of each part that is written, as they end.

    Raises what a task raised (no space, a source that vanished); the processes are gone afterwards.
    """
    team = [_Worker(order) for _ in range(workers)]
    again: list[_Attempt] = []
    try:
        while busy := _hand_out(team, again, tasks):
            wait([thing for one in busy for thing in (one.pipe, one.process.sentinel)], _TICK_SECONDS)
            done = []
            for worker in busy:
                if (name := _answer(worker)) is not None:
                    worker.attempt = None
                    done.append(name)
                elif worker.is_stuck() or not worker.process.is_alive():
                    again.append(_buried(worker))
                    team[team.index(worker)] = _Worker(order)
            _hand_out(team, again, tasks)  # before the caller takes its time over what is done
            yield from done
    finally:
        for worker in team:
            worker.stop()


def _hand_out(team: list[_Worker], again: list[_Attempt], tasks: Iterator[Task]) -> list[_Worker]:
    """Give work to whoever has none; returns who has some now."""
    for worker in team:
        if worker.attempt is None:
            task = None if again else next(tasks, None)
            if again or task is not None:
                worker.give(again.pop() if task is None else _Attempt(task))
    return [worker for worker in team if worker.attempt is not None]


def _answer(worker: _Worker) -> str | None:
    """The name of the part a worker has finished. Raises what it raised."""
    try:
        if not worker.pipe.poll():
            return None
        answer: str | Exception = worker.pipe.recv()
    except (EOFError, ConnectionResetError):
        return None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _buried(worker: _Worker) -> _Attempt:
    """The attempt of a dead or stuck worker, its place marked."""
    place = worker.place()
    worker.stop()
    attempt = worker.attempt
    assert attempt is not None
    attempt.deaths[place] += 1
    if place < 0 and attempt.deaths[place] >= DEATHS:
        raise IpnewsError(
            f"{attempt.task.part}: a worker died {DEATHS} times before any page; is memory limited? (dmesg)"
        )
    return attempt


def _serve(pipe: Connection, place: Any, order: Order) -> None:
    """The life of a worker: tasks come in, parts go out, until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when work ends

    def note(at: int) -> None:
        place.value = at

    with suppress(EOFError, ConnectionError):  # the parent is gone, or done
        while True:
            task, poison = pipe.recv()
            answer: str | Exception
            try:
                answer = run_task(task, order, poison=poison, note=note)
            except (IpnewsError, OSError) as error:
                note(-1)
                answer = error
            pipe.send(answer)
