"""Pages that are no article: soft 404s, login walls, captcha and block pages, lists, empty shells."""

from __future__ import annotations

import re

from pipelines.reading.body import Body
from pipelines.reading.feeds import root_of
from pipelines.reading.outline import Line, Outline
from pipelines.reading.phrases import both, names, phrases
from pipelines.reading.teasers import SCRAP, below_title, is_title
from pipelines.reading.weight import DATED, DISCLAIMER_WITHIN, TAIL, names_origin
from pipelines.records import Drop, Reason, Stage
from pipelines.text import count_han

SHORT = 300
"""Characters of running text below which a page may be a notice: in an article the same words are a topic."""

SHELL = 80
"""Characters of running text below which a page may be a shell or lead elsewhere: a sentence says so."""

FEW_TITLES, MANY_TITLES = 6, 12
"""Linked titles of a list whose teasers are read as text, and of one without: an article of a sentence or two
may have half a dozen beside it."""

FEW_LED_ON = 4
"""Lines that only lead on (阅读全文) from which on teasers are a list, however few their titles."""

LEAST_HAN = 4
"""Han characters for each kana below which a text is Japanese, which has more kana than Han characters; the
bodies of the reference pages have none."""

FEWEST_WORDS, FEWEST_LETTERS = 6, 20
"""Words and letters of a line that is a sentence of another script; a greeting or a label has fewer."""

_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.I)
_DATA = re.compile(
    r"\s*(?:\{\s*\"|\[\s*[\[{\"]|(?:var|let|const|function) [\w$]+\s*[=(;]|[!;+]?\(?function\s*\(|"
    r"(?:document|window)\.[\w.]+\s*[=(]|[\w$.]{1,60}\(\s*[\[{])"
)
"""How JSON, a call around it and scripts begin."""

_FOREIGN_STOP = re.compile(r"[.!?।؟][\"'”’»)\]]?$")
_KANA = re.compile("[\u3041-\u30fa]")
_HAN = re.compile("[\u3400-\u9fff]")
_NOTICES = tuple((Reason(name), re.compile(phrases(f"notice.{name}"), re.I)) for name in names("notice"))
_MORE = "".join(set("]】)）详细詳情全文更多>» "))
_LEADS_ON = re.compile(
    both(r"[\[【(（]?\s*(?:(?:查看|阅读)?(?:详细|详情|全文|更多)|(?:继续)?阅读)\s*[>»]*\s*[\]】)）]?$")
)
_EMPTY_ROOT = re.compile(
    r"<(?:div|main|section)\b[^>]*\bid=[\"']?(?:app|root|__next|__nuxt|main-app|q-app|container)[\"']?[^>]*>"
    r"\s*(?:<!--.*?-->\s*)*</|"
    + both(r"(?:开启|启用|打开|允许|支持).{0,6}JavaScript|")
    + r"(?:enable|requires) JavaScript|JavaScript (?:to run|is disabled|required)",
    re.I,
)
_ROOT = re.compile(r"<div\b[^>]*\bid=[\"']?(?:app|root|__next|__nuxt)[\"'\s>]", re.I)
_REDIRECT = re.compile(
    r"(?:(?:window|document|top|self)\.)?location(?:\.href)?\s*=\s*[\"']|location\.replace\(|document\.cookie\s*=|http-equiv=[\"']?refresh\b",
    re.I,
)


def kind_of_text(html: str) -> Drop | None:
    """Why what was fetched is no page but a feed, a sitemap, data or a script; None when it may be one."""
    if _PAGE.match(html):
        return None
    if root := root_of(html):
        return Drop(Stage.EXTRACT, Reason.LIST_PAGE, f"a feed or sitemap ({root})")
    if _DATA.match(html):
        return Drop(Stage.EXTRACT, Reason.NOT_HTML, f"data or a script: {html.strip()[:40]!r}")
    return None


def kind_without_text(page: Outline) -> Drop:
    """Why a page without an article's text holds none: its text is in another script, or it has none."""
    foreign = sum(line.size for line in page.lines if _is_foreign(line))
    if foreign > sum(count_han(line.text) for line in page.lines):
        return Drop(Stage.EXTRACT, Reason.NOT_CHINESE, f"{foreign} characters of text in another script")
    return Drop(Stage.EXTRACT, Reason.NO_ARTICLE, f"no running text in {len(page.lines)} lines")


def _is_foreign(line: Line) -> bool:
    """Whether a line is a sentence in a script that parts its words by blanks, and no line of rights."""
    text = line.text
    if line.linked * 2 > line.size or not _FOREIGN_STOP.search(text) or TAIL.match(text):
        return False
    return (
        text.count(" ") + 1 >= FEWEST_WORDS
        and not (_HAN.search(text) or DISCLAIMER_WITHIN.search(text))
        and sum(map(str.isalpha, text)) >= max(FEWEST_LETTERS, 0.8 * line.size)
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
    if size < SHELL and (reason := _shell(page, html)):
        return reason
    if _is_list(page, body, size):
        return Drop(
            Stage.EXTRACT, Reason.LIST_PAGE, f"{size} characters of text beside {len(page.anchors)} links"
        )
    shown = "".join(text)
    if text and not _HAN.search(shown):
        long = Drop(Stage.EXTRACT, Reason.NOT_CHINESE, f"no Han character in {size} characters of text")
        return long if size >= SHELL else kind_without_text(page)
    if "の" in shown and (kana := len(_KANA.findall(shown))) * LEAST_HAN > count_han(shown):
        return Drop(Stage.EXTRACT, Reason.NOT_CHINESE, f"{kana} kana in {size} characters")
    return None


def _notice(title: str, shown: str, size: int) -> Drop | None:
    """The notice that fills a page: in the title, or on a page with little else on it."""
    alone = size < 80 or count_han(shown) < 260
    for reason, pattern in _NOTICES:
        titled = pattern.search(title)
        found = titled or (pattern.search(shown) if alone else None)
        if found and (size < 160 or titled):
            return Drop(Stage.EXTRACT, reason, f"says {found[0][:40]!r}")
    return None


def _shell(page: Outline, html: str) -> Drop | None:
    """A page whose text a script would bring."""
    if len(page.anchors) < 40 and (found := _EMPTY_ROOT.search(html)):
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, f"an empty page around {found[0][:60]!r}")
    if len(page.lines) < 4 and not page.anchors and _ROOT.search(html) and "<script" in html:
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, "an application and nothing that it has loaded")
    if len(page.lines) < 4 and _REDIRECT.search(html):
        return Drop(Stage.EXTRACT, Reason.NEEDS_BROWSER, "a script or a refresh leads elsewhere")
    return None


def _is_list(page: Outline, body: Body | None, size: int) -> bool:
    """Many links with long titles and little running text between them, or teasers and nothing else."""
    if size >= 60:
        if body is None or _teasers(page, body) <= 0.6:
            return False
        return _titles(page) >= FEW_TITLES or _led_on(page) >= FEW_LED_ON
    return (titles := _titles(page)) >= MANY_TITLES or (
        titles >= FEW_TITLES and _summaries(page) >= FEW_TITLES
    )


def _titles(page: Outline) -> int:
    return sum(len(text) >= 8 and count_han(text) >= 8 for text in page.anchors.values())


def _led_on(page: Outline) -> int:
    """How many lines end in a link that leads on (阅读全文)."""
    return sum(line.linked > 0 and _LEADS_ON.search(line.text) is not None for line in page.lines)


def _summaries(page: Outline) -> int:
    return sum(line.size >= 2 * SCRAP and below_title(page, i) for i, line in enumerate(page.lines))


def _teasers(page: Outline, body: Body) -> float:
    """Share of the lines of some length that end in an ellipsis or in a link that leads on, or stand below a
    linked title of their own."""
    lines = [i for i in body.lines if page.lines[i].size >= SCRAP and not is_title(page, i)]
    led = [i for i in lines if page.lines[i].linked and _LEADS_ON.search(page.lines[i].text)]
    if len(lines) < 4:
        return len(led) / len(lines) if lines else 0.0
    cut = {i for i in lines if page.lines[i].text.rstrip(_MORE).endswith(("...", "…", "......"))}
    titled = [i for i in lines if i and below_title(page, i)]
    if titled and _is_dated(page, titled[0] - 1):
        titled = []
    return len(cut.union(led, titled)) / len(lines)


def _is_dated(page: Outline, first: int) -> bool:
    """Whether a line of origin stands over the first linked title: a digest of the week is an article."""
    above = page.lines[max(0, first - 2) : first]
    return any(names_origin(line.text) and DATED.search(line.text) for line in above)
