"""Python's collector of cycles kept at rest where it can find nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No collection of cycles within; none at all where the caller has them off.

    For work that makes tens of thousands of objects and no cycle: they go when the last name for them goes.
    Looking through them at every 700 took a fifth of the time of a search, and a full collection, which looks
    through all that the process holds, took longer than the damaged place on which it fell.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
