"""The project's own reviewed pages: everything a reader finds on them, exactly; and the floors of the figures."""

from __future__ import annotations

import unicodedata

import pytest

from bench.eval_reading import (
    Reviewed,
    date_figures,
    encoding_figures,
    faults,
    reference_pages,
    reviewed_pages,
)
from bench.eval_reading import reference_figures as body_figures

PAGES = reviewed_pages()


def test_there_are_enough_pages() -> None:
    assert len(PAGES) >= 40


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_page_is_read_as_a_reader_reads_it(page: Reviewed) -> None:
    assert faults(page) == []


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_expectation_is_reviewed_and_clean(page: Reviewed) -> None:
    assert page.expected["reviewed"]
    text = str(page.expected)
    assert "\ufffd" not in text
    assert not any(unicodedata.category(char) == "Co" for char in text)


@pytest.mark.skipif(not reference_pages(), reason="the reference pages lie in ../shared, which is not here")
def test_figures_of_the_reference_pages_hold() -> None:
    pages = reference_pages()
    for figure in (*body_figures(pages, full=False), *date_figures(pages), *encoding_figures(pages[::20])):
        assert figure.holds, figure.line()
