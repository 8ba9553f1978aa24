"""Ctrl-C and SIGTERM in two steps: the first ends what is under way, the second the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.errors import Stopped

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_under_way = False


def stop_in_two_steps() -> None:
    """From now on the first SIGINT or SIGTERM while a command is under way raises KeyboardInterrupt, and any
    other one exits at once with code 3.

    Python's own handler raises for each of them: the second would come out of whatever tidies up after the
    first, or of the interpreter's end, with a traceback and the code of a killed process. Files are valid at
    any moment, as after SIGKILL.
    """
    _on_stop(_raise_once)


@contextmanager
def handlers_put_back() -> Iterator[None]:
    """What installs its own handlers, as Scrapy does for its reactor, leaves none of them behind: its reactor
    has ended, and nobody would hear a signal while what was fetched is read and settled."""
    before = {number: signal.getsignal(number) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def under_way() -> Iterator[None]:
    """A command runs: there is something to tidy up."""
    global _under_way  # noqa: PLW0603  a process has one signal handler, and it runs one command
    _under_way = True
    try:
        yield
    finally:
        _under_way = False


def _on_stop(handler: Callable[..., None]) -> None:
    for number in _STOPPING:
        signal.signal(number, handler)


def _raise_once(*_: object) -> None:
    if not _under_way:
        os._exit(Stopped.exit_code)
    _on_stop(_exit_at_once)
    raise KeyboardInterrupt


def _exit_at_once(*_: object) -> None:
    os._exit(Stopped.exit_code)
