"""The language model as the search sees it: the shipped words and the page's own, walked character by
character."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.repair.brackets import SIGNS
from pipelines.repair.candidates import Option, Options, sign_cost
from pipelines.repair.language import ROOT, WordTable
from pipelines.repair.page_words import PageNode, PageWords

NEVER: Final = float("inf")
UNKNOWN_HAN: Final = 15.0
"""Cost of a Han character that is no word by itself: rarer than one in three million."""
ASCII_COST: Final = 4.5
LETTER_COST: Final = 7.0
"""Cost of a Latin letter: one that stands alone among Chinese (?，F將) is rare. Of 4.5 and 7 tried;
with 4.5 such places were left alone."""


class Prefix(NamedTuple):
    """A word begun: its node in the table (ROOT when the table has none such), its node among the
    page's words, its length, and what the cheapest word costs that it can become (nats)."""

    node: int
    page: PageNode | None
    length: int
    least: float


Step = tuple[float | None, Prefix | None, int]
"""Cost of the word that ends here or None, the prefix if longer words go on from it, the word's number in the
table or 0."""


class Model:
    """Words of the table and of one page. `begin` is the empty prefix."""

    def __init__(self, table: WordTable, page: PageWords | None = None) -> None:
        self._table = table
        self._page = page
        self._first: dict[int, Step] = {}
        self.begin = Prefix(ROOT, page.root if page else None, 0, 0.0)

    def step(self, prefix: Prefix, code: int) -> Step:
        """One character more. The first of a word is looked up once a page."""
        if prefix.length:
            return self._step(prefix, code)
        known = self._first.get(code)
        if known is None:
            known = self._first[code] = self._step(prefix, code)
        return known

    def _step(self, prefix: Prefix, code: int) -> Step:
        table, length = self._table, prefix.length + 1
        node = table.child(prefix.node, code) if prefix.node or not prefix.length else ROOT
        cost = table.cost(node) if node else None
        least = table.least(node) if node else NEVER
        page = prefix.page.following.get(code) if prefix.page is not None else None
        if page is not None and self._page is not None:
            if length > 1 and page.count:
                own = self._page.cost(page.count, length)
                cost = own if cost is None or own < cost else cost
            if page.following:
                least = min(least, self._page.least(page.seen))
            else:
                page = None
        if (node and table.goes_on(node)) or page is not None:
            return cost, Prefix(node, page, length, least), node
        return cost, None, node

    def beginnings(self, options: Options, room: float) -> Iterator[int]:
        """Places of the options that may begin a word for that many nats: where the table has none so cheap,
        the page may."""
        order, costs = _cheapest(self._table, options)
        tried = bisect_right(costs, room)
        yield from order[:tried]
        if self._page is not None:
            own = self._page.root.following
            yield from (place for place in order[tried:] if options.all[place].code in own)

    def on_page(self, char: str) -> bool:
        """Whether the page has a character where it is whole."""
        return self._page is not None and ord(char) in self._page.root.following

    def continuations(self, prefix: Prefix, codes: frozenset[int]) -> frozenset[int]:
        """Which of these characters a word begun can go on with."""
        found = self._table.children(prefix.node) & codes if prefix.node else frozenset()
        return found | (prefix.page.following.keys() & codes) if prefix.page else found


def character_cost(code: int) -> float:
    """Cost of a character that is no word of the table."""
    if 0x4E00 <= code <= 0x9FFF:
        return UNKNOWN_HAN
    if code < 0x80:
        return LETTER_COST if chr(code).isalpha() else ASCII_COST
    return sign_cost(chr(code))


@lru_cache(maxsize=4096)
def _cheapest(table: WordTable, options: Options) -> tuple[list[int], list[float]]:
    """Places of the options, and what the table's cheapest word costs that begins with each, in order."""
    costs = [option.cost + _least(table, option) for option in options.all]
    order = sorted(range(len(costs)), key=costs.__getitem__)
    return order, [costs[place] for place in order]


def _least(table: WordTable, option: Option) -> float:
    """Cost of the cheapest word that an option may begin; 0 for a mark, whose place may speak for it."""
    if option.char in SIGNS:
        return 0.0
    node = table.child(ROOT, option.code)
    if not node:
        return character_cost(option.code)
    cost = table.cost(node)
    return min(character_cost(option.code) if cost is None else cost, table.least(node))
