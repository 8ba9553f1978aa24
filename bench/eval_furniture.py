"""What the furniture of a site is worth: F1 of the body before and after settle over all pages of a host.

On the 126 reference pages (where `../shared` lies beside the checkout) nothing may be lost, and nothing that
repeats is left to be found: what a page reader knows by its place and words is gone before settle. So lines
that no table knows are planted in the bodies, the same on every page of a host: they stand for the lines of a
site that nobody has described.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import cycle

from bench.eval_reading import Reference, f1, reference_pages
from bench.figures import Figure
from pipelines import text
from pipelines.dedupe import furniture
from pipelines.reading.decode import decode
from pipelines.reading.extract import extract
from pipelines.records import Drop

AREA = "furniture"
OPENING = (
    "小编每天为您挑选值得一读的行业动态，欢迎常来坐坐。",
    "阅读提示：全文约需三分钟，可先收藏再慢慢看。",
    "各位同仁早上好，今日要点已为大家备齐。",
)
CLOSING = (
    "本栏目由读者俱乐部志愿者值守，每周二与周五更新两次。",
    "想结识更多同行？请到前台领取入会登记卡。",
    "以上就是今天带来的全部内容，明天同一时间再见。",
)
"""Own lines, none of which a page reader drops by its words."""

Texts = dict[str, tuple[str, str]]


def run(full: bool) -> list[Figure]:
    """Figures over the hosts with three pages and more; by host when `full`."""
    hosts: dict[str, list[Reference]] = defaultdict(list)
    for page in reference_pages():
        hosts[page.host].append(page)
    several = {host: pages for host, pages in hosts.items() if len(pages) >= furniture.STORIES}
    plain: list[tuple[float, float]] = []
    planted: list[tuple[float, float]] = []
    figures: list[Figure] = []
    for (host, pages), opening, closing in zip(several.items(), cycle(OPENING), cycle(CLOSING), strict=False):
        texts = {page.id: read for page in pages if (read := _read(page)) is not None}
        more = {name: (f"{opening}\n{body}\n{closing}", title) for name, (body, title) in texts.items()}
        wanted = {page.id: page.text for page in pages}
        here, there = _scores(texts, wanted), _scores(more, wanted)
        plain += here
        planted += there
        if full:
            figures += _lines(f"  {host}", here) + _lines(f"  {host}, lines planted", there)
    if plain:
        figures += _lines("hosts with several pages", plain, lost=0.0)
        figures.append(_most_to_win(hosts.values()))
        figures += _lines("hosts with several pages, lines planted", planted)
        restored = _mean(planted, 1) - _mean(plain, 1)
        figures.append(
            Figure(AREA, "planted, after settle, to unplanted", restored, len(planted), floor=-0.001)
        )
    return figures


def settled(texts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The bodies of one host's pages, by (body, headline), without the furniture of that host."""
    keys = {name: furniture.keys(body, title) for name, (body, title) in texts.items()}
    found = furniture.find(keys, texts.__getitem__)
    left = {}
    for name, (body, title) in texts.items():
        gone = furniture.spans(body, title, found)
        starts, ends = [0, *(end for _, end in gone)], [*(start for start, _ in gone), len(body)]
        left[name] = "".join(body[start:end] for start, end in zip(starts, ends, strict=True))
    return left


def _most_to_win(hosts: Iterable[list[Reference]]) -> Figure:
    """The F1 that pages would win if every line that is none of their article and stands on another page of
    the host, whatever its figures, were gone: no evidence for furniture is weaker than that."""
    won: list[float] = []
    for pages in hosts:
        texts = {page.id: read for page in pages if len(pages) > 1 and (read := _read(page)) is not None}
        counts = Counter(line for body, _ in texts.values() for line in {*map(_wordy, body.split("\n"))})
        wanted = {page.id: page.text for page in pages}
        for name, (body, title) in texts.items():
            own = text.plain(wanted[name])
            kept = [line for line in body.split("\n") if counts[_wordy(line)] < 2 or text.plain(line) in own]
            won.append(f1("\n".join([title, *kept]), wanted[name]) - f1(f"{title}\n{body}", wanted[name]))
    return Figure(AREA, "most that lines of two pages could win", statistics.fmean(won), len(won))


def _wordy(line: str) -> str:
    """A line without its figures: counters and dates make furniture differ."""
    return re.sub(r"\d+", "", text.plain(line))


def _scores(texts: Texts, wanted: Mapping[str, str]) -> list[tuple[float, float]]:
    """(F1 before settle, after) of each page."""
    after = settled(texts)
    return [
        (f1(f"{title}\n{body}", wanted[name]), f1(f"{title}\n{after[name]}", wanted[name]))
        for name, (body, title) in texts.items()
    ]


def _read(page: Reference) -> tuple[str, str] | None:
    decoded = decode(page.payload)
    extracted = decoded if isinstance(decoded, Drop) else extract(decoded.text, f"http://{page.host}/")
    return None if isinstance(extracted, Drop) else (extracted.body, extracted.headline)


def _lines(name: str, scores: list[tuple[float, float]], lost: float | None = None) -> list[Figure]:
    """Before, after, and (with a bound) the most that one page lost."""
    figures = [
        Figure(AREA, f"{name}: F1 {when} settle", _mean(scores, place), len(scores))
        for place, when in enumerate(("before", "after"))
    ]
    if lost is not None:
        worst = max(before - after for before, after in scores)
        figures.append(Figure(AREA, f"{name}: most that a page lost", worst, len(scores), ceiling=lost))
    return figures


def _mean(scores: list[tuple[float, float]], place: int) -> float:
    return statistics.fmean(score[place] for score in scores)
