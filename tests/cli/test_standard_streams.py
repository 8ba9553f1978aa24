"""Standard streams that are closed, or on a disk that is full, end in no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")


def ipnews(*arguments: str, closed: str = "", into: str = os.devnull) -> tuple[int, str]:
    """Exit code and stderr of a command, by way of a shell that closes one of its streams."""
    command = ["sh", "-c", f'"$@" {closed}', "sh", sys.executable, "-m", "crawler.cli", *arguments]
    with Path(into).open("wb") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_a_closed_input_is_an_empty_one() -> None:
    assert ipnews("restore", closed="<&-") == (0, "")


@pytest.mark.parametrize("asked", [["sites", "list", "--json"], ["--version"], ["--help"]])
def test_a_closed_output_swallows_what_is_written(asked: list[str]) -> None:
    assert ipnews(*asked, closed=">&-") == (0, "")


def test_a_closed_stderr_leaves_the_exit_code() -> None:
    assert ipnews("restore", "no-such-file", closed="2>&-") == (2, "")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("asked", [["sites", "list"], ["sites", "list", "--json"], ["--help"]])
def test_a_full_disk_behind_stdout_is_one_line(
    asked: list[str], unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    code, said = ipnews(*asked, into=str(FULL))
    assert code == 2
    assert said.startswith("ipnews: standard output: No space left on device; ")
    assert said.count("\n") == 1
