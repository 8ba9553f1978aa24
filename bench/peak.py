"""Greatest memory of this process.

`getrusage` begins with the peak of the process that started it, kept over exec: a small process under a large
test runner seemed to take 419 MB that were the runner's. The kernel's VmHWM is of this program alone.
"""

from __future__ import annotations

from pathlib import Path


def peak_memory() -> float:
    """Megabytes resident at most since this program began (proc(5), VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.partition("VmHWM:")[2].split()[0]) / 1024
