"""What pages ask of robots, in header lines and in `meta` elements."""

from __future__ import annotations

import pytest

from pipelines.reading.robots import forbids, forbids_links


@pytest.mark.parametrize(
    ("lines", "directive", "said"),
    [
        (["noindex, nofollow"], "nofollow", True),
        (["NoFollow"], "nofollow", True),
        (["none"], "noarchive", True),
        (["ipnews: nofollow"], "nofollow", True),
        (["ipnews: noindex, nofollow"], "nofollow", True),
        (["googlebot: nofollow"], "nofollow", False),
        (["googlebot: noindex, nofollow"], "nofollow", False),
        (["googlebot: noindex", "nofollow"], "nofollow", True),
        (["googlebot: none, ipnews: noindex"], "nofollow", False),
        (["max-image-preview: none"], "nofollow", False),
        (["max-snippet:20, nofollow"], "nofollow", True),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST"], "nofollow", False),
        (["unavailable_after: Friday, 25-Jun-30 15:00:00 GMT, nofollow"], "nofollow", True),
        (["index, follow"], "nofollow", False),
        (["noindex"], "noarchive", False),
        ([""], "nofollow", False),
        ([], "nofollow", False),
    ],
)
def test_lines(lines: list[str], directive: str, said: bool) -> None:
    assert forbids(lines, directive) is said


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<meta name="robots" content="nofollow">', True),
        ("<META NAME=ROBOTS CONTENT='index,NOFOLLOW' />", True),
        ('<meta content="none" name="robots">', True),
        ("<meta name = ipnews content=nofollow>", True),
        ('<meta name="googlebot" content="nofollow">', False),
        ('<meta name="robots" content="index, follow">', False),
        ('<meta name="robots"><a rel="nofollow" href="/x">x</a>', False),
        ('<!-- <meta name="robots" content="nofollow"> -->', False),
        ('<meta name="description" content="nofollow robots">', False),
        ('<a rel="nofollow" href="/robots">x</a>', False),
        ('<meta name="robots" content="', False),
    ],
)
def test_meta_elements(html: str, said: bool) -> None:
    assert forbids_links(f"<html><head>{html}</head></html>".encode("gb18030")) is said
