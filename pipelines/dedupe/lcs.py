"""Longest common subsequence of two short texts, bit-parallel (Hyyrö 2004), with the matches themselves."""

from __future__ import annotations


def lcs_pairs(a: str, b: str) -> list[tuple[int, int]]:
    """Places (i, j) with a[i] == b[j] of one longest common subsequence, ascending.

    One machine addition a character of `b` for each 30 characters of `a`: meant for gaps of some hundred
    characters.
    """
    if len(a) < 2 or len(b) < 2:
        return _of_one(a, b)
    masks: dict[str, int] = {}
    for i, char in enumerate(a):
        masks[char] = masks.get(char, 0) | (1 << i)
    full = (1 << len(a)) - 1
    rows, row = [full], full
    for char in b:
        hit = row & masks.get(char, 0)
        row = ((row + hit) | (row - hit)) & full
        rows.append(row)
    return _trace(a, b, rows)


def _of_one(a: str, b: str) -> list[tuple[int, int]]:
    """The first place of a single character: nine gaps in ten of a copy edited here and there are such."""
    if not a or not b:
        return []
    i, j = (0, b.find(a)) if len(a) == 1 else (a.find(b), 0)
    return [] if min(i, j) < 0 else [(i, j)]


def _trace(a: str, b: str, rows: list[int]) -> list[tuple[int, int]]:
    """Walk back: bit i of rows[j] is 0 where the subsequence of a[:i+1], b[:j] is longer than of a[:i]."""
    pairs: list[tuple[int, int]] = []
    i, j = len(a) - 1, len(b)
    while i >= 0 and j > 0:
        if rows[j] >> i & 1:
            i -= 1
        elif not rows[j - 1] >> i & 1:
            j -= 1
        else:
            pairs.append((i, j - 1))
            i, j = i - 1, j - 1
    pairs.reverse()
    return pairs
