"""Tables that a command was typed for are data: they can be piped, whole."""

from __future__ import annotations

import subprocess
import sys

COMMAND = """
from crawler.console import pairs, progress, table
with progress("Working"):
    pass
pairs("Done", {"pages": 1234})
table("Hosts", ("host", "days"), [("h" * 300 + ".test", 1.5), ("b.test", "")])
"""


def test_tables_stand_on_stdout_and_names_are_whole() -> None:
    done = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines() if ".test" in line]
    assert rows == [["h" * 300 + ".test", "1.5"], ["b.test"]]
    assert done.stdout.startswith("Hosts\n")
    assert done.stderr.startswith("Done\n")
    assert "1,234" in done.stderr
