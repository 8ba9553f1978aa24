"""Sources -> read -> parts -> catalog: in one process, in a pool, on Ray."""

from pipelines.runner.backfill import Progress, Reading, Result, backfill
from pipelines.runner.pending import queue_again, read_pending
from pipelines.runner.work import Selection

__all__ = ["Progress", "Reading", "Result", "Selection", "backfill", "queue_again", "read_pending"]
