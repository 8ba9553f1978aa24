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


def said_by_a_crawl(folder: Path, sites: dict[str, str], *options: str) -> str:
    """What `ipnews crawl` prints to a person, with these declarations, for the archive of the folder."""
    (folder / "sites").mkdir()
    for name, declared in sites.items():
        (folder / "sites" / f"{name}.toml").write_text(declared)
    (folder / "scrapy.cfg").write_text("[ipnews]\nsites = sites\narchive = archive\ncontact = a@b.test\n")
    command = [sys.executable, "-m", "crawler.cli", "crawl", *options]
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


def test_passwords_in_addresses_are_neither_sent_nor_shown_nor_kept(tmp_path: Path) -> None:
    declared = NOBODY.replace('["http', '["http://user:secret@nobody.invalid/in", "http')
    said = said_by_a_crawl(tmp_path, {"nobody": declared})
    assert "http://nobody.invalid/in is never fetched: credentials in the address" in said
    assert "secret" not in said
    kept = [file for file in (tmp_path / "archive").rglob("*") if file.is_file()]
    assert kept
    assert [file for file in kept if b"secret" in file.read_bytes()] == []


def test_a_typed_password_is_a_line(tmp_path: Path) -> None:
    said = said_by_a_crawl(tmp_path, {"nobody": NOBODY}, "--url", "http://user:secret@nobody.invalid/")
    assert said.startswith("ipnews: http://nobody.invalid/ was given with a name or password")
    assert "secret" not in said


def test_that_no_site_is_enabled_is_said_before_the_imports_of_a_crawl(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[ipnews]\nsites = sites\n")
    script = (
        "import sys\nfrom crawler.commands import crawl\nfrom pipelines.errors import UsageError\n"
        "try:\n    crawl.run()\nexcept UsageError as error:\n    print(error)\n"
        "print(sorted({'scrapy', 'twisted', 'sqlalchemy', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert "no declared site is enabled" in done.stdout
    assert done.stdout.endswith("[]\n")
