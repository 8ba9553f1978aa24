"""Tables of the index over texts. Rows that change (`texts`) are narrow, wide ones never change: three
changes of state in a row of four kilobytes would write twelve for every text."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table

from pipelines.archive.schema import metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is the number of SQLite's own row

texts = Table(  # distinct texts of members, furniture removed and pages joined: equal ones are one row
    "texts",
    metadata,
    Column("number", _ROW_ID, primary_key=True),  # of the text in postings; never given twice
    Column("key", BigInteger, nullable=False, unique=True),  # 63 bits of the text's digest
    Column("state", String, nullable=False),  # new: to be matched; dirty: to be clustered; clean
    Column("density", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # hashes that are indexed
    Index("texts_state", "state", "key"),
    sqlite_autoincrement=True,
)

text_bodies = Table(
    "text_bodies",
    metadata,
    Column("number", _ROW_ID, primary_key=True, autoincrement=False),  # texts.number
    Column("hashes", LargeBinary, nullable=False),  # of the sketch: candidates.indexed, little-endian
    Column("plain", LargeBinary, nullable=False),  # dedupe.match.comparable of the text, UTF-8, zlib
)

segments = Table(  # of the inverted index: which texts have a shingle
    "segments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String, nullable=False),  # building; whole; old: replaced, its blocks may go
    Column("shift", Integer, nullable=False),  # a hash is in block hash >> shift
    Column("postings", BigInteger, nullable=False),
    Column("common", BigInteger, nullable=False),  # of these, in the range that every density has
    Column("first", BigInteger, nullable=False),  # smallest and greatest number of its texts
    Column("last", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

posting_blocks = Table(
    "posting_blocks",
    metadata,
    Column("place", _ROW_ID, primary_key=True, autoincrement=False),  # segment << 40 | block
    Column("postings", LargeBinary, nullable=False),  # by hash: postings.POSTING
)

segment_filters = Table(  # which hashes a segment has at all, and which more than once
    "segment_filters",
    metadata,
    Column("segment", Integer, primary_key=True, autoincrement=False),  # segments.id
    Column("lowest", BigInteger, primary_key=True, autoincrement=False),  # hash of the range of this row
    Column("present", LargeBinary, nullable=False),  # dedupe.membership.bits_of the hashes
    Column("repeated", LargeBinary, nullable=False),  # of those that stand more than once
)

common_shingles = Table(  # of this archive: left out of the index; changed only when it is rebuilt
    "common_shingles",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
)

pairs = Table(
    "pairs",
    metadata,
    Column("a", BigInteger, primary_key=True, autoincrement=False),  # texts.key, a < b
    Column("b", BigInteger, primary_key=True, autoincrement=False),
    Column("relation", String, nullable=False),  # of a to b
    Column("contained_a", Float, nullable=False),  # share of a's text found in b
    Column("contained_b", Float, nullable=False),
    Index("pairs_b", "b"),
)
