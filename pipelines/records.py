"""The frozen records that pass from stage to stage. Names follow schema.org NewsArticle in snake_case.

A stage is a function from one of these to another. Unknown is None, never a guess; a text that is there
but empty is "". Offsets are code points of the field they name. Times are ISO 8601.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

SCHEMA_VERSION = 1

Certainty = Literal["exact", "witnessed", "likely", "lost"]
Language = Literal["zh-Hans", "zh-Hant"]
DatePrecision = Literal["year", "month", "day", "minute", "second"]
Relation = Literal["same", "part", "extended", "revised"]
CaptureKind = Literal["response", "rendered", "resource"]

LACUNA = "□"
"""The sign of text editions for a character that is known to have stood here and is lost."""


class Stage(StrEnum):
    """Where a capture can be dropped, in the order of the stages."""

    CAPTURE = "capture"
    DECODE = "decode"
    EXTRACT = "extract"
    REPAIR = "repair"
    METADATA = "metadata"
    CONVERT = "convert"
    SKETCH = "sketch"
    RUNNER = "runner"


class Reason(StrEnum):
    """Why a capture did not become an Article: the closed set. `docs/records.md` explains each."""

    NOT_HTML = "not_html"
    EMPTY = "empty"
    HTTP_STATUS = "http_status"
    TRUNCATED = "truncated"
    UNDECODABLE = "undecodable"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    NO_ARTICLE = "no_article"
    LIST_PAGE = "list_page"
    NOT_CHINESE = "not_chinese"
    NEEDS_BROWSER = "needs_browser"
    SOFT_404 = "soft_404"
    LOGIN_WALL = "login_wall"
    CAPTCHA = "captcha"
    BLOCKED = "blocked"
    NOARCHIVE = "noarchive"
    WITHDRAWN = "withdrawn"
    COPY = "copy"
    BAD_RECORD = "bad_record"
    POISON = "poison"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class WarcPointer:
    """Where a record starts in a WARC file: the file's name in the archive, byte offset, length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a web site, as archived: the input of `read`.

    `payload` is identity-coded: transfer and content codings are undone, nothing else. `fetched_at` is
    WARC-Date (UTC, ends with Z). `headers` keep the order and the case of the record.
    """

    url: str
    fetched_at: str
    payload: bytes = field(repr=False)
    payload_digest: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    kind: CaptureKind = "response"
    site: str | None = None
    warc: WarcPointer | None = None

    @property
    def id(self) -> str:
        """The id of this version, and of the article read from it."""
        return version_id(self.url, self.payload_digest)

    def header(self, name: str) -> str | None:
        """The first value of a header, names compared without case (RFC 9110, 5.1)."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Rival:
    """A reading that was considered and not chosen, with its score (natural log, 0 = the chosen one)."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to one field; replayed over the text as found, all edits give the repaired text.

    `start` counts code points in the field *as found* (never shifted by earlier edits); `before` is what
    stands there, "" for an insertion. Edits of one field are sorted by `start` and do not overlap.
    `field` is an Article field without `_raw`; `edition_body` edits apply to `article_body`,
    `edition_headline` edits to `headline`.
    `witness` names the member(s) of the cluster that have the reading, comma-separated.
    """

    field: str
    start: int
    before: str
    after: str
    step: str
    certainty: Certainty
    rivals: tuple[Rival, ...] = ()
    witness: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A capture that did not become an article, and why. Counted and stored; nothing disappears."""

    stage: Stage
    reason: Reason
    detail: str = ""
    url: str = ""
    capture_id: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """FracMinHash of a body: sorted hashes (unsigned 64 bit) below 2**64 / `density`."""

    hashes: tuple[int, ...]
    density: int
    length: int


@dataclass(frozen=True, slots=True)
class Article:
    """What one capture says, read, repaired and converted. `article_body` is paragraphs joined by newline.

    `*_raw` is the text as found (after decoding and extraction, before repair and conversion);
    `origin_raw` has the lines around the article that name source, author and date, then breadcrumbs and
    tags, a line each. `edits` replayed over `headline_raw` and `article_body_raw`, then converted, give
    headline and body; over `origin_raw` they give the lines that the metadata was read from.
    `lacunae` counts LACUNA signs in headline and body. Dates carry an offset: +08:00 where none is named.
    """

    id: str
    work_id: str
    url: str
    fetched_at: str
    payload_digest: str
    headline: str
    article_body: str
    headline_raw: str = ""
    article_body_raw: str = ""
    origin_raw: str = ""
    canonical_url: str | None = None
    origin_url: str | None = None
    site: str | None = None
    in_language: Language | None = None
    encoding: str = "utf-8"
    source: str | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    original_headline: str | None = None
    date_published: str | None = None
    date_published_raw: str | None = None
    date_precision: DatePrecision | None = None
    date_modified: str | None = None
    breadcrumbs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    relevance: float = 0.0
    noarchive: bool = False
    tdm_reservation: bool = False
    rights: str | None = None
    page_number: int | None = None
    page_urls: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    warc: WarcPointer | None = None
    edits: tuple[Edit, ...] = ()
    lacunae: int = 0
    conversion: str | None = None
    sketch: Sketch | None = None
    schema_version: int = SCHEMA_VERSION
    pipeline_version: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link found on a page, with what the page says of it: evidence for metadata and for scheduling."""

    url: str
    kind: Literal["article", "list", "feed", "sitemap", "page", "unknown"] = "unknown"
    title: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What settle derives for one article; stored beside it, never over it.

    On the canonical member `edition_body` is the collated text and `edition_edits` lead to it from
    `article_body`; elsewhere both are empty. `edition_headline` is there where copies settled a place of the
    headline. `canonical_reason` says by which rule it was chosen.
    `headline`/`date_published`/... evidence from lists fills only what the article left null.
    """

    id: str
    cluster_id: str
    canonical: bool
    canonical_reason: str = ""
    relation: Relation = "same"
    witnesses: tuple[str, ...] = ()
    edition_headline: str | None = None
    edition_body: str | None = None
    edition_edits: tuple[Edit, ...] = ()
    date_published: str | None = None
    joined: tuple[str, ...] = ()
    superseded_by: str | None = None


def version_id(url: str, payload_digest: str) -> str:
    """Hash of target URI and payload digest: 32 hex digits, one id per version of an address."""
    return hashlib.sha256(f"{url}\n{payload_digest}".encode()).hexdigest()[:32]


def work_id(address: str) -> str:
    """Identity of an address over its versions: 32 hex digits of the canonical address."""
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def replay(found: str, edits: tuple[Edit, ...], field_name: str) -> str:
    """Apply the edits of one field to its text as found.

    Raises ValueError when an edit does not fit the text: an edit list belongs to exactly one text.
    """
    out: list[str] = []
    position = 0
    for edit in edits:
        if edit.field != field_name:
            continue
        if edit.start < position or not found.startswith(edit.before, edit.start):
            raise ValueError(f"edit of {field_name} at {edit.start} does not fit: expected {edit.before!r}")
        out += [found[position : edit.start], edit.after]
        position = edit.start + len(edit.before)
    return "".join([*out, found[position:]])
