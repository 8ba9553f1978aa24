"""An export that kills itself: SIGKILL at a chosen moment, so that every moment can be tried."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obstore

from pipelines.archive.catalog import Catalog
from pipelines.archive.shelf import Shelf
from pipelines.export import commit, delta, parts, snapshot
from pipelines.export.job import Format, export

_TOUCHES = ("delete", "get", "get_range", "head", "list", "put")
"""What an export asks of a store; before and after each is a moment, and so are both sides of a commit."""

NEVER = 0


def export_until(archive: Path, uri: str, form: Format, moment: int, part_rows: int = 64) -> int:
    """Export in a process of its own that is killed at its `moment`-th moment (NEVER: not at all).

    Returns how many moments there were when it came through, 0 when it was killed.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    child = context.Process(target=_export, args=(archive, uri, form, moment, part_rows, theirs))
    child.start()
    theirs.close()
    child.join()
    if child.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the export ended with exit code {child.exitcode}")
    return int(ours.recv()) if child.exitcode == 0 else 0


def _export(archive: Path, uri: str, form: Format, moment: int, part_rows: int, answer: Any) -> None:
    for module, name in (
        (parts, "PART_ROWS"),
        (snapshot, "AT_ONCE"),
        (delta, "FILE_ROWS"),
        (delta, "ROW_GROUP"),
    ):
        setattr(module, name, part_rows)
    moments = itertools.count(1)
    for name in _TOUCHES:
        setattr(obstore, name, _deadly(getattr(obstore, name), moments, moment))
    for name in ("_create", "_update"):
        setattr(commit, name, _deadly(getattr(commit, name), moments, moment))
    with Catalog.open(archive, read_only=True) as catalog:
        export(catalog, Shelf(archive), uri, form)
    answer.send(next(moments) - 1)


def _deadly(work: Callable[..., Any], moments: itertools.count[int], moment: int) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        result = work(*args, **kwargs)
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped
