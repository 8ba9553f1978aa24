"""The version of the reading: a digest over the code of the stages and the tables they read.

It stands in every Article. Two captures read under one version were read by the same rules; after a change,
`ipnews backfill --own` reads anew what another version read.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Final

_HERE = Path(__file__).parent
_STAGES: Final = ("reading", "repair", "convert", "dedupe")
_GROUND: Final = ("ledger.py", "markup.py", "read.py", "records.py", "text.py")
_LIBRARIES: Final = ("opencc", "resiliparse", "w3lib")
_SHIPPED: Final = {".py", ".toml", ".txt", ".tsv", ".json", ".sha256"}
"""Large binary tables are named by their `.sha256` file, which their loader holds them to."""


def _digest() -> str:
    total = hashlib.sha256()
    files = [_HERE / name for name in _GROUND]
    files += [path for stage in _STAGES for path in (_HERE / stage).rglob("*") if path.suffix in _SHIPPED]
    for path in sorted(files):
        total.update(path.relative_to(_HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]


PIPELINE_VERSION: Final = "+".join([_digest(), *(f"{name}-{version(name)}" for name in _LIBRARIES)])
