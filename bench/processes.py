"""The processes that a measured one has started: which they are, what they hold, and their end."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def memory_of(parent: int) -> tuple[float, float] | None:
    """MB in memory of a process, and of the largest of those it has started; None when it has ended."""
    own = _resident(parent)
    if own is None:
        return None
    sizes = [size for child in descendants(parent) if (size := _resident(child)) is not None]
    return own, max(sizes, default=0.0)


def _resident(pid: int) -> float | None:
    with suppress(OSError):
        found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
        return int(found[1]) / 1024 if found else None
    return None


def kill_children(parent: int, name: str) -> int:
    """Kill the descendants of one process whose command line has `name` in it; returns how many."""
    killed = 0
    for child in descendants(parent):
        with suppress(OSError):
            if name.encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
                killed += 1
    return killed


def descendants(parent: int) -> Iterator[int]:
    """The processes that one has started, and theirs."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    waiting = [parent]
    while waiting:
        found = children.get(waiting.pop(), [])
        waiting += found
        yield from found
