"""What repeats on a site is not the article: blocks of a host's pages that recur across its stories.

Blocks are sentences (lines split at 。！？；) in plain form, without what they quote of the page's headline,
so that 本文标题《…》 is one block on every page; and labels of lists (标签：…), whatever they list.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from pipelines import text
from pipelines.dedupe.cluster import components
from pipelines.dedupe.shingles import Hashes, have_in_common, shingle_hashes

STORIES = 3
"""Different stories of a host on which a block must stand. Two share a sentence by chance or quotation."""

SHARE = 0.2
"""Share of a host's pages on which a block must stand; a law quoted in every tenth article stays."""

MANY = 50
"""Pages that are enough whatever the share: hosts with several sections have furniture of each."""

SAMPLE = 16
"""Pages (smallest ids) looked at for different stories: the same whatever order they came in."""

SHORT = 8
SHORT_STORIES = 8
"""Blocks of fewer than 8 characters may be speech (是的。) or subheads (一、概况): they need 8 stories."""

ONE_STORY = 0.2
"""Share of common 5-grams from which the rest of two pages is one story: copies with 20 % of the characters
replaced have .17 at least and .27 mostly, different own stories .13 at most, bulletins of one template .53 at
least (60 to 400 pairs each)."""

REST = 30
"""5-grams of its own that a page must have to count as a story: picture pages and stubs tell nothing."""

LINE = 0.6
"""Share of a line's characters that must be furniture for the line to go."""

QUOTED = 6
"""Characters of the headline, one after another, by which a sentence is seen to quote it."""

NAMING = 12
"""Characters, without the headline's, by which a sentence is known that has the whole headline in it: what
else a template fills in, such as keywords, stands behind them. News does not quote its own headline."""

_NAMED = "\ufffc"
"""Stands for the headline in a sentence, which may hold the end of one itself; no letter."""

LABEL = 8

_SENTENCE_END = re.compile(r"(?<=[。！？；!?;])")
_LABEL = re.compile(rf"\s*[【\[]?([^\W\d]{{2,{LABEL}}})[】\]]?\s*[:：]")
_MARKS_OF_SENTENCES = re.compile(r"[。！？；!?;“”]")

Keys = npt.NDArray[np.int64]


def keys(body: str, headline: str) -> Keys:
    """Keys of the blocks of a body, sorted and distinct: what an archive has to remember of a page."""
    return np.unique(np.array([key for _, _, key in _blocks(body, headline)], dtype=np.int64))


def find(pages: Mapping[str, Keys], load: Callable[[str], tuple[str, str]]) -> frozenset[int]:
    """Keys of the furniture of one host. `pages`: keys by page id; `load` gives (body, headline) of a page.

    A function of the set: neither the order of pages nor of earlier calls matters.
    """
    counts = Counter(np.concatenate([np.empty(0, np.int64), *pages.values()]).tolist())
    least = min(MANY, max(STORIES, round(SHARE * len(pages))))
    frequent = {key: count for key, count in counts.items() if count >= least}
    holders: dict[int, list[str]] = {key: [] for key in frequent}
    for page in sorted(pages) if frequent else ():
        for key in pages[page].tolist():
            if key in holders and len(holders[key]) < SAMPLE:
                holders[key].append(page)
    stories = _Stories(counts, cache(load))
    return frozenset(
        key
        for key, count in frequent.items()
        if stories.among(tuple(holders[key]), count) >= (SHORT_STORIES if key & 1 else STORIES)
    )


def spans(body: str, headline: str, furniture: frozenset[int]) -> list[tuple[int, int]]:
    """(start, end) of what is furniture in a body: whole lines, each with one line end; [] where all is."""
    weight: Counter[tuple[int, int]] = Counter()
    total: Counter[tuple[int, int]] = Counter()
    for line, content, key in _blocks(body, headline) if furniture else ():
        size = len(content)
        if key in furniture:
            weight[line] += size
        total[line] += size
    gone = [line for line in total if weight[line] >= LINE * total[line]]
    if len(gone) == len(total):
        return []
    joined: list[tuple[int, int]] = []
    for start, end in gone:
        first = joined.pop()[0] if joined and joined[-1][1] == start else start
        joined.append((first, min(end + 1, len(body))))
    if joined and joined[-1][1] == len(body) and body[-1] != "\n" and joined[-1][0] > 0:
        joined[-1] = (joined[-1][0] - 1, len(body))  # the last line goes with the line end before it
    return joined


def _blocks(body: str, headline: str) -> Iterator[tuple[tuple[int, int], str, int]]:
    """(line, plain content, key) of each block. A line of list has one block, its label."""
    title = text.plain(headline)
    probes = [title[i : i + QUOTED] for i in range(0, max(1, len(title) - QUOTED + 1), 3)] if title else []
    name = _normal(headline).strip() if len(title) >= QUOTED else ""
    start = 0
    # One normalisation for the whole body: it neither makes nor takes line ends, so lines stay paired.
    for line, normal in zip(body.split("\n"), _normal(body).split("\n"), strict=True):
        span = start, start + len(line)
        start += len(line) + 1
        label = _LABEL.match(normal)
        if label and not _MARKS_OF_SENTENCES.search(normal):
            yield span, label[1], _key(f"label:{label[1]}", len(line))
            continue
        for sentence in _SENTENCE_END.split(normal.replace(name, _NAMED) if name else normal):
            plain = "".join(filter(str.isalnum, sentence))
            named = _NAMED in sentence
            if named or any(probe in plain for probe in probes):
                plain = _without(plain, title)
            if plain:
                yield span, plain, _key(plain[:NAMING] if named else plain, len(plain))


def _normal(body: str) -> str:
    return unicodedata.normalize("NFKC", body).lower()


def _key(content: str, size: int) -> int:
    """63 bits of a digest; the lowest says whether the block is short."""
    digest = int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest(), "little")
    return digest >> 2 << 1 | (size < SHORT)


def _without(plain: str, title: str) -> str:
    """A sentence without the pairs of characters that the headline has too: title and keywords go."""
    pairs = {title[i : i + 2] for i in range(len(title) - 1)}
    gone = {j for i in range(len(plain) - 1) if plain[i : i + 2] in pairs for j in (i, i + 1)}
    return "".join(char for i, char in enumerate(plain) if i not in gone)


class _Stories:
    """Counts the different stories among pages, by what they have beside the blocks in question."""

    def __init__(self, counts: Counter[int], read: Callable[[str], tuple[str, str]]) -> None:
        self._counts, self._read = counts, read
        self._known: dict[tuple[tuple[str, ...], int], int] = {}

    def among(self, pages: tuple[str, ...], count: int) -> int:
        """Stories among `pages`, all of which have a block that stands on `count` pages of the host."""
        if (pages, count) not in self._known:
            self._known[pages, count] = self._count(pages, count)
        return self._known[pages, count]

    def _count(self, pages: tuple[str, ...], count: int) -> int:
        rests = {page: self._rest(page, count) for page in pages}
        told = [page for page in pages if len(rests[page]) >= REST]
        titles = {page: text.plain(self._read(page)[1]) for page in told}
        same = [
            (a, b)
            for a, b in combinations(told, 2)
            if titles[a] == titles[b] != "" or have_in_common(rests[a], rests[b], ONE_STORY)
        ]
        return len(components(told, same))

    def _rest(self, page: str, count: int) -> Hashes:
        """Shingles of a page's blocks that are less than half as frequent: not furniture of the same kind,
        and of copies of one story what tells that they are copies, however damaged."""
        body, headline = self._read(page)
        rare = [content for _, content, key in _blocks(body, headline) if 2 * self._counts[key] < count]
        return np.unique(shingle_hashes("".join(rare)))
