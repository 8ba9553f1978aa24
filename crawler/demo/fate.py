"""Chance that follows from a seed: the same key always draws the same lot, in any order, in any process."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
Key = str | int


def lot(*key: Key) -> int:
    """An unsigned 64 bit number for a key.

    Not `random.Random(seed)`: a generator's value depends on what was drawn before, and a network whose pages
    are made on request has no order of drawing. Not `hash()`: it differs from process to process.
    """
    text = "\x1f".join(map(str, key))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def chance(*key: Key) -> float:
    """A number in [0, 1) for a key."""
    return lot(*key) / 2**64


def pick(choices: Sequence[T], *key: Key) -> T:
    """One of the choices for a key; raises IndexError when there are none."""
    return choices[lot(*key) % len(choices)] if choices else choices[0]


def between(low: int, high: int, *key: Key) -> int:
    """A whole number with low <= n < high for a key."""
    return low + lot(*key) % (high - low)
