"""S3 over real HTTP: moto behind a proxy that fails in every way a network does."""

from __future__ import annotations

import hashlib
import random
import urllib.request
from typing import Any
from urllib.parse import quote

import pytest

from pipelines.errors import ExportError
from pipelines.export import address, parts, store
from pipelines.export.store import Store
from pipelines.export.verify import verify_export

FORMS = ("parquet", "jsonl", "delta")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parts and short pauses; the number of tries stays as it is."""
    monkeypatch.setattr(parts, "PART_ROWS", 128)
    monkeypatch.setattr(store, "_WAITS", (0.01, 0.02))
    monkeypatch.setitem(address.RETRY["backoff"], "max_backoff", address.timedelta(milliseconds=100))


def objects(uri: str) -> dict[str, str]:
    """name -> sha256 of everything under an address, read by a store of its own."""
    there = Store.open(uri)
    return {name: there.digest(name) or "" for name in there.sizes()}


def expected(archive: Any, folder: Any, form: str) -> dict[str, str]:
    """The same export on the local disk."""
    archive.export(str(folder / form), form)
    root = folder / form
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and "_delta_log" not in path.parts
    }


@pytest.mark.parametrize("form", FORMS)
def test_s3_gets_what_the_disk_gets_and_nothing_the_second_time(
    archive: Any, s3: str, tmp_path: Any, form: str
) -> None:
    first = archive.export(f"{s3}/{form}", form)
    there = {name: digest for name, digest in objects(f"{s3}/{form}").items() if "_delta_log" not in name}
    assert there == expected(archive, tmp_path, form)
    assert first.changed
    assert not archive.export(f"{s3}/{form}", form).changed


def nth(kind: str, *numbers: int, method: str = "") -> Any:
    """A fault at the requests with these numbers, of one method if named."""
    count = {"seen": 0}

    def fault(seen_method: str, path: str, before: int) -> str | None:
        if method and seen_method != method:
            return None
        count["seen"] += 1
        return kind if count["seen"] in numbers else None

    return fault


def in_turn(*kinds: str) -> Any:
    """Every second request fails, each time in the next way."""
    return lambda method, path, before: kinds[before // 2 % len(kinds)] if before % 2 else None


PASSING = {
    "every-third-503": ("parquet", lambda: nth("503", *range(1, 40, 3))),
    "every-fourth-cut": ("parquet", lambda: nth("cut", *range(2, 40, 4))),
    "puts-whose-answer-is-lost": ("parquet", lambda: nth("cut-answer", 1, 3, method="PUT")),
    "bodies-cut-in-the-middle": ("parquet", lambda: nth("half", 3, 5, 8, method="GET")),
    "all-slow": ("parquet", lambda: nth("slow", *range(1, 200))),
    "all-behind-100-continue": ("delta", lambda: nth("continue", *range(1, 400))),
    "all-in-turn": ("delta", lambda: in_turn("503", "cut", "cut-answer", "slow")),
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_ridden_out(archive: Any, proxy: Any, s3: str, tmp_path: Any, name: str) -> None:
    form, fault = PASSING[name]
    proxy.fault = fault()
    archive.export(s3, form)
    assert proxy.faults > 0
    proxy.fault = lambda *_: None
    there = {name: digest for name, digest in objects(s3).items() if "_delta_log" not in name}
    assert there == expected(archive, tmp_path, form)
    assert not archive.export(s3, form).changed


def wrong_reads_of(suffix: str, times: int) -> Any:
    count = {"seen": 0}

    def fault(method: str, path: str, before: int) -> str | None:
        if method != "GET" or suffix not in path.partition("?")[0]:
            return None
        count["seen"] += 1
        return "wrong" if count["seen"] <= times else None

    return fault


def test_wrong_content_once_is_put_right(archive: Any, proxy: Any, s3: str, tmp_path: Any) -> None:
    proxy.fault = wrong_reads_of(".parquet", 1)
    archive.export(s3, "parquet")
    assert proxy.faults == 1
    assert objects(s3) == expected(archive, tmp_path, "parquet")


@pytest.mark.parametrize("form", ["jsonl", "delta"])
def test_wrong_content_for_good_is_never_visible(archive: Any, proxy: Any, s3: str, form: str) -> None:
    proxy.fault = wrong_reads_of(".zst" if form == "jsonl" else ".parquet", 10**6)
    with pytest.raises(ExportError, match=r"reads back differently.*same command again"):
        archive.export(s3, form)
    proxy.fault = lambda *_: None
    assert not [name for name in Store.open(s3).sizes() if "_manifest" in name or "_delta_log" in name]
    assert archive.export(s3, form).rows > 0


REFUSALS = {
    "403": r"did not accept the credentials; set AWS_ACCESS_KEY_ID",
    "507": r"no space left at the destination; make room",
    "503": r"failed again and again.*nothing half done is visible",
    "cut": r"no whole answer from http://127",
}


@pytest.mark.parametrize("moment", [1, 4])
@pytest.mark.parametrize("kind", REFUSALS)
def test_what_lasts_is_one_line_that_says_what_to_type(
    archive: Any, proxy: Any, s3: str, kind: str, moment: int
) -> None:
    proxy.fault = lambda method, path, before: kind if before >= moment - 1 else None
    with pytest.raises(ExportError, match=REFUSALS[kind]) as caught:
        archive.export(s3, "parquet")
    assert caught.value.exit_code == 2
    said = str(caught.value)
    assert "\n" not in said
    assert "a-secret" not in said
    assert "an-id" not in said
    proxy.fault = lambda *_: None
    assert "_manifest.json" not in Store.open(s3).sizes()


def test_a_bucket_that_keeps_versions_and_a_prefix_with_blanks(archive: Any, s3: str, moto: str) -> None:
    bucket = s3.split("/")[2]
    enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
    request = urllib.request.Request(f"{moto}/{bucket}?versioning", enabled.encode(), method="PUT")
    request.add_header("Content-Type", "application/xml")
    urllib.request.urlopen(request).close()
    for form in ("parquet", "delta"):
        place = f"s3://{bucket}/前 缀/%2B/{form}"
        archive.export(place, form)
        assert not archive.export(place, form).changed
        assert list(verify_export(place)) == []
        listing = f"{moto}/{bucket}?list-type=2&prefix={quote(f'前 缀/+/{form}/')}"
        with urllib.request.urlopen(listing) as answer:
            assert answer.read().count(b"<Key>") > 1


def test_a_missing_bucket(archive: Any, s3: str) -> None:
    with pytest.raises(
        ExportError, match="bucket no-such-bucket does not exist on the server; make it first"
    ):
        archive.export("s3://no-such-bucket/x", "parquet")


def test_no_credentials_at_all(archive: Any, s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ExportError, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        archive.export(s3, "parquet")


def test_large_objects_go_up_in_several_puts(proxy: Any, s3: str, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(store, "SINGLE_PUT", 2**20)
    large = tmp_path / "large"
    large.write_bytes(random.Random(1).randbytes(store._CHUNK + 1000))
    digest = hashlib.sha256(large.read_bytes()).hexdigest()
    proxy.fault = nth("503", 1, method="PUT")
    Store.open(s3).put_once("large", large, digest)
    assert sum("partNumber" in path and not fault for _, path, fault in proxy.seen) == 2
    assert objects(s3) == {"large": digest}


def test_another_export_meanwhile_is_not_overwritten(s3: str) -> None:
    there = Store.open(s3)
    there.replace("_manifest.json", b"one", None)
    with pytest.raises(ExportError, match="another export meanwhile"):
        there.replace("_manifest.json", b"mine", None)
    with pytest.raises(ExportError, match="another export meanwhile"):
        there.replace("_manifest.json", b"mine", b"what I saw")
    there.replace("_manifest.json", b"mine", b"one")
    assert there.read("_manifest.json") == b"mine"


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("", "empty address"),
        ("ftp://host/x", "unknown scheme 'ftp'"),
        ("s3://", "names no bucket"),
        ("s3:/bucket/x", "names no bucket"),
        ("s3://key:secret@bucket/x", "take it out and set"),
        ("s3://bucket/x?a=b", "take it out"),
        ("file://host/x", "type --to file:///host/x"),
        ("file:///", "root of the file system"),
        ("s3://[bucket/x", "not an address"),
    ],
)
def test_addresses_that_cannot_be_meant(archive: Any, uri: str, said: str) -> None:
    with pytest.raises(ExportError, match=said) as caught:
        archive.export(uri, "parquet")
    assert "secret" not in str(caught.value)


def test_a_file_where_the_folder_should_be(archive: Any, tmp_path: Any) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ExportError, match="a file stands where a directory is wanted"):
        archive.export(str(tmp_path / "taken"), "parquet")
