"""Scrapy's messages as plain values."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from pipelines.archive.codings import Headers


def header_pairs(message: Request | Response) -> Headers:
    """Header lines in order, as text: one code point per byte (RFC 9110, 5.5)."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        # As a plain dict: Scrapy's own `items` brings each name, which is in its form, into that form again.
        for name, values in dict.items(message.headers)
        for value in values
    )
