"""The dates that a page gives to machines: meta tags and JSON-LD, by the names they have."""

from __future__ import annotations

from pipelines.reading.dates import Dated, parse_stamp
from pipelines.reading.records import Extracted

PUBLISHED = (
    "ld:datepublished",
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "pubdate",
    "publishdate",
    "publish_date",
    "publishtime",
    "publish-date",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "date",
    "date.available",
    "pub_date",
    "publish_time",
    "published_time",
    "og:article:published_time",
    "og:pubdate",
    "parsely-pub-date",
    "weibo:article:create_at",
    "bytedance:published_time",
    "apub:time",
    "og:time",
    "_pubtime",
    "firstpublishedtime",
    "sailthru.date",
    "citation_online_date",
    "citation_publication_date",
    "citation_date",
)

MODIFIED = (
    "ld:datemodified",
    "article:modified_time",
    "og:updated_time",
    "bytedance:updated_time",
    "lastmodified",
    "weibo:article:update_at",
    "datemodified",
    "bytedance:lrdate_time",
)


def first_stamp(extracted: Extracted, names: tuple[str, ...], captured: str) -> Dated | None:
    known = {key.lower().replace(" ", ""): value for key, value in reversed(extracted.meta)}
    return next(
        (dated for name in names if name in known and (dated := parse_stamp(known[name], captured))), None
    )
