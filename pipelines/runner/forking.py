"""Processes forked off a server that has everything loaded: a second one starts in milliseconds."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

PATIENCE_SECONDS = 120.0
"""A capture that takes longer is treated as one that kills its worker. The slowest of 126 real pages takes
0.1 s; 16 MB of the most awkward text take some seconds."""
LOADED = "pipelines.runner.loaded"
"""Comes last of what the server imports: what is imported by then is kept out of garbage collections."""


def fork_server(*modules: str) -> ForkServerContext:
    """Processes of this context have `modules` imported, and the tables of reading loaded. One server serves
    all of this process: what it was started with is what its processes have.

    Not forked off this process: it has threads (the catalog's writer) whose locks would be copied as held,
    and a crawl's lock and connections, which a child would hold for as long as it lives.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules, LOADED])
    # Ctrl-C goes to all processes of a terminal, and the server's imports would not survive it. It ignores it
    # once they are done; until then it inherits it blocked. The tracker that is started beside it unblocks
    # it, so that comes first.
    resource_tracker.ensure_running()
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
    return context
