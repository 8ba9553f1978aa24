"""The whole job against the truth: the bundled network read page by page, compared with what was printed.

No crawl is needed: the network's answers are made in process and read like captures. `make eval` prints, over
all pages: articles found, headline, source and date right, body equal to the print, characters right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from bench.figures import Figure, floors, proportion
from crawler.demo.answer import Request
from crawler.demo.network import Network
from crawler.demo.respond import answer
from crawler.demo.truth import Truth, truths
from pipelines.archive.warc import payload_digest
from pipelines.read import read
from pipelines.records import LACUNA, Article, Capture, Drop

AREA = "network"
TODAY = date(2026, 11, 1)
"""A fixed day for relative dates, so that two runs print the same figures."""


@dataclass(frozen=True, slots=True)
class Read:
    """One page of the network: the truth, and what was read."""

    truth: Truth
    outcome: Article | Drop


def pages(network: Network) -> Iterator[Read]:
    """Every article page, read as a capture made at noon of TODAY."""
    for truth in truths(network):
        served = answer(network, Request(truth.host, truth.url.removeprefix(f"http://{truth.host}")))
        headers = tuple((str(key), str(value)) for key, value in served.headers)
        moment = f"{TODAY.isoformat()}T04:00:00Z"
        capture = Capture(truth.url, moment, served.body, payload_digest(served.body), served.status, headers)
        yield Read(truth, read(capture))


def run(full: bool) -> list[Figure]:
    """The figures; the short form reads the publisher and three mirrors: 165 pages."""
    network = Network(today=TODAY, mirrors=11 if full else 3)
    reads = [page for page in pages(network) if not page.truth.needs_browser]
    bounds = floors(AREA)
    found = [(page.truth, page.outcome) for page in reads if isinstance(page.outcome, Article)]
    figures = [_share("articles found", [isinstance(page.outcome, Article) for page in reads], bounds)]
    figures.append(_share("headline as printed", [t.headline == a.headline for t, a in found], bounds))
    figures.append(
        _share("source right or null where none is shown", [_source(t, a) for t, a in found], bounds)
    )
    dated = [(t, a) for t, a in found if t.date_shown]
    figures.append(_share("date right", [_same_day(t, a) for t, a in dated], bounds))
    undated = [a.date_published is None for t, a in found if not t.date_shown]
    figures.append(_share("date null where none is shown", undated, bounds))
    for name, kept in (("undamaged", False), ("damaged", True)):
        chosen = [(t, a) for t, a in found if t.damaged == kept]
        figures.append(
            _share(
                f"body as printed, {name} pages",
                [_plain(t.text) == _plain(a.article_body) for t, a in chosen],
                bounds,
            )
        )
        figures += _characters(name, chosen, bounds)
    return figures


def _share(name: str, right: list[bool], bounds: dict[str, float]) -> Figure:
    return proportion(AREA, name, sum(right), len(right), bounds.get(name))


def _plain(text: str) -> str:
    """White space and the two widths of marks are how a page sets its text, not what was printed."""
    return "".join(text.split()).translate(
        {ord(a): ord(b) for a, b in zip("，：；！？（）", ",:;!?()", strict=True)}
    )


def _source(truth: Truth, article: Article) -> bool:
    """As printed, or its normalised names: a page may print 江淮创新周报客户端 or two names with a bar."""
    printed = article.source or ""
    if not truth.source:
        return not printed
    return truth.source in (printed, *article.sources) or printed in (
        f"{truth.source}客户端",
        f"{truth.source}网",
    )


def _same_day(truth: Truth, article: Article) -> bool:
    """A relative date of months or years ago is right to its own precision."""
    if article.date_published is None:
        return False
    read_day = datetime.fromisoformat(
        article.date_published.ljust(10, "0")[:10]
        if article.date_precision == "day"
        else article.date_published
    )
    off = abs(read_day.date() - truth.date.date())
    loose = {"year": timedelta(366), "month": timedelta(31)}.get(article.date_precision or "", timedelta(0))
    return off <= loose


def _characters(name: str, chosen: list[tuple[Truth, Article]], bounds: dict[str, float]) -> list[Figure]:
    printed = right = wrong = lost = 0
    for truth, article in chosen:
        matcher = SequenceMatcher(None, _plain(truth.text), _plain(article.article_body), autojunk=False)
        printed += len(_plain(truth.text))
        for tag, a, b, c, d in matcher.get_opcodes():
            there = _plain(article.article_body)[c:d]
            if tag == "equal":
                right += b - a
            else:
                lost += there.count(LACUNA)
                wrong += len(there) - there.count(LACUNA)
    return [
        proportion(
            AREA,
            f"characters right, {name} pages",
            right,
            printed,
            bounds.get(f"characters right, {name} pages"),
        ),
        Figure(AREA, f"characters marked as lost, {name} pages", lost, printed),
        Figure(
            AREA,
            f"characters that were not printed, {name} pages",
            wrong,
            printed,
            ceiling=bounds.get(f"characters that were not printed, {name} pages"),
        ),
    ]
