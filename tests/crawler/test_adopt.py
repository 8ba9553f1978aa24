"""Records that reached the WARC and whose transaction a kill has prevented."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.odd_server import HTML, odd_server, page, said, site
from bench.one_crawl import Order
from crawler import adopt, clock
from crawler.demo.declare import declarations
from crawler.demo.network import Network
from crawler.demo.server import Running
from crawler.plan import Plan
from crawler.reply import Reply
from crawler.session import Session
from crawler.timing import HOUR
from pipelines.sites import parse_site

Rows = Callable[[Path, str], list[tuple[Any, ...]]]
LAST = "select url, warc_file, warc_offset from {} order by warc_file desc, warc_offset desc limit 1"


def undo(archive: Path, table: str, rows: Rows) -> str:
    """Take back the transaction of the last record of a table, as if the kill had come before it."""
    ((url, file, offset),) = rows(archive, LAST.format(table))
    ((newest,),) = rows(archive, "select max(warc_file) from captures")
    assert file == max(newest, file)
    with closing(sqlite3.connect(archive / "catalog.db")) as connection, connection:
        connection.execute(f"delete from {table} where warc_file = ? and warc_offset = ?", (file, offset))
        connection.execute("update addresses set state = 'leased', due = 0 where url = ?", (url,))
    return str(url)


def asked_for(server: Running, url: str, since: int) -> int:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return sum((line.host, line.path) == (parts.hostname, path) for line in server.log[since:])


def test_an_answer_without_its_row_is_taken_in_and_not_asked_for_again(
    running: Running, order: Callable[..., Order], catalog_rows: Rows, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    order().run()
    before = catalog_rows(archive, "select id, warc_file, warc_offset from captures order by id")
    url, seen = undo(archive, "captures", catalog_rows), len(running.log)
    assert order().run()["counts"]["adopted"] == 1
    assert catalog_rows(archive, "select id, warc_file, warc_offset from captures order by id") == before
    assert asked_for(running, url, seen) == 0


def test_a_revisit_without_its_row_ends_the_lease_too(
    running: Running, order: Callable[..., Order], catalog_rows: Rows, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    order().run()
    order(everything=True).run()
    before = catalog_rows(archive, "select url, capture_id, warc_offset from revisits order by url")
    url, seen = undo(archive, "revisits", catalog_rows), len(running.log)
    assert order().run()["counts"]["adopted"] == 1
    assert catalog_rows(archive, "select url, capture_id, warc_offset from revisits order by url") == before
    assert catalog_rows(archive, f"select state from addresses where url = '{url}'") == [("done",)]
    assert asked_for(running, url, seen) == 0


def test_an_answer_on_which_our_code_fails_keeps_no_archive_shut(
    order: Callable[..., Order],
    small: Network,
    catalog_rows: Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    archive = tmp_path / "archive"
    order().run()
    before = catalog_rows(archive, "select id from captures order by id")
    url = undo(archive, "captures", catalog_rows)

    def fails(*_: object) -> Reply:
        raise ZeroDivisionError

    monkeypatch.setattr(adopt, "interpret", fails)
    sites = tuple(parse_site(name, text) for name, text in declarations(small).items())
    for adopted in (1, 0):
        session = Session(Plan(archive, archive, sites))
        assert session.close(0)["adopted"] == adopted
    assert "ZeroDivisionError" in caplog.text
    assert catalog_rows(archive, "select id from captures order by id") == before
    assert catalog_rows(archive, f"select read_state from captures where url = '{url}'") == [("pending",)]
    ((state, failure, due),) = catalog_rows(
        archive, f"select state, failure, due from addresses where url = '{url}'"
    )
    assert (state, failure) == ("pending", "our bug")
    assert due > clock.now() + HOUR / 2


FAILS = """
import json, sys
from bench import one_crawl
from crawler import visits
from crawler.spiders import mirror

def fails(first, *rest):
    if getattr(first, "address", first).url.endswith("/broken"):
        raise ZeroDivisionError
    return whole(first, *rest)

whole, {where} = {where}, fails
if __name__ == "__main__":
    sys.exit(one_crawl.main(json.loads(sys.argv[1])))
"""


@pytest.mark.parametrize(
    ("where", "rows"), [("mirror.interpret", [("pending",)]), ("visits._learnt", [])], ids=["page", "row"]
)
def test_an_answer_on_which_our_code_fails_in_a_crawl_has_its_row_all_the_same(
    where: str, rows: list[tuple[str]], catalog_rows: Rows, tmp_path: Path
) -> None:
    """Unless it is the transaction itself that our code fails in; the lease ends either way."""
    archive = tmp_path / "archive"
    answers = {path: said("200 OK", page(path), HTML) for path in ("/broken", "/whole")}
    with odd_server(answers) as odd:
        order = Order(archive, odd.port, {"odd": site(tuple(answers))}, read=True, patience=0.0)
        given = json.dumps(
            {name: getattr(order, name) for name in order.__slots__} | {"archive": str(archive)}
        )
        command = [sys.executable, "-c", FAILS.format(where=where), given]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert catalog_rows(archive, "select read_state from captures where url like '%/broken'") == rows
    states = dict(catalog_rows(archive, "select url, failure from addresses where state != 'leased'"))
    assert states == {"http://odd.test/broken": "our bug", "http://odd.test/whole": None}
