"""Tasks on a Ray cluster: Ray Data spreads them, each runs under the supervision of `pool.supervise`.

The archive's folder must be one that all machines share; every worker writes its parts there.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from typing import Any

from pipelines.errors import UsageError
from pipelines.runner.pool import supervise
from pipelines.runner.work import Order, Task


def run_on_ray(tasks: Iterator[Task], order: Order, workers: int | None) -> Iterator[str]:
    """Run tasks on the cluster at RAY_ADDRESS, or on one started here; yields the names of the parts.

    `workers`: how many tasks at one time; None leaves it to Ray. Raises UsageError without the extra.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise UsageError("--engine ray needs the extra: pip install 'ipnews[ray]'") from None
    started_here = not ray.is_initialized()
    if started_here:
        ray.init(num_cpus=workers, log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
    # Progress is ours to tell, in the way the command tells it for every engine.
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        items = [{"task": pickle.dumps(task)} for task in tasks]
        if not items:
            return
        data: Any = ray.data.from_items(items, override_num_blocks=len(items))
        done = data.map_batches(
            _run_batch, fn_kwargs={"order": pickle.dumps(order)}, batch_size=1, concurrency=workers
        )
        for row in done.iter_rows():
            yield str(row["part"])
    finally:
        if started_here:
            ray.shutdown()


def _run_batch(batch: dict[str, Any], order: bytes) -> dict[str, list[str]]:
    """One task in a process of its own, so that a page that kills its reader does not kill Ray's worker."""
    tasks = [pickle.loads(task) for task in batch["task"]]
    return {"part": list(supervise(iter(tasks), pickle.loads(order), workers=1))}
