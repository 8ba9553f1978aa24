"""Words of any length are found where they stand, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.archive.catalog import Catalog
from pipelines.archive.search import search
from pipelines.records import Article, Capture
from pipelines.text import fold_width
from tests.archive.stored import store_outcome

LETTERS = "专利商标权法1２aB IP\"*'-"
TEXTS = st.text(LETTERS, min_size=1, max_size=12)


@given(bodies=st.lists(TEXTS, min_size=1, max_size=6), words=st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=20, deadline=None)
def test_the_index_finds_what_a_scan_finds(
    bodies: list[str],
    words: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    make_article: Callable[..., Article],
) -> None:
    asked = " ".join(words)
    with Catalog.open(tmp_path_factory.mktemp("a")) as catalog:
        for number, body in enumerate(bodies):
            capture = Capture(f"http://a.test/{number}", "2026-01-01T00:00:00Z", b"", f"sha256:{number}")
            article = make_article(capture, body=body, headline="无")
            catalog.write(lambda c, article=article: store_outcome(c, article.id, article, "v1")).result()
        with catalog.read() as c:
            found = {hit.url for hit in search(c, asked)}
    wanted = fold_width(asked).lower().split()
    # Letters and digits count; marks inside a word are passed over by the index, so they are not asked for here.
    if all(word.isalnum() for word in wanted) and wanted:
        scan = {
            f"http://a.test/{number}"
            for number, body in enumerate(bodies)
            if all(word in fold_width(body).lower() for word in wanted)
        }
        assert scan <= found
        plain = [body for body in bodies if fold_width(body).replace(" ", "").isalnum()]
        if len(plain) == len(bodies) and all(" " not in body for body in bodies):
            assert found == scan


@pytest.mark.parametrize("word", ["专利", "发明专利", "利", "第2号", "国家知识产权局", "专 授权"])
def test_words_of_every_length(archive: Any, make_page: Any, make_capture: Any, word: str) -> None:
    archive.add(make_capture("http://a.test/2", make_page(2)))
    with archive.catalog.read() as c:
        (hit,) = search(c, word)
    assert hit.snippet[hit.start : hit.end] == word.split(maxsplit=1)[0]


@pytest.mark.parametrize("word", ["", "   ", "利专", "商标", '"', "AND", "headline:专利", "'; --"])
def test_what_is_not_there_is_not_found_and_nothing_is_syntax(
    archive: Any, make_page: Any, make_capture: Any, word: str
) -> None:
    archive.add(make_capture("http://a.test/2", make_page(2)))
    with archive.catalog.read() as c:
        assert [hit.id for hit in search(c, word)] == []


def test_headlines_weigh_more_and_old_versions_are_not_shown(
    archive: Any, make_capture: Any, make_article: Any
) -> None:
    _old, new = archive.add(
        make_capture("http://a.test/1", "商标旧".encode(), "2026-01-01T00:00:00Z"),
        make_capture("http://a.test/1", "商标新".encode(), "2026-01-02T00:00:00Z"),
    )
    (other,) = archive.add(make_capture("http://a.test/2", "无关的正文".encode()))
    titled = make_article(other, headline="商标")
    archive.catalog.write(lambda c: store_outcome(c, other.id, titled, "v1")).result()
    with archive.catalog.read() as c:
        assert [hit.id for hit in search(c, "商标")] == [other.id, new.id]
        assert len(search(c, "商标", limit=1)) == 1
