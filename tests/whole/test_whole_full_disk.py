"""An archive that cannot be written, and a disk that fills up: one line, its exit code, and a valid archive."""

from __future__ import annotations

import gzip
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOM = 60_000
"""Bytes that each file of the archive may grow to: less than the WARC of the crawl, a full disk to a process."""


def assert_one_line(result: subprocess.CompletedProcess[str], *codes: int) -> None:
    assert result.returncode in codes, result.stderr
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("ipnews: ")]
    assert len(lines) == 1, result.stderr
    assert result.stderr.rstrip().splitlines()[-1] == lines[0]


def assert_valid(archive: Path) -> None:
    for path in (archive / "warc").glob("*.warc.gz"):
        gzip.decompress(path.read_bytes())
        checker = str(Path(sys.executable).with_name("fastwarc"))
        assert subprocess.run([checker, "check", str(path)], capture_output=True, check=False).returncode == 0
    with closing(sqlite3.connect(archive / "catalog.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("command", [("crawl",), ("backfill", "nothing.warc.gz"), ("merge", "other")])
def test_a_file_where_the_archive_should_be(command: tuple[str, ...], place: Callable[..., Any]) -> None:
    project = place()
    project.archive.write_text("not a folder")
    assert_one_line(project.ipnews(*command, "--archive", project.archive), 2)
    assert_one_line(project.ipnews(*command, "--archive", project.archive / "below"), 2)
    assert project.archive.read_text() == "not a folder"


def test_a_full_disk_stops_the_crawl_and_the_next_one_goes_on(live: Callable[..., Any]) -> None:
    """A process that may not let a file grow sees what a full disk shows: EFBIG in place of ENOSPC."""
    project, server = live()

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))

    assert_one_line(project.ipnews("crawl", preexec_fn=little_room), 2)
    asked = len(server.log)
    project.done("crawl")
    assert_valid(project.archive)
    assert len(server.log) > asked
    project.done("verify")
