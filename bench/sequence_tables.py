"""The packed form of `pipelines.repair.neighbours.Sequences`."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate

from bench.language_mixture import Gain
from pipelines.repair.neighbours import BACKOFF_SCALE, GAIN_SCALE, HEADER, SECOND

Words = tuple[str, ...]


def packed(numbers: Mapping[str, int], gains: Iterable[Gain], losses: Mapping[Words, float]) -> bytes:
    """The table of one order; `losses`: nats that a word never seen behind a history loses there, by
    history."""
    rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for words, nats in gains:
        stored = max(-128, min(127, round(nats * GAIN_SCALE)))
        rows[_head(words[:-1], numbers)].append((numbers[words[-1]], stored))
    lost = {_head(history, numbers): _stored_loss(nats) for history, nats in losses.items()}
    heads = sorted(rows.keys() | lost.keys())
    found = [pair for head in heads for pair in sorted(rows.get(head, ()))]
    starts = [0, *accumulate(len(rows.get(head, ())) for head in heads)]
    body = struct.pack(f"<{len(heads)}Q", *heads) + struct.pack(f"<{len(starts)}I", *starts)
    body += struct.pack(f"<{len(found)}I", *(word for word, _ in found))
    body += struct.pack(f"<{len(found)}b", *(gain for _, gain in found))
    return HEADER.pack(b"IPNN", 1, len(heads), len(found)) + body + bytes(lost.get(head, 0) for head in heads)


def _stored_loss(nats: float) -> int:
    return min(255, max(0, round(nats * BACKOFF_SCALE)))


def _head(words: Words, numbers: Mapping[str, int]) -> int:
    head = 0
    for word in words:
        head = head << SECOND | numbers[word]
    return head
