"""The time of a crawl: the wall clock's when the process started, and then as much later as has passed.

A wall clock that is set back by an hour would have every host wait for an hour. The boot clock goes on while
the machine sleeps, so that leases and due times stay those of other machines.
"""

from __future__ import annotations

import time

_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_STARTED = time.time() - time.clock_gettime(_BOOT)


def now() -> float:
    """Seconds since the epoch."""
    return _STARTED + time.clock_gettime(_BOOT)
