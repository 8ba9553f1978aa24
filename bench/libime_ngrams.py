"""The word model of libime (LGPL-2.1-or-later), from Debian's source package: words, pairs and triples.

Fetched once with `apt-get source` into `data/eval/cache` (ignored by git): an ARPA file of 165,000 words, two
million pairs and 634,000 triples. It knows no marks. Only `bench.build_language_table` reads it.
"""

from __future__ import annotations

import math
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from bench.repair_texts import ROOT

PACKAGE: Final = "libime=1.0.16-1"
CACHE: Final = ROOT / "data" / "eval" / "cache" / "libime"
MODEL: Final = CACHE / "lm_sc.arpa"
_MEMBER: Final = "data/lm_sc.arpa-20220810.tar.xz"
_NATS: Final = math.log(10)


class Entry(NamedTuple):
    """Log probability of the last word behind those before it, and of going on to a word that was never seen
    behind all of them; nats."""

    words: tuple[str, ...]
    log: float
    backoff: float


def entries(order: int) -> Iterator[Entry]:
    """Every word (1), pair (2) or triple (3) of the model."""
    for found, row in _rows():
        if found == order:
            backoff = float(row[2]) if len(row) > 2 else 0.0
            yield Entry(tuple(row[1].split(" ")), float(row[0]) * _NATS, backoff * _NATS)


@cache
def unigrams() -> dict[str, Entry]:
    """Every word of the model."""
    return {entry.words[0]: entry for entry in entries(1)}


def _rows() -> Iterator[tuple[int, list[str]]]:
    """(order, fields) of every n-gram line of the ARPA file."""
    order = 0
    with fetched().open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("\\"):
                order = int(line[1]) if line[1].isdigit() else 0
            elif order and line.strip():
                yield order, line.rstrip("\n").split("\t")


def fetched() -> Path:
    """The ARPA file, fetched where the cache does not hold it."""
    if not MODEL.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        _fetch()
        source = next(CACHE.glob("libime_*.orig.tar.xz"))
        with tarfile.open(source) as outer:
            inner = outer.extractfile(next(name for name in outer.getnames() if name.endswith(_MEMBER)))
            with tarfile.open(fileobj=inner) as archive:
                archive.extract(MODEL.name, CACHE, filter="data")
    return MODEL


def _fetch() -> None:
    """`apt-get source` with the machine's own package sources, read as sources of source packages."""
    parts, lists = CACHE / "parts", CACHE / "lists"
    parts.mkdir(exist_ok=True)
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    for path in Path("/etc/apt/sources.list.d").glob("*.sources"):
        text = path.read_text("utf-8").replace("Types: deb\n", "Types: deb-src\n")
        (parts / path.name).write_text(text, encoding="utf-8")
    options = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": parts,
        "Dir::State::Lists": lists,
    }
    apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    subprocess.run([*apt, "update"], cwd=CACHE, check=True)
    subprocess.run([*apt, "source", "--download-only", PACKAGE], cwd=CACHE, check=True)
