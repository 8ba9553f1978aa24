"""A reader that has enough (`| head -1`) is no failure: exit code 0, not a word."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

COMMAND = """
import sys
from crawler import cli
from crawler.commands import status

def run(**_):
    {then}
    return 0

status.run = run
sys.argv = ["ipnews", "status"]
cli.main()
"""
AT_ONCE = "sys.stdout.buffer.write(b'x'); sys.stdout.buffer.flush()"
AT_THE_END = "sys.stdout.write('held until the end')"


def into_a_closed_pipe(*arguments: str) -> tuple[int, str]:
    """Exit code and stderr of Python with these arguments."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("then", [AT_ONCE, AT_THE_END])
def test_a_closed_pipe_is_silence(then: str) -> None:
    assert into_a_closed_pipe("-c", COMMAND.format(then=then)) == (0, "")


@pytest.mark.parametrize("asked", ["--help", "export --help", "--version"])
def test_help_into_a_closed_pipe_is_silence(asked: str) -> None:
    assert into_a_closed_pipe("-m", "crawler.cli", *asked.split()) == (0, "")
