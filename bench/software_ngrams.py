"""Counts of words, and of their pairs and triples, in Chinese software prose."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import jieba

from bench.language_mixture import Counts
from bench.software_texts import software_lines

_HAN_RUN: Final = re.compile("[\u4e00-\u9fa5]+")


def software_counts(words: Mapping[str, float]) -> Counts:
    """Counts over all of `software_lines`, cut into these words by their counts."""
    counts = Counts(Counter(), Counter(), Counter())
    cutter = _cutter(words)
    for line in software_lines():
        for run in _HAN_RUN.findall(line):
            cut = cutter.lcut(run, HMM=False)
            counts.words.update(cut)
            counts.pairs.update(pairwise(cut))
            counts.triples.update(zip(cut, cut[1:], cut[2:], strict=False))
    return counts


def _cutter(words: Mapping[str, float]) -> jieba.Tokenizer:
    """jieba with these words for its dictionary."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.txt"
        lines = (f"{word} {max(1, round(count))}\n" for word, count in words.items())
        path.write_text("".join(lines), encoding="utf-8")
        cutter = jieba.Tokenizer(str(path))
        cutter.initialize()
    return cutter
