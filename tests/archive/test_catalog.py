"""One writer, short transactions, several processes; errors that say what to type."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, func, inspect, select, update

from pipelines.archive import migrations
from pipelines.archive.catalog import CATALOG_FILE, Catalog
from pipelines.archive.schema import CATALOG_SCHEMA, meta, runs
from pipelines.archive.writer import BATCH_SECONDS
from pipelines.errors import ArchiveError, ArchiveUnwritable, SchemaError, UsageError

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def postgres(database: Callable[[str], str]) -> str:
    return database("catalog")


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    if request.param == "sqlite":
        return tmp_path / "archive"
    address: str = request.getfixturevalue("postgres")
    with Catalog.open(address) as catalog:
        catalog.write(lambda connection: connection.execute(delete(runs)).rowcount).result()
    return address


def note(name: str) -> object:
    def work(connection: Connection) -> str:
        connection.execute(runs.insert().values(command=name, started_at="", counts="{}"))
        return name

    return work


def noted(catalog: Catalog) -> list[str]:
    with catalog.read() as connection:
        return list(connection.scalars(select(runs.c.command).order_by(runs.c.id)))


def test_work_is_done_in_order_and_answers_after_its_commit(location: Path | str) -> None:
    with Catalog.open(location) as catalog:
        answers = [catalog.write(note(str(n))) for n in range(500)]  # type: ignore[arg-type]
        assert [answer.result() for answer in answers] == [str(n) for n in range(500)]
        assert noted(catalog) == [str(n) for n in range(500)]


def test_one_that_raises_undoes_itself_alone(location: Path | str) -> None:
    def fails(connection: Connection) -> None:
        note("half")(connection)  # type: ignore[operator]
        raise KeyError("mine")

    with Catalog.open(location) as catalog:
        gate = threading.Event()
        catalog.write(lambda _: gate.wait())  # holds the batch open, so that all three share it
        before, bad, after = (catalog.write(work) for work in (note("a"), fails, note("b")))  # type: ignore[arg-type]
        gate.set()
        with pytest.raises(KeyError, match="mine"):
            bad.result()
        assert (before.result(), after.result()) == ("a", "b")
        assert noted(catalog) == ["a", "b"]


def test_a_database_error_in_one_is_its_own(location: Path | str) -> None:
    with Catalog.open(location) as catalog:
        twice = [
            catalog.write(lambda c: c.execute(meta.insert().values(key="x", value="1")).rowcount)
            for _ in "ab"
        ]
        good = catalog.write(note("c"))  # type: ignore[arg-type]
        twice[0].result()
        with pytest.raises(Exception, match=r"UNIQUE|duplicate"):
            twice[1].result()
        assert good.result() == "c"
        catalog.write(lambda c: c.execute(delete(meta).where(meta.c.key == "x")).rowcount).result()


def test_closing_waits_for_what_was_queued(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        for n in range(300):
            catalog.write(note(str(n)))  # type: ignore[arg-type]
    with Catalog.open(tmp_path, read_only=True) as catalog:
        assert len(noted(catalog)) == 300


def test_a_reader_sees_one_state(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog, catalog.read() as connection:
        before = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
        catalog.write(note("later")).result()  # type: ignore[arg-type]
        assert connection.scalars(select(runs.c.command)).all() == []
        assert before == str(CATALOG_SCHEMA)


COUNT_UP = """
import sys
from pathlib import Path
from sqlalchemy import select, update
from pipelines.archive.catalog import Catalog
from pipelines.archive.migrations import take_numbers
location = sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])
with Catalog.open(location) as catalog:
    for _ in range(40):
        print(*catalog.write(lambda c: take_numbers(c, 2)).result())
"""


def test_processes_write_at_the_same_time(location: Path | str) -> None:
    """Read-modify-write of one counter from two processes: none waits in vain, none overwrites another."""
    Catalog.open(location).close()
    command = [sys.executable, "-c", COUNT_UP, str(location)]
    at_work = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    numbers = [int(number) for process in at_work for number in process.communicate()[0].split()]
    assert [process.returncode for process in at_work] == [0, 0]
    assert len(numbers) == len(set(numbers)) == 160


def test_a_process_killed_in_its_transaction_keeps_no_lock(tmp_path: Path) -> None:
    Catalog.open(tmp_path).close()
    die = (
        "import os, sys; from pathlib import Path; from pipelines.archive.catalog import Catalog;"
        "from pipelines.archive.schema import meta;"
        "catalog = Catalog.open(Path(sys.argv[1]));"
        "catalog.write(lambda c: (c.execute(meta.insert().values(key='k', value='v')), os._exit(9))).result()"
    )
    assert subprocess.run([sys.executable, "-c", die, tmp_path], cwd=ROOT, check=False).returncode == 9
    with Catalog.open(tmp_path) as catalog:
        assert catalog.write(note("after")).result() == "after"  # type: ignore[arg-type]
        with catalog.read() as connection:
            assert connection.scalar(select(meta.c.value).where(meta.c.key == "k")) is None


def test_a_transaction_is_cut_so_that_others_get_their_turn(tmp_path: Path) -> None:
    def slow(connection: Connection) -> None:
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT max(i) FROM n"
        ).all()

    with Catalog.open(tmp_path) as one, Catalog.open(tmp_path) as other:
        queue = [one.write(slow) for _ in range(12)]
        assert other.write(note("between")).result(timeout=30) == "between"  # type: ignore[arg-type]
        [done.result() for done in queue]
    assert BATCH_SECONDS < 1


def test_older_catalogs_are_migrated_and_newer_ones_refused(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:

        def grow(connection: Connection) -> None:
            connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN host TEXT")

        def upgrade(connection: Connection) -> None:
            newest = CATALOG_SCHEMA + 1
            migrations.migrate(connection, "here", {newest: grow}, newest)
            migrations.migrate(connection, "here", {newest: grow}, newest)  # done once only

        catalog.write(upgrade).result()
        with catalog.read() as connection:
            assert migrations.version(connection, "here") == CATALOG_SCHEMA + 1
            assert connection.exec_driver_sql("SELECT host FROM runs").all() == []
    for read_only in (False, True):
        with pytest.raises(SchemaError, match=f"schema {CATALOG_SCHEMA + 1}.*make setup"):
            Catalog.open(tmp_path, read_only=read_only)


BACK_TO_5 = (
    "DROP TABLE segment_filters",
    "DROP TABLE hosts",
    "DROP INDEX addresses_next",
    "CREATE INDEX addresses_host ON addresses (host, state)",
    "DROP INDEX captures_read",
    "CREATE INDEX captures_read ON captures (read_state)",
    "UPDATE meta SET value = '5' WHERE key = 'schema'",
)


def test_a_catalog_of_schema_5_becomes_what_a_new_one_is(location: Path | str) -> None:
    def shape(catalog: Catalog) -> object:
        with catalog.read() as connection:
            seen = inspect(connection)
            return [
                (
                    [(each["name"], str(each["type"]), each["nullable"]) for each in seen.get_columns(table)],
                    seen.get_pk_constraint(table)["constrained_columns"],
                    sorted((str(each["name"]), each["column_names"]) for each in seen.get_indexes(table)),
                )
                for table in ("hosts", "addresses", "captures", "segment_filters")
            ]

    with Catalog.open(location) as catalog:
        new = shape(catalog)
        catalog.write(lambda c: [c.exec_driver_sql(step).rowcount for step in BACK_TO_5]).result()
    with Catalog.open(location) as catalog:
        assert shape(catalog) == new


def test_the_reading_queue_is_read_in_the_order_of_an_index(tmp_path: Path) -> None:
    first = "WHERE read_state = 'pending' ORDER BY warc_file, warc_offset, id LIMIT ?"
    with Catalog.open(tmp_path) as catalog, catalog.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM captures {first}", (9,))
        (step,) = [row[3] for row in plan]
    assert "captures_read (read_state=?)" in step


def test_an_older_catalog_that_cannot_be_migrated_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        this = update(meta).where(meta.c.key == "schema").values(value="0")
        catalog.write(lambda c: c.execute(this).rowcount).result()
        with catalog.read() as connection, pytest.raises(SchemaError, match="copy the archive"):
            migrations.check_schema(connection, "here")


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no archive here"):
        Catalog.open(tmp_path / "nowhere", read_only=True)
    (tmp_path / CATALOG_FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(ArchiveError, match="ipnews backfill OLD/warc"):
        Catalog.open(tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ArchiveUnwritable, match="free space or mend"):
        Catalog.open(blocked / "archive")
    with pytest.raises(UsageError, match="postgresql://"):
        Catalog.open("mysql://nobody@localhost/x")


@pytest.mark.parametrize("name", ["a#b", "a?b=c", "a%20b", "a b&mode=rw", "专利"])
def test_any_folder_may_hold_an_archive(tmp_path: Path, name: str) -> None:
    with Catalog.open(tmp_path / name) as catalog:
        catalog.write(note("x")).result()  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with Catalog.open(tmp_path / name, read_only=True) as catalog:
        assert noted(catalog) == ["x"]


def test_a_reader_makes_no_catalog_of_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / CATALOG_FILE
    path.touch()
    with pytest.raises(SchemaError, match=r"empty: nothing .* ipnews crawl --url URL"):
        Catalog.open(tmp_path, read_only=True)
    assert path.stat().st_size == 0
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE of_another_program (x)")
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="not a catalog of ipnews"):
        Catalog.open(tmp_path, read_only=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_schema_that_is_no_number_is_refused(tmp_path: Path, read_only: bool) -> None:
    Catalog.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / CATALOG_FILE)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'abc' WHERE key = 'schema'")
    with pytest.raises(SchemaError, match="schema 'abc'"):
        Catalog.open(tmp_path, read_only=read_only)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnwritable) as caught:
        Catalog.open("postgresql://user:geheim@127.0.0.1:1/x")
    assert "geheim" not in str(caught.value)


def test_a_read_only_catalog_refuses_to_write(tmp_path: Path) -> None:
    Catalog.open(tmp_path).close()
    with Catalog.open(tmp_path, read_only=True) as catalog, pytest.raises(UsageError, match="reading only"):
        catalog.write(note("x"))  # type: ignore[arg-type]


FULL = """
import resource, signal, sys
from pathlib import Path
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import meta
from pipelines.errors import ArchiveUnwritable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Catalog.open(Path(sys.argv[1])) as catalog:
    kept = catalog.write(lambda c: c.execute(meta.insert().values(key="kept", value="1")).rowcount).result()
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
    try:
        catalog.write(lambda c: c.execute(meta.insert().values(key="big", value="x" * 5_000_000)).rowcount).result()
    except ArchiveUnwritable as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    catalog.write(lambda c: c.execute(meta.insert().values(key="after", value="1")).rowcount).result()
"""


def test_a_full_disk_is_one_line_and_what_was_written_stays(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "free space or mend the permissions" in done.stdout
    assert done.stdout.count("\n") == 1
    with sqlite3.connect(tmp_path / CATALOG_FILE) as connection:
        keys = {key for (key,) in connection.execute("SELECT key FROM meta")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert {"kept", "after"} <= keys
    assert "big" not in keys


def test_an_archive_on_a_read_only_place_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalog.open(tmp_path) as catalog:
        catalog.write(note("x")).result()  # type: ignore[arg-type]
    files = sorted(path.name for path in tmp_path.iterdir())
    # The tests may run as root, whom no permission stops: the question is answered for the one who asks it.
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with Catalog.open(tmp_path, read_only=True) as catalog:
        assert noted(catalog) == ["x"]
        assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_what_a_running_crawl_has_just_written_is_read_by_who_may_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalog.open(tmp_path) as writing:
        writing.write(note("x")).result()  # type: ignore[arg-type]
        monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        with Catalog.open(tmp_path, read_only=True) as catalog:
            assert noted(catalog) == ["x"]


def test_a_copy_of_the_folder_is_a_whole_archive(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "a") as catalog:
        catalog.write(note("x")).result()  # type: ignore[arg-type]
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with Catalog.open(tmp_path / "b", read_only=True) as catalog:
        assert noted(catalog) == ["x"]


def test_of_two_transactions_that_wait_for_each_other_one_is_done_again(postgres: str) -> None:
    both_hold_one, tries = threading.Barrier(2), []

    def crossing(first: int, second: int) -> object:
        def work(connection: Connection) -> int:
            tries.append(first)
            connection.execute(select(func.pg_advisory_xact_lock(first)))
            if tries.count(first) == 1:
                both_hold_one.wait(60)
            connection.execute(select(func.pg_advisory_xact_lock(second)))
            return first

        return work

    with Catalog.open(postgres) as one, Catalog.open(postgres) as other:
        crossed = [one.write(crossing(1, 2)), other.write(crossing(2, 1))]
        assert [future.result() for future in crossed] == [1, 2]
    assert len(tries) == 3
