"""Restoring of text as it comes, and of HTML: what `ipnews restore` runs.

A stream is cut at newlines into pages of bounded size. Each page is restored by itself, with its own words,
so an article gives the same result from a pipe as in one string, and memory does not grow with the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pipelines.repair.restorer import Restored, Restorer

PAGE: Final = 1 << 14
"""Characters after which the next newline ends a page: above every article (the longest of our references has
9,000). Damage in every sentence takes 0.4 ms a character (measured), so a page comes out in seconds."""
LONGEST_LINE: Final = 1 << 15
"""Characters after which a page ends without a newline, behind a sentence where one ends: no article has such
a line."""


def restore_text(chunks: Iterable[str], *, field: str = "text") -> Iterator[Restored]:
    """Restore a stream of text, page by page; the texts joined are the whole. Edits count from its
    beginning."""
    restorer, offset = Restorer.load(), 0
    for page in _pages(chunks):
        yield restorer.restore(page, field=field, offset=offset)
        offset += len(page)


def restore_html(html: str, *, field: str = "html") -> Restored:
    """Restore the text of an HTML page: tags mended, scripts, styles, comments and attributes left alone."""
    return Restorer.load().restore(html, field=field)


def _pages(chunks: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size < PAGE:
            continue
        text = "".join(held)
        while len(text) >= PAGE and (cut := _cut(text)):
            yield text[:cut]
            text = text[cut:]
        held, size = [text], len(text)
    if text := "".join(held):
        yield text


def _cut(text: str) -> int:
    """Where the first page of a text ends; 0 when its newline has not come yet."""
    newline = text.find("\n", PAGE, LONGEST_LINE)
    if newline >= 0:
        return newline + 1
    if len(text) < LONGEST_LINE:
        return 0
    return max(text.rfind(mark, PAGE, LONGEST_LINE) + 1 for mark in "。！？") or LONGEST_LINE
