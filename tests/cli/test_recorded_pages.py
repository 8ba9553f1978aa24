"""Pages recorded for a declaration: `sites check` reads them anew and says what no longer holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.commands.sites import run as sites
from crawler.recorded import keep_page
from pipelines.archive.warc import payload_digest
from pipelines.read import read
from pipelines.records import Article, Capture

URL = "http://news.test/1.html"
TEXT = "县知识产权局公布首批专利转化运用试点名单，六家企业和两所职业学校入选，试点为期两年。"
PAGE = (
    f"<title>试点名单公布</title><h1>试点名单公布</h1><p>2024-05-06 来源：柳河日报 作者：聂青禾</p><p>{TEXT}</p>"
    f"<p>{TEXT}</p><p>（责任编辑：裴知远）</p>"
).encode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One page recorded for the one site of a project."""
    (tmp_path / "scrapy.cfg").write_text("[ipnews]\n")
    declared = tmp_path / "data" / "sites"
    declared.mkdir(parents=True)
    (declared / "mine.toml").write_text('hosts = ["news.test"]\nstart = ["http://news.test/"]\n')
    monkeypatch.chdir(tmp_path)
    capture = Capture(
        URL, "2024-05-07T00:00:00Z", PAGE, payload_digest(PAGE), 200, (("Content-Type", "text/html"),)
    )
    found = read(capture, None)
    assert isinstance(found, Article)
    assert (found.authors, found.editors) == (("聂青禾",), ("裴知远",))
    keep_page(declared / "pages" / "mine" / "a", capture, found)
    return declared / "pages" / "mine" / "a"


def state(folder: Path, **fields: object) -> None:
    """Write into the expectation."""
    path = folder / "expected.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | fields))


def test_a_draft_wants_a_person_and_a_reviewed_page_holds(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sites("check") == 1
    assert "1 declaration read, 1 thing to look at" in capsys.readouterr().err
    state(folder, reviewed="somebody 2024-05-07")
    assert sites("check") == 0


def test_a_page_recorded_again_keeps_what_a_person_wrote(folder: Path) -> None:
    state(folder, reviewed="somebody 2024-05-07", source="柳河晚报")
    before = (folder / "expected.json").read_bytes()
    capture = Capture(URL, "2024-05-08T00:00:00Z", PAGE, payload_digest(PAGE))
    keep_page(folder, capture, read(capture, None))
    assert (folder / "expected.json").read_bytes() == before


@pytest.mark.parametrize(
    ("field", "wanted", "said"),
    [
        ("headline", "名单", 'headline: expected "名单", read "试点名单公布"'),
        ("authors", ["聂青"], 'authors: expected ["聂青"], read ["聂青禾"]'),
        ("date_published", None, 'date_published: expected null, read "2024-05-06T00:00:00+08:00"'),
    ],
)
def test_what_no_longer_holds_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], field: str, wanted: object, said: str
) -> None:
    state(folder, reviewed="somebody", **{field: wanted})
    assert sites("check") == 1
    assert f"{folder}: {said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("expected.json", b"{", "correct it, or record the page anew"),
        ("expected.json", b'{"autors": []}', "unknown field `autors`"),
        ("expected.json", b"\xff", "correct it, or record the page anew"),
        ("headers.json", b"[]", "correct it, or record the page anew"),
        ("page.bin", None, "No such file or directory; record the page anew"),
    ],
)
def test_a_recording_that_cannot_be_read_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, said: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    assert sites("check") == 1
    (line,) = (line for line in capsys.readouterr().err.splitlines() if name in line)
    assert said in line
