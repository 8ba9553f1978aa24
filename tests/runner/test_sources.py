"""Names on a command line become files, files become ranges."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive.frames import frames
from pipelines.errors import SourceError
from pipelines.sources import plan
from pipelines.sources.expand import SourceFile, expand, is_address_list, members, read_addresses
from pipelines.sources.plan import fingerprint, ranges

DAMAGED = Path(__file__).resolve().parent.parent / "archive" / "damaged"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "a.warc.gz",
        "deep/er/b.warc",
        "deep/c.WARC.GZ",
        "deep/d.wacz",
        "deep/notes.txt",
        "x[1].warc",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DAMAGED / "intact.warc", path)
    return tmp_path


def names(files: list[SourceFile]) -> list[str]:
    return [file.name for file in files]


def test_folders_globs_and_files(tree: Path) -> None:
    assert sorted(names(expand([str(tree)]))) == ["a.warc.gz", "b.warc", "c.WARC.GZ", "d.wacz", "x[1].warc"]
    assert names(expand([f"{tree}/*.gz"])) == ["a.warc.gz"]
    assert names(expand([f"{tree}/**/*.warc"])) == ["b.warc", "x[1].warc"]
    assert names(expand([f"{tree}/de*"])) == ["c.WARC.GZ", "d.wacz", "b.warc"]
    assert names(expand([f"{tree}/x[1].warc", f"file://{tree}/a.warc.gz"])) == ["a.warc.gz", "x[1].warc"]
    assert len(expand([str(tree), str(tree / "a.warc.gz")])) == 5


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "no .*"),
        ("nowhere.warc.gz", "no such file"),
        ("/nowhere/*.warc", r"no \.warc, \.warc\.gz, \.wacz file there"),
    ],
)
def test_nothing_there(name: str, what: str) -> None:
    with pytest.raises(SourceError, match=f"{what}; name a file, a folder or a glob"):
        expand([name])


def test_lists_of_common_crawl(tmp_path: Path) -> None:
    listed = "crawl-data/CC-NEWS/2026/01/a.warc.gz\nhttps://elsewhere.test/b.warc.gz\n"
    (tmp_path / "warc.paths.gz").write_bytes(gzip.compress(listed.encode()))
    files = expand([str(tmp_path / "warc.paths.gz")])
    assert [file.location for file in files] == [
        "https://data.commoncrawl.org/crawl-data/CC-NEWS/2026/01/a.warc.gz",
        "https://elsewhere.test/b.warc.gz",
    ]
    assert not files[0].is_local


def test_lists_of_addresses(tmp_path: Path) -> None:
    path = tmp_path / "addresses.txt"
    path.write_text("# mirrors\n\nhttp://a.test/1\n  https://b.test/2  \n", encoding="utf-8")
    assert is_address_list(str(path))
    assert read_addresses(path) == [(3, "http://a.test/1"), (4, "https://b.test/2")]
    path.write_text("http://a.test/1\n", encoding="utf-8-sig")
    assert is_address_list(str(path))
    assert read_addresses(path) == [(1, "http://a.test/1")]
    path.write_text("not an address\n", encoding="utf-8")
    assert not is_address_list(str(path))
    assert not is_address_list(str(tmp_path / "nowhere.txt"))


def test_ranges_hold_a_file_whole(
    tmp_path: Path, make_source: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_source(tmp_path, range(80))
    file = SourceFile(str(path), path.name)
    digest, size = fingerprint(file)
    monkeypatch.setattr(plan, "RANGE_BYTES", 4000)
    parts = list(ranges(file, path.name, digest))
    assert len(parts) > 8
    assert parts[-1].end is None
    with path.open("rb") as data:
        whole = [frame.offset for frame in frames(data, blocks=False)]
        pieces = [
            frame.offset for part in parts for frame in frames(data, part.start, part.end, blocks=False)
        ]
    assert pieces == whole
    assert size == path.stat().st_size
    shares = [[part.key for part in parts if part.in_shard((n, 3))] for n in range(3)]
    assert sorted(key for share in shares for key in share) == sorted(part.key for part in parts)
    assert all(shares)


def test_the_key_of_a_range_follows_its_content(tmp_path: Path, make_source: Callable[..., Path]) -> None:
    path = make_source(tmp_path, range(3))
    twin = Path(shutil.copy(path, tmp_path / "twin.warc.gz"))
    keys = {next(ranges(file, "x", fingerprint(file)[0])).key for file in expand([str(path), str(twin)])}
    assert len(keys) == 1


def test_wacz(tmp_path: Path) -> None:
    file = SourceFile(str(DAMAGED / "two-files.wacz"), "two-files.wacz")
    with (DAMAGED / "two-files.wacz").open("rb") as data:
        found = [[f.length for f in frames(data, start, end)] for start, end in members(file)]
    assert [len(one) for one in found] == [2, 1]
    squeezed = tmp_path / "squeezed.wacz"
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(DAMAGED / "intact.warc.gz", "archive/x.warc.gz")
    for path, words in ((squeezed, "unzip it"), (DAMAGED / "intact.warc", "not a whole WACZ")):
        with pytest.raises(SourceError, match=words):
            list(members(SourceFile(str(path), "x.wacz")))


def test_a_source_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        fingerprint(SourceFile(str(tmp_path / "gone.warc"), "gone.warc"))
