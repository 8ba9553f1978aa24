"""Processes: their names, by which one can tell whether the owner of a lease or a draft is still there, and
their end."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading


def process_name() -> str:
    """`host:number` of this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(name: str) -> bool:
    """Whether a process of this machine is gone. Of another machine's nothing is known: False."""
    host, _, number = name.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def end_with_parent() -> None:
    """Let this process end when the one that started it by `multiprocessing` ends, however that ends.

    A helper that waits for work never learns that its parent was killed: it holds both ends of the queue.
    """
    threading.Thread(target=_end_behind_parent, daemon=True).start()


def _end_behind_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
