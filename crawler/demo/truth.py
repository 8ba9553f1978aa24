"""What was printed, and what each page of the network shows of it. For tests and evaluations only.

Nothing of this is ever served, and no code outside `crawler/demo` imports it: a test holds both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.demo.answer import Request
from crawler.demo.hosts import PUBLISHER
from crawler.demo.network import Copy, Network
from crawler.demo.origin_lines import Shape, shows
from crawler.demo.render import page_count, path_of, printed_part, shape_of, system_of, url_of
from crawler.demo.respond import answer
from crawler.demo.stories import OFF_TOPIC

DateShown = Literal["minute", "day", "no_year", "relative"]


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth about one page of one article. `text` is what this page shows of the printed paragraphs.

    `source` is the printed source where the page names it, else None; `authors` likewise. `date` is what the
    page gives for a date and `date_shown` how exactly (None: not at all); `printed_at` is when the newspaper
    printed it, `delay` how much later it was copied from `copied_from` (None: this is the publisher).
    """

    url: str
    host: str
    story: str
    page: int
    pages: int
    headline: str
    text: str
    source: str | None
    authors: tuple[str, ...]
    date: datetime
    date_shown: DateShown | None
    printed_at: datetime
    printed_source: str
    copied_from: str | None
    original_url: str | None
    delay: timedelta
    damaged: bool
    traditional: bool
    encoding: str
    wrong_label: bool
    needs_browser: bool
    noarchive: bool
    off_topic: bool
    same_event_as: str | None


def truths(network: Network) -> Iterator[Truth]:
    """Every article page of the network, host by host, in the order of the lists."""
    for name, host in network.hosts.items():
        for index in network.copied[name]:
            copy = network.copy(host, index)
            for page in range(1, page_count(copy) + 1):
                yield _truth(network, copy, page)


def clusters(network: Network) -> dict[str, frozenset[str]]:
    """Story -> the first pages of all its copies, the publisher's own included."""
    found: dict[str, set[str]] = {}
    for truth in truths(network):
        if truth.page == 1:
            found.setdefault(truth.story, set()).add(truth.url)
    return {story: frozenset(urls) for story, urls in found.items()}


def changed_urls(network: Network) -> frozenset[str]:
    """The article pages whose bytes differ from those of the generation before."""
    if not network.generation:
        return frozenset()
    before = network.at(network.generation - 1, network.changed)
    return frozenset(
        truth.url
        for truth in truths(network)
        if answer(network, _request(truth)).body != answer(before, _request(truth)).body
    )


def _request(truth: Truth) -> Request:
    return Request(truth.host, truth.url.removeprefix(f"http://{truth.host}"))


def _truth(network: Network, copy: Copy, page: int) -> Truth:
    host, story, shape = copy.host, copy.story, shape_of(network, copy)
    first, last = printed_part(copy, page)
    off_topic = story.kind == OFF_TOPIC
    publisher = network.hosts[PUBLISHER]
    return Truth(
        url=url_of(host, path_of(network, host, copy.index, page)),
        host=host.name,
        story=story.id,
        page=page,
        pages=page_count(copy),
        headline=story.headline,
        text="\n".join(story.paragraphs[first:last]),
        source=story.source if "source" in shape.fields else None,
        authors=story.authors if shows(shape, "author") else (),
        date=copy.date,
        date_shown=_date_shown(shape, system_of(host).machine_dated),
        printed_at=network.stories.date_of(copy.index),
        printed_source=story.source,
        copied_from=host.parent,
        original_url=None if off_topic else url_of(publisher, path_of(network, publisher, copy.index)),
        delay=copy.copied_at - network.stories.date_of(copy.index),
        damaged=host.tool,
        traditional=host.traditional,
        encoding=host.encoding,
        wrong_label=host.wrong_label,
        needs_browser=host.script_only,
        noarchive=copy.noarchive,
        off_topic=off_topic,
        same_event_as=story.same_event_as,
    )


def _date_shown(shape: Shape, machine_dated: bool) -> DateShown | None:
    if machine_dated or "minute" in shape.fields:
        return "minute"
    if shape.fields & {"day", "chinese_day"}:
        return "day"
    if "month_day" in shape.fields:
        return "no_year"
    return "relative" if "ago" in shape.fields else None
