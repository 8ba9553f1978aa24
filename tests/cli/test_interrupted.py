"""Ctrl-C: one line and exit code 3, wherever it comes; a second one ends the command at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

COMMAND = """
import os, signal, sys
from crawler import cli
from crawler.commands import status

def run(**_):
    try:
        os.kill(os.getpid(), signal.{first})
    finally:
        {then}

status.run = run
sys.argv = ["ipnews", "status"]
cli.main()
"""
LINE = "ipnews: stopped; the same command goes on from here\n"


@pytest.mark.parametrize("first", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(
    ("then", "said"), [("pass", LINE), ("os.kill(os.getpid(), signal.SIGINT); sys.exit('went on')", "")]
)
def test_an_interrupted_command_says_one_line_and_a_second_time_ends_at_once(
    first: str, then: str, said: str
) -> None:
    command = [sys.executable, "-c", COMMAND.format(first=first, then=then)]
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


AFTER = """
import os, signal, sys
from crawler import cli
from crawler.commands import after

def reading(_):
    os.kill(os.getpid(), signal.{first})
    sys.exit("went on")

after.finish = reading
sys.argv = ["ipnews", "crawl", "--minutes", "0.0001", "--archive", "archive"]
cli.main()
"""
NOBODY = """hosts = ["nobody.invalid"]
title = "x"
enabled = true
start = ["http://nobody.invalid/"]
"""


@pytest.mark.parametrize("first", ["SIGINT", "SIGTERM"])
def test_signals_are_heard_when_the_crawl_has_ended_and_the_archive_is_settled(
    first: str, tmp_path: Path
) -> None:
    """The crawl ends at its limit, and with it Scrapy's reactor, before anything was asked for."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "nobody.toml").write_text(NOBODY)
    (tmp_path / "scrapy.cfg").write_text("[ipnews]\nsites = sites\ncontact = a@b.test\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", AFTER.format(first=first)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert done.stderr.endswith(LINE)
