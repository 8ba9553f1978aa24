"""The archive's own list of common shingles: counted when everything is settled anew, frozen from then on."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from sqlalchemy import Connection

from pipelines.archive import postings, segment_rows, shingle_index
from pipelines.archive.catalog import Catalog
from pipelines.dedupe.candidates import PIECE, Integers
from pipelines.dedupe.cluster import components
from pipelines.dedupe.shingles import have_in_common
from pipelines.settle.facts import Facts
from pipelines.settle.segments import rewrite

COMMON, COMMON_SHARE = 1_000, 0.005
"""Texts, and share of all texts, that must have a shingle for it to be common. One that 1,000 texts have
costs half a million candidate pairs."""

SAMPLE = 24
"""Texts with a shingle that are looked at for whether they are different stories."""

STORIES = 0.5
"""Share of them that must be: a story that stands in thousands of different copies makes its shingles
frequent, not common, and left without them it would not be found again."""

ALIKE = 0.3
"""Share of hashes in common from which two texts of the sample count as one story: two copies with a tenth of
the characters replaced in each share .35 (.9**10); a line of boilerplate makes .2 of a text of 400."""


def leave_out_common(catalog: Catalog) -> None:
    """Find the common shingles of the archive and take them out of the index."""
    done = False
    while not done:  # another process may merge meanwhile: then what was counted is not the index any more
        with catalog.read() as connection:
            common, lost = _common(connection)
        done = not len(common) or rewrite(catalog, common, lost)


def _common(connection: Connection) -> tuple[Integers, Integers]:
    """Hashes, ascending, that more texts have than the limit, if these are different stories; and how many of
    them each text has, by number."""
    limit = max(COMMON, round(COMMON_SHARE * shingle_index.count(connection)))
    facts, alike = Facts(connection), _Alike(connection)
    chosen = segment_rows.whole(connection)
    lost = np.zeros(max((segment.last for segment in chosen), default=0) + 1, dtype=np.int64)
    common: list[int] = []
    for piece in postings.scan(connection, chosen, PIECE):
        starts = np.flatnonzero(np.diff(piece.hashes, prepend=-1))
        counts = np.diff(np.append(starts, len(piece.hashes)))
        many = counts > limit
        for start, count in zip(starts[many].tolist(), counts[many].tolist(), strict=True):
            owners = piece.texts[start : start + count]
            keys, sizes, _ = facts(owners)
            if alike.are_stories(tuple(np.sort(keys[sizes > 0])[:SAMPLE].tolist())):
                common.append(int(piece.hashes[start]))
                lost[owners] += 1
    return np.array(common, dtype=np.int64), lost


class _Alike:
    """Tells by their sketches whether sampled texts are different stories."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, ...], bool] = {}

    def are_stories(self, sample: tuple[int, ...]) -> bool:
        """Whether the texts fall into many groups of which no two share much."""
        if sample not in self._known:
            hashes = shingle_index.hashes_of(self._connection, sample)
            same = [(a, b) for a, b in combinations(sample, 2) if have_in_common(hashes[a], hashes[b], ALIKE)]
            self._known[sample] = len(components(sample, same)) >= STORIES * len(sample)
        return self._known[sample]
