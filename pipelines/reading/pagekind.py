"""Pages that are no article: soft 404s, login walls, captcha and block pages, lists, empty shells."""

from __future__ import annotations

import re

from pipelines.reading.body import Body
from pipelines.reading.outline import Outline
from pipelines.reading.phrases import both, names, sought
from pipelines.records import Drop, Reason, Stage
from pipelines.text import count_han

SHORT = 300
"""Characters of running text below which a page may be a notice: in an article the same words are a topic."""

_NOTICES = tuple((Reason(name), re.compile(sought(f"notice.{name}"), re.I)) for name in names("notice"))
_MORE = "".join(set("]】)）详细詳情全文更多>» "))
_EMPTY_ROOT = re.compile(
    r"<(?:div|main|section)\b[^>]*\bid=[\"']?(?:app|root|__next|__nuxt|main-app|q-app|container)[\"']?[^>]*>"
    r"\s*(?:<!--.*?-->\s*)*</|"
    + both(r"(?:开启|启用|打开|允许|支持).{0,6}JavaScript|")
    + r"(?:enable|requires) JavaScript|JavaScript (?:to run|is disabled|required)",
    re.I,
)
_REDIRECT = re.compile(
    r"(?:(?:window|document|top|self)\.)?location(?:\.href)?\s*=\s*[\"']|location\.replace\(|document\.cookie\s*=",
    re.I,
)


def kind_of_page(page: Outline, body: Body | None, title: str, html: str) -> Drop | None:
    """Why a page is no article, None when it may be one."""
    text = [page.lines[i].text for i in body.lines] if body else []
    size = sum(map(len, text))
    if size < SHORT:
        shown = " ".join([title, *(line.text for line in page.lines if line.linked * 2 <= line.size)])[:1500]
        notice = _notice(title, shown, size)
        if notice:
            return notice
    if size < 40 and (reason := _shell(page, html)):
        return reason
    if _is_list(page, body, size):
        return Drop(
            Stage.EXTRACT, Reason.LIST_PAGE, f"{size} characters of text beside {len(page.anchors)} links"
        )
    return None


def _notice(title: str, shown: str, size: int) -> Drop | None:
    """The notice that fills a page: in the title, or on a page with little else on it."""
    for reason, pattern in _NOTICES:
        found = pattern.search(title) or (
            pattern.search(shown) if count_han(shown) < 260 or size < 80 else None
        )
        if found and (size < 160 or pattern.search(title)):
            return Drop(Stage.EXTRACT, reason, f"says {found[0][:40]!r}")
    return None


def _shell(page: Outline, html: str) -> Drop | None:
    """A page whose text a script would bring."""
    if (found := _EMPTY_ROOT.search(html)) and len(page.anchors) < 40:
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, f"an empty page around {found[0][:60]!r}")
    if len(page.lines) < 4 and "<script" in html and _REDIRECT.search(html):
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, "a script leads elsewhere")
    return None


def _is_list(page: Outline, body: Body | None, size: int) -> bool:
    """Many links with long titles and little running text between them."""
    if size >= 60 and (body is None or _teasers(page, body) <= 0.6):
        return False
    return sum(count_han(text) >= 8 for text in page.anchors.values()) >= 12


def _teasers(page: Outline, body: Body) -> float:
    """Share of body lines that end in an ellipsis or stand beside a linked title of their own."""
    cut = sum(page.lines[i].text.rstrip(_MORE).endswith(("...", "…", "......")) for i in body.lines)
    return cut / len(body.lines) if len(body.lines) >= 4 else 0.0
