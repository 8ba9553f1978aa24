"""What `ipnews crawl` says when it has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.one_crawl import Order

ROOT = Path(__file__).parents[2]
NOBODY = 'hosts = ["nobody.invalid"]\nenabled = true\nstart = ["http://nobody.invalid/"]\n'


def said_by_a_crawl(folder: Path, sites: dict[str, str]) -> str:
    """What `ipnews crawl` prints to a person, with these declarations, for the archive of the folder."""
    (folder / "sites").mkdir()
    for name, declared in sites.items():
        (folder / "sites" / f"{name}.toml").write_text(declared)
    (folder / "scrapy.cfg").write_text("[ipnews]\nsites = sites\narchive = archive\ncontact = a@b.test\n")
    command = [sys.executable, "-m", "crawler.cli", "crawl"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_crawl_that_had_nothing_to_do_says_so(tmp_path: Path, order: Callable[..., Order]) -> None:
    """Of a network just crawled, the next page is due in a quarter of an hour at the earliest."""
    crawled = order()
    assert crawled.run()["exit_code"] == 0
    enabled = {
        name: declared.replace("enabled = false", "enabled = true").replace("demo = true", "demo = false")
        for name, declared in crawled.sites.items()
    }
    said = said_by_a_crawl(tmp_path, enabled)
    assert "Nothing was due. Take everything with: ipnews crawl --all" in said
    assert "adopted" not in said


def test_a_crawl_that_met_a_refused_address_had_something_to_do(tmp_path: Path) -> None:
    said = said_by_a_crawl(tmp_path, {"nobody": NOBODY})
    assert "http://nobody.invalid/ is never fetched" in said
    assert "Nothing was due" not in said
