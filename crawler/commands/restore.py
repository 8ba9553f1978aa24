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

from crawler.console import counted, say
from pipelines.convert.simplify import simplify
from pipelines.errors import UsageError
from pipelines.reading.decode import Page, decode
from pipelines.records import Drop, Reason
from pipelines.repair.restorer import Restored
from pipelines.repair.stream import restore_html, restore_text

CHUNK = 1 << 15
"""Bytes by which the encoding is told, and asked for at once then: no page of the stream is shorter."""

BINARY = 0.01
"""Share of control characters above which bytes are no text; a text has none but for line ends and tabs."""

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|p|div|br|table|span)[\s>/]", re.I)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def run(file: str = "-", keep_script: bool = False, html: bool | None = None, json: bool = False) -> int:
    """Restore; the text goes to stdout, what was lost is told on stderr."""
    lacunae = done = 0
    with _opened(file) as source:
        first = source.read(CHUNK)
        page = _text_of(first, file)
        markup = is_markup(page.text) if html is None else html
        for restored in _restored(first, source, page.encoding, markup):
            lacunae += restored.lacunae
            done += len(restored.text)
            _write(restored, keep_script, json)
            _show(f"{done:,} characters")
    _show("")
    if lacunae:
        rivals = "ipnews restore --json" if file == "-" else f"ipnews explain {file}"
        say(f"{counted(lacunae, 'character is', 'characters are')} lost (□); {rivals} shows their rivals")
    return 0


def is_markup(text: str) -> bool:
    """Whether a text is HTML, by its tags."""
    return bool(_MARKUP.search(text))


def _opened(file: str) -> BufferedReader | nullcontext[BufferedReader]:
    if file == "-":
        return nullcontext(cast("BufferedReader", sys.stdin.buffer))
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}; name a readable file, or - for standard input") from None


def _text_of(first: bytes, file: str) -> Page:
    """The beginning as text, with its encoding. Raises UsageError when it is none."""
    page = decode(first)
    if isinstance(page, Drop):
        if page.reason == Reason.EMPTY:
            return Page("", "utf-8", page.detail, 0)
        raise UsageError(f"{file}: no text: {page.detail}; give text or HTML")
    controls = len(_CONTROL.findall(page.text))
    if controls > BINARY * len(page.text):
        raise UsageError(
            f"{file}: no text: {controls:,} control characters at its beginning; give text or HTML"
        )
    return page


def _restored(first: bytes, source: BufferedReader, encoding: str, markup: bool) -> Iterable[Restored]:
    texts = _decoded(first, source, encoding)
    return (restore_html("".join(texts)),) if markup else restore_text(texts)


def _decoded(first: bytes, source: BufferedReader, encoding: str) -> Iterator[str]:
    """Text as it comes, without its byte order mark. Broken bytes become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    yield decoder.decode(first).removeprefix("\ufeff")
    # A short beginning was ended by the end itself; asking once more, a terminal would want a second Ctrl-D.
    while len(first) == CHUNK and (chunk := source.read1(CHUNK)):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _show(progress: str) -> None:
    """Progress, in place of what stood there, on a terminal that does not show the text itself."""
    if sys.stderr.isatty() and not sys.stdout.isatty():
        sys.stderr.write(f"\r\x1b[K{progress}")
        sys.stderr.flush()


def _write(restored: Restored, keep_script: bool, json: bool) -> None:
    text = restored.text if keep_script else simplify(restored.text)
    if json:
        from crawler.console import emit

        emit({"text": text, "lacunae": restored.lacunae, "edits": restored.edits})
        return
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
