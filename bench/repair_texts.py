"""The texts on which repair is measured: none of them is shipped, and none of them was learnt from.

References: the human-made texts of `../shared/data/daniel-zh`, where present. Packages: Chinese
documentation in both scripts that Debian carries, fetched once with `apt-get download` into
`data/eval/cache` (ignored by git).
"""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from resiliparse.extract.html2text import extract_plain_text

ROOT: Final = Path(__file__).resolve().parent.parent
OWN: Final = ROOT / "data" / "demo" / "articles"
REFERENCES: Final = ROOT.parent / "shared" / "data" / "daniel-zh"
CACHE: Final = ROOT / "data" / "eval" / "cache" / "packages"
PACKAGES: Final = {
    "libreoffice-help-zh-cn": "zh-Hans",
    "libreoffice-help-zh-tw": "zh-Hant",
    "debian-reference-zh-cn": "zh-Hans",
    "debian-reference-zh-tw": "zh-Hant",
    "manpages-zh": "zh-Hans",
}
_HAN = re.compile("[\u4e00-\u9fff]")
_TAG = re.compile(r"</?p>")
_ROFF = re.compile(r"^[.'].*$|\\f[A-Z]|\\[-&e|]|\\\(..", re.MULTILINE)


def own_texts() -> list[str]:
    """The project's own articles, headline and paragraphs, a string each."""
    articles = (tomllib.loads(path.read_text("utf-8")) for path in sorted(OWN.glob("*.toml")))
    return ["\n".join([article["headline"], *article["paragraphs"]]) for article in articles]


def references(script: str) -> list[str]:
    """The reference texts of a script (`hans`, `hant`), one string a page; empty where they are not
    present."""
    manifest = REFERENCES / "manifest.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8") as file:
        ids = [row["id"] for row in csv.DictReader(file, delimiter="\t") if row["script"] == script]
    return [_TAG.sub("", (REFERENCES / f"{name}.txt").read_text("utf-8")) for name in ids]


def packages() -> dict[str, list[str]]:
    """Distinct paragraphs with Chinese in them, by package; fetched where the cache does not hold them."""
    seen: set[str] = set()
    texts: dict[str, list[str]] = {}
    for package in PACKAGES:
        paragraphs = [text for text in _paragraphs(_unpacked(package)) if _HAN.search(text)]
        texts[package] = list(dict.fromkeys(text for text in paragraphs if text not in seen))
        seen.update(texts[package])
    return texts


def _unpacked(package: str) -> Path:
    folder = CACHE / package
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", package], cwd=CACHE, check=True, capture_output=True)
        archive = next(CACHE.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder)], check=True)
    return folder


def _paragraphs(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".html":
            text = extract_plain_text(path.read_text("utf-8"), main_content=False)
        elif path.suffix == ".gz" and ("/man/" in str(path) or path.name.endswith(".txt.gz")):
            text = _ROFF.sub("", gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))
        else:
            continue
        yield from (line.strip() for line in text.splitlines() if line.strip())
