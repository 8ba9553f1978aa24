"""What killed exports leave on the local disk, and the helpers that they have started."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipelines.archive.processes import process_name
from pipelines.export.scratch import scratch_folder

HELPER = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pipelines.archive.processes import end_with_parent

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with_parent)
    print(pool.submit(os.getpid).result(), flush=True)
    pool.submit(signal.pause)
    signal.pause()
"""


def test_what_the_dead_have_left_goes_and_what_the_living_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = process_name().rpartition(":")[0]
    dead = tmp_path / f"ipnews-export-{host}:{gone.pid}-abc_1234"
    others = [
        tmp_path / f"ipnews-export-{process_name()}-abc_1234",
        tmp_path / f"ipnews-export-another-machine:{gone.pid}-abc_1234",
        tmp_path / "ipnews-export-notes",
    ]
    for folder in (dead, *others):
        folder.mkdir()
        (folder / "rows").write_bytes(b"x")
    with scratch_folder() as scratch:
        assert scratch.is_dir()
        assert scratch.name.startswith(f"ipnews-export-{process_name()}-")
        assert not dead.exists()
    assert not scratch.exists()
    assert all(folder.exists() for folder in others)


def test_helpers_end_when_their_export_is_killed(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(HELPER)
    command = [sys.executable, str(tmp_path / "program.py")]
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}) as parent:
        assert parent.stdout is not None
        helper = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        assert select.select([helper], [], [], 30.0)[0], "the helper outlives the export that started it"
        os.close(helper)
