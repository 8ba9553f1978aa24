"""What the newspaper printed: the written articles, and new stories put together from their sentences."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, overload

from crawler.demo.fate import between, lot, pick
from pipelines.errors import SourceError

TEXTS = Path(__file__).resolve().parents[2] / "data" / "demo"
OFF_TOPIC = "offtopic"

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$")
_FIGURE = re.compile(
    r"(?<![\d.第])([1-9])(\d*)(\.\d+)?(?=万?(?:件|家|项|户|批|双|起|名|人|元|个|%|亿|吨|亩))"
)
_PER_PARAGRAPH = 3
_PARAGRAPHS = (5, 9)


@dataclass(frozen=True, slots=True)
class Story:
    """One printed article. `date` has an offset; `subheads` are indices into `paragraphs`.

    `page_starts` are the indices of the paragraphs with which the pages begin, (0,) for one page.
    `revised` is the later edition of the same article where there is one.
    """

    id: str
    kind: str
    headline: str
    source: str
    date: datetime
    section: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    subheads: frozenset[int] = frozenset()
    page_starts: tuple[int, ...] = (0,)
    same_event_as: str | None = None
    revised: Story | None = None

    @property
    def text(self) -> str:
        """The paragraphs as printed, joined by newline."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Spam:
    """Lines that mirrors put around an article; see `data/demo/spam.toml`."""

    first_lines: tuple[str, ...]
    hot_tags: tuple[str, ...]
    disclaimers: tuple[str, ...]
    related_titles: tuple[str, ...]
    comments: tuple[str, ...]


def load_stories(folder: Path = TEXTS / "articles") -> tuple[Story, ...]:
    """All written articles in the order of their ids; raises SourceError when there are none."""
    stories = sorted(
        (parse_story(tomllib.loads(path.read_text("utf-8"))) for path in folder.glob("*.toml")),
        key=lambda story: story.id,
    )
    if not stories:
        raise SourceError(f"{folder}: no article texts; the demo needs a full checkout of the project")
    return tuple(stories)


def parse_story(entry: dict[str, Any]) -> Story:
    """One article file; `revised_*` keys make a second edition that inherits what they do not name."""
    story = Story(
        id=entry["id"],
        kind=entry["kind"],
        headline=entry["headline"],
        source=entry["source"],
        date=datetime.fromisoformat(entry["date"]),
        section=entry["section"],
        tags=tuple(entry["tags"]),
        paragraphs=tuple(entry["paragraphs"]),
        authors=tuple(entry.get("authors", ())),
        editors=tuple(entry.get("editors", ())),
        subheads=frozenset(entry.get("subheads", ())),
        page_starts=_page_starts(entry.get("pages", 1), len(entry["paragraphs"])),
        same_event_as=entry.get("same_event_as"),
    )
    if "revised_paragraphs" not in entry:
        return story
    revised = replace(
        story,
        headline=entry.get("revised_headline", story.headline),
        paragraphs=tuple(entry["revised_paragraphs"]),
        date=datetime.fromisoformat(entry.get("revised_date", entry["date"])),
    )
    return replace(story, revised=revised)


def _page_starts(pages: int | list[int], paragraphs: int) -> tuple[int, ...]:
    """A number of pages splits the paragraphs evenly; a list names the paragraphs that begin a page."""
    if isinstance(pages, list):
        return tuple(pages)
    return tuple(paragraphs * number // pages for number in range(pages))


@dataclass(frozen=True, eq=False)
class Stories(Sequence[Story]):
    """`length` stories: the written ones first, then recombined ones, each made when it is asked for."""

    seed: int
    length: int
    written: tuple[Story, ...]

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> Story: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Story, ...]: ...
    def __getitem__(self, index: int | slice) -> Story | tuple[Story, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(self.length)))
        if not 0 <= index < self.length:
            raise IndexError(index)
        return self.written[index] if index < len(self.written) else self._recombined(index)

    def date_of(self, index: int) -> datetime:
        """When a story was printed, without making the story."""
        if index < len(self.written):
            return self.written[index].date
        return self.written[0].date + timedelta(
            minutes=between(0, 5 * 365 * 24 * 60, self.seed, index, "date")
        )

    def __iter__(self) -> Iterator[Story]:
        return (self[index] for index in range(self.length))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """All sentences of the written IP news that stand on their own (quotes closed within them)."""
        found = dict.fromkeys(
            sentence
            for story in self.written
            if story.kind != OFF_TOPIC
            for paragraph in story.paragraphs
            for sentence in _SENTENCE.findall(paragraph)
            if len(sentence) >= 20 and sentence.endswith(("。", "！", "？", "”")) and _balanced(sentence)
        )
        return tuple(found)

    @cached_property
    def _recombined(self) -> Any:
        return lru_cache(maxsize=2048)(self._recombine)

    def _recombine(self, index: int) -> Story:
        """A new story: sentences drawn from all articles, with other figures in them.

        Sentences and not paragraphs are drawn, and figures are changed: a paragraph that recurred word for
        word on dozens of pages of one host would rightly be taken for furniture of that host.
        """
        model = pick([story for story in self.written if story.kind != OFF_TOPIC], self.seed, index, "model")
        paragraphs = tuple(
            self._paragraph(index, number)
            for number in range(between(*_PARAGRAPHS, self.seed, index, "length"))
        )
        return replace(
            model,
            id=f"r{index}",
            headline=_headline(paragraphs[0], index),
            date=self.date_of(index),
            paragraphs=paragraphs,
            subheads=frozenset(),
            page_starts=(0,),
            same_event_as=None,
            revised=None,
        )

    def _paragraph(self, index: int, number: int) -> str:
        drawn = (
            _other_figures(
                pick(self.sentences, self.seed, index, number, place), lot(self.seed, index, number, place)
            )
            for place in range(_PER_PARAGRAPH)
        )
        return "".join(drawn)


def _balanced(sentence: str) -> bool:
    return all(sentence.count(left) == sentence.count(right) for left, right in ("“”", "‘’", "（）", "《》"))


def _other_figures(sentence: str, salt: int) -> str:
    """The sentence with other counts and amounts; years, ages of laws and ordinals stay."""

    def other(found: re.Match[str]) -> str:
        digits = str(between(10 ** len(found[2]), 10 ** (len(found[2]) + 1), salt, found.start()))
        decimals = "".join(
            str(between(0, 10, salt, found.start(), place)) for place in range(1, len(found[3] or ""))
        )
        return f"{digits}.{decimals}" if decimals else digits

    return _FIGURE.sub(other, sentence)


def _headline(paragraph: str, index: int) -> str:
    """The first clause of the story, up to 24 characters, and its number, so that no two are the same."""
    clause = re.split(r"[，。；：！？]", paragraph.removeprefix("本报讯 ").strip("“"))[0]
    return f"{re.sub(r'[“”‘’（）《》]', '', clause)[:24]}（报道{index}）"


def load_spam(path: Path = TEXTS / "spam.toml") -> Spam:
    """The lines that mirrors put around articles."""
    entry = tomllib.loads(path.read_text("utf-8"))
    return Spam(**{name: tuple(lines) for name, lines in entry.items()})
