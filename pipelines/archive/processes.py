"""Names of processes, so that one can tell whether the owner of a lease or a draft is still there."""

from __future__ import annotations

import os
import socket


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
