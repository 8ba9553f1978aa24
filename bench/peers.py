"""The extractors to beat, each as a function from HTML to text, and the vote of three of them.

For the benchmark only (extra `bench`); one that is not installed is left out, and the run says so.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
from collections.abc import Callable

Extractor = Callable[[str], str]

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")


def extractors() -> dict[str, Extractor]:
    """Name -> extractor, as each project's documentation calls it; headline and body as one text."""
    logging.disable(logging.CRITICAL)
    known: dict[str, tuple[str, Extractor]] = {
        "readability-lxml": ("readability", _readability),
        "trafilatura": ("trafilatura", _trafilatura),
        "jusText": ("justext", _justext),
        "newspaper4k": ("newspaper", _newspaper),
        "resiliparse": ("resiliparse", _resiliparse),
    }
    missing = [name for name, (module, _) in known.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"not installed, not measured: {', '.join(missing)} (pip install '.[bench]')", file=sys.stderr)
    return {name: guarded(read) for name, (_, read) in known.items() if name not in missing}


def guarded(read: Extractor) -> Extractor:
    """An extractor that gives "" where it raises: a page it cannot read counts as an empty answer."""
    from lxml.etree import LxmlError

    def answer(html: str) -> str:
        try:
            return read(html)
        except (LxmlError, ValueError, TypeError, AttributeError, LookupError, AssertionError):
            return ""

    return answer


def vote(texts: tuple[str, ...]) -> str:
    """The sentences that at least two of the texts have, in the order of the first text that has them."""
    having = [{re.sub(r"\s", "", s) for s in _SENTENCE.findall(text)} for text in texts]
    chosen: dict[str, None] = {}
    for text in texts:
        for sentence in _SENTENCE.findall(text):
            bare = re.sub(r"\s", "", sentence)
            if bare and sum(bare in sentences for sentences in having) >= 2:
                chosen.setdefault(bare)
    return "".join(chosen)


def _readability(html: str) -> str:
    from lxml.html import fromstring
    from readability import Document

    document = Document(html)
    return f"{document.short_title()}\n{fromstring(document.summary()).text_content()}"


def _trafilatura(html: str) -> str:
    import trafilatura

    metadata = trafilatura.extract_metadata(html)
    body = trafilatura.extract(html, include_comments=False) or ""
    title = (metadata.title if metadata else "") or ""
    return body if title and title in body[:200] else f"{title}\n{body}"


def _justext(html: str) -> str:
    import justext

    paragraphs = justext.justext(
        html.encode(),
        frozenset(),
        length_low=15,
        length_high=40,
        stopwords_low=0,
        stopwords_high=0,
        encoding="utf-8",
    )
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def _newspaper(html: str) -> str:
    import newspaper

    article = newspaper.Article("http://example.test/", language="zh", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return f"{article.title}\n{article.text}"


def _resiliparse(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=True))
