"""`ipnews explain ID|URL|FILE`: every decision about one record, or about one damaged text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from crawler.commands.inputs import read_bytes
from crawler.config import load_config
from crawler.console import counted, emit
from pipelines.archive import captures, drops
from pipelines.archive.articles import load
from pipelines.archive.catalog import Catalog
from pipelines.archive.codec import unpack
from pipelines.archive.schema import captures as captures_table
from pipelines.archive.schema import settled
from pipelines.errors import UsageError
from pipelines.records import Article, Drop, Edit, Settled

AROUND = 8
"""Characters shown on either side of an edit."""


def run(target: str, archive: Path | None = None, json: bool = False) -> int:
    """Explain a file that is there, else a record of the archive."""
    if Path(target).is_file():
        return explain_text(read_bytes(target), json)
    config = load_config(archive)
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        facts = gather(connection, target)
    if json:
        emit(facts)
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(facts))
    return 0


def gather(connection: Connection, target: str) -> dict[str, Any]:
    """Capture, article or drop, and what settle made of it. Raises UsageError when nothing is found."""
    capture_id = resolve(connection, target)
    row = connection.execute(select(settled.c.record).where(settled.c.id == capture_id)).first()
    return {
        "capture": captures.find(connection, capture_id),
        "article": load(connection, capture_id),
        "drop": drops.find(connection, capture_id),
        "settled": unpack(row.record, Settled) if row else None,
    }


def resolve(connection: Connection, target: str) -> str:
    """The id that an id, the beginning of one, or an address (its newest version) stands for."""
    if "://" in target:
        capture = captures.newest(connection, target)
        if capture is not None:
            return capture.id
        raise UsageError(f"{target} is not in this archive; fetch it with: ipnews crawl --url {target}")
    known = captures_table.c.id
    found = connection.scalars(select(known).where(known.startswith(target, autoescape=True)).limit(3)).all()
    if len(found) == 1:
        return str(found[0])
    if found:
        raise UsageError(f"{target} is the beginning of several ids ({', '.join(found)}); type more of it")
    raise UsageError(f"no file, address or id {target!r}; find one with: ipnews search WORDS")


def lines(facts: dict[str, Any]) -> Iterator[str]:
    """The explanation for a person."""
    for name in ("capture", "drop"):
        if facts[name] is not None:
            yield f"{name}:"
            yield from _field_lines(asdict(facts[name]))
    article: Article | None = facts["article"]
    if article is None:
        return
    yield "article:"
    hidden = {"article_body", "article_body_raw", "origin_raw", "edits", "sketch", "warc"}
    yield from _field_lines({key: value for key, value in asdict(article).items() if key not in hidden})
    yield f"edits of reading: {len(article.edits)}"
    raw = {"headline": article.headline_raw, "article_body": article.article_body_raw}
    yield from edit_lines(article.edits, raw | {"origin": article.origin_raw})
    if (fact := facts["settled"]) is not None:
        yield from _settled_lines(fact, article)


def _field_lines(fields: dict[str, Any]) -> Iterator[str]:
    for key, value in fields.items():
        if value not in (None, (), ""):
            yield f"  {key}: {_told(value)}"


def _told(value: object) -> str:
    """A value for a person: records as names and values, lists by semicolons."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_told(part)}" for key, part in value.items() if part is not None)
    if isinstance(value, tuple):
        return "; ".join(map(_told, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _settled_lines(fact: Settled, article: Article) -> Iterator[str]:
    if fact.superseded_by:
        yield f"story: that of {fact.superseded_by}, its article's first page or newest version"
        return
    yield f"story: {fact.cluster_id}"
    yield f"  this copy: {'canonical, ' + fact.canonical_reason if fact.canonical else fact.relation}"
    yield f"  witnesses: {', '.join(fact.witnesses) or 'none'}"
    if fact.date_published:
        yield f"  date from the lists that name it: {fact.date_published}"
    yield f"edits of the edition: {len(fact.edition_edits)}"
    yield from edit_lines(
        fact.edition_edits, {"edition_headline": article.headline, "edition_body": article.article_body}
    )


def edit_lines(edits: tuple[Edit, ...], found: dict[str, str]) -> Iterator[str]:
    """One edit a line: place, what stood there and its bytes, what was put, certainty, rivals."""
    for edit in edits:
        text = found.get(edit.field, "")
        left = text[max(0, edit.start - AROUND) : edit.start].replace("\n", "⏎")
        stop = edit.start + len(edit.before)
        right = text[stop : stop + AROUND].replace("\n", "⏎")
        code = edit.before.encode("gb18030", "replace").hex(" ")
        place = f"{left}[{edit.before} -> {edit.after}]{right}"
        yield f"  {edit.field}@{edit.start} {place}  {edit.certainty} ({edit.step})"
        if code:
            yield f"      bytes {code}"
        if edit.witness:
            yield f"      seen in {edit.witness}"
        if edit.rivals:
            yield "      rivals " + "  ".join(f"{rival.text} {rival.score:.1f}" for rival in edit.rivals)


def explain_text(data: bytes, json: bool) -> int:
    """Every place of a damaged text, or of HTML as it stands: before, after, bytes, rivals, scores."""
    from crawler.commands.restore import is_markup
    from pipelines.reading.decode import decode
    from pipelines.repair.restorer import Restorer

    page = decode(data, None)
    if isinstance(page, Drop):
        raise UsageError(f"this is no text: {page.reason}. {page.detail}")
    field = "html" if is_markup(page.text) else "text"
    restored = Restorer.load().restore(page.text, field=field)
    if json:
        emit({"encoding": page.encoding, "why": page.why, "replaced": page.replaced, "edits": restored.edits})
        return 0
    unread = counted(page.replaced, "character", "characters")
    sys.stdout.write(f"encoding {page.encoding}: {page.why}; {unread} replaced\n")
    if field == "html":
        sys.stdout.write("HTML: places count from the page's beginning, tags included; ")
        sys.stdout.write("its article alone: ipnews extract FILE --url URL\n")
    lost = counted(restored.lacunae, "character", "characters")
    sys.stdout.write(f"{counted(len(restored.edits), 'edit', 'edits')}, {lost} lost\n")
    sys.stdout.writelines(f"{line}\n" for line in edit_lines(restored.edits, {field: page.text}))
    return 0
