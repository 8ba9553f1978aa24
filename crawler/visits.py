"""The transaction that ends a lease: the answer's row, the links found on it, the state of its address.

Functions over a `Connection`. The same ones adopt, after a kill, a record that reached the WARC and whose
transaction did not happen.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from crawler import frontier
from crawler.discover import BARREN_DEPTH, Found, priority
from crawler.frontier import Address, insert_new
from crawler.keeper import Kept
from crawler.outcome import Outcome
from pipelines.archive import tombstones
from pipelines.archive.capture_rows import row_of
from pipelines.archive.captures import insert_captures
from pipelines.archive.reader import Revisit
from pipelines.archive.revisits import insert_revisit
from pipelines.archive.schema import links
from pipelines.records import version_id


@dataclass(frozen=True, slots=True)
class Visit:
    """One answered address. `max_depth` is the declaration's bound, for list pages that name nothing new."""

    address: Address
    kept: Kept
    outcome: Outcome
    found: tuple[Found, ...] = ()
    max_depth: int = 50
    browser: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What visits added: for each whether its version is new; new addresses by (host, whether articles)."""

    new_versions: list[bool]
    new_addresses: dict[tuple[str, bool], int]


def record(
    connection: Connection,
    visits: Sequence[Visit],
    run: int | None,
    now: float,
    seen: Container[str] = (),
    reader: str | None = None,
) -> Recorded:
    """Everything that these answers mean, in the caller's transaction: all of it or nothing.

    Many at a time, because a statement costs ten times what a row of it does. `seen`: addresses that stand in
    the frontier for certain, so that a site's navigation is not offered to it on every page. `reader`: the
    process that reads the new versions as they come; None leaves them to whoever asks. An answer whose
    address or version was withdrawn while it was waited for leaves nothing but its record.
    """
    withdrawn = tombstones.load(connection)
    kept = [one for one in visits if not withdrawn.cover(one.address.url, one.kept.capture.id)]
    whole = {visit.kept.capture.id: visit.kept.capture for visit in kept if visit.kept.profile is None}
    rows = [row_of(capture) for capture in whole.values()]
    standing = insert_captures(connection, rows, run=run, read_state="pending", reader=reader, now=now)
    for visit in kept:
        if not _is_new(visit, standing):
            _insert_revisit(connection, visit)
    found = [
        (each, visit.address.url)
        for visit in kept
        for each in _without_barren(connection, visit)
        if each.url not in seen
    ]
    added = frontier.add(connection, found, now)
    named = [row for visit in kept for row in _link_rows(visit) if not withdrawn.cover(row["url"])]
    insert_new(connection, links, named)
    frontier.conclude(connection, [(visit.address.url, visit.outcome, _learnt(visit)) for visit in kept])
    return Recorded([_is_new(visit, standing) for visit in visits], added)


def _is_new(visit: Visit, standing: Container[str]) -> bool:
    return visit.kept.profile is None and visit.kept.capture.id in standing


def _learnt(visit: Visit) -> dict[str, Any]:
    """The columns that the next visit starts from. Only a good answer teaches validators and digest: those of
    a captcha page would have the next visit find it unchanged."""
    capture = visit.kept.capture
    learnt: dict[str, Any] = {"status": capture.status, "fetched_at": capture.fetched_at}
    if visit.browser:
        learnt["browser"] = True
    if visit.kept.capture.kind == "rendered":
        learnt["payload_digest"] = capture.payload_digest
        learnt["changed_at"] = capture.fetched_at
    if capture.status == 200 and capture.kind == "response" and visit.outcome.state == "done":
        learnt |= {
            "etag": capture.header("ETag"),
            "last_modified": capture.header("Last-Modified"),
            "payload_digest": capture.payload_digest,
        }
        if visit.kept.profile is None:
            learnt["changed_at"] = capture.fetched_at
    return learnt


def _insert_revisit(connection: Connection, visit: Visit) -> None:
    """Note that the address had a known payload: by a revisit record, or by a whole one of its version."""
    capture, address = visit.kept.capture, visit.address
    assert capture.warc is not None
    profile = visit.kept.profile or "identical-payload-digest"
    revisit = Revisit(
        capture.url, capture.fetched_at, profile, capture.url, address.changed_at, capture.payload_digest,
        capture.warc,
    )  # fmt: skip
    insert_revisit(connection, revisit, version_id(capture.url, capture.payload_digest))


def _link_rows(visit: Visit) -> Iterator[dict[str, Any]]:
    """What lists say of the pages they name: evidence for headline and date."""
    if visit.address.kind == "article":
        return
    for each in visit.found:
        if each.kind in ("article", "unknown"):
            yield {
                "source_url": visit.address.url, "url": each.url, "kind": each.kind, "title": each.title,
                "date": each.date,
            }  # fmt: skip


def _without_barren(connection: Connection, visit: Visit) -> Iterable[Found]:
    """Links of a page; where a pager's page names nothing that the page before did not, its lists cost depth.

    A pager that never ends shows its last page, or an empty one, for ever. Compared with the page that led
    here only: everything may be known already from a feed, and the pager still be worth following.
    """
    address = visit.address
    named = {each.url for each in visit.found if each.kind == "article"}
    if address.kind != "list" or address.referrer is None or not _same_as_before(connection, address, named):
        return visit.found
    kept = []
    for each in visit.found:
        if each.kind in ("list", "unknown"):
            depth = each.depth + BARREN_DEPTH
            if depth > visit.max_depth:
                continue
            kept.append(replace(each, depth=depth, priority=priority(each.kind, depth)))
        else:
            kept.append(each)
    return kept


def _same_as_before(connection: Connection, address: Address, named: set[str]) -> bool:
    before = select(links.c.url).where(links.c.source_url == address.referrer, links.c.kind == "article")
    return named <= set(connection.scalars(before))
