"""What a terminal cannot show is escaped; nothing ends in a traceback for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

COMMAND = """
import sys
from crawler import cli
from crawler.commands import status
from crawler.console import table

def run(**_):
    sys.stdout.write("专利 ü\\n")
    table("专利", ("名称", "ü"), [("商标", 1)])
    return 0

status.run = run
sys.argv = ["ipnews", "status"]
cli.main()
"""


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("ascii", r"\u4e13\u5229 \xfc"),
        ("latin-1", r"\u4e13\u5229 ü"),
        ("gbk", "专利 ü"),
        ("utf-8", "专利 ü"),
    ],
)
def test_text_beyond_the_terminal_s_encoding_is_escaped(encoding: str, line: str) -> None:
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    command = [sys.executable, "-c", COMMAND]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding).splitlines()[0] == line
