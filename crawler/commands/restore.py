"""`ipnews restore [FILE|-]`: damaged text or HTML in, restored Simplified text out, as it comes."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from io import BufferedReader
from pathlib import Path
from typing import cast

from pipelines.convert.simplify import simplify
from pipelines.errors import UsageError
from pipelines.repair.restorer import Restored
from pipelines.repair.stream import restore_html, restore_text

CHUNK = 1 << 16
"""Bytes asked for at once; a pipe gives fewer, and they are worked on as they come."""

_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|p|div|br|table|span)[\s>/]", re.I)


def run(file: str = "-", keep_script: bool = False, html: bool | None = None, json: bool = False) -> int:
    """Restore; the text goes to stdout, what was lost is told on stderr."""
    lacunae = 0
    with _opened(file) as source:
        first = source.read1(CHUNK)
        markup = bool(_MARKUP.search(first)) if html is None else html
        for restored in _restored(first, source, markup):
            lacunae += restored.lacunae
            _write(restored, keep_script, json)
    if lacunae and sys.stderr.isatty():
        sys.stderr.write(f"{lacunae:,} characters are lost (□); ipnews explain {file} shows their rivals\n")
    return 0


def _opened(file: str) -> BufferedReader | nullcontext[BufferedReader]:
    if file == "-":
        return nullcontext(cast("BufferedReader", sys.stdin.buffer))
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; name a readable file, or - for standard input") from None


def _restored(first: bytes, source: BufferedReader, markup: bool) -> Iterable[Restored]:
    texts = _decoded(first, source)
    return (restore_html("".join(texts)),) if markup else restore_text(texts)


def _decoded(first: bytes, source: BufferedReader) -> Iterator[str]:
    """Text as it comes: UTF-8, or GB18030 where the beginning is none. Broken bytes become U+FFFD."""
    name = "utf-8" if _is_utf8(first) else "gb18030"
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    chunk = first.removeprefix(codecs.BOM_UTF8)
    while chunk:
        yield decoder.decode(chunk)
        chunk = source.read1(CHUNK)
    yield decoder.decode(b"", final=True)


def _is_utf8(beginning: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return False
    return True


def _write(restored: Restored, keep_script: bool, json: bool) -> None:
    text = restored.text if keep_script else simplify(restored.text)
    if json:
        from crawler.console import emit

        emit({"text": text, "lacunae": restored.lacunae, "edits": restored.edits})
        return
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
