"""A page that kills, or holds up, whoever reads it costs one page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive.catalog import Catalog
from pipelines.errors import SourceError
from pipelines.records import Reason
from pipelines.runner import forking, pool
from pipelines.runner.backfill import backfill
from pipelines.runner.reading import Reading
from pipelines.sources.expand import expand


@pytest.mark.parametrize("words", ["kill-the-worker", "hang-the-worker"])
def test_poison_is_dropped_and_the_rest_is_read(
    tmp_path: Path,
    make_source: Callable[..., Path],
    reading: Reading,
    holds: Any,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
) -> None:
    monkeypatch.setattr(forking, "PATIENCE_SECONDS", 0.5)
    source = make_source(tmp_path / "s", range(12), {9: words})
    with Catalog.open(tmp_path / "x") as catalog:
        done = backfill(expand([str(source)]), tmp_path / "x", catalog, reading=reading, workers=1)
    assert (done.counts.poison, done.exit_code) == (1, 1)
    whole = holds(tmp_path / "x")
    assert len(whole["articles"]) == 11
    (drop,) = whole["drops"]
    assert (drop.reason, drop.url) == (Reason.POISON, "http://h0.test/9.html")
    assert f"{source.name}, byte " in drop.detail


def test_a_source_that_vanishes_is_one_line_and_no_process_stays(
    tmp_path: Path, make_source: Callable[..., Path], reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    import multiprocessing

    from pipelines.runner import work

    source = make_source(tmp_path / "s", range(5))
    order = work.Order(tmp_path / "x", reading.read, reading.version)
    gone = work.Task("p", work.Range(source.name, str(source) + ".gone", "sha256:0", 0, None))
    with pytest.raises(SourceError, match="No such file"):
        list(pool.supervise(iter([gone]), order, 1))
    assert multiprocessing.active_children() == []


def test_ctrl_c_does_not_reach_the_imports_of_the_processes(tmp_path: Path) -> None:
    """In a process of its own: the server that the workers are forked off is started once in each."""
    script = (
        "import multiprocessing.forkserver as server, pathlib\n"
        "from pipelines.runner.forking import fork_server\n"
        "fork_server('pipelines.runner.work')\n"
        "print(pathlib.Path(f'/proc/{server._forkserver._forkserver_pid}/status').read_text())\n"
        "print(pathlib.Path('/proc/self/status').read_text())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(pool.__file__).parents[2])},
    )  # fmt: skip
    server, own = (int(found, 16) for found in re.findall(r"^SigBlk:\s+(\w+)", done.stdout, re.M))
    ctrl_c = 1 << (signal.SIGINT - 1)
    assert server & ctrl_c
    assert not own & ctrl_c
