"""Where tasks run: in this process, in a pool of processes, on a Ray cluster. One function does them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Literal

from pipelines.runner.pool import supervise
from pipelines.runner.work import Order, Task, run_task

Engine = Literal["local", "ray"]


def run_tasks(tasks: Iterator[Task], order: Order, engine: Engine, workers: int | None) -> Iterator[str]:
    """Run tasks; yields the name of each part once it is written.

    `workers` None: one for each core that this process may use. 0: this process itself.
    """
    if engine == "ray":
        from pipelines.runner.cluster import run_on_ray

        yield from run_on_ray(tasks, order, workers)
    elif workers == 0:
        for task in tasks:
            yield run_task(task, order)
    else:
        yield from supervise(tasks, order, workers or len(os.sched_getaffinity(0)))
