"""Pages recorded for a declaration: kept as they came, and read anew by `ipnews sites check`.

A folder `<sites>/pages/<site>/<id>/` holds the payload (`page.bin`), the answer's lines (`headers.json`) and
what a person read on the page (`expected.json`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from pipelines.archive.warc import payload_digest
from pipelines.errors import SiteFileError
from pipelines.read import read
from pipelines.records import Article, Capture, Drop
from pipelines.sites import Site

T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """`headers.json`: the answer without its payload."""

    url: str
    fetched_at: str
    status: int
    headers: tuple[tuple[str, str], ...]


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expected.json`. What is left out is not checked, nor is the rest of an Article, which may change with
    the code; `reviewed` is the name of who has read the page, and the day."""

    reviewed: str = ""
    headline: str | UnsetType | None = UNSET
    source: str | UnsetType | None = UNSET
    authors: tuple[str, ...] | UnsetType = UNSET
    editors: tuple[str, ...] | UnsetType = UNSET
    date_published: str | UnsetType | None = UNSET


def keep_page(folder: Path, capture: Capture, found: Article | Drop) -> None:
    """Keep a page, with what was read on it as a draft of the expectation. One that is there stays: a person
    may have worked on it."""
    folder.mkdir(parents=True, exist_ok=True)
    answer = Answer(
        url=capture.url, fetched_at=capture.fetched_at, status=capture.status, headers=capture.headers
    )
    draft = Expectation()
    if isinstance(found, Article):
        draft = Expectation(
            "", found.headline, found.source, found.authors, found.editors, found.date_published
        )
    (folder / "page.bin").write_bytes(capture.payload)
    (folder / "headers.json").write_bytes(_encoded(answer))
    if not (folder / "expected.json").exists():
        (folder / "expected.json").write_bytes(_encoded(draft))


def page_faults(site: Site, folder: Path) -> Iterator[str]:
    """What of the expectation no longer holds, and what keeps it from being looked at."""
    try:
        expected = _decoded(folder / "expected.json", Expectation)
        answer = _decoded(folder / "headers.json", Answer)
        payload = _bytes(folder / "page.bin")
    except SiteFileError as error:
        yield str(error)
        return
    if not expected.reviewed:
        yield f"{folder}: nobody has reviewed expected.json"
    capture = Capture(
        answer.url, answer.fetched_at, payload, payload_digest(payload), answer.status, answer.headers
    )
    found = read(capture, site)
    if isinstance(found, Drop):
        yield f"{folder}: dropped as {found.reason} ({found.detail})"
        return
    for field in Expectation.__struct_fields__[1:]:
        wanted, seen = getattr(expected, field), getattr(found, field)
        if wanted not in (UNSET, seen):
            yield f"{folder}: {field}: expected {_said(wanted)}, read {_said(seen)}"


def _encoded(said: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(said)) + b"\n"


def _decoded(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(_bytes(path), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SiteFileError(str(path), path.stem, str(error), "correct it, or record the page anew") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SiteFileError(str(path), path.stem, str(error.strerror), "record the page anew") from None


def _said(value: object) -> str:
    return msgspec.json.encode(value).decode()
