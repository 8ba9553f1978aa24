"""Greatest memory of this process.

`getrusage` begins with the peak of the process that started it, kept over exec: a small process under a large
test runner seemed to take 419 MB that were the runner's. The kernel's VmHWM is of this program alone.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path


def peak_memory(process: int | str = "self") -> float:
    """Megabytes resident at most since this program (or that of another process) began (proc(5), VmHWM)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return float(status.partition("VmHWM:")[2].split()[0]) / 1024


def helpers() -> list[int]:
    """Processes that this one has started and that have not ended."""
    return [
        int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()
    ]


class HelpersWatched:
    """The greatest peak of any helper while this is entered: looked at ten times a second, since one that has
    ended tells no more. `largest` in megabytes, 0 where there was none."""

    def __init__(self) -> None:
        self.largest = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> HelpersWatched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            for pid in helpers():
                with suppress(OSError, IndexError):  # it has just ended
                    self.largest = max(self.largest, peak_memory(pid))
