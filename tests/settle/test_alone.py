"""One process at a time settles: what it works out is stored later than it was read."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.copies_texts import made_article, own_articles
from pipelines.archive.articles import store_article
from pipelines.archive.catalog import Catalog
from pipelines.archive.settling import LOCK_FILE, settling_alone
from pipelines.settle import rebuild, settle

HOLDER = """
import sys
from pathlib import Path
from pipelines.archive.catalog import Catalog
from pipelines.archive.settling import settling_alone
with Catalog.open(Path(sys.argv[1])) as catalog, settling_alone(catalog):
    print("held", flush=True)
    sys.stdin.read()
"""


def fill(catalog: Catalog) -> None:
    for number, own in enumerate(own_articles()[:3]):
        article = made_article(f"https://one.test/{number}", own.headline, own.body)
        catalog.write(lambda c, article=article: store_article(c, article)).result()


def is_free(folder: Path) -> bool:
    with (folder / LOCK_FILE).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_from_the_first_step_to_the_last_others_are_kept_out(tmp_path: Path) -> None:
    free: list[bool] = []

    def look(_: str, __: int) -> None:
        free.append(is_free(tmp_path))

    with Catalog.open(tmp_path) as catalog:
        fill(catalog)
        settle(catalog, progress=look)
        assert len(free) > 2
        assert is_free(tmp_path)
        rebuild(catalog, progress=look)
    assert not any(free)
    assert is_free(tmp_path)


def test_on_postgresql_too(postgres: str) -> None:
    held: list[Any] = []
    with Catalog.open(postgres) as catalog, Catalog.open(postgres) as other:
        fill(catalog)

        def advisory() -> Any:
            with other.read() as connection:
                return connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))

        settle(catalog, progress=lambda _, __: held.append(advisory()))
        assert set(held) == {1}
        assert advisory() == 0


def test_a_killed_process_keeps_no_lock(tmp_path: Path) -> None:
    with Catalog.open(tmp_path) as catalog:
        command = [sys.executable, "-c", HOLDER, str(tmp_path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            assert not is_free(tmp_path)
            holder.kill()
        with settling_alone(catalog):
            assert not is_free(tmp_path)
