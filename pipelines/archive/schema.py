"""The tables of the catalog, for SQLite and PostgreSQL alike (SQLAlchemy Core).

One file holds the frontier and the catalog, so that one transaction can hold a capture's row, the links
found on it and the end of its lease. Times of the record are ISO 8601 text, as in WARC; times that are
only compared (due, leased until) are seconds since the epoch.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

CATALOG_SCHEMA = 7
"""Number of the newest step in `migrations.py`."""

DISALLOWED = "robots.txt disallows it"
"""`addresses.failure` of what a site keeps for itself: counted apart, because nothing went wrong."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

addresses = Table(
    "addresses",
    metadata,
    Column("url", Text, primary_key=True),
    Column("host", String, nullable=False),
    Column("site", String),
    Column("kind", String, nullable=False),  # article, list, feed, sitemap, unknown
    Column("state", String, nullable=False),  # pending, leased, done, failed, dead
    Column("priority", Integer, nullable=False, default=0),
    Column("depth", Integer, nullable=False, default=0),
    Column("due", Float, nullable=False, default=0.0),
    Column("lease_owner", String),
    Column("lease_until", Float),
    Column("attempts", Integer, nullable=False, default=0),
    Column("failure", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("payload_digest", String),
    Column("status", Integer),
    Column("fetched_at", String),
    Column("changed_at", String),
    Column("interval", Float),  # seconds until it is due again
    Column("browser", Boolean, nullable=False, default=False),
    Column("referrer", Text),
    Column("found_at", String),
    Index("addresses_due", "state", "due"),
    # The order of a lease, whole: without it all that is pending of all hosts is sorted for each.
    Index("addresses_next", "host", "state", "priority", "due", "url"),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", String, primary_key=True),
    Column("next_at", Float, nullable=False),  # it is not asked before
    Column("penalty", Float, nullable=False),  # seconds of back-off
)

captures = Table(
    "captures",
    metadata,
    Column("id", String(32), primary_key=True),  # records.version_id: one row per version of an address
    Column("url", Text, nullable=False),
    Column("host", String, nullable=False),
    Column("site", String),
    Column("kind", String, nullable=False),
    Column("fetched_at", String, nullable=False),  # of the first capture of this version
    Column("status", Integer, nullable=False),
    Column("content_type", String),
    Column("payload_digest", String, nullable=False),
    Column("record_digest", String),  # the digest a foreign record carries: its revisits name that one
    Column("size", BigInteger, nullable=False),
    Column("warc_file", String, nullable=False),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Column("run", Integer),
    Column("read_state", String, nullable=False),  # pending, leased, article, drop, withdrawn
    Column("read_attempts", Integer, nullable=False, default=0),
    Column("read_owner", String),  # the process that holds the lease
    Column("read_until", Float),  # end of the reader's lease, seconds since the epoch
    Column("read_version", String),  # pipeline_version that read it
    Index("captures_url", "url", "fetched_at"),
    Index("captures_payload", "payload_digest"),
    Index("captures_record", "record_digest"),
    Index("captures_place", "warc_file", "warc_offset"),
    Index("captures_read", "read_state", "warc_file", "warc_offset", "id"),
    Index("captures_host", "host"),
)

revisits = Table(
    "revisits",
    metadata,
    Column("url", Text, primary_key=True),
    Column("fetched_at", String, primary_key=True),
    Column("capture_id", String(32)),  # null until the capture that holds the payload is known
    Column("profile", String, nullable=False),  # server-not-modified, identical-payload-digest
    Column("refers_to_url", Text, nullable=False),
    Column("refers_to_date", String),
    Column("payload_digest", String),
    Column("warc_file", String, nullable=False),
    Column("warc_offset", BigInteger, nullable=False),
    Column("warc_length", BigInteger, nullable=False),
    Index("revisits_capture", "capture_id"),
    Index("revisits_place", "warc_file", "warc_offset"),
)

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),  # captures.warc_file of a WARC that lies outside the archive
    Column("location", Text, nullable=False),  # path or address where it was read
    Column("digest", String, nullable=False),  # sha256 of the file, or size and ETag of a remote object
    Column("size", BigInteger, nullable=False),
    Column("noted_at", String, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("source_url", Text, primary_key=True),  # the list page, feed or sitemap that names the target
    Column("url", Text, primary_key=True),
    Column("kind", String, nullable=False),
    Column("title", Text),
    Column("date", String),
    Index("links_url", "url"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),  # row number for search and the sketch index
    Column("work_id", String(32), nullable=False),
    Column("url", Text, nullable=False),
    Column("host", String, nullable=False),
    Column("site", String),
    Column("fetched_at", String, nullable=False),
    Column("headline", Text, nullable=False),
    Column("source", Text),
    Column("date_published", String),
    Column("in_language", String),
    Column("relevance", Float, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("lacunae", Integer, nullable=False),
    Column("body_digest", String(32), nullable=False),  # of text.plain(article_body): equal bodies collapse
    Column("current", Boolean, nullable=False, default=True),  # newest version of its work
    Column("record", LargeBinary, nullable=False),  # the Article without edits and sketch: JSON, zlib
    Column("settle_state", String, nullable=False),  # pending, settling, settled
    Index("articles_work", "work_id"),
    Index("articles_host", "host"),
    Index("articles_body", "body_digest"),
    Index("articles_settle", "settle_state"),
    Index("articles_date", "date_published"),
)

edits = Table(
    "edits",
    metadata,
    Column("article_id", String(32), primary_key=True),
    Column("edits", LargeBinary, nullable=False),  # list of Edit: JSON, zlib
)

drops = Table(
    "drops",
    metadata,
    Column("capture_id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("stage", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index("drops_reason", "reason"),
)

sketches = Table(
    "sketches",
    metadata,
    Column("number", Integer, primary_key=True),  # articles.number
    Column("density", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("hashes", LargeBinary, nullable=False),  # sorted little-endian uint64
)

settled = Table(
    "settled",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("cluster_id", String(32), nullable=False),
    Column("canonical", Boolean, nullable=False),
    Column("relation", String, nullable=False),
    Column("edition_digest", String(32)),
    Column("record", LargeBinary, nullable=False),  # the Settled: JSON, zlib
    Index("settled_cluster", "cluster_id"),
)

members = Table(
    "members",
    metadata,
    Column("id", String(32), primary_key=True),  # of an article that takes part in clusters
    Column("host", String, nullable=False),
    Column("head", String(32), nullable=False),  # first page of its article; its own id but for later pages
    Column("text", BigInteger),  # texts.key; null until derived, and on later pages
    Column("headline", String, nullable=False),  # plain form
    Column("date", String, nullable=False),  # of publication, else of fetching
    Column("doubtful", Integer, nullable=False),  # places that repair did not settle exactly, and lacunae
    Column("damage", String),  # digest of what repair changed in the body: equal damage is one witness
    Column("origin", String),  # host of the probable original
    Column("evidence", String),  # date that lists give for the address, where the page gives none
    Column("blocks", LargeBinary, nullable=False),  # dedupe.furniture.keys of the body, little-endian int64
    Column("pages", Text),  # JSON of dedupe.join.Page, where the article says that it has several pages
    Index("members_host", "host"),
    Index("members_text", "text"),
    Index("members_head", "head"),
)

furniture = Table(
    "furniture",
    metadata,
    Column("host", String, primary_key=True),
    Column("block", BigInteger, primary_key=True),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("command", String, nullable=False),
    Column("started_at", String, nullable=False),
    Column("ended_at", String),
    Column("exit_code", Integer),
    Column("counts", Text, nullable=False),  # JSON object: name -> number
)

parts = Table(
    "parts",
    metadata,
    Column("name", String, primary_key=True),  # the part file: source digest, range, pipeline_version
    Column("source", Text, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("drops", Integer, nullable=False),
    Column("taken_at", String, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("target", Text, primary_key=True),  # an article id, an address, or host:NAME
    Column("kind", String, nullable=False),  # id, url, host
    Column("reason", Text, nullable=False),
    Column("withdrawn_at", String, nullable=False),
    Column("purged", Boolean, nullable=False, default=False),
)
