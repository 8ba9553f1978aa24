"""Made documents in any number, the same each time: words as often as in a dictionary, planted copies."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import jieba
import numpy as np

from bench.copies_texts import bulletins, characters
from bench.event_texts import reports

LENGTH = 1_500
COPIED = 0.1
"""Share of the documents that are copies of one of the first `ORIGINALS`."""

ORIGINALS = 5_000


class Documents:
    """Endless documents of words drawn as often as in jieba's counts; the same each time."""

    def __init__(self, seed: int = 1, copied: float = COPIED) -> None:
        self._copied = copied
        lines = (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
        words, counts = zip(*(line.split(" ")[:2] for line in lines), strict=True)
        # To the power of .75: pure counts would make every tenth word 的, which no text of news does.
        sums = np.cumsum(np.array(counts, dtype=float) ** 0.75)
        drawn = (np.arange(1 << 22) + 0.5) / (1 << 22) * sums[-1]
        self._draws = np.searchsorted(sums, drawn).astype(np.int32)
        self._lengths = np.array([len(word) for word in words])
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._characters = _codes("".join(words))
        self._strangers = _codes(characters())
        self._random = np.random.default_rng(seed)
        self._originals: list[str] = []

    def __iter__(self) -> Iterator[tuple[str, int | None]]:
        """(text, number of the document that it is a copy of)."""
        while True:
            if len(self._originals) == ORIGINALS and self._random.random() < self._copied:
                number = int(self._random.integers(ORIGINALS))
                yield self._copy(self._originals[number]), number
                continue
            text = self._new()
            if len(self._originals) < ORIGINALS:
                self._originals.append(text)
            yield text, None

    def _new(self) -> str:
        words = self._draws[self._random.integers(0, len(self._draws), LENGTH)]
        lengths = self._lengths[words]
        ends = np.cumsum(lengths)
        used = int(np.searchsorted(ends, LENGTH)) + 1
        lengths, ends = lengths[:used], ends[:used]
        places = np.repeat(self._starts[words[:used]] - (ends - lengths), lengths) + np.arange(ends[-1])
        return str(self._characters[places[:LENGTH]].tobytes(), "utf-32-le")

    def _copy(self, text: str) -> str:
        codes = _codes(text).copy()
        struck = np.flatnonzero(self._random.random(len(codes)) < 0.05)
        codes[struck] = self._strangers[self._random.integers(0, len(self._strangers), len(struck))]
        return codes.tobytes().decode("utf-32-le")


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")


def documents(count: int) -> Iterator[tuple[str, int | None]]:
    """Made documents; among 50,000 and more, texts that look like copies and are none come first after the
    originals: bulletins of one template, two reports of one event each, short pages with one footer."""
    made = iter(Documents())
    if count < 50_000:
        return islice(made, count)
    rng = random.Random(8)
    rivals = [*bulletins(2_000, rng), *(text for pair in reports(500, rng) for text in pair)]
    rivals += [f"{text[:300]}{FOOTER}" for text, _ in islice(Documents(9, copied=0), 1_000)]
    flat = ((text.replace("\n", ""), None) for text in rivals)
    return islice(chain(islice(made, ORIGINALS), flat, made), count)


FOOTER = (
    "星河网络声明：本站内容系统采集于网络，与本站立场无关，如发现版权问题，请及时告知我们，我们将在两个工作日内处理。本站提供的资料仅供学习研究，"
    "未经许可不得用于商业用途。联系方式见网页底部，欢迎广大读者批评指正，并推荐给身边的朋友。"
)
