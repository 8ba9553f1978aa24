"""Make the tables of `pipelines/repair/tables/` from sources that may be learnt from; record digests.

Sources: jieba's dictionary (words with counts; MIT), libime's language model (words, pairs, triples;
LGPL-2.1-or-later), counts over manuals and messages of Debian's packages (`software_texts.py`), pypinyin's
readings (MIT), opencc's character tables (Apache 2.0), and two lists of our own: `domain.txt` (terms,
sequences of marks) and `phrases.txt` (clauses and collocations, cut into words by jieba). No article is
learnt from.

    python -m bench.build_language_table
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections import Counter, defaultdict
from pathlib import Path

import jieba
import opencc
from pypinyin.pinyin_dict import pinyin_dict

from bench.language_mixture import Mixture, with_software
from bench.libime_ngrams import unigrams
from bench.sequence_tables import packed
from bench.software_ngrams import software_counts
from pipelines.repair.channel import to_traditional
from pipelines.repair.gbk import LEADS, SECONDS, decode_pair
from pipelines.repair.language import HEADER, NO_WORD, SCALE, TABLES

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


def main() -> None:
    listed = listed_words()
    general = general_words(listed)
    single = listed.keys() | unigrams().keys()
    counts = software_counts({word: count for word, count in general.items() if word in single})
    words = with_software(general, counts)
    numbers = write_words(words)
    mixture = Mixture(general, words, counts)
    triples = list(mixture.triples())
    put("pairs.bin", packed(numbers, mixture.pairs(), mixture.losses_behind_one()))
    put("triples.bin", packed(numbers, triples, mixture.losses_behind_two(triples)))
    write_characters(words)
    tables = sorted(path for path in TABLES.iterdir() if path.name not in ("digests.json", "README.md"))
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tables}
    (TABLES / "digests.json").write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    print(f"{len(words):,} words; {', '.join(digests)}")


def listed_words() -> dict[str, float]:
    """Simplified words of jieba's dictionary and of our list of terms, with counts."""
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
    return dict(words)


def general_words(listed: dict[str, float]) -> dict[str, float]:
    """The same with our own phrases and the words of libime's model."""
    words = defaultdict(float, listed)
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
    put("words.bin", header + body)
    return {prefix: node for node, prefix in enumerate(order) if prefix in words}


def put(name: str, data: bytes) -> None:
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
