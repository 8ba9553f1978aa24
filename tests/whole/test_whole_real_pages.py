"""Real pages and the seed page through the real commands. Skipped where `../shared` is not there."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not there")

_HAN = "\u3400-\u9fff"
_GLOSS = re.compile(rf"[{_HAN}A-Za-z@\]^_`]\([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{{1,6}}\)")


def response(url: str, day: str, payload: bytes) -> bytes:
    """One response record, by another library than the one that writes our archives: a gzip member."""
    record = WarcRecord()
    record.init_headers(record_type=WarcRecordType.response)
    record.headers["WARC-Target-URI"] = url
    record.headers["WARC-Date"] = f"{day}T08:00:00Z"
    record.headers["Content-Type"] = "application/http; msgtype=response"
    record.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + payload)
    out = io.BytesIO()
    writer = GzipWriter(out)
    record.write(writer, checksum_data=True)
    writer.finish()
    return out.getvalue()


@needs_shared
def test_126_real_pages_are_126_captures_each_an_article_or_a_counted_drop(
    place: Callable[..., Any], tmp_path: Path
) -> None:
    lines = (SHARED / "daniel-zh" / "manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pages = [dict(zip(("id", "host", "script", "day"), line.split("\t"), strict=True)) for line in lines]
    warc = tmp_path / "pages.warc.gz"
    with warc.open("wb") as file:
        for page in pages:
            payload = gzip.decompress((SHARED / "daniel-zh" / f"{page['id']}.html.gz").read_bytes())
            file.write(response(f"http://{page['host']}/{page['id']}.html", page["day"], payload))
    project = place()
    project.done("backfill", warc)
    state = json.loads(project.done("status", "--json"))
    assert len(pages) == state["captures"] == state["articles"] + state["drops"] == 126
    assert state["captures_to_read"] == state["articles_to_settle"] == 0
    assert sum(state["dropped_because"].values()) == state["drops"]
    # 23 of these pages say NOARCHIVE in a meta element; of the others, all but a few are articles.
    refused = state["dropped_because"].pop("noarchive")
    assert refused == 23
    assert state["articles"] >= 0.95 * (len(pages) - refused)
    assert "bug" not in state["dropped_because"]
    project.done("verify")


@needs_shared
def test_the_seed_page_is_restored_but_for_the_digit_that_is_lost(place: Callable[..., Any]) -> None:
    damaged = (SHARED / "seed" / "hubei.txt").read_text(encoding="utf-8")
    assert _GLOSS.search(damaged)
    restored = place().done("restore", SHARED / "seed" / "hubei.txt")
    assert _GLOSS.findall(restored) == []
    assert "?" not in restored
    assert "今年□月" in restored
    assert restored.count("□") == 1
    assert "中国(武汉)" in restored
    assert len(restored.splitlines()) == len(damaged.splitlines())


def test_restore_in_a_pipe(place: Callable[..., Any]) -> None:
    result = place().ipnews("restore", stdin="打?qū)@麘?zhàn)\n")
    assert (result.returncode, result.stdout) == (0, "打专利战\n")


def test_restore_leaves_clean_text_alone(place: Callable[..., Any]) -> None:
    clean = "中国(武汉)知识产权保护中心揭牌。“真的吗？”他问，这是行(xíng)还是不行？\nIP5 局长会议在 3G 时代召开。\n"
    assert place().ipnews("restore", "-", stdin=clean).stdout == clean
