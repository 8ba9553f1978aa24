"""Processes beside a crawl: what they answer, and what becomes of calls when they die."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.runner import forking
from pipelines.runner import readers as readers_module
from pipelines.runner.readers import BACKLOG, MOST_AT_ONCE, ReaderDied, ReaderFailed, Readers


@pytest.fixture
def readers() -> Iterator[Readers]:
    one = Readers(1)
    yield one
    one.close()


def test_a_call_is_answered_by_another_process(readers: Readers) -> None:
    assert readers.run(int, "11", base=3).result() == 4
    assert readers.run(os.getpid).result() != os.getpid()


def test_without_processes_a_call_is_answered_here() -> None:
    alone = Readers(0)
    assert alone.run(os.getpid).result() == os.getpid()
    with pytest.raises(ValueError, match="invalid literal"):
        alone.run(int, "x")
    alone.close()


def test_what_a_call_raises_comes_back_and_the_next_one_is_answered(readers: Readers) -> None:
    with pytest.raises(ReaderFailed, match="ValueError: invalid literal"):
        readers.run(int, "x").result()
    assert readers.run(int, "7").result() == 7


def test_a_process_that_dies_takes_its_call_with_it_and_no_other(readers: Readers) -> None:
    calls = [
        readers.run(int, "1"), readers.run(signal.raise_signal, signal.SIGKILL), readers.run(int, "2"),
    ]  # fmt: skip
    assert calls[0].result() == 1
    with pytest.raises(ReaderDied):
        calls[1].result()
    assert calls[2].result() == 2


def test_a_process_that_hangs_is_ended_and_the_next_call_is_answered(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = readers.run(os.getpid).result()
    monkeypatch.setattr(forking, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(ReaderDied):
        readers.run(time.sleep, 600).result()
    monkeypatch.undo()
    assert readers.run(os.getpid).result() != stuck


def test_another_process_is_started_where_calls_pile_up_and_not_before(tmp_path: Path) -> None:
    readers = Readers(2)
    assert len({readers.run(os.getpid).result() for _ in range(BACKLOG)}) == 1
    # The first waits for as long as nobody writes into what it reads: the others need another process.
    held = tmp_path / "held"
    os.mkfifo(held)
    waiting = readers.run(held.read_bytes)
    with held.open("wb"):  # opened once the first is under way: what comes now does not go with it
        others = [readers.run(os.getpid) for _ in range(BACKLOG + 1)]
        seconds = {other.result() for other in others}
    assert waiting.result() == b""
    assert len(seconds) == 1
    readers.close()


def test_of_calls_that_go_together_only_the_one_that_kills_stays_unanswered(tmp_path: Path) -> None:
    readers = Readers(1)
    held = tmp_path / "held"
    os.mkfifo(held)
    first = readers.run(held.read_bytes)
    with held.open("wb"):
        calls = [readers.run(int, str(number)) for number in range(MOST_AT_ONCE - 1)]
        calls.insert(3, readers.run(os._exit, 1))
    assert first.result() == b""
    with pytest.raises(ReaderDied):
        calls.pop(3).result()
    assert [call.result() for call in calls] == list(range(MOST_AT_ONCE - 1))
    readers.close()


def test_what_was_asked_for_is_answered_before_the_end() -> None:
    readers = Readers(1)
    calls = [readers.run(int, str(number)) for number in range(3 * MOST_AT_ONCE)]
    readers.close()
    assert [call.result() for call in calls] == list(range(3 * MOST_AT_ONCE))


def test_a_fork_server_that_died_is_started_again(readers: Readers) -> None:
    reader = readers.run(os.getpid).result()
    server = readers.run(os.getppid).result()
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
    assert readers.run(os.getpid).result() == reader
    with pytest.raises(ReaderDied):
        readers.run(os._exit, 1).result()
    assert readers.run(os.getpid).result() != reader


def test_ctrl_c_reaches_no_reading_process(readers: Readers) -> None:
    first = readers.run(os.getpid).result()
    os.kill(first, signal.SIGINT)
    assert readers.run(os.getpid).result() == first
    with pytest.raises(ReaderDied):
        readers.run(os._exit, 1).result()
    second = readers.run(os.getpid).result()
    os.kill(second, signal.SIGINT)
    assert readers.run(os.getpid).result() == second


def own_path() -> dict[str, str]:
    """These sources by their own path and not as installed: that may change while the tests run."""
    return os.environ | {"PYTHONPATH": str(Path(readers_module.__file__).parents[2])}


def test_they_are_forked_with_the_tables_of_reading_which_no_collection_looks_through(
    readers: Readers,
) -> None:
    script = (
        "import gc\nfrom pipelines.archive.article_rows import article_of\nfrom pipelines.runner import loaded\n"
        "print(len(article_of(loaded.READ).edits), gc.get_freeze_count())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=own_path()
    )
    edits, frozen = map(int, done.stdout.split())
    assert edits >= 4
    assert frozen > 10_000
    assert readers.run(gc.get_freeze_count).result() > 10_000


def test_they_end_with_a_crawl_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "crawl.py"
    script.write_text(
        "import os, sys\nfrom pipelines.runner.readers import Readers\n"
        "if __name__ == '__main__':\n"
        "    print(Readers(1).run(os.getpid).result(), flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=own_path(),
    ) as crawl:  # fmt: skip
        assert crawl.stdout is not None
        reader = os.pidfd_open(int(crawl.stdout.readline()))
        crawl.kill()
    ended, _, _ = select.select([reader], [], [], 30.0)
    os.close(reader)
    assert ended
