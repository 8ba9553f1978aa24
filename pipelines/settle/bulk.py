"""All pairs of texts that share shingles, in one pass over the index, counted on disk: bounded memory.

A lookup reads a block for every hash; where most texts are new, reading all blocks once, in order, is a
hundredth of the work.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import postings, segment_rows, shingle_index
from pipelines.dedupe.candidates import (
    PIECE,
    Flags,
    Integers,
    Shared,
    is_in,
    pair_count,
    pairs_within,
    repeated,
)

PARTS = 64
"""Files over which pairs are spread by the smaller number, so that each can be sorted in memory."""

MOST = 2_000_000_000
"""Pairs (two texts that share one hash) up to which this is done: 16 GB on disk, 250 MB in memory. More come
of stories with ten thousand different copies and of boilerplate that no list of common shingles takes out;
lookups count these without writing them down."""


class Spool:
    """Files that hold codes of pairs until they are counted; a context manager, which deletes them."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ipnews-")
        self._open = ExitStack()
        self._paths = [Path(self._folder.name) / str(part) for part in range(PARTS)]
        self._files: list[IO[bytes]] = [self._open.enter_context(path.open("wb")) for path in self._paths]
        self._room = min(MOST, shutil.disk_usage(self._folder.name).free // 2 // 8)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._folder.cleanup()

    def has_room(self, count: int) -> bool:
        """Whether so many more codes fit; they count from now on."""
        self._room -= count
        return self._room >= 0

    def add(self, codes: Integers) -> None:
        """Write codes down."""
        part = ((codes >> 32) % PARTS).astype(np.uint8)
        ordered = codes[np.argsort(part, kind="stable")]
        ends = np.cumsum(np.bincount(part, minlength=PARTS)).tolist()
        for file, start, end in zip(self._files, [0, *ends], ends, strict=False):
            file.write(ordered[start:end].tobytes())

    def counted(self) -> Iterator[Shared]:
        """The pairs that stand here at least `candidates.LEAST` times."""
        self._open.close()
        for path in self._paths:
            yield repeated(np.fromfile(path, dtype=np.int64))
            path.unlink()


def fill(spool: Spool, connection: Connection, new: Integers) -> bool:
    """Write down all pairs of texts that share a hash, one of them `new` (numbers); False for too many."""
    chosen = segment_rows.whole(connection)
    is_new: Flags = np.zeros(max((segment.last for segment in chosen), default=0) + 1, dtype=np.bool_)
    is_new[new[new < len(is_new)]] = True
    common = shingle_index.common_hashes(connection)
    for piece in postings.scan(connection, chosen, PIECE):
        kept = ~is_in(piece.hashes, common)  # texts that came in while these were counted have them
        hashes, texts = piece.hashes[kept], piece.texts[kept]
        if not spool.has_room(pair_count(hashes)):
            return False
        for codes in pairs_within(hashes, texts, is_new):
            spool.add(codes)
    return True
