"""Summaries of other articles: a text below the linked title of another page, set apart from the article."""

from __future__ import annotations

from pipelines.reading.outline import Outline
from pipelines.text import count_han

SCRAP = 16
"""Characters below which a line is a date, a name, a count."""

LONGEST = 200
"""Characters from which on a paragraph below a linked title is text that is read here."""

FEWEST = 2
"""Teasers on a page from which on they are a list: one alone may be a paragraph behind a link to a source."""


def is_title(page: Outline, index: int) -> bool:
    """Whether a line is the linked title of another page."""
    line = page.lines[index]
    return line.linked * 2 > line.size and any(count_han(page.link_text(link)) >= 8 for link in line.links)


def teasers(page: Outline, found: list[float]) -> list[int]:
    """The lines that summarise other articles, on a page whose lines weigh `found`.

    An article made of linked titles with texts below (a digest) has them beside its other paragraphs; a list
    of related articles has an element of its own.
    """
    below = [i for i in range(1, len(found)) if found[i] > 0 and _below_title(page, i)]
    if len(below) < FEWEST:
        return []
    parent = {i: page.elements[page.lines[i].element].parent for i in below}
    others = {
        page.elements[line.element].parent
        for i, line in enumerate(page.lines)
        if found[i] > 0 and i not in parent
    }
    return [i for i in below if parent[i] not in others] if others else []


def _below_title(page: Outline, index: int) -> bool:
    """Whether a line stands below a linked title, with at most a date between them."""
    if page.lines[index].size >= LONGEST:
        return False
    return is_title(page, index - 1) or (
        index > 1 and page.lines[index - 1].size < SCRAP and is_title(page, index - 2)
    )
