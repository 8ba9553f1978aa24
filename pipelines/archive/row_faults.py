"""What is wrong between the rows of a catalog: orphans, edits, search, tombstones, what was settled."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Integer, cast, func, literal, select

from pipelines.archive import articles as article_rows
from pipelines.archive import member_rows, search, shingle_index
from pipelines.archive.batches import in_batches
from pipelines.archive.copies_faults import faults_of_copies
from pipelines.archive.problems import REREAD, SETTLE_ANEW, TAKE_IN, Problem
from pipelines.archive.schema import articles, captures, drops, edits, members, revisits, settled, sketches
from pipelines.archive.spellings import host_of
from pipelines.archive.tombstones import Tombstones
from pipelines.records import Article, Reason, WarcPointer, replay


def faults_of_rows(connection: Connection, withdrawn: Tombstones) -> Iterator[Problem]:
    """The problems of the tables among each other."""
    yield from _orphans(connection)
    for some in in_batches(article_rows.iterate(connection, whole=True)):
        yield from _of_articles(connection, some, withdrawn)
    yield from _not_current(connection)
    if not _is_due(connection):
        yield from list(_missettled(connection)) or faults_of_copies(connection)


def _orphans(connection: Connection) -> Iterator[Problem]:
    article_ids, capture_ids = select(articles.c.id), select(captures.c.id)
    numbers = select(articles.c.number)
    # A drop of a record that never became a capture has no row there; that is in order.
    bare = (Reason.BAD_RECORD, Reason.TOO_LARGE, Reason.TRUNCATED, Reason.WITHDRAWN)
    checks = [
        (
            revisits,
            revisits.c.capture_id.is_not(None) & revisits.c.capture_id.not_in(capture_ids),
            "a revisit of no capture",
            TAKE_IN,
        ),
        (articles, articles.c.id.not_in(capture_ids), "an article without its capture", TAKE_IN),
        (edits, edits.c.article_id.not_in(article_ids), "edits of no article", SETTLE_ANEW),
        (sketches, sketches.c.number.not_in(numbers), "a sketch of no article", SETTLE_ANEW),
        (settled, settled.c.id.not_in(article_ids), "settled, but no article", SETTLE_ANEW),
        (
            drops,
            drops.c.capture_id.not_in(capture_ids) & drops.c.reason.not_in(bare),
            "a drop of no capture",
            TAKE_IN,
        ),
        (
            captures,
            (captures.c.read_state == "article") & captures.c.id.not_in(article_ids),
            "read as an article that is not there",
            REREAD,
        ),
        (
            captures,
            (captures.c.read_state == "drop") & captures.c.id.not_in(select(drops.c.capture_id)),
            "dropped without a reason",
            REREAD,
        ),
    ]
    for table, wrong, seen, remedy in checks:
        key, host = table.primary_key.columns[0], captures.c.host if table is captures else literal("")
        for found, its in connection.execute(select(key, host).where(wrong).order_by(key)):
            yield Problem(f"table {table.name}, {found}", seen, remedy.format(host=its))


def _of_articles(connection: Connection, some: list[Article], withdrawn: Tombstones) -> Iterator[Problem]:
    place = (captures.c.warc_file, captures.c.warc_offset, captures.c.warc_length)
    beside = {
        row.id: row
        for row in connection.execute(
            select(articles.c.id, articles.c.number, captures.c.read_state, *place)
            .join(captures, captures.c.id == articles.c.id)
            .where(articles.c.id.in_([article.id for article in some]))
        )
    }
    for article in some:
        where, row = f"article {article.id}", beside.get(article.id)
        reread = REREAD.format(host=host_of(article.url))
        if withdrawn.cover(article.url, article.id):
            yield Problem(
                where, "was withdrawn and is there", f"again: ipnews withdraw {article.url} --reason WHY"
            )
        yield from _unreplayable(article)
        if row is None:
            continue  # an article without its capture is told as such
        # While a capture waits to be read anew, its article still names the record it was read from.
        if row.read_state == "article" and article.warc != WarcPointer(*row[3:]):
            yield Problem(where, "names another record than its capture", reread)
        if not search.holds(connection, row.number, article):
            yield Problem(where, "is not in the search index", reread)


def _unreplayable(article: Article) -> Iterator[Problem]:
    try:
        for field, found in (
            ("headline", article.headline_raw),
            ("article_body", article.article_body_raw),
            ("origin", article.origin_raw),
        ):
            replay(found, article.edits, field)
    except ValueError as error:
        yield Problem(f"article {article.id}", str(error), REREAD.format(host=host_of(article.url)))


def _not_current(connection: Connection) -> Iterator[Problem]:
    currents = func.sum(cast(articles.c.current, Integer))
    host = func.min(articles.c.host)
    works = select(articles.c.work_id, currents, host).group_by(articles.c.work_id).having(currents != 1)
    for work, count, its in connection.execute(works.order_by(articles.c.work_id)):
        seen = f"{count} of its versions are current, not one"
        yield Problem(f"page {work}", seen, REREAD.format(host=its))


def _is_due(connection: Connection) -> bool:
    """Whether anything waits to be settled: until then clusters may name what has gone."""
    pending = select(articles.c.id).where(articles.c.settle_state != "settled").limit(1)
    unsettled = shingle_index.count(connection, "new") + shingle_index.count(connection, "dirty")
    return unsettled > 0 or connection.scalar(pending) is not None or bool(member_rows.gone(connection))


def _missettled(connection: Connection) -> Iterator[Problem]:
    absent = articles.c.current & articles.c.id.not_in(select(members.c.id))
    for id in connection.scalars(select(articles.c.id).where(absent).order_by(articles.c.id)):
        yield Problem(f"article {id}", "takes part in no cluster", SETTLE_ANEW)
    first = func.min(settled.c.id)
    clusters = (
        select(settled.c.cluster_id).group_by(settled.c.cluster_id).having(first != settled.c.cluster_id)
    )
    for cluster in connection.scalars(clusters.order_by(settled.c.cluster_id)):
        yield Problem(f"cluster {cluster}", "is not named by its first member", SETTLE_ANEW)
