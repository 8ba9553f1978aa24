"""Make the tables of `pipelines/repair/tables/` from sources that may be learnt from; record digests.

Sources: jieba's dictionary (words with counts; MIT), libime's language model (words, pairs, triples;
LGPL-2.1-or-later), pypinyin's readings (MIT), opencc's character tables (Apache 2.0), and two lists of our
own: `domain.txt` (terms, sequences of marks) and `phrases.txt` (clauses and collocations, cut into words by
jieba). No article is learnt from.

    python -m bench.build_language_table
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

import jieba
import opencc
from pypinyin.pinyin_dict import pinyin_dict

from bench.libime_ngrams import Entry, entries, unigrams
from pipelines.repair.channel import to_traditional
from pipelines.repair.gbk import LEADS, SECONDS, decode_pair
from pipelines.repair.language import HEADER, NO_WORD, SCALE, TABLES
from pipelines.repair.neighbours import BACKOFF_SCALE, GAIN_SCALE, SECOND
from pipelines.repair.neighbours import HEADER as SEQUENCES_HEADER

HAN_FIRST, HAN_LAST = "\u4e00", "\u9fa5"
LONGEST = 8
MOST_WORDS = 4
PHRASE_COUNT = 500
"""Count of one place in `phrases.txt`: chosen on held-back text, see docs/repair.md."""
DOMAIN_COUNT = 400
"""Count given to an entry of `domain.txt`, about that of 专利 in jieba's dictionary: the median of its
words of the field, so that a listed term is neither unknown nor drowns common words."""

LIBIME_SHARE = 0.5
"""Weight of libime's words beside jieba's; of .5 and 1 the better on the references."""
LEAST_GAIN = 3.0
"""Nats by which a pair must differ from an unseen one to be kept; with 1.5 the table has twice the size and
the references are restored no better."""
LEAST_TRIPLE_GAIN = 0.0
"""The same for a triple: with 1 the table is hardly smaller, and fewer lost bytes came back."""


def main() -> None:
    words = read_words()
    numbers = write_words(words)
    write_pairs(numbers)
    write_triples(numbers)
    write_characters(words)
    tables = sorted(path for path in TABLES.iterdir() if path.name not in ("digests.json", "README.md"))
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tables}
    (TABLES / "digests.json").write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    print(f"{len(words):,} words; {', '.join(digests)}")


def read_words() -> dict[str, float]:
    """Simplified words and mark sequences with counts."""
    words: dict[str, float] = defaultdict(float)
    dictionary = Path(jieba.__file__).with_name("dict.txt")
    simplify = opencc.OpenCC("t2s").convert
    for line in dictionary.read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        if len(word) <= LONGEST and all(HAN_FIRST <= char <= HAN_LAST for char in word):
            form = simplify(word)
            if len(form) == len(word) and max(form) <= "\uffff":
                words[form] += float(count)
    for line in (TABLES / "domain.txt").read_text("utf-8").splitlines():
        for entry in [entry for entry in line.split("#")[0].split(" ") if entry]:
            term, _, count_text = entry.partition("=")
            words[term] = max(words[term], float(count_text or DOMAIN_COUNT))
    for sequence, places in sequences().items():
        words[sequence] += places * PHRASE_COUNT
    total = sum(words.values())
    for word, known in unigrams().items():
        if len(word) <= LONGEST and all(HAN_FIRST <= char <= HAN_LAST for char in word):
            words[word] += LIBIME_SHARE * total * math.exp(known.log)
    return dict(words)


def sequences() -> Counter[str]:
    """Every sequence of two to four words in `phrases.txt`, marks included, with the number of its places.

    Cut into words by jieba first: a sequence that ends within a word (专利保) would count as evidence for it.
    """
    found: Counter[str] = Counter()
    for line in (TABLES / "phrases.txt").read_text("utf-8").splitlines():
        entries = line[2:].split() if line.startswith("* ") else [] if line.startswith("#") else [line]
        for entry in entries:
            words = jieba.lcut(entry, HMM=False)
            for count in range(2, MOST_WORDS + 1):
                joined = ("".join(words[at : at + count]) for at in range(len(words) - count + 1))
                found.update(sequence for sequence in joined if len(sequence) <= LONGEST)
    return found


def write_words(words: dict[str, float]) -> dict[str, int]:
    """The trie, breadth first: children of a node lie side by side, sorted by code (see
    `language.WordTable`). Returns the node of every word."""
    total = sum(words.values())
    children: dict[str, list[str]] = defaultdict(list)
    for prefix in {word[:length] for word in words for length in range(1, len(word) + 1)}:
        children[prefix[:-1]].append(prefix)
    order = [""]
    for prefix in order:
        order += sorted(children.get(prefix, ()))
    costs = [
        min(round(-math.log(words[prefix] / total) * SCALE), NO_WORD - 1) if prefix in words else NO_WORD
        for prefix in order
    ]
    firsts, at = [], 1
    for prefix in order:
        firsts.append(at)
        at += len(children.get(prefix, ()))
    count = len(order)
    following = [*firsts[1:], at]
    least = [NO_WORD] * count
    for node in range(count - 1, -1, -1):
        inside = (min(costs[child], least[child]) for child in range(firsts[node], following[node]))
        least[node] = min(inside, default=NO_WORD)
    header = HEADER.pack(b"IPNW", 3, count)
    body = struct.pack(f"<{count + 1}I", *firsts, at) + struct.pack(f"<{count}H", *costs)
    body += struct.pack(f"<{count}H", *(ord(prefix[-1]) if prefix else 0 for prefix in order))
    body += struct.pack(f"<{count}H", *least)
    _put("words.bin", header + body)
    return {prefix: node for node, prefix in enumerate(order) if prefix in words}


def write_pairs(numbers: dict[str, int]) -> None:
    """What a word gains behind another one (see `neighbours.Sequences`)."""
    known = unigrams()
    backoffs = {row.words: row.backoff for row in known.values()}
    gains = ((entry, entry.log - known[entry.words[1]].log) for entry in entries(2))
    _write_sequences("pairs.bin", numbers, gains, backoffs, LEAST_GAIN)


def write_triples(numbers: dict[str, int]) -> None:
    """What a word gains behind two others, over what it gains behind the second."""
    known, pairs = unigrams(), {entry.words: entry for entry in entries(2)}
    begun = {entry.words[:2] for entry in entries(3)}

    def gain(entry: Entry) -> float:
        _, second, third = entry.words
        pair = pairs.get((second, third))
        return entry.log - (pair.log if pair else known[second].backoff + known[third].log)

    backoffs = {words: pairs[words].backoff for words in begun if words in pairs}
    gains = ((entry, gain(entry)) for entry in entries(3))
    _write_sequences("triples.bin", numbers, gains, backoffs, LEAST_TRIPLE_GAIN)


def _write_sequences(
    name: str,
    numbers: dict[str, int],
    gains: Iterable[tuple[Entry, float]],
    backoffs: dict[tuple[str, ...], float],
    least: float,
) -> None:
    """The table of one order: sequences whose gain differs by `least` from what an unseen one gains."""
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for entry, gain in gains:
        if abs(gain - backoffs.get(entry.words[:-1], 0.0)) >= least and numbers.keys() >= set(entry.words):
            stored = max(-128, min(127, round(gain * GAIN_SCALE)))
            rows[_packed(entry.words[:-1], numbers)].append((numbers[entry.words[-1]], stored))
    losses = {
        _packed(words, numbers): -loss
        for words, loss in backoffs.items()
        if loss and numbers.keys() >= set(words)
    }
    heads = sorted(rows.keys() | losses.keys())
    found = [pair for head in heads for pair in sorted(rows.get(head, ()))]
    starts = [0, *accumulate(len(rows.get(head, ())) for head in heads)]
    unseen = bytes(min(255, max(0, round(losses.get(head, 0.0) * BACKOFF_SCALE))) for head in heads)
    body = struct.pack(f"<{len(heads)}Q", *heads) + struct.pack(f"<{len(starts)}I", *starts)
    body += struct.pack(f"<{len(found)}I", *(word for word, _ in found))
    body += struct.pack(f"<{len(found)}b", *(gain for _, gain in found)) + unseen
    _put(name, SEQUENCES_HEADER.pack(b"IPNN", 1, len(heads), len(found)) + body)


def _packed(words: tuple[str, ...], numbers: dict[str, int]) -> int:
    history = 0
    for word in words:
        history = history << SECOND | numbers[word]
    return history


def _put(name: str, data: bytes) -> None:
    """A table put in place of the old one, which running processes may have mapped."""
    new = TABLES / f"{name}.new"
    new.write_bytes(data)
    new.replace(TABLES / name)


def write_characters(words: dict[str, float]) -> None:
    """Readings, Simplified forms, and the commonness of single characters."""
    chars = {char for lead in LEADS for second in SECONDS if (char := decode_pair(lead, second))}
    han = sorted(char for char in chars if HAN_FIRST <= char <= HAN_LAST)
    forms = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    readings: dict[str, list[str]] = defaultdict(list)
    for char in han:
        for reading in pinyin_dict.get(ord(char), "").split(","):
            if reading:
                readings[reading].append(char)
    counts: Counter[str] = Counter()
    for word, count in words.items():
        for char in word:
            counts[char] += round(count)
    table = {
        "readings": {reading: "".join(found) for reading, found in sorted(readings.items())},
        "simplified": {char: form for char, form in zip(han, forms, strict=True) if char != form},
        "converted_away": "".join(char for char in han if to_traditional(char) != char),
        "unconverted": "".join(
            char
            for char, form in zip(han, forms, strict=True)
            if char != form and to_traditional(form) != char
        ),
        "counts": {char: count for char, count in sorted(counts.items()) if HAN_FIRST <= char <= HAN_LAST},
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (TABLES / "characters.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
