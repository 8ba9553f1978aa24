"""The frozen stop list: hashes of shingles of formulas that stand in a great many unrelated articles.

Frozen, because a limit that moves with the data would make the pairs that are found depend on the order in
which articles came. `python -m pipelines.dedupe.tables.stop_list` makes it anew from `stop_phrases.txt`;
an archive adds its own, counted ones only when told so (`ipnews copies --rebuild`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from pipelines import text
from pipelines.dedupe.shingles import Hashes, shingle_hashes
from pipelines.errors import TableError

_HERE = Path(__file__).resolve().parent
PHRASES = _HERE / "stop_phrases.txt"
TABLE = _HERE / "stop_list.u64"
DIGEST = _HERE / "stop_list.sha256"


def load_stop_list(table: Path = TABLE, digest: Path = DIGEST) -> Hashes:
    """The sorted hashes. Raises TableError when the table is not the one its digest was made of."""
    try:
        content, wanted = table.read_bytes(), digest.read_text(encoding="ascii").split()[0]
    except (OSError, IndexError) as error:
        raise TableError(f"{table}: {error}; install the package again") from None
    if (seen := hashlib.sha256(content).hexdigest()) != wanted:
        raise TableError(f"{table}: its SHA-256 is {seen}, not {wanted}; install the package again")
    return np.frombuffer(content, dtype="<u8").astype(np.uint64)


def shingles_of(phrases: list[str]) -> Hashes:
    """Distinct hashes of all shingles of the phrases in their plain form, sorted."""
    rows = [shingle_hashes(text.plain(phrase)) for phrase in phrases]
    return np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *rows]))


def make() -> int:
    """Write the table and its digest from the phrases; the number of hashes in it."""
    lines = PHRASES.read_text(encoding="utf-8").splitlines()
    hashes = shingles_of([line for line in lines if line and not line.startswith("#")])
    content = hashes.astype("<u8").tobytes()
    TABLE.write_bytes(content)
    DIGEST.write_text(f"{hashlib.sha256(content).hexdigest()}  {TABLE.name}\n", encoding="ascii")
    return len(hashes)


if __name__ == "__main__":
    make()
