"""Which hashes of an index are worth a read, told from memory: Bloom filters over sorted hashes.

Bloom 1970 ("Space/time trade-offs in hash coding with allowable errors"). A filter may take a hash for one
that is there, which costs a read, and never misses one, so that the same is found with it and without.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipelines.dedupe.candidates import Flags, Integers

BITS = 8
"""Bits for each hash: (1 - e**(-4/8))**4 = .024 of the hashes that are not there seem to be, two of
a text's 94. With 10 it would be .012, for a quarter more memory."""

_FACTORS = tuple(
    np.uint64(factor)
    for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD)
)
"""One odd factor for each probe: hashes are even already, the upper half of the product spreads them anew."""

_32 = np.uint64(32)


def bits_of(hashes: Integers) -> bytes:
    """The filter of distinct hashes: `BITS` for each."""
    size = max(1, len(hashes)) * BITS
    flags = np.zeros(size, dtype=np.bool_)
    for factor in _FACTORS:
        flags[_places(hashes, factor, np.uint64(size))] = True
    return np.packbits(flags, bitorder="little").tobytes()


def distinct(hashes: Integers) -> Integers:
    """Sorted hashes, each once."""
    return hashes[np.diff(hashes, prepend=-1) > 0]


def repeated(hashes: Integers) -> Integers:
    """Those of the sorted hashes that stand more than once, each once."""
    return distinct(hashes[1:][hashes[1:] == hashes[:-1]])


class Membership:
    """Filters of consecutive ranges of hashes, as one. Called with hashes it tells which may be there."""

    def __init__(self, parts: Sequence[tuple[int, bytes]]) -> None:
        """(lowest hash, `bits_of` those from it to the next part), ascending; at least one."""
        sizes = np.array([len(bits) for _, bits in parts], dtype=np.int64)
        self._lowest = np.array([lowest for lowest, _ in parts], dtype=np.int64)
        self._starts = np.cumsum(sizes) - sizes
        self._sizes = sizes.astype(np.uint64) * np.uint64(8)
        # One byte more: a row that lost its bits is for `verify` to tell, not a place beyond the end.
        self._bits = np.frombuffer(b"".join([*(bits for _, bits in parts), b"\0"]), dtype=np.uint8)

    def __call__(self, hashes: Integers) -> Flags:
        part = np.maximum(np.searchsorted(self._lowest, hashes, "right") - 1, 0)
        found = np.ones(len(hashes), dtype=np.bool_)
        for factor in _FACTORS:
            place = _places(hashes, factor, self._sizes[part])
            found &= (self._bits[self._starts[part] + (place >> 3)] >> (place & 7) & 1).astype(np.bool_)
        return found


def _places(hashes: Integers, factor: np.uint64, size: np.uint64 | npt.NDArray[np.uint64]) -> Integers:
    """A place below `size` (bits, under 2**32) for each: by a product, a remainder takes thrice the time."""
    spread = hashes.astype(np.uint64) * factor >> _32
    return (spread * size >> _32).astype(np.int64)
