"""The thread that writes the WARC answers whoever waits for it, whatever the disk does."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.keeper import Answer, Keeper, Kept
from pipelines.archive.warc import WarcWriter

WAIT = 30.0


def answer(number: int, body: bytes = b"page") -> Answer:
    return Answer(f"http://a.test/{number}", 200, (("Content-Type", "text/html"),), body)


def kept(keeper: Keeper, number: int) -> Kept:
    return keeper.keep(answer(number)).result(WAIT)


def test_a_failure_that_nobody_thought_of_is_told_and_the_next_answer_is_kept(tmp_path: Path) -> None:
    keeper = Keeper(WarcWriter(tmp_path, "w"))
    try:
        with pytest.raises(TypeError):
            keeper.keep(answer(1, None)).result(WAIT)  # type: ignore[arg-type]
        assert kept(keeper, 2).capture.url == "http://a.test/2"
    finally:
        keeper.close()
