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


@pytest.mark.parametrize("then", [AT_ONCE, AT_THE_END])
def test_a_closed_pipe_is_silence(then: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        command = [sys.executable, "-c", COMMAND.format(then=then)]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
