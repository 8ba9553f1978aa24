"""Rows: the pure part of an export."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.made_articles import made_article
from pipelines.errors import UsageError
from pipelines.export.columns import batch_of
from pipelines.export.filters import Filters
from pipelines.export.rows import (
    SCHEMA,
    VOLATILE,
    ExportRow,
    digest_of,
    line_of,
    month_of,
    row_of,
)
from pipelines.records import Article, Edit, Rival, Settled, WarcPointer

ARTICLE = made_article(1, random.Random(7))
EDIT = Edit("article_body", 3, "", "的", "collate", "witnessed", witness="b" * 32)
OWN = Edit("article_body", 1, "力", "利", "slip", "likely", (Rival("力", -5.5),))


def settled(**values: object) -> Settled:
    return replace(Settled(ARTICLE.id, "c" * 32, canonical=True), **values)  # type: ignore[arg-type]


def exported(article: Article, own: Settled | None) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line_of(row_of(article, own)))
    return row


def the_obvious_way(article: Article, own: Settled | None) -> dict[str, Any]:
    """The row as `docs/records.md` describes it, by way of Python objects."""
    own = own or Settled(article.id, article.id, canonical=True)
    fields = asdict(article) | {"warc_" + name: None for name in ("file", "length", "offset")}
    fields |= {f"warc_{name}": value for name, value in (fields.pop("warc") or {}).items()}
    del fields["sketch"]
    derived = asdict(own)
    body = article.article_body if own.edition_body is None else own.edition_body
    headline = own.edition_headline or article.headline
    return fields | {
        "article_body": body,
        "headline": headline,
        "date_published": article.date_published or own.date_published,
        "edits": fields["edits"] + derived["edition_edits"],
        "lacunae": (headline + body).count("□"),
        **{name: derived[name] for name in ("canonical", "canonical_reason", "cluster_id", "joined")},
        **{name: derived[name] for name in ("relation", "witnesses")},
    }


def test_the_edition_is_the_body_of_a_canonical() -> None:
    own = settled(edition_body="校勘后的正文□", edition_edits=(EDIT,), witnesses=("b" * 32,))
    row = exported(replace(ARTICLE, headline="题□", edits=(OWN,)), own)
    assert row["article_body"] == "校勘后的正文□"
    assert row["edits"] == [json.loads(msgspec.json.encode(edit)) for edit in (OWN, EDIT)]
    assert row["lacunae"] == 2
    assert row["witnesses"] == ["b" * 32]


def test_without_an_edition_the_body_is_the_article_s_own() -> None:
    assert exported(ARTICLE, settled())["article_body"] == ARTICLE.article_body


def test_an_unsettled_article_stands_alone() -> None:
    row = row_of(ARTICLE, None)
    assert (row.canonical, row.cluster_id) == (True, ARTICLE.id)


def test_settle_fills_only_a_date_that_is_unknown() -> None:
    later = settled(date_published="2020-01-02")
    assert row_of(replace(ARTICLE, date_published="2019-05-06"), later).date_published == "2019-05-06"
    assert row_of(replace(ARTICLE, date_published=None), later).date_published == "2020-01-02"


def test_every_field_of_an_article_is_exported_but_its_sketch() -> None:
    flat = {"warc_file", "warc_length", "warc_offset"}
    fields = set(Article.__dataclass_fields__) - {"sketch", "warc"}
    assert fields | flat <= set(SCHEMA.names)


def test_fields_stand_in_alphabetical_order_at_every_level() -> None:
    def keys(value: object) -> None:
        if isinstance(value, dict):
            assert list(value) == sorted(value)
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                keys(inner)

    rich = replace(ARTICLE, edits=(EDIT,))
    line = line_of(row_of(rich, settled()))
    keys(json.loads(line))
    assert list(json.loads(line)) == SCHEMA.names


def test_a_line_is_utf8_on_one_line() -> None:
    row = row_of(replace(ARTICLE, article_body="第一段\n第二段\u2028“引号”\U00020000"), None)
    line = line_of(row)
    assert line.count(b"\n") == 1
    assert line.endswith(b"}\n")
    assert "第一段\\n第二段\u2028“引号”\U00020000".replace("“", "“").encode() in line
    assert json.loads(line)["article_body"] == "第一段\n第二段\u2028“引号”\U00020000"


def test_two_crawls_differ_in_the_volatile_fields_only() -> None:
    again = replace(ARTICLE, fetched_at="2027-01-01T00:00:00Z", warc=WarcPointer("other.warc.gz", 1, 2))
    first, second = (json.loads(line_of(row_of(article, None))) for article in (ARTICLE, again))
    assert {name for name in first if first[name] != second[name]} == VOLATILE


@pytest.mark.parametrize(
    ("published", "precision", "month"),
    [
        ("2021-03-01T08:00:00+08:00", "second", "2021-03"),
        ("2021-03-01", "day", "2021-03"),
        ("2021-03", "month", "2021-03"),
        ("2021", "year", "unknown"),
        ("2021-01-01T00:00:00+08:00", "year", "unknown"),
        (None, None, "unknown"),
        ("2021-13-01", "day", "unknown"),
        ("../x", "day", "unknown"),
    ],
)
def test_month_of_publication(published: str | None, precision: str | None, month: str) -> None:
    article = replace(ARTICLE, date_published=published, date_precision=precision)  # type: ignore[arg-type]
    assert month_of(row_of(article, None)) == month


ESCAPED = st.sampled_from('\n\n\n"\\\t\x01n文')
"""What JSON escapes, and the letter that stands in the escape of a newline."""

TEXT = st.text(ESCAPED | st.characters(exclude_categories=["Cs"]), max_size=12)
EDITS = st.builds(Edit, TEXT, st.integers(0, 2**40), TEXT, TEXT, TEXT, st.sampled_from(["exact", "lost"]))


ARTICLES = st.builds(
    partial(replace, ARTICLE),
    headline=TEXT,
    article_body=TEXT,
    article_body_raw=TEXT,
    origin_raw=TEXT,
    rights=st.none() | TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    relevance=st.floats(0, 1),
    page_number=st.none() | st.integers(0, 2**31),
    edits=st.lists(EDITS, max_size=3).map(tuple),
    date_published=st.none() | TEXT,
    warc=st.none() | st.just(ARTICLE.warc),
)
DERIVED = st.builds(
    settled,
    edition_headline=st.none() | TEXT,
    edition_body=st.none() | TEXT,
    edition_edits=st.lists(EDITS, max_size=2).map(tuple),
    date_published=st.none() | TEXT,
)


def rows() -> st.SearchStrategy[ExportRow]:
    return st.builds(row_of, ARTICLES, DERIVED)


@settings(max_examples=40, deadline=None)
@given(ARTICLES, st.none() | DERIVED)
def test_a_line_says_what_the_obvious_way_says(article: Article, own: Settled | None) -> None:
    said = json.dumps(the_obvious_way(article, own), sort_keys=True, ensure_ascii=False)
    assert json.loads(line_of(row_of(article, own))) == json.loads(said)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows(), max_size=5))
def test_arrow_and_json_say_the_same(some: list[ExportRow]) -> None:
    assert batch_of(some).to_pylist() == [json.loads(line_of(row)) for row in some]


@pytest.mark.parametrize(
    "body", ["", "\\", "a\\", "\\n", '"', '\\"', "\x01", "甲\t乙\r\n", "\b\f/\\/", "\\u0041", "乙\\\\"]
)
def test_a_body_of_escapes_is_the_same_in_arrow(body: str) -> None:
    some = [row_of(replace(ARTICLE, article_body=text), None) for text in ("前\n", body, "后", body)]
    assert batch_of(some).column("article_body").to_pylist() == ["前\n", body, "后", body]


@settings(max_examples=40, deadline=None)
@given(rows(), rows())
def test_equal_digests_mean_equal_lines(one: ExportRow, other: ExportRow) -> None:
    assert (digest_of(one) == digest_of(other)) == (line_of(one) == line_of(other))


def selects(filters: Filters, derived: Settled | None = None, **values: object) -> bool:
    return filters.selects(replace(ARTICLE, relevance=0.9, **values), derived)  # type: ignore[arg-type]


def test_canonical_ip_news_unless_told_otherwise() -> None:
    copy = settled(canonical=False)
    assert selects(Filters(), settled())
    assert not selects(Filters(), copy)
    assert selects(Filters(copies=True), copy)
    assert not Filters().selects(replace(ARTICLE, relevance=0.0), settled())
    assert Filters(topics="all").selects(replace(ARTICLE, relevance=0.0), settled())


def test_a_superseded_version_is_never_taken() -> None:
    assert not selects(Filters(copies=True, topics="all"), settled(superseded_by="d" * 32))


@pytest.mark.parametrize(
    ("published", "inside"),
    [
        ("2021-03-01T00:00:00+08:00", True),
        ("2021-03-31T23:59:59+08:00", True),
        ("2021-02-28", False),
        ("2021-04-01", False),
        ("2021-03", True),
        ("2021", False),
        (None, False),
    ],
)
def test_days_are_inclusive(published: str | None, inside: bool) -> None:
    march = Filters(since="2021-03-01", until="2021-03-31")
    assert selects(march, None, date_published=published) is inside


@pytest.mark.parametrize(
    ("month", "until", "inside"),
    [
        ("2021-04", "2021-04-30", True),
        ("2021-04", "2021-04-29", False),
        ("2021-02", "2021-02-28", True),
        ("2024-02", "2024-02-28", False),
    ],
)
def test_a_month_lies_in_a_window_that_has_its_last_day(month: str, until: str, inside: bool) -> None:
    assert selects(Filters(until=until), None, date_published=month) is inside


def test_site_and_source() -> None:
    assert selects(Filters(sites=(ARTICLE.site or "",)))
    assert selects(Filters(sites=("www.mirror1.test",)))
    assert not selects(Filters(sites=("elsewhere",)))
    assert selects(Filters(sources=("甲报",)), sources=("乙报", "甲报"))
    assert not selects(Filters(sources=("甲报",)), sources=("乙报",), source=None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"since": "2021-2-1"}, "--since 2021-2-1: no such day"),
        ({"until": "2021-02-30"}, "--until 2021-02-30: no such day"),
        ({"since": "2021-02-02", "until": "2021-01-01"}, "swap them"),
        ({"topics": "sport"}, "--topics ip or --topics all"),
    ],
)
def test_wrong_filters_say_what_to_type(values: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Filters(**values)  # type: ignore[arg-type]
