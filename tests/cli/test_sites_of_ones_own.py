"""A server of one's own: what keeps its declaration from being crawled is said, by `sites check` and by a crawl."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.commands.crawl import run as crawl
from crawler.commands.sites import run as sites

START = "http://news.localhost:8080/"


@pytest.mark.parametrize("loopback", [False, True])
def test_a_start_that_the_guard_refuses_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loopback: bool
) -> None:
    (tmp_path / "scrapy.cfg").write_text("[ipnews]\n")
    folder = tmp_path / "data" / "sites"
    folder.mkdir(parents=True)
    text = f'hosts = ["news.localhost"]\nstart = ["{START}"]\nloopback = {str(loopback).lower()}\n'
    (folder / "mine.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    refusal = f"mine: {START} is never fetched: 'news.localhost' is a name of the local network"
    assert sites("check") == (0 if loopback else 1)
    assert (refusal in capsys.readouterr().err) is not loopback
    assert crawl(site=["mine"], dry_run=True) == 0
    said = capsys.readouterr()
    assert (refusal in said.err) is not loopback
    assert not loopback or START in said.out
