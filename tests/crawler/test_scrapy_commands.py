"""The project as a Scrapy user meets it: crawl, check, fetch; and the settings that must not drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from crawler import settings
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.server import Running
from crawler.spiders.mirror import MirrorSpider

ROOT = Path(__file__).resolve().parent.parent.parent


def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ)


def test_crawl_writes_the_articles_that_the_archive_has(
    small: Network,
    running: Running,
    tmp_path: Path,
    catalog_rows: Callable[[Path, str], list[tuple[Any, ...]]],
) -> None:
    name, text = next(item for item in declarations(small).items() if "wenkuhui" in item[0])
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / f"{name}.toml").write_text(text, encoding="utf-8")
    resolve = json.dumps({"www.wenkuhui.test": ["127.0.0.1", running.port]})
    out = tmp_path / "out.jsonl"
    done = scrapy(
        "crawl", "mirror", "-a", f"site={name}", "-O", str(out), "-s", f"IPNEWS_ARCHIVE={tmp_path / 'archive'}",
        "-s", f"IPNEWS_SITES={sites}", "-s", f"IPNEWS_RESOLVE={resolve}", "-s", "READ_WORKERS=0",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = {json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()}
    assert written
    assert written == {one for (one,) in catalog_rows(tmp_path / "archive", "select id from articles")}
    assert catalog_rows(tmp_path / "archive", "select exit_code from runs") == [(0,)]


def test_check_finds_the_spider_and_opens_no_archive() -> None:
    done = scrapy("check")
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stderr


def test_a_site_that_nothing_declares_is_one_line_and_code_2() -> None:
    done = scrapy("crawl", "mirror", "-a", "site=nosuch", "-s", "LOG_LEVEL=ERROR")
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("ipnews: no site is declared as 'nosuch'; ")
    assert done.stderr.count("\n") == 1


def test_fetch_goes_through_the_guard() -> None:
    at_once = ("-s", "RETRY_ENABLED=0", "-s", "DOWNLOAD_DELAY=0", "-s", "ROBOTSTXT_OBEY=0")
    refused = scrapy("fetch", "http://2130706433:9999/", *at_once)
    assert refused.stdout == ""
    assert "refused to connect to 2130706433: 127.0.0.1 is not a public address" in refused.stderr


def test_a_scrapy_crawl_gives_its_contact_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scrapy.cfg").write_text("[ipnews]\ncontact = crawl@ours.example\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for given, agent in ((None, settings.USER_AGENT[:-1] + "; crawl@ours.example)"), ("mine/1", "mine/1")):
        configured = Settings()
        configured.setmodule(settings, priority="project")
        if given:
            configured.set("USER_AGENT", given, priority="cmdline")
        MirrorSpider.update_settings(configured)
        assert configured["USER_AGENT"] == agent


def test_doors_are_shut() -> None:
    configured = Settings()
    configured.setmodule(settings)
    handlers = configured.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    assert not configured.getbool("TELNETCONSOLE_ENABLED")
    assert not configured.getbool("REMOTE_CONTROL_ENABLED")
    assert not configured.getbool("HTTPPROXY_ENABLED")
    assert not configured.getbool("COOKIES_ENABLED")
    assert configured.getbool("ROBOTSTXT_OBEY")
