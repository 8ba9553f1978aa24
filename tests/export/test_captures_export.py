"""The captures themselves: records byte for byte, indexes that point at them, damage left behind."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import tombstones
from pipelines.archive.shelf import Shelf
from pipelines.archive.warc import WarcWriter, archived
from pipelines.export import parts
from pipelines.export.job import export
from pipelines.export.result import ExportResult
from pipelines.records import Capture, WarcPointer, version_id


def page(number: int, article: Any) -> Capture:
    html = f"<html><title>{article.headline}</title><p>{article.article_body}</p></html>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    bare = Capture(
        f"https://www.Mirror.test/a/{number}.html?b=2&a=1",
        f"2026-11-01T00:{number:02}:00Z",
        html,
        "",
        200,
        headers,
    )
    return archived(bare)


class Captured:
    def __init__(self, folder: Path, catalog: Catalog, put: Any, made: list[Any]) -> None:
        self.folder, self.catalog = folder, catalog
        with WarcWriter(folder / "warc", "w1") as writer:
            self.pages = [
                writer.write_exchange(page(number, pair[0])) for number, pair in enumerate(made[:40])
            ]
        pairs = []
        for capture, (article, derived) in zip(self.pages, made[:40], strict=True):
            new = version_id(capture.url, capture.payload_digest)
            own = replace(
                article,
                id=new,
                url=capture.url,
                payload_digest=capture.payload_digest,
                warc=capture.warc,
                relevance=1.0,
            )
            pairs.append((own, replace(derived, id=new, cluster_id=new, canonical=True)))
        put(pairs)

    def export(self, out: Path) -> ExportResult:
        return export(self.catalog, Shelf(self.folder), str(out), "warc")


@pytest.fixture
def captured(
    tmp_path: Path, made: list[Any], archive: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Captured]:
    monkeypatch.setattr(parts, "PART_ROWS", 16)
    with Catalog.open(tmp_path / "captured") as catalog:
        yield Captured(
            tmp_path / "captured", catalog, type(archive)(tmp_path / "captured", catalog).put, made
        )


def manifest(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "_manifest.json").read_bytes())
    return content


def test_records_are_copied_byte_for_byte(captured: Captured, tmp_path: Path) -> None:
    assert captured.export(tmp_path / "out").rows == 40
    out = b"".join(path.read_bytes() for path in (tmp_path / "out").glob("*.warc.gz"))
    for capture in captured.pages:
        assert capture.warc is not None
        source = (captured.folder / "warc" / capture.warc.file).read_bytes()
        assert source[capture.warc.offset :][: capture.warc.length] in out


def test_another_reader_finds_every_page(captured: Captured, tmp_path: Path) -> None:
    captured.export(tmp_path / "out")
    found = {}
    for path in sorted((tmp_path / "out").glob("*.warc.gz")):
        with path.open("rb") as file:
            kinds = []
            for record in ArchiveIterator(file, check_digests="raise"):
                kinds.append(record.rec_type)
                if record.rec_type == "response":
                    found[record.rec_headers["WARC-Target-URI"]] = record.content_stream().read()
            assert kinds[0] == "warcinfo"
    assert found == {capture.url: capture.payload for capture in captured.pages}


def test_every_line_of_the_index_points_at_its_record(captured: Captured, tmp_path: Path) -> None:
    captured.export(tmp_path / "out")
    lines = [line for path in (tmp_path / "out").glob("*.cdxj") for line in path.read_text().splitlines()]
    assert len(lines) == 40
    for line in lines:
        key, timestamp, about = line.split(" ", 2)
        entry = json.loads(about)
        assert key.startswith("test,mirror)/a/")
        assert key.endswith("?a=1&b=2")
        assert timestamp.startswith("202611010")
        data = (tmp_path / "out" / entry["filename"]).read_bytes()
        member = data[int(entry["offset"]) :][: int(entry["length"])]
        assert f"WARC-Target-URI: {entry['url']}".encode() in gzip.decompress(member)
    for path in (tmp_path / "out").glob("*.cdxj"):
        assert path.read_bytes().splitlines() == sorted(path.read_bytes().splitlines())


def test_again_writes_nothing(captured: Captured, tmp_path: Path) -> None:
    first = captured.export(tmp_path / "out")
    assert first.written == len(manifest(tmp_path / "out")["parts"]) + 1
    assert not captured.export(tmp_path / "out").changed


def test_a_record_that_does_not_match_is_counted_and_left_out(captured: Captured, tmp_path: Path) -> None:
    pointer = captured.pages[0].warc
    assert pointer is not None
    path = captured.folder / "warc" / pointer.file
    data = bytearray(path.read_bytes())
    for place in range(pointer.offset + 30, pointer.offset + pointer.length - 30):
        data[place] ^= 0x55
    path.write_bytes(bytes(data))
    result = captured.export(tmp_path / "out")
    assert (result.rows, result.damaged) == (39, 1)


def test_a_warc_file_that_is_gone(captured: Captured, tmp_path: Path) -> None:
    for path in (captured.folder / "warc").iterdir():
        path.unlink()
    result = captured.export(tmp_path / "out")
    assert (result.rows, result.damaged) == (0, 40)


def test_plain_records_are_put_into_members(
    captured: Captured, tmp_path: Path, made: list[Any], archive: Any
) -> None:
    """Foreign files without compression are referenced in place."""
    plain = io.BytesIO()
    pairs = []
    for number, capture in enumerate(captured.pages[:3]):
        assert capture.warc is not None
        source = (captured.folder / "warc" / capture.warc.file).read_bytes()
        record = gzip.decompress(source[capture.warc.offset :][: capture.warc.length])
        pointer = WarcPointer("foreign.warc", plain.tell(), len(record))
        plain.write(record)
        article = replace(
            made[number][0], id=capture.id, url=capture.url, payload_digest=capture.payload_digest
        )
        pairs.append(
            (
                replace(article, warc=pointer, relevance=1.0),
                replace(made[number][1], id=capture.id, canonical=True),
            )
        )
    (tmp_path / "foreign.warc").write_bytes(plain.getvalue())
    with Catalog.open(tmp_path / "other") as catalog:
        type(archive)(tmp_path / "other", catalog).put(pairs)
        shelf = Shelf(tmp_path / "other", {"foreign.warc": str(tmp_path / "foreign.warc")})
        assert export(catalog, shelf, str(tmp_path / "out"), "warc").rows == 3
    for path in (tmp_path / "out").glob("*.warc.gz"):
        with path.open("rb") as file:
            kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
        assert kinds == ["warcinfo"] + ["response"] * (len(kinds) - 1)


def test_what_was_withdrawn_leaves_records_and_indexes(captured: Captured, tmp_path: Path) -> None:
    out = tmp_path / "out"
    captured.export(out)
    gone = captured.pages[7].url
    assert len(indexed(out)) == 40
    values = {"target": gone, "kind": "url", "reason": "asked", "withdrawn_at": "2026-11-22T00:00:00Z"}
    captured.catalog.write(
        lambda connection: connection.execute(tombstones.insert().values(purged=False, **values))
    ).result()
    assert captured.export(out).rows == 39
    assert indexed(out) == {capture.url for capture in captured.pages} - {gone}
    records = b"".join(gzip.decompress(path.read_bytes()) for path in out.glob("*.warc.gz"))
    assert gone.encode() not in records


def indexed(out: Path) -> set[str]:
    """The addresses in the indexes of an export."""
    lines = [line for path in out.glob("*.cdxj") for line in path.read_text().splitlines()]
    return {json.loads(line.split(" ", 2)[2])["url"] for line in lines}
