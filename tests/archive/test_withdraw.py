"""What is withdrawn is gone, stays gone, and leaves valid files behind."""

from __future__ import annotations

import gzip
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.archive import articles, captures, drops, tombstones
from pipelines.archive.article_rows import row_of
from pipelines.archive.catalog import Catalog
from pipelines.archive.intake import take_in
from pipelines.archive.merge import merge
from pipelines.archive.parts import Part
from pipelines.archive.purge import purge
from pipelines.archive.reader import Revisit, read_at
from pipelines.archive.revisits import insert_revisit, resolve_revisits
from pipelines.archive.schema import addresses, links
from pipelines.archive.schema import captures as capture_table
from pipelines.archive.schema import revisits as revisit_table
from pipelines.archive.schema import tombstones as stone_table
from pipelines.archive.search import search
from pipelines.archive.settled import settled_of, store_settled
from pipelines.archive.shelf import Shelf
from pipelines.archive.tombstones import Tombstones
from pipelines.archive.verify import verify
from pipelines.archive.warc import WarcWriter
from pipelines.archive.withdraw import Target, lift, target_of, withdraw
from pipelines.errors import UsageError
from pipelines.records import Drop, Reason, Settled, Stage
from tests.archive.stored import store_outcome

AT = "2026-03-01T00:00:00Z"


def fill(archive: Any, make_page: Any, make_capture: Any) -> list[Any]:
    hosts = ("a.test", "www.a.test", "b-a.test", "b.test")
    urls = [f"http://{host}/{n}" for host in hosts for n in range(2)] + ["http://b.test/a.test/x"]
    stored: list[Any] = archive.add(*(make_capture(url, make_page(n)) for n, url in enumerate(urls)))
    with WarcWriter(archive.folder / "warc", "test") as writer:
        writer.write_metadata("http://a.test/0", {"note": "x"})
    return stored


def present(archive: Any) -> set[str]:
    with archive.catalog.read() as c:
        return {article.url for article in articles.iterate(c)}


def do(archive: Any, target: Target) -> Any:
    return archive.catalog.write(lambda c: withdraw(c, target, "asked for", AT)).result()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("http://a.test/0", {"http://a.test/0"}),
        ("A.test", {"http://a.test/0", "http://a.test/1", "http://www.a.test/0", "http://www.a.test/1"}),
        ("b.test", {"http://b.test/0", "http://b.test/1", "http://b.test/a.test/x"}),
    ],
)
def test_withdrawing(
    archive: Any, make_page: Any, make_capture: Any, make_article: Any, text: str, gone: set[str]
) -> None:
    stored = fill(archive, make_page, make_capture)
    before = present(archive)
    done = do(archive, target_of(text))
    assert (done.articles, done.captures) == (len(gone), len(gone))
    assert present(archive) == before - gone
    with archive.catalog.read() as c:
        assert {hit.url for hit in search(c, "专利", 50)} == before - gone
        stones = tombstones.load(c)
    assert {one.url for one in stored if stones.cover(one.url, one.id)} == gone
    # Taking the same captures in again brings none of them back, but counts them.
    part = Part(
        "again",
        "x",
        "v1",
        tuple(map(captures.row_of, stored)),
        tuple(row_of(make_article(one)) for one in stored),
    )
    counts = take_in(archive.catalog, part, run=None, taken_at=AT).result()
    assert counts.withdrawn == len(gone)
    assert present(archive) == before - gone
    with archive.catalog.read() as c:
        assert {drop.url for drop in drops.iterate(c) if drop.reason is Reason.WITHDRAWN} == gone
    assert do(archive, target_of(text)).articles == 0
    assert list(verify(archive.folder, archive.catalog)) == []


def test_a_witness_that_was_withdrawn_is_forgotten_at_once(
    archive: Any, make_page: Any, make_capture: Any
) -> None:
    """Before anything is settled again: an export in between names it no more, nor has its text."""
    ids = sorted(one.id for one in fill(archive, make_page, make_capture))[:3]
    gone, kept, canonical = ids
    whole = Settled(
        canonical, ids[0], canonical=True, witnesses=(gone, kept), edition_body="校勘", joined=(gone,)
    )
    copies = [Settled(one, ids[0], canonical=False) for one in (gone, kept)]
    archive.catalog.write(lambda c: store_settled(c, [(one, None) for one in (whole, *copies)])).result()
    do(archive, Target("id", gone))
    with archive.catalog.read() as c:
        after = settled_of(c, canonical)
        assert settled_of(c, gone) is None
        assert settled_of(c, kept) == copies[1]
    assert after == replace(whole, witnesses=(kept,), edition_body=None, joined=())


def test_an_id_stands_for_all_versions_of_its_page(archive: Any, make_capture: Any) -> None:
    """Else the version before is current again, and one changed byte is another id."""
    old, new = archive.add(
        make_capture("http://a.test/1", "旧".encode(), "2026-01-01T00:00:00Z"),
        make_capture("http://a.test/1", "新".encode(), "2026-01-02T00:00:00Z"),
    )
    assert do(archive, target_of(new.id)).articles == 2
    assert present(archive) == set()
    with archive.catalog.read() as c:
        assert tombstones.load(c).cover(old.url, "another id")


def test_lifting_lets_in_again_and_leaves_the_audit_line(
    archive: Any, make_page: Any, make_capture: Any
) -> None:
    stored = fill(archive, make_page, make_capture)
    do(archive, target_of("a.test"))
    do(archive, target_of("http://a.test/0"))

    def let_in(text: str) -> Any:
        return archive.catalog.write(lambda c: lift(c, target_of(text), "a slip", AT)).result()

    assert let_in("a.test") == 3  # the address has a tombstone of its own
    with archive.catalog.read() as c:
        stones = tombstones.load(c)
        waiting = set(c.scalars(select(capture_table.c.url).where(capture_table.c.read_state == "pending")))
        (line,) = c.execute(select(stone_table).where(stone_table.c.kind == tombstones.LIFTED)).all()
    assert {one.url for one in stored if stones.cover(one.url, one.id)} == {"http://a.test/0"}
    assert waiting == {"http://a.test/1", "http://www.a.test/0", "http://www.a.test/1"}
    assert "asked for" in line.reason
    assert "a slip" in line.reason
    with pytest.raises(UsageError, match="not withdrawn"):
        let_in("a.test")
    do(archive, target_of("a.test"))
    with archive.catalog.read() as c:
        assert tombstones.load(c).cover("http://a.test/1")


def test_what_was_read_while_it_was_withdrawn_is_not_stored(
    archive: Any, make_page: Any, make_capture: Any, make_article: Any
) -> None:
    page, other = archive.add(
        *(make_capture(f"http://a.test/{n}", make_page(n)) for n in range(2)), read=False
    )
    do(archive, target_of("a.test"))
    drop = Drop(Stage.EXTRACT, Reason.LIST_PAGE, "", other.url, other.id)
    for one, outcome in ((page, make_article(page)), (other, drop)):
        archive.catalog.write(lambda c, i=one.id, o=outcome: store_outcome(c, i, o, "v1")).result()
    assert present(archive) == set()
    with archive.catalog.read() as c:
        assert set(c.scalars(select(capture_table.c.read_state))) == {"withdrawn"}
        assert list(drops.iterate(c)) == []


@pytest.mark.parametrize("withdrawn_here", [True, False])
def test_a_merge_keeps_withdrawn_addresses_out(archive: Any, tmp_path: Path, withdrawn_here: bool) -> None:
    """Whichever of the two withdrew it."""
    url, headline = "http://a.test/1", {"source_url": "http://b.test/", "kind": "article", "title": "专利"}
    row = {"host": "a.test", "kind": "article", "state": "pending", "browser": False, "due": 0.0}
    with Catalog.open(tmp_path / "other") as other:
        holder, barring = (other, archive.catalog) if withdrawn_here else (archive.catalog, other)
        holder.write(lambda c: c.execute(addresses.insert().values(url=url, **row)).rowcount).result()
        holder.write(lambda c: c.execute(links.insert().values(url=url, **headline)).rowcount).result()
        barring.write(lambda c: withdraw(c, target_of("a.test"), "asked for", AT)).result()
    merge([tmp_path / "other"], archive.folder, archive.catalog, at=AT)
    with archive.catalog.read() as c:
        assert c.execute(select(addresses.c.state, addresses.c.failure)).all() == [("dead", "withdrawn")]
        assert c.execute(select(links)).all() == []


@pytest.mark.parametrize("text", ["", "专利", "a", "ftp://a.test/", "a b.test", "deadbeef"])
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="host name"):
        target_of(text)


def test_a_reason_is_needed(archive: Any) -> None:
    with pytest.raises(UsageError, match="--reason"):
        archive.catalog.write(lambda c: withdraw(c, target_of("a.test"), "  ", AT)).result()


@pytest.mark.parametrize("text", ["http://a.test/0", "a.test", "b.test"])
def test_purging_rewrites_the_files_without_the_records(
    archive: Any, make_page: Any, make_capture: Any, text: str
) -> None:
    stored = fill(archive, make_page, make_capture)
    again = replace(stored[0], fetched_at="2026-02-01T00:00:00Z", payload=b"")
    with WarcWriter(archive.folder / "warc", "test") as writer:
        writer.write_revisit(again, "identical-payload-digest", stored[0].fetched_at)
    do(archive, target_of(text))
    done = purge(archive.folder, archive.catalog, target_of(text))
    assert done.records >= 2
    gone = [
        one
        for one in stored
        if tombstones.Tombstones(urls=frozenset({text}), hosts=frozenset({text})).cover(one.url)
    ]
    left = b""
    for path in (archive.folder / "warc").iterdir():
        assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0
        left += subprocess.run(["gzip", "-dc", path], check=True, capture_output=True).stdout
    for one in gone:
        assert f"WARC-Target-URI: {one.url}\r\n".encode() not in left
    assert list(verify(archive.folder, archive.catalog)) == []
    with archive.catalog.read() as c:
        rows = {row.id: row for row in captures.iterate(c)}
        assert set(rows) == {one.id for one in stored} - {one.id for one in gone}
        for article in articles.iterate(c):
            assert article.warc == rows[article.id].warc
    for row in rows.values():
        assert read_at(row.warc, Shelf(archive.folder)).payload_digest == row.payload_digest
    assert purge(archive.folder, archive.catalog, target_of(text)).records == 0


def test_a_purge_that_was_killed_before_the_old_file_went_is_finished(
    archive: Any, make_page: Any, make_capture: Any
) -> None:
    stored = fill(archive, make_page, make_capture)
    old = archive.folder / "warc" / stored[0].warc.file
    whole = old.read_bytes()
    do(archive, target_of("a.test"))
    purge(archive.folder, archive.catalog, target_of("a.test"))
    old.write_bytes(whole)
    purge(archive.folder, archive.catalog, target_of("a.test"))
    assert not old.exists()
    assert list(verify(archive.folder, archive.catalog)) == []


@pytest.mark.parametrize("foreign", [False, True])
@pytest.mark.parametrize("first", ["http://a.test/1", "http://b.test/2"])
def test_a_record_goes_when_no_address_has_its_page_from_it_any_more(
    archive: Any, make_page: Any, make_capture: Any, first: str, foreign: bool
) -> None:
    kept, other = archive.add(
        make_capture("http://a.test/1", make_page(1)), make_capture("http://x.test/", b"")
    )
    same = replace(kept, url="http://b.test/2", fetched_at="2026-02-01T00:00:00Z", payload=b"")
    with WarcWriter(archive.folder / "warc", "second") as writer:
        place = writer.write_revisit(same, "identical-payload-digest", kept.fetched_at)
    revisit = Revisit(
        same.url, same.fetched_at, "identical-payload-digest", kept.url, None, kept.payload_digest, place
    )
    archive.catalog.write(lambda c: insert_revisit(c, revisit)).result()
    assert archive.catalog.write(resolve_revisits).result() == (1, 0)
    elsewhere = revisit_table.update().values(warc_file="elsewhere.warc.gz")
    archive.catalog.write(lambda c: c.execute(elsewhere if foreign else select(1)).rowcount).result()
    second = {kept.url: same.url, same.url: kept.url}[first]
    do(archive, target_of(first))
    assert purge(archive.folder, archive.catalog, target_of(first)).needed_by == (second,)
    with archive.catalog.read() as c:
        (row,) = captures.iterate(c, where=capture_table.c.url == second)
        assert not c.scalar(select(stone_table.c.purged))
    assert read_at(row.warc, Shelf(archive.folder)).payload == kept.payload
    do(archive, target_of(second))
    assert purge(archive.folder, archive.catalog, target_of(second)).needed_by == ()
    left = b"".join(gzip.decompress(path.read_bytes()) for path in (archive.folder / "warc").iterdir())
    assert kept.payload not in left
    with archive.catalog.read() as c:
        assert [row.id for row in captures.iterate(c)] == [other.id]
        assert c.scalar(select(revisit_table.c.url)) is None


def test_foreign_files_are_named_and_left_alone(archive: Any, make_page: Any, make_capture: Any) -> None:
    (stored,) = archive.add(make_capture("http://a.test/1", make_page(1)))
    moved = capture_table.update().values(warc_file="elsewhere.warc.gz")
    archive.catalog.write(lambda c: c.execute(moved).rowcount).result()
    do(archive, target_of("a.test"))
    assert purge(archive.folder, archive.catalog, target_of("a.test")).foreign == ("elsewhere.warc.gz",)
    with archive.catalog.read() as c:
        assert c.scalars(select(capture_table.c.id)).all() == [stored.id]


SPELLINGS = [
    "http://a.test/1?b=%e4&a=",
    "HTTPS://A.TEST:443/%31?a=&b=%E4#end",
    "http://a.test.:80/1?b=%E4&a=",
]


@pytest.mark.parametrize("named", SPELLINGS)
def test_an_address_covers_its_spellings(archive: Any, make_capture: Any, named: str) -> None:
    """Captures of others keep the address as their record has it: the next spelling would be current."""
    others = ["http://a.test/1?b=%e4", "http://a.test:81/1?b=%e4&a=", "http://b.test/1?b=%e4&a="]
    urls = [*SPELLINGS, *others]
    stored = archive.add(*(make_capture(url, str(n).encode()) for n, url in enumerate(urls)))
    rows = tuple(map(captures.row_of, stored))
    done = do(archive, target_of(named))
    assert (done.articles, done.captures) == (len(SPELLINGS), len(SPELLINGS))
    assert present(archive) == {one.url for one in stored[len(SPELLINGS) :]}
    counts = take_in(archive.catalog, Part("again", "x", "v1", rows), run=None, taken_at=AT).result()
    assert counts.withdrawn == len(SPELLINGS)
    assert list(verify(archive.folder, archive.catalog)) == []
    for other in SPELLINGS:  # a tombstone more each, and one lift ends them all
        do(archive, target_of(other))
    lifted = archive.catalog.write(lambda c: lift(c, target_of(SPELLINGS[0]), "a slip", AT)).result()
    assert lifted == len(SPELLINGS)
    with archive.catalog.read() as c:
        assert tombstones.load(c) == Tombstones()


@pytest.mark.parametrize("named", ["http://a.test/1", "a.test", "A.test."])
def test_a_purge_takes_every_spelling(archive: Any, make_page: Any, make_capture: Any, named: str) -> None:
    urls = ["http://a.test/1", "https://a.test./1#x", "http://b.test/1"]
    archive.add(*(make_capture(url, make_page(n)) for n, url in enumerate(urls)))
    do(archive, target_of(named))
    purge(archive.folder, archive.catalog, target_of(named))
    (file,) = (archive.folder / "warc").glob("*.warc.gz")
    assert b"a.test" not in gzip.decompress(file.read_bytes())
    assert b"http://b.test/1" in gzip.decompress(file.read_bytes())
    assert list(verify(archive.folder, archive.catalog)) == []


@pytest.mark.parametrize(
    ("text", "host", "url"),
    [
        ("知识.中国", "xn--k7y073b.xn--fiqs8s", "http://%E7%9F%A5%E8%AF%86.%E4%B8%AD%E5%9B%BD/1"),
        ("xn--k7y073b.xn--fiqs8s", "xn--k7y073b.xn--fiqs8s", "http://WWW.知识.中国./1"),
        ("A_b.Test.", "a_b.test", "http://a_b.test:8080/"),
        ("[2001:DB8::1]", "2001:db8::1", "http://[2001:db8::1]:8080/1"),
        ("192.0.2.1", "192.0.2.1", "http://192.0.2.1/1"),
    ],
)
def test_a_host_is_one_however_it_is_written(
    archive: Any, make_capture: Any, text: str, host: str, url: str
) -> None:
    archive.add(make_capture(url, b"1"), make_capture("http://b.test/1", b"2"))
    archive.catalog.write(
        lambda c: c.execute(links.insert().values(source_url="http://b.test/", url=url, kind="list"))
    ).result()
    assert target_of(text) == Target("host", host)
    assert do(archive, target_of(text)).captures == 1
    assert present(archive) == {"http://b.test/1"}
    with archive.catalog.read() as c:
        assert c.execute(select(links)).all() == []


def test_a_host_covers_what_lies_below_it_only() -> None:
    stones = Tombstones(hosts=frozenset({"a.test"}))
    assert stones.cover("http://A.TEST:80/x")
    assert stones.cover("http://www.a.test/")
    assert not stones.cover("http://b-a.test/")
    assert not stones.cover("http://b.test/a.test/")
    assert not stones.cover("not an address")


def test_drops_are_withdrawn_too(archive: Any, make_page: Any, make_capture: Any) -> None:
    (stored,) = archive.add(make_capture("http://a.test/1", make_page(1)), read=False)
    drop = Drop(Stage.EXTRACT, Reason.LIST_PAGE, "", stored.url, stored.id)
    archive.catalog.write(lambda c: store_outcome(c, stored.id, drop, "v1")).result()
    do(archive, target_of("a.test"))
    with archive.catalog.read() as c:
        assert list(drops.iterate(c)) == []
