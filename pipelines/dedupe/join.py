"""Pages of one article: which belong together, in which order, and the text that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from pipelines.dedupe.cluster import components
from pipelines.records import Article


class Page(msgspec.Struct, frozen=True):
    """What an article says of its pages: its own addresses, and all pages it links, in their order."""

    id: str
    own: tuple[str, ...]
    number: int | None
    urls: tuple[str, ...]


def page_of(article: Article) -> Page | None:
    """The page record of an article; None where it is whole by itself."""
    if not article.page_urls and article.page_number is None:
        return None
    own = (article.url, article.canonical_url) if article.canonical_url else (article.url,)
    return Page(article.id, tuple(dict.fromkeys(own)), article.page_number, article.page_urls)


def groups(pages: Iterable[Page]) -> list[tuple[str, ...]]:
    """Ids of pages that are one article, first page first; pages without a companion are left out.

    Two pages belong together when one links the other as a page of its article, on the same host (addresses
    tell). A page number that stands twice is a second copy of a page: the smallest id counts.
    """
    pages = sorted(pages, key=lambda page: page.id)
    named: dict[str, list[Page]] = {}
    for page in pages:
        for url in page.own:
            named.setdefault(url, []).append(page)
    links = [
        (page.id, other.id)
        for page in pages
        for url in page.urls
        for other in named.get(url, ())
        if other != page
    ]
    by_id = {page.id: page for page in pages}
    found = []
    for group in components(by_id, links):
        ordered = _ordered([by_id[key] for key in group])
        if len(ordered) > 1:
            found.append(ordered)
    return sorted(found)


def _ordered(pages: Sequence[Page]) -> tuple[str, ...]:
    """By page number; without one, by the place in the lists of the others (an unlisted page leads)."""
    listed: dict[str, int] = {}
    for page in sorted(pages, key=lambda page: page.id):
        for place, url in enumerate(page.urls):
            listed.setdefault(url, place)

    def number(page: Page) -> int:
        if page.number is not None:
            return page.number
        return min((listed[url] + 1 for url in page.own if url in listed), default=1)

    taken: dict[int, str] = {}
    for page in sorted(pages, key=lambda page: page.id):
        taken.setdefault(number(page), page.id)
    return tuple(taken[place] for place in sorted(taken))
