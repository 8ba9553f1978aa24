"""Make the tables of `pipelines/repair/tables/` from sources that may be learnt from, and record their digests.

Sources: jieba's dictionary (words with counts; MIT), pypinyin's readings (MIT), opencc's character tables
(Apache 2.0), and `domain.txt`, our own list of the field's terms and of common phrases. No article is learnt from.

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
import pypinyin

from pipelines.repair.channel import to_traditional
from pipelines.repair.gbk import LEADS, SECONDS, decode_pair
from pipelines.repair.language import EMPTY_KEY, SCALE, TABLES, extend, slot_of

HAN_FIRST, HAN_LAST = "\u4e00", "\u9fa5"
LONGEST = 8
DOMAIN_COUNT = 400
"""Count given to an entry of `domain.txt`, about that of 专利 in jieba's dictionary: the median of its words of
the field, so that a listed term is neither unknown nor drowns common words."""
FILL = 0.72
"""Load of the open-addressing table: about two probes for a word that is there, three for one that is not."""


def main() -> None:
    words = read_words()
    write_words(words)
    write_characters(words)
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(TABLES.iterdir())}
    digests.pop("digests.json", None)
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
            if len(form) == len(word):
                words[form] += float(count)
    for line in (TABLES / "domain.txt").read_text("utf-8").splitlines():
        for entry in [entry for entry in line.split("#")[0].split(" ") if entry]:
            term, _, count_text = entry.partition("=")
            words[term] = max(words[term], float(count_text or DOMAIN_COUNT))
    return dict(words)


def write_words(words: dict[str, float]) -> None:
    """Open addressing: `slots` keys (u64), then `slots` values (u16): cost << 1 | is a prefix of another."""
    total = sum(words.values())
    entries: dict[int, int] = {}
    prefixes = {word[:length] for word in words for length in range(1, len(word))}
    for word in words.keys() | prefixes:
        key = EMPTY_KEY
        for char in word:
            key = extend(key, ord(char))
        cost = min(round(-math.log(words[word] / total) * SCALE), 0x7FFE) if word in words else 0x7FFF
        if key in entries:
            raise SystemExit(f"two words have one key: {word}")
        entries[key] = cost << 1 | (word in prefixes)
    slots = int(len(entries) / FILL) | 1
    keys, values = [0] * slots, [0] * slots
    for key, value in entries.items():
        slot = slot_of(key, slots)
        while keys[slot]:
            slot = slot + 1 if slot + 1 < slots else 0
        keys[slot], values[slot] = key, value
    header = struct.pack("<4sIQ", b"IPNW", 1, slots)
    body = struct.pack(f"<{slots}Q", *keys) + struct.pack(f"<{slots}H", *values)
    (TABLES / "words.bin").write_bytes(header + body)


def write_characters(words: dict[str, float]) -> None:
    """Readings, Simplified forms, and the commonness of single characters."""
    chars = {char for lead in LEADS for second in SECONDS if (char := decode_pair(lead, second))}
    han = sorted(char for char in chars if HAN_FIRST <= char <= HAN_LAST)
    forms = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    readings: dict[str, list[str]] = defaultdict(list)
    for char in han:
        for reading in pypinyin.pinyin_dict.pinyin_dict.get(ord(char), "").split(","):
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
        "counts": {char: count for char, count in sorted(counts.items()) if HAN_FIRST <= char <= HAN_LAST},
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (TABLES / "characters.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
