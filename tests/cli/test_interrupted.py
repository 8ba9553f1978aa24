"""Ctrl-C: one line and exit code 3, wherever it comes; a second one ends the command at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = """
import os, signal, sys
from crawler import cli
from crawler.commands import status

def run(**_):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        {then}

status.run = run
sys.argv = ["ipnews", "status"]
cli.main()
"""
LINE = "ipnews: stopped; the same command goes on from here\n"


@pytest.mark.parametrize(
    ("then", "said"), [("pass", LINE), ("os.kill(os.getpid(), signal.SIGINT); sys.exit('went on')", "")]
)
def test_an_interrupted_command_says_one_line_and_a_second_time_ends_at_once(then: str, said: str) -> None:
    command = [sys.executable, "-c", COMMAND.format(then=then)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, said)


EARLY = """
import os, signal, sys
from crawler import start

class Interrupting:
    def find_spec(self, name, *_):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = ["ipnews", "status"]
start.main()
"""


def test_a_command_that_has_not_begun_ends_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "")
