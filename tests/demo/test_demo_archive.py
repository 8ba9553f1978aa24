"""The demo works in folders of its own: nobody's declarations go, nobody's articles get its articles beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.commands.demo import run
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import captures
from pipelines.errors import UsageError

MINE = 'hosts = ["www.example.cn"]\n'
DEMOS = 'hosts = ["www.a.test"]\ndemo = true\n'


@pytest.mark.parametrize(("name", "text"), [("mine", MINE), ("demo-mine", MINE), ("mine", DEMOS)])
def test_declarations_that_no_demo_wrote_stay(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / "sites" / f"{name}.toml"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(UsageError, match=rf"the declaration {name}\.toml.*ipnews demo --archive DIR"):
        run(archive=tmp_path)
    assert file.read_text() == text


def test_an_archive_with_captures_of_other_hosts_is_refused(tmp_path: Path) -> None:
    needed = {column.name: 0 for column in captures.columns if not column.nullable}
    given = dict.fromkeys(("id", "url", "fetched_at", "payload_digest"), "x") | {"host": "www.example.cn"}
    with Catalog.open(tmp_path) as catalog:
        catalog.write(lambda connection: connection.execute(captures.insert(), [needed | given])).result()
    with pytest.raises(UsageError, match=r"captures of www\.example\.cn"):
        run(archive=tmp_path)


def test_captures_without_a_catalog_are_refused(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "a.warc.gz").touch()
    with pytest.raises(UsageError, match=r"captures that no catalog\.db lists"):
        run(archive=tmp_path)


@pytest.mark.parametrize("below", [".", "notes/today"])
def test_without_a_name_it_works_in_the_project_or_in_the_folder_it_is_typed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    """Told by the archive that it refuses."""
    typed_in = tmp_path / below
    typed_in.mkdir(parents=True, exist_ok=True)
    if typed_in != tmp_path:
        (tmp_path / "scrapy.cfg").write_text("[ipnews]\n")
    sites = tmp_path / "data" / "archive" / "demo" / "sites"
    sites.mkdir(parents=True)
    (sites / "mine.toml").write_text(MINE)
    monkeypatch.chdir(typed_in)
    with pytest.raises(UsageError, match=str(sites.parent)):
        run()
