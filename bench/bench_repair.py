"""Speed of the repair on one core: the gate, a damaged place, the start of a process, memory.

Peers: none is known to undo this damage. The gate is set beside `str.translate` over the same text, the
cheapest whole-text operation that a cleaning step would do anyway.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from bench.figures import Figure, report
from bench.peak import peak_memory
from bench.repair_texts import own_texts, references
from pipelines.repair.channel import Channel
from pipelines.repair.restorer import Restorer, looks_damaged

AREA = "repair"
GATE_FLOOR = 200.0
PLACE_CEILING = 1.0
WORST_CEILING = 20.0
START_CEILING = 0.5
MEMORY_CEILING = 150.0
_START = "from pipelines.repair.restorer import Restorer; Restorer.load().restore('能夠?qū)崿F(xiàn)該')"


def run(full: bool) -> list[Figure]:
    """All figures; `full` measures over more text."""
    texts = [*own_texts(), *references("hans"), *references("hant")]
    return [*gate(texts, 40 if full else 5), *places(texts if full else texts[:25]), start(), memory()]


def gate(texts: list[str], times: int) -> list[Figure]:
    """Clean blocks per second, in megabytes of UTF-8, beside str.translate."""
    clean = [line for text in texts for line in text.splitlines() if line and not looks_damaged(line)]
    joined = "\n".join(clean)
    size = len(joined.encode()) * times
    table = {ord("？"): "?"}
    gated = _seconds(lambda: looks_damaged(joined), times, time.process_time)
    translated = _seconds(lambda: joined.translate(table), times, time.process_time)
    return [
        Figure(AREA, "gate on clean text", size / gated / 1e6, size, unit="MB/s", floor=GATE_FLOOR),
        Figure(AREA, "peer: str.translate over the same text", size / translated / 1e6, size, unit="MB/s"),
    ]


def places(texts: list[str]) -> list[Figure]:
    """Milliseconds of processor time per damaged place, glosses included, on all pages and on the slowest."""
    restorer, spent, count, worst = Restorer.load(), 0.0, 0, 0.0
    restorer.restore("內容很好！焙⒆觽")  # compiles the patterns, which `start` measures
    for number, text in enumerate(texts):
        damaged = Channel(level=number % 5, seed=number).run(text)
        before = time.process_time()
        restorer.restore(damaged.text)
        took = time.process_time() - before
        here = len(damaged.places) + damaged.glosses
        spent, count = spent + took, count + here
        worst = max(worst, took / max(here, 1))
    return [
        Figure(
            AREA, "a damaged place on average", 1e3 * spent / count, count, unit="ms", ceiling=PLACE_CEILING
        ),
        Figure(
            AREA, "a place of the slowest page", 1e3 * worst, len(texts), unit="ms", ceiling=WORST_CEILING
        ),
    ]


def start() -> Figure:
    """Seconds from the start of a process to a short line restored; median of five."""
    took = [_seconds(_restore_in_a_process, 1, time.perf_counter) for _ in range(5)]
    return Figure(AREA, "start, tables and a short line", median(took), 5, unit="s", ceiling=START_CEILING)


def memory() -> Figure:
    """Peak resident memory of such a process, in megabytes."""
    code = f"{_START}; from bench.peak import peak_memory; print(peak_memory())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return Figure(AREA, "peak memory", float(done.stdout), unit="MB", ceiling=MEMORY_CEILING)


def _restore_in_a_process() -> None:
    subprocess.run([sys.executable, "-c", _START], check=True)


def _seconds(work: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    started = clock()
    for _ in range(times):
        work()
    return clock() - started


if __name__ == "__main__":
    missed = report(run(full="--short" not in sys.argv))
    print(f"this process: {peak_memory():.0f} MB")
    sys.exit(missed)
