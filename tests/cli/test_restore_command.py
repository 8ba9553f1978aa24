"""`ipnews restore`: text comes out before the input ends, in any encoding; what is no text is refused in a line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.repair.stream import LONGEST_LINE, PAGE, restore_text

RESTORE = [sys.executable, "-m", "crawler.cli", "restore"]
CLEAN = "商标局公布了今年的数据，专利质押登记四十二件。"


def restore(data: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(RESTORE, input=data, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5hkscs"])
def test_the_bytes_tell_the_encoding(encoding: str) -> None:
    text = "商標局公布今年專利質押登記四十二件\n" if encoding == "big5hkscs" else CLEAN
    printed = "商标局公布今年专利质押登记四十二件\n" if encoding == "big5hkscs" else CLEAN
    done = restore(text.encode(encoding))
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, printed, b"")


@pytest.mark.parametrize("data", [bytes(range(256)) * 300, b"\x7fELF" + b"\0\1\2" * 99, b"%PDF-1.4\n%\xe2"])
def test_what_is_no_text_is_refused_in_one_line(data: bytes) -> None:
    done = restore(data)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"ipnews: -: no text: ")
    assert done.stderr.count(b"\n") == 1


def test_what_is_lost_is_told_without_a_terminal() -> None:
    done = restore("代言?！苯衲?月\n".encode())
    assert done.stdout.decode() == "代言。”今年□月\n"
    assert done.stderr.decode() == "1 character is lost (□); ipnews restore --json shows their rivals\n"


def test_text_comes_out_before_the_input_ends() -> None:
    """One process, its input left open: a page goes in, a page must come out."""
    with subprocess.Popen(RESTORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{CLEAN}\n".encode() * (PAGE // len(CLEAN) + 1))
        process.stdin.flush()
        assert process.stdout.readline().decode() == f"{CLEAN}\n"
        process.stdin.close()
        process.stdout.read()


def test_a_line_without_an_end_is_cut_behind_a_sentence() -> None:
    line = CLEAN * (3 * LONGEST_LINE // len(CLEAN))
    pages = [page.text for page in restore_text([line])]
    assert "".join(pages) == line
    assert len(pages) >= 3
    assert all(page.endswith("。") for page in pages)
    endless = "商" * (LONGEST_LINE + 1)
    assert [len(page.text) for page in restore_text([endless])] == [LONGEST_LINE, 1]
