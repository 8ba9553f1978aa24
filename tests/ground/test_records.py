"""Records: identity, replay of edits, and that everything goes through JSON and comes back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.records import Article, Capture, Edit, Rival, Sketch, WarcPointer, replay, version_id


def test_the_id_is_the_address_and_the_payload() -> None:
    capture = Capture("http://a.example/1", "2026-01-01T00:00:00Z", b"x", "sha256:aa")
    assert capture.id == version_id("http://a.example/1", "sha256:aa")
    assert capture.id != version_id("http://a.example/2", "sha256:aa")
    assert capture.id != version_id("http://a.example/1", "sha256:ab")


def test_header_names_have_no_case() -> None:
    capture = Capture("u", "t", b"", "d", headers=(("CONTENT-type", "text/html"), ("content-Type", "second")))
    assert capture.header("Content-Type") == "text/html"
    assert capture.header("ETag") is None


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.text(max_size=5))))
def test_replay_is_what_it_says(found: str, wishes: list[tuple[int, int, str]]) -> None:
    edits, position, oracle = [], 0, ""
    for start, length, after in sorted(wishes):
        if start < position or start > len(found):
            continue
        before = found[start : start + length]
        edits.append(Edit("headline", start, before, after, "test", "exact"))
        oracle += found[position:start] + after
        position = start + len(before)
    assert replay(found, tuple(edits), "headline") == oracle + found[position:]


def test_replay_leaves_other_fields_alone_and_refuses_a_stranger() -> None:
    edit = Edit("headline", 1, "b", "B", "test", "exact")
    assert replay("abc", (edit,), "article_body") == "abc"
    with pytest.raises(ValueError, match="does not fit"):
        replay("axc", (edit,), "headline")


def test_an_article_survives_json() -> None:
    edit = Edit("article_body", 0, "業(yè)", "業", "gloss", "exact", (Rival("葉", -7.5),), "w")
    article = Article(
        id="1", work_id="2", url="u", fetched_at="t", payload_digest="d", headline="h", article_body="b",
        edits=(edit,), sketch=Sketch((1, 2**64 - 1), 16, 9), warc=WarcPointer("f", 1, 2), authors=("甲", "乙"),
    )  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(article), type=Article) == article
