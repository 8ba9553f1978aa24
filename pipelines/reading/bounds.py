"""Which pages are not parsed: those that would take unbounded time or memory, told before the parser runs."""

from __future__ import annotations

import re

from pipelines.records import Drop, Reason, Stage

MAX_CHARS = 8_000_000
"""Longer pages are dropped: the longest of the 126 reference pages has 0.3 million characters."""

MAX_TAGS = 100_000
"""Parse, serialisation and walk take up to 8 microseconds a tag together: 0.8 s at this bound. The reference
pages have 2,000 on average, at most 9,000."""

MAX_OPTIONS = 5_000
"""lexbor walks a list of options anew for each of them: 50,000 took 24 s, 5,000 take 0.2 s."""

MAX_DEPTH = 1_500
"""Browsers stop nesting at 512 (Blink's kMaximumHTMLParserDOMTreeDepth); thrice that is no page."""

MAX_UNCLOSED = 600
"""Unclosed formatting elements are opened anew in every later block (HTML standard, 13.2.4.3), so n of them
make n * n elements; 5,000 in 60 kB of text fill 2 GB. A page with fewer than twice as many tags makes at most
MAX_UNCLOSED squared of them, whatever they are, and is not looked at."""

MAX_TAG_CHARS = 50_000
"""lexbor compares each attribute with all before it: 200,000 attributes in one tag took 269 s."""

_FORMATTING = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>]", re.I)
_FORMATTING_END = re.compile(r"</(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>]", re.I)
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{MAX_TAG_CHARS}}}")


def beyond_bounds(html: str) -> Drop | None:
    """Why a page is not parsed; None for one that may be. Takes some 40 microseconds for 60 kB."""
    if len(html) > MAX_CHARS:
        return _too_large(f"{len(html):,} characters, at most {MAX_CHARS:,} are read")
    tags = html.count("<")
    if tags > MAX_TAGS:
        return _too_large(f"{tags:,} tags, at most {MAX_TAGS:,} are read")
    if tags > MAX_OPTIONS and html.count("<option") + html.count("<OPTION") > MAX_OPTIONS:
        return _too_large(f"more than {MAX_OPTIONS:,} options in lists to choose from")
    if _may_have_long_tag(html) and _LONG_TAG.search(html):
        return _too_large(f"a tag of more than {MAX_TAG_CHARS:,} characters")
    if tags > 2 * MAX_UNCLOSED and tags - 2 * html.count("</") > MAX_UNCLOSED:
        unclosed = len(_FORMATTING.findall(html)) - len(_FORMATTING_END.findall(html))
        if unclosed > MAX_UNCLOSED:
            return Drop(Stage.EXTRACT, Reason.TOO_DEEP, f"{unclosed:,} unclosed formatting elements")
    return None


def _may_have_long_tag(html: str) -> bool:
    """Whether some half of MAX_TAG_CHARS has no `>` in it: what a long tag needs, told in microseconds."""
    half = MAX_TAG_CHARS // 2
    return any(html.find(">", start, start + half) < 0 for start in range(0, len(html) - half, half))


def _too_large(detail: str) -> Drop:
    return Drop(Stage.EXTRACT, Reason.TOO_LARGE, detail)
