"""Hostile pages among clean ones, through `ipnews backfill`: counted, and their neighbours unharmed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive.warc import WarcWriter, payload_digest
from pipelines.records import Capture

MEMORY = 1 << 30
"""Bytes that the command or any process it starts may have resident: the largest page has 50 MB, read as text of
up to four bytes a character."""

TOPICS = (
    "专利权质押",
    "商标续展",
    "地理标志",
    "著作权登记",
    "植物新品种",
    "商业秘密",
    "集成电路布图",
    "专利导航",
)


def clean_page(number: int) -> str:
    """An article of its own: no two share a sentence."""
    chance = random.Random(number)
    topic = TOPICS[number % len(TOPICS)]
    sentences = [
        f"记者从{topic}工作会上获悉，第{chance.randint(1, 900)}号项目在{place}试点，涉及企业{chance.randint(10, 999)}家，"
        f"带动融资{chance.randint(2, 80)}亿元。"
        for place in ("江北", "湖东", "山南", "城西", "河口", "林场")
    ]
    body = "".join(f"<p>{sentence}{sentence[3:40]}仍是重点。</p>" for sentence in sentences)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{topic}试点第{number}期扩围</title></head>"
        f"<body><h1>{topic}试点第{number}期扩围</h1><p>来源：知产前沿报　2021-0{number % 9 + 1}-12 08:00</p>"
        f"<div class='content'>{body}</div></body></html>"
    )


def hostile() -> dict[str, tuple[bytes, str]]:
    """Name -> payload and Content-Type."""
    page = clean_page(100)
    return {
        "nuls": (b"\0" * 100_000, "text/html"),
        "nuls-between": (page.encode().replace(b"<p>", b"\0<p>\0\0"), "text/html; charset=utf-8"),
        "line-of-50-mb": (
            b"<html><body><p>" + "专利".encode() * 8_500_000 + b"</p></body></html>",
            "text/html",
        ),
        "nested": (b"<div>" * 100_000 + page.encode() + b"</div>" * 100_000, "text/html"),
        "wrong-charset": (clean_page(101).encode("gb18030"), "text/html; charset=utf-8"),
        "other-wrong-charset": (clean_page(102).encode("utf-8"), "text/html; charset=big5"),
        "cut-in-the-middle": (page.encode()[: len(page.encode()) // 2 + 1], "text/html; charset=utf-8"),
        "entities": (b"<p>" + b"&amp;#" * 500_000 + b"</p>", "text/html"),
        "attributes": (b"<p " + b"a=b " * 500_000 + b">" + page.encode(), "text/html"),
        "open-comment": (page.encode().replace(b"<h1>", b"<!-- <h1>"), "text/html"),
        "no-type": (b"\x89PNG\r\n\x1a\n" + b"\x00\xff" * 5_000, "text/html"),
        "surrogates": (b"<p>\xed\xa0\x80\xed\xb0\x80" * 5_000, "text/html; charset=utf-8"),
    }


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    """Each hostile page between two clean ones."""
    with WarcWriter(tmp_path / "sources", "hostile") as writer:

        def put(name: str, payload: bytes, content_type: str) -> None:
            url = f"http://www.bad-input.test/{name}.html"
            headers = (("Content-Type", content_type),)
            writer.write_exchange(
                Capture(url, "2026-01-01T00:00:00Z", payload, payload_digest(payload), headers=headers)
            )

        for number, (name, (payload, content_type)) in enumerate(hostile().items()):
            put(f"clean-{number}", clean_page(number).encode(), "text/html; charset=utf-8")
            put(name, payload, content_type)
        put(f"clean-{len(hostile())}", clean_page(len(hostile())).encode(), "text/html; charset=utf-8")
    return next((tmp_path / "sources").iterdir())


def test_hostile_pages_are_counted_and_their_neighbours_are_whole(
    warc: Path, place: Callable[..., Any]
) -> None:
    project = place()
    # The time given is a bound against a hang, far above what it takes.
    result, largest = project.weighed("backfill", warc, "--workers", 1, timeout=100)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert largest < MEMORY

    state = json.loads(project.done("status", "--json"))
    pages = 2 * len(hostile()) + 1
    assert state["articles"] + state["drops"] == pages
    assert {"bug", "poison"}.isdisjoint(state["dropped_because"])
    assert state["dropped_because"]["empty"] >= 1
    assert state["dropped_because"]["too_large"] >= 1

    bodies = {row["url"].rpartition("/")[2].removesuffix(".html"): row for row in project.rows()}
    for number in range(len(hostile()) + 1):
        row = bodies[f"clean-{number}"]
        assert row["headline"] == f"{TOPICS[number % len(TOPICS)]}试点第{number}期扩围"
        assert row["article_body"].count("\n") == 5
        assert row["edits"] == []
    for name, number in (("wrong-charset", 101), ("other-wrong-charset", 102)):
        assert bodies[name]["headline"] == f"{TOPICS[number % len(TOPICS)]}试点第{number}期扩围"
        assert bodies[name]["edits"] == []
    project.done("verify")


@pytest.mark.parametrize(
    ("command", "text", "key", "remedy"),
    [
        (
            ("crawl",),
            'hosts = ["a.example"]\nstrat = ["http://a.example/"]\n',
            "strat",
            "add-a-mirror",
        ),
        (
            ("backfill", "x.warc.gz"),
            'hosts = ["a.example"]\n[pace]\ndelay = "fast"\n',
            "pace.delay",
            "add-a-mirror",
        ),
        (("sites", "list"), 'hosts = ["a.example"\n', "TOML", "mend the syntax"),
        (
            ("sites", "list"),
            'hosts = ["a.example"]\nstart = ["http://b.example/"]\n',
            "start",
            "hosts",
        ),
    ],
)
def test_a_broken_declaration_stops_every_command_in_one_line(
    command: tuple[str, ...], text: str, key: str, remedy: str, place: Callable[..., Any]
) -> None:
    project = place("project", {"a-mirror": text})
    result = project.ipnews(*command)
    said = result.stderr.strip().splitlines()
    assert result.returncode == 2, result.stderr
    assert said[-1].startswith("ipnews: ")
    assert "a-mirror.toml" in said[-1]
    assert f": {key}: " in said[-1]
    assert remedy in said[-1]
    assert "Traceback" not in result.stderr
