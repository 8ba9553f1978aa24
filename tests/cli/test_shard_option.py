"""`ipnews backfill --shard`: what is wrong with it is said in its own numbers, and an empty part says that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.commands.backfill import run
from pipelines.errors import UsageError

WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


@pytest.mark.parametrize(
    ("shard", "said"),
    [("2/2", "the last of 2 is 1/2"), ("0/0", "type it as I/N"), ("half", "type it as I/N")],
)
def test_what_is_wrong_is_said(tmp_path: Path, shard: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"--shard {shard}: .*{said}"):
        run(["a.warc"], shard=shard, archive=tmp_path)


def test_an_empty_part_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.warc"
    source.write_bytes(WARC)
    for part in range(9):
        run([str(source)], shard=f"{part}/9", workers=1, archive=tmp_path / f"archive{part}")
    said = capsys.readouterr().err
    assert sum(f"falls into part {part}/9" in said for part in range(9)) == 8
