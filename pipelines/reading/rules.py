"""What a site's declaration names by CSS selector, looked up on the tree that is there already."""

from __future__ import annotations

from resiliparse.parse.html import CSSParserException, ElementNode

from pipelines.reading.body import Body, weights
from pipelines.reading.outline import Line, Outline, clean
from pipelines.reading.tree import outline_of
from pipelines.reading.walk import walk
from pipelines.records import Drop
from pipelines.sites import Selectors


def without_removed(page: Outline, rules: Selectors | None) -> Outline:
    """The page without the elements that the rules remove; one more walk where there are any."""
    if rules is None or not rules.remove or page.tree is None or page.tree.document is None:
        return page
    for selector in rules.remove:
        for element in _select(page, selector):
            element.decompose()
    again = outline_of(page.tree)
    return page if isinstance(again, Drop) else again


def ruled_texts(page: Outline, selector: str | None) -> list[str]:
    """The texts of the elements that a selector names, those without text left out."""
    return [text for element in _select(page, selector) if (text := clean(element.text or ""))]


def ruled_links(page: Outline, selector: str | None) -> list[str]:
    """The addresses that the links named by a selector lead to, as they stand there."""
    return [href for element in _select(page, selector) if (href := element.getattr("href"))]


def ruled_body(page: Outline, selector: str | None) -> Body | None:
    """The lines of the element that holds the body, link lists and labels left out; None without one."""
    for element in _select(page, selector):
        part = walk(element.html)
        if part is None or not part.lines:
            continue
        first = _place(page.lines, part.lines)
        if first is None:
            continue
        found = weights(page)
        kept = tuple(i for i in range(first, first + len(part.lines)) if found[i] > -6.0)
        if kept:
            return Body(kept)
    return None


def _place(lines: list[Line], part: list[Line]) -> int | None:
    """Where the lines of a part start among the lines of the page."""
    wanted = [line.text for line in part]
    for start in range(len(lines) - len(wanted) + 1):
        if (
            lines[start].text == wanted[0]
            and [line.text for line in lines[start : start + len(wanted)]] == wanted
        ):
            return start
    return None


def _select(page: Outline, selector: str | None) -> list[ElementNode]:
    """The elements that a selector names; none for a selector that lexbor cannot read."""
    document = page.tree.document if selector and page.tree is not None else None
    if document is None or not selector:
        return []
    try:
        return list(document.query_selector_all(selector))
    except CSSParserException:
        return []
