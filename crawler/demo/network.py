"""The network as a value: hosts, stories, and which host copies which story when. Everything from one seed.

Nothing here is rendered and nothing is kept that can be computed again: a network of 40 mirrors and 5,000
articles costs as much memory as its lists of copied numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from crawler.demo.fate import between, chance, lot, pick
from crawler.demo.hosts import Host, hosts_of
from crawler.demo.stories import OFF_TOPIC, Spam, Stories, Story, load_spam, load_stories

WRITTEN = -1
"""As a number of articles: exactly those that were written."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One story on one host. `story` is the edition that the host shows now.

    `changed` counts how often the host has changed this page since generation 0; `noarchive` tells whether
    the page asks not to be archived.
    """

    host: Host
    index: int
    story: Story
    copied_at: datetime
    changed: int = 0
    noarchive: bool = False

    @property
    def number(self) -> int:
        """The number in its address."""
        return self.host.first_number + self.index

    @property
    def date(self) -> datetime:
        """The date that the page shows: the printed one where the host keeps it, else that of its posting."""
        return self.story.date if self.host.keeps_date and self.host.parent else self.copied_at


@dataclass(frozen=True, eq=False)
class Network:
    """`articles` stories (WRITTEN: as many as were written) on one publisher and `mirrors` mirrors.

    From `generation` 1 on, the share `changed` of all article pages differs from the generation before, and
    the revised story has its later edition. `today` is the day to which relative dates refer. `crawl_delay`
    is what every robots.txt asks for, in seconds: small, so that the whole demo takes well under a minute.
    """

    seed: int = 1
    articles: int = WRITTEN
    mirrors: int = 11
    generation: int = 0
    changed: float = 0.0
    damaged: bool = True
    crawl_delay: float = 0.05
    today: date = date(2026, 11, 22)
    written: tuple[Story, ...] = field(default_factory=load_stories, repr=False)
    spam: Spam = field(default_factory=load_spam, repr=False)

    def at(self, generation: int, changed: float) -> Network:
        """The same network at another generation."""
        return replace(self, generation=generation, changed=changed)

    @cached_property
    def stories(self) -> Stories:
        """All stories, recombined ones made on request."""
        count = len(self.written) if self.articles == WRITTEN else self.articles
        return Stories(self.seed, count, self.written)

    @cached_property
    def hosts(self) -> dict[str, Host]:
        """The hosts by name, the publisher first."""
        return {host.name: host for host in hosts_of(self.seed, self.mirrors, self.damaged)}

    @cached_property
    def copied(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the stories that each host has, newest page first: the order of its lists."""
        kept: dict[str, tuple[int, ...]] = {}
        for host in self.hosts.values():
            taken = [index for index in range(len(self.stories)) if self._takes(host, index)]
            order = sorted(taken, key=lambda index: (self.copied_at(host, index), index), reverse=True)
            kept[host.name] = tuple(order)
        return kept

    @cached_property
    def _has(self) -> dict[str, frozenset[int]]:
        return {name: frozenset(indices) for name, indices in self.copied.items()}

    def has(self, host: Host, index: int) -> bool:
        """Whether a host has a story."""
        return index in self._has[host.name]

    @cached_property
    def size(self) -> int:
        """Number of article pages on all hosts (a story of several pages counts once)."""
        return sum(map(len, self.copied.values()))

    def copied_at(self, host: Host, index: int) -> datetime:
        """When a story appeared on a host; on the publisher, when it was printed."""
        printed = self.stories.date_of(index)
        while host.parent is not None:
            low, high = host.delay
            printed += timedelta(minutes=between(low * 60, high * 60, self.seed, host.name, index, "delay"))
            host = self.hosts[host.parent]
        return printed

    @cached_property
    def _copies(self) -> Any:
        return lru_cache(maxsize=4096)(self._copy)

    def copy(self, host: Host, index: int) -> Copy:
        """The copy of a story on a host that has it."""
        found: Copy = self._copies(host, index)
        return found

    def _copy(self, host: Host, index: int) -> Copy:
        story = self.stories[index]
        if self.generation and host.parent is None and story.revised:
            story = story.revised
        changed = self.changes.get((host.name, index), 0)
        if changed:
            story = replace(story, paragraphs=(*story.paragraphs, _addition(story, changed)))
        return Copy(
            host, index, story, self.copied_at(host, index), changed, index == self.noarchive.get(host.name)
        )

    @cached_property
    def changes(self) -> dict[tuple[str, int], int]:
        """(host, story) -> the last generation that changed this page; each changes exactly its share."""
        if not self.changed:
            return {}
        pages = [(name, index) for name, indices in self.copied.items() for index in indices]
        last: dict[tuple[str, int], int] = {}
        for generation in range(1, self.generation + 1):
            pages.sort(key=lambda page: lot(self.seed, generation, *page, "changed"))
            last |= dict.fromkeys(pages[: round(self.changed * len(pages))], generation)
        return last

    @cached_property
    def noarchive(self) -> dict[str, int]:
        """The story whose page asks not to be archived, by host: blogs have one each."""
        return {
            name: self._one_of(name, "noarchive")
            for name, host in self.hosts.items()
            if host.template == "wordpress" and self.copied[name]
        }

    @cached_property
    def slow(self) -> dict[str, int]:
        """The story whose page comes slowly, by host."""
        return {name: self._one_of(name, "slow") for name, kept in self.copied.items() if kept}

    def _one_of(self, name: str, purpose: str) -> int:
        return min(self.copied[name], key=lambda index: lot(self.seed, name, index, purpose))

    @cached_property
    def _fillers(self) -> frozenset[int]:
        off_topic = (index for index, story in enumerate(self.written) if story.kind == OFF_TOPIC)
        return frozenset(index for index in off_topic if index < len(self.stories))

    @cached_property
    def _script_story(self) -> int:
        news = [
            index for index in range(min(len(self.stories), len(self.written))) if index not in self._fillers
        ]
        return pick(news, self.seed, "script")

    def _takes(self, host: Host, index: int) -> bool:
        if host.script_only:
            return index == self._script_story
        if index in self._fillers:
            return host.filler and self._fills_with(host, index)
        if host.parent is None:
            return True
        parent = self.hosts[host.parent]
        return chance(self.seed, host.name, index) < host.share and self._takes(parent, index)

    def _fills_with(self, host: Host, index: int) -> bool:
        """Posts off the topic fill up mirrors; each has one mirror at least, and some have several."""
        home = pick([other.name for other in self.hosts.values() if other.filler], self.seed, index, "home")
        return host.name == home or chance(self.seed, host.name, index, "filler") < 0.25


def _addition(story: Story, generation: int) -> str:
    return f"编者补记：本文第{generation}次更新，补充了“{story.tags[0]}”一节的最新情况，其余内容未作改动。"
