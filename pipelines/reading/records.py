"""The records of this package: what a page holds before it is repaired, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from pipelines.records import DatePrecision

BlockKind = Literal["p", "h", "caption", "table", "li"]
Place = Literal["over", "above", "start", "end", "below", "byline", "outlet"]


class Block(msgspec.Struct, frozen=True, gc=False):
    """One block of the article: paragraph, heading, caption, row of a table (cells by tabs), list item.

    A struct, as a line of origin is: a page has dozens, and a dataclass takes five times as long to make.
    """

    kind: BlockKind
    text: str


class OriginLine(msgspec.Struct, frozen=True, gc=False):
    """A line that may name source, author, editor or date. `place`: over the headline, above the body
    (between headline and body), the start or the end of the body itself, below the body; beside that, what
    stands over or above the body in an element named after authors or sources as `byline`, `outlet`."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one page holds, as found: nothing is repaired or converted.

    `headline_candidates` are best first. `meta` has (name, content) of meta tags and links, names in lower
    case, and JSON-LD values under `ld:` names. `page_urls` are the parts of this article in order (absolute,
    this one included) and `page_number` is the place of this one among them, from 1. `noise` names kinds of
    noise: see `reading.noise`.
    """

    title: str
    headline_candidates: tuple[str, ...]
    blocks: tuple[Block, ...]
    origin_lines: tuple[OriginLine, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    breadcrumbs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    page_urls: tuple[str, ...] = ()
    page_number: int | None = None
    system: str | None = None
    noarchive: bool = False
    tdm_reservation: bool = False
    noise: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The blocks joined by newline: article_body as found."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def headline(self) -> str:
        """The best candidate, "" without any."""
        return self.headline_candidates[0] if self.headline_candidates else ""

    def visible(self) -> Iterator[tuple[str, str]]:
        """(field, text) of every visible text, in the order of `map_text`."""
        yield from (("headline", text) for text in self.headline_candidates)
        yield from (("article_body", block.text) for block in self.blocks)
        yield from (("origin", line.text) for line in self.origin_lines)
        yield "title", self.title
        yield from (("breadcrumbs", text) for text in self.breadcrumbs)
        yield from (("tags", text) for text in self.tags)

    def map_text(self, change: Callable[[str, str], str]) -> Extracted:
        """The same page with every visible text changed by `change(field, text)`.

        Fields, in order of the calls: headline (each candidate), article_body (each block), origin, title,
        breadcrumbs, tags. `meta` stays as found: tools write it before mirrors damage the text.
        """
        return replace(
            self,
            headline_candidates=tuple(change("headline", text) for text in self.headline_candidates),
            blocks=tuple(Block(block.kind, change("article_body", block.text)) for block in self.blocks),
            origin_lines=tuple(
                OriginLine(line.place, change("origin", line.text)) for line in self.origin_lines
            ),
            title=change("title", self.title),
            breadcrumbs=tuple(change("breadcrumbs", text) for text in self.breadcrumbs),
            tags=tuple(change("tags", text) for text in self.tags),
        )


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself, in its own script. Fields as in Article; unknown is None or empty."""

    headline: str
    source: str | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    original_headline: str | None = None
    date_published: str | None = None
    date_published_raw: str | None = None
    date_precision: DatePrecision | None = None
    date_relative: bool = False
    date_modified: str | None = None
    breadcrumbs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    canonical_url: str | None = None
    origin_url: str | None = None
    rights: str | None = None
    noarchive: bool = False
    tdm_reservation: bool = False
