"""Speed of the reading on one core: bytes to article beside the parse floor and the other extractors.

Pages: the 126 reference pages where they are there, else the project's own. Every figure is CPU time of this
process, the best of several passes, so that a busy machine does not count.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import _lru_cache_wrapper
from typing import Any

from resiliparse.parse.html import HTMLTree

from bench.eval_reading import reference_pages, reviewed_pages
from bench.figures import Figure, floors
from pipelines.read import read
from pipelines.reading import heads
from pipelines.reading.decode import Page, decode
from pipelines.reading.extract import extract
from pipelines.reading.metadata import read_metadata
from pipelines.records import Capture, Drop

AREA = "reading"
FETCHED = "2024-06-20T03:00:00Z"
LARGE = 5_000_000
PEER = "readability-lxml"
BLOCK = (
    '<div class="x"><a href="/a/1.html">知识产权要闻一则</a></div><p>'
    + "专利审查周期缩短，企业欢迎。" * 30
    + "</p>"
)


def run(full: bool) -> list[Figure]:
    """Pages a second of each stage and of the whole; seconds for a page of 5 MB."""
    payloads = [page.payload for page in reference_pages()] or [page.payload for page in reviewed_pages()]
    texts = [page.text for payload in payloads if isinstance(page := decode(payload), Page)]
    passes = 7 if full else 2
    figures = [
        Figure(
            AREA,
            "parse floor (lexbor alone)",
            rate(HTMLTree.parse, texts, passes),
            len(texts),
            unit="pages/s",
        ),
        Figure(
            AREA,
            "bytes -> extracted + metadata",
            rate(_extracted, payloads, passes),
            len(payloads),
            unit="pages/s",
        ),
        Figure(
            AREA,
            "bytes -> article, all stages",
            rate(_article, payloads, passes),
            len(payloads),
            unit="pages/s",
            floor=floors(AREA).get("pages_per_second"),
        ),
        Figure(
            AREA,
            "bytes -> article, nothing remembered of other pages",
            rate(_article, payloads, passes, forget),
            len(payloads),
            unit="pages/s",
        ),
        Figure(AREA, "a page of 5 MB", 1 / rate(_extracted, [_large()], passes), unit="s", ceiling=1.0),
    ]
    figures += _against_peer(payloads, texts, 3 if full else 1)
    return figures + (_peers(texts) if full else [])


def rate(
    work: Callable[[Any], object],
    items: Sequence[Any],
    passes: int,
    before: Callable[[], object] = lambda: None,
) -> float:
    """Items a second, the best pass of several, each with something done `before` its time."""
    best = float("inf")
    for _ in range(passes):
        before()
        start = time.process_time()
        for item in items:
            work(item)
        best = min(best, time.process_time() - start)
    return len(items) / best


def forget() -> None:
    """Empty what the reading remembers of the pages it has read: attributes and lines that pages of one site
    share, as all pages here do from the second pass on. Its tables stay loaded."""
    heads.forget()
    for name, module in sys.modules.items():
        for kept in vars(module).values() if name.startswith("pipelines.") else ():
            if isinstance(kept, _lru_cache_wrapper) and kept.cache_parameters()["maxsize"] is not None:
                kept.cache_clear()


def _extracted(payload: bytes) -> object:
    page = decode(payload)
    if isinstance(page, Drop):
        return page
    extracted = extract(page.text, "http://a.test/1.html")
    return (
        extracted
        if isinstance(extracted, Drop)
        else read_metadata(extracted, "http://a.test/1.html", FETCHED)
    )


def _article(payload: bytes) -> object:
    return read(Capture("http://a.test/1.html", FETCHED, payload, "sha256:0"))


def _large() -> bytes:
    return (BLOCK * (LARGE // len(BLOCK.encode()))).encode()


def _against_peer(payloads: list[bytes], texts: list[str], passes: int) -> list[Figure]:
    """Our rate over that of readability-lxml, the best single extractor there is: each pass of ours beside
    one of its, the median. Machines differ by a factor of four in pages a second, not in this."""
    from bench.peers import extractors

    peer = extractors().get(PEER)
    if peer is None:
        return []
    ratios = [rate(_article, payloads, 1) / rate(peer, texts, 1) for _ in range(passes)]
    name, bound = f"bytes -> article, all stages, times {PEER}", floors(AREA).get("times_readability")
    return [Figure(AREA, name, statistics.median(ratios), len(payloads), floor=bound)]


def _peers(texts: list[str]) -> list[Figure]:
    """The other extractors on the same pages; one pass, they take minutes."""
    from bench.peers import extractors

    return [
        Figure(AREA, f"  {name}", rate(extractor, texts, 1), len(texts), unit="pages/s")
        for name, extractor in extractors().items()
    ]
