"""Ctrl-C in two steps: the first ends what is under way, the second the process."""

from __future__ import annotations

import os
import signal

from pipelines.errors import Stopped


def stop_in_two_steps() -> None:
    """From now on the first SIGINT raises KeyboardInterrupt, and any further one exits at once with code 3.

    Python's own handler raises for each of them: the second would come out of whatever tidies up after the
    first, or of the interpreter's end, with a traceback and the code of a killed process. Files are valid at
    any moment, as after SIGKILL.
    """
    signal.signal(signal.SIGINT, _raise_once)


def _raise_once(*_: object) -> None:
    signal.signal(signal.SIGINT, _exit_at_once)
    raise KeyboardInterrupt


def _exit_at_once(*_: object) -> None:
    os._exit(Stopped.exit_code)
