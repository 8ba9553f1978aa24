"""What `ipnews crawl` says when it has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOBODY = 'hosts = ["nobody.invalid"]\nenabled = true\nstart = ["http://nobody.invalid/"]\n'


def test_a_crawl_that_had_nothing_to_do_says_so(tmp_path: Path) -> None:
    """The second one: the first has met an address that the guard refuses, and counts it."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "nobody.toml").write_text(NOBODY)
    (tmp_path / "scrapy.cfg").write_text("[ipnews]\nsites = sites\ncontact = a@b.test\n")

    def crawled() -> str:
        command = [sys.executable, "-m", "crawler.cli", "crawl"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr
        return done.stderr

    first, second = crawled(), crawled()
    assert "Nothing was due" not in first
    assert "Nothing was due. Take everything with: ipnews crawl --all" in second
    assert "adopted" not in second
