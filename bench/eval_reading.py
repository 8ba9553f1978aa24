"""Figures of the reading: body, metadata, dates and encodings, beside the extractors there are.

The project's own reviewed pages (`data/eval/reading`) are always measured; the 126 real pages with a human
reference only where `../shared/data/daniel-zh` lies beside the checkout, and the other extractors only where
the extra `bench` is installed. Run `python -m bench.eval_reading` for these figures alone.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.figures import Figure, floors, proportion, report
from pipelines.reading.decode import decode
from pipelines.reading.extract import extract
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Metadata
from pipelines.records import Drop

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "data" / "eval" / "reading"
REFERENCE = ROOT.parent / "shared" / "data" / "daniel-zh"
AREA = "reading"
CHARSETS = ("utf-8", "gb18030", "gbk", "big5hkscs", "big5")
LABELS = ("utf-8", "gb2312", "gbk", "big5", "iso-8859-1", "shift_jis", "euc-kr", None)
EXACT = ("headline", "source", "authors", "editors", "date_published", "date_precision")


@dataclass(frozen=True, slots=True)
class Reference:
    """One page of the reference set: its bytes, the human text, and when it was fetched."""

    id: str
    host: str
    script: str
    fetched: date
    payload: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One of the project's own pages with what a reader finds on it."""

    name: str
    payload: bytes
    content_type: str | None
    expected: dict[str, object]


def run(full: bool) -> list[Figure]:
    """All figures; `full` adds the other extractors and every charset under every label."""
    figures = own_figures()
    pages = reference_pages()
    if pages:
        figures += reference_figures(pages, full)
        figures += encoding_figures(pages if full else pages[::12])
    return figures


def reviewed_pages() -> list[Reviewed]:
    """The project's own pages, by name."""
    return [
        Reviewed(
            folder.name,
            (folder / "page.html").read_bytes(),
            json.loads((folder / "headers.json").read_text(encoding="utf-8")).get("Content-Type"),
            json.loads((folder / "expected.json").read_text(encoding="utf-8")),
        )
        for folder in sorted(OWN.iterdir())
        if (folder / "expected.json").exists()
    ]


def reference_pages() -> list[Reference]:
    """The 126 real pages; empty without `../shared`."""
    if not REFERENCE.is_dir():
        return []
    with (REFERENCE / "manifest.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Reference(
            row["id"],
            row["host"],
            row["script"],
            date.fromisoformat(row["crawl_date"]),
            gzip.decompress((REFERENCE / f"{row['id']}.html.gz").read_bytes()),
            re.sub(r"</?p>", "\n", (REFERENCE / f"{row['id']}.txt").read_text(encoding="utf-8")),
        )
        for row in rows
    ]


def f1(found: str, wanted: str) -> float:
    """F1 of the multisets of character 4-grams, white space taken out."""
    mine, theirs = _grams(found), _grams(wanted)
    common = sum((mine & theirs).values())
    return 2 * common / (sum(mine.values()) + sum(theirs.values())) if common else 0.0


def _grams(text: str) -> Counter[str]:
    text = re.sub(r"\s+", "", text)
    return Counter(text[i : i + 4] for i in range(max(1, len(text) - 3)))


def faults(page: Reviewed) -> list[str]:
    """What of a reviewed page is not read as a reader reads it: `field: found, expected`."""
    wanted = page.expected
    url, fetched = str(wanted["url"]), str(wanted["fetched_at"])
    decoded = decode(page.payload, page.content_type)
    extracted = decoded if isinstance(decoded, Drop) else extract(decoded.text, url)
    if isinstance(extracted, Drop) or isinstance(decoded, Drop):
        reason = extracted.reason if isinstance(extracted, Drop) else ""
        return [] if wanted.get("drop") == reason else [f"drop: {reason}, expected {wanted.get('drop')}"]
    if "drop" in wanted:
        return [f"drop: none ({extracted.headline!r}), expected {wanted['drop']}"]
    told = read_metadata(extracted, url, fetched)
    found: dict[str, object] = {
        **{name: getattr(told, name) for name in Metadata.__dataclass_fields__},
        "body": [block.text for block in extracted.blocks],
        "encoding": decoded.encoding,
        "page_urls": extracted.page_urls,
        "page_number": extracted.page_number,
    }
    checked = [*EXACT, *(key for key in wanted if key in found and key not in EXACT)]
    return [
        f"{key}: {_plain(found[key])!r}, expected {wanted[key]!r}"
        for key in checked
        if _plain(found[key]) != wanted[key]
    ]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def own_figures() -> list[Figure]:
    """Own reviewed pages: how many are read right in everything that is expected of them."""
    pages = reviewed_pages()
    right = sum(not faults(page) for page in pages)
    return [
        proportion(
            AREA, "own reviewed pages right in every field", right, len(pages), floors(AREA).get("own")
        )
    ]


def reference_figures(pages: list[Reference], full: bool) -> list[Figure]:
    """Body and dates on the reference set, with the other extractors when `full`."""
    bound = floors(AREA)
    scores = [f1(_ours(page), page.text) for page in pages]
    mean = statistics.fmean(scores)
    figures = [
        Figure(AREA, "headline + body, mean 4-gram F1", mean, len(pages), floor=bound.get("f1")),
        Figure(
            AREA, "pages under F1 .3", sum(s < 0.3 for s in scores) / len(pages), len(pages), ceiling=0.01
        ),
        *(
            Figure(AREA, f"headline + body, mean F1, {script}", statistics.fmean(part), len(part))
            for script in ("hans", "hant")
            if (part := [s for s, page in zip(scores, pages, strict=True) if page.script == script])
        ),
        *date_figures(pages),
    ]
    return figures + (list(_peer_figures(pages, mean)) if full else [])


def _ours(page: Reference) -> str:
    decoded = decode(page.payload)
    if isinstance(decoded, Drop):
        return ""
    extracted = extract(decoded.text, f"http://{page.host}/")
    return "" if isinstance(extracted, Drop) else f"{extracted.headline}\n{extracted.body}"


def _peer_figures(pages: list[Reference], ours: float) -> Iterator[Figure]:
    """The extractors to beat, on the same pages in the same run, and our distance to the best of them."""
    from bench.peers import extractors, vote

    found: dict[str, list[str]] = {}
    for name, read in extractors().items():
        found[name] = [read(page.payload.decode("utf-8")) for page in pages]
    if {"readability-lxml", "trafilatura", "jusText"} <= found.keys():
        three = zip(found["readability-lxml"], found["trafilatura"], found["jusText"], strict=True)
        found["vote of three"] = [vote(texts) for texts in three]
    best = 0.0
    for name, texts in found.items():
        mean = statistics.fmean(f1(text, page.text) for text, page in zip(texts, pages, strict=True))
        best = max(best, mean)
        yield Figure(AREA, f"  {name}, mean 4-gram F1", mean, len(pages))
    if found:
        yield Figure(AREA, "ours above the best of them", ours - best, len(pages), floor=0.02)


def date_figures(pages: list[Reference]) -> list[Figure]:
    """Dates within three days before the crawl and one after it are right (the manifest's rule)."""
    right = wrong = 0
    for page in pages:
        decoded = decode(page.payload)
        url = f"http://{page.host}/"
        extracted = decoded if isinstance(decoded, Drop) else extract(decoded.text, url)
        if isinstance(extracted, Drop):
            continue
        printed = read_metadata(extracted, url, f"{page.fetched}T12:00:00Z").date_published
        if printed:
            away = date.fromisoformat(printed[:10]) - page.fetched
            fits = timedelta(days=-3) <= away <= timedelta(days=1)
            right, wrong = right + fits, wrong + (not fits)
    return [
        proportion(AREA, "dates right", right, len(pages), floors(AREA).get("dates_right")),
        Figure(AREA, "dates wrong", wrong / len(pages), len(pages), ceiling=0.005),
    ]


def encoding_figures(pages: list[Reference]) -> list[Figure]:
    """Every page in every charset that holds its text, under every label: read back as it was."""
    right = total = 0
    for page in pages:
        text = page.payload.decode("utf-8")
        for charset in CHARSETS:
            try:
                payload = text.encode(charset)
            except UnicodeEncodeError:
                continue
            for label in LABELS:
                decoded = decode(payload, f"text/html; charset={label}" if label else None)
                right += not isinstance(decoded, Drop) and decoded.text == text
                total += 1
    return [proportion(AREA, "pages read right in each charset under each label", right, total, 1.0)]


if __name__ == "__main__":
    raise SystemExit(report(run(full=True)))
