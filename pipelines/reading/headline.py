"""The headline: the line above the body that the title of the document vouches for."""

from __future__ import annotations

import re

from pipelines.reading.outline import Line, Outline, unglossed, words
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet
from pipelines.reading.weight import DATED, ENGLISH_DAY, LABELLED, names_origin, weigh
from pipelines.text import count_han, plain

_SPLIT = re.compile(r"\s*(?:[_|｜>＞»«<＜~～]|::)+\s*|\s*[-–—－―]+\s*|\s+[·•/]\s+|\s{2,}")
_RUBRIC = re.compile(r"^[\[［【]([^\]］】]{1,10})[\]］】]\s*")
_NAMES = re.compile(r"title|headline|\bbt\b|biaoti|\bh1\b|subject")
_SITE = re.compile(
    both(
        r"(?:网站?|报社?|公司|电视台|广播|频道|正文|首页|新闻网?|中心|门户|内容页|资讯|详[细情]|文章)\W*$|^(?:打印|列印)(?:页面|本页|预览|版|文章)?$"
    )
)
_IN_BRACKETS = re.compile(r"\s*[【(（\[]([^【】()（）\[\]]{2,14})[】)）\]]$")
_HEADINGS = {"h1": 2.0, "h2": 1.2, "h3": 0.8}
_POST = re.compile(both(r"标\s*题\s*[:：]\s*(?P<title>.{2,80}?)\s*发信站\s*[:：]"))
_BLANKS = re.compile(r"(?<=[\d\u3400-\u9fff])\s+(?=[\d\u3400-\u9fff])")
_CUT_OFF = re.compile(r"\.{3}|…")
_STOP = re.compile("[。；，：]")
_OFFICE = re.compile(
    both(
        r"[\u3400-\u9fff（）()]{2,16}(?:局|厅|法院|检察院|委员会|协会|学会|政府|办公室|研究[院所]|事务所)|"
        r"[\u3400-\u9fff]{2,8}(?:学院|大学)"
    )
)
"""An office alone is the title that its site gives every page."""

_DATE = re.compile(r"\d{4}[-/.年]\d")
"""Beside the name of the site alone a line of origin stands, no headline."""

SITE_NAME = 10
"""Han characters up to which a document's title that ends as names of sites do is one."""

OVER_DATE = 0.5
"""What a heading or an element named as a title has more where the dated line of origin is right below."""

MOST, TITLE_LINES = 80, 4
"""Characters of a headline; lines over which official documents spread one."""

SURE = 3.0
"""Score of a line that names and document's title both call the headline."""

SECTION = 6
"""Han characters up to which the parts of a document's title that stands on no line near the text name a
section and a site (通知公告 - 某某局)."""

_LABEL = re.compile(both(r"^[^，。“]{2,6}[:：][^，。]{0,12}$|记者|报道|报导"))
"""What may be a label with its value; a colon deep in a longer line is a headline's own."""

_STANDS = re.compile(both(r"^.{0,6}[:：]$|\d{4}[-/.年]\d|[首主]页"))
"""What stands above a body and is no headline."""

_NOT_HEAD = re.compile(
    both(
        r"^(?:首页\s*[>›»/|-]|来源|作者\s*[:：]|当前位置|[您你](?:的|现在)|导航|(?:发[布表]|更新)?(?:时间|日期)\s*[:：]|"
        r"\s*\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.][^\u4e00-\u9fff]*[\d日:：\s]*$)"
    )
)


Candidate = tuple[float, int, str]
"""How good a headline is, the line it stands on, its text."""


def find_headlines(page: Outline, first_body_line: int, title: str) -> tuple[tuple[str, int], ...]:
    """Candidates for the headline with the line they stand on (-1 for the document's title), best first."""
    wanted = plain(title)
    named = count_han(title) <= SITE_NAME and is_site_name(title)
    scored: list[Candidate] = []
    for index in range(0, min(first_body_line + 3, len(page.lines))):
        line = page.lines[index]
        if not 4 <= line.size <= MOST or (line.linked * 2 > line.size and not _links_itself(line, wanted)):
            continue
        if _NOT_HEAD.match(unglossed(line.text)):
            continue
        text, last = _whole(page, index, title)
        score = max(_score(page, index, whole, wanted) for whole in {line.text, text})
        if index >= first_body_line:
            score -= 1.0
        score -= 0.01 * max(0, first_body_line - index)
        if score > 0 and _stands_over_date(page, last):
            score += OVER_DATE
        if line.tag not in _HEADINGS and (
            (named and plain(line.text) in wanted) or (last == index and _begins_as_office(line, wanted))
        ):
            continue
        rest = _RUBRIC.sub("", text)
        bare = rest not in ("", text) and (wanted.startswith(plain(rest)) or _links_rubric(page, line))
        scored.append((score, last, rest if bare else text))
    if not any(score >= SURE for score, _, _ in scored):
        scored += _farther(page, first_body_line + 3, wanted)
    scored = _below_section(page, scored, title)
    scored.sort(key=lambda item: -item[0])
    found = [(text, index) for score, index, text in scored if score >= 1.0]
    found = [*_posted(page, first_body_line), *found]
    stripped = strip_site(title)
    if title and not is_site_name(stripped) and (found or not _names_section(stripped)):
        found.append((stripped, -1))
    if not found:
        found = _just_above(page, first_body_line) or _opening(page, first_body_line)
    if title and not found:
        found.append((stripped, -1))
    return tuple(found)


def _links_rubric(page: Outline, line: Line) -> bool:
    """Whether a line begins with a rubric in brackets that leads to others of its kind: [转载] of a board."""
    rubric = _RUBRIC.match(line.text)
    return rubric is not None and any(page.link_text(link) == rubric[0].strip() for link in line.links)


def _stands_over_date(page: Outline, index: int) -> bool:
    """Whether a line of some length stands right over the dated line of origin, or over a subtitle over that:
    it is the headline though the document has another title."""
    if count_han(page.lines[index].text) <= SECTION:
        return False
    below = [line.text for line in page.lines[index + 1 : index + 3]]
    return any(names_origin(text) and DATED.search(text) for text in below)


def _farther(page: Outline, start: int, wanted: str) -> list[Candidate]:
    """The heading that the document's title begins with, where other text stands over it: a banner's."""
    for index, line in enumerate(page.lines[start:], start):
        if line.tag != "h1":
            continue
        own = plain(line.text)
        if len(own) > 8 and wanted.startswith(own) and 2 * len(own) > len(wanted):
            return [(_score(page, index, line.text, wanted), index, line.text)]
    return []


def _posted(page: Outline, first_body_line: int) -> list[tuple[str, int]]:
    """The title in the head of a letter to a board (发信人, 标题, 发信站), which is one line of a `pre`."""
    heads = (_POST.search(line.text) for line in page.lines[:first_body_line] if line.tag == "pre")
    return [(head["title"], -1) for head in heads if head]


def _whole(page: Outline, index: int, title: str) -> tuple[str, int]:
    """The text of a line and the line it ends on; of the first of several set alike all with which the
    document's title begins, of the first of two in one heading both where the document's title is cut off."""
    line = page.lines[index]
    run, wanted, begun = [line.text], plain(title), plain(line.text)
    for after in page.lines[index + 1 : index + TITLE_LINES] if wanted.startswith(begun) else ():
        begun += (more := plain(after.text))
        if not more or not wanted.startswith(begun) or not _set_alike(page, line, after):
            break
        run.append(after.text)
    if len(run) == 1 and line.tag in _HEADINGS and index + 1 < len(page.lines):
        run += _going_on(line, page.lines[index + 1], title)
    glued = "".join(run)
    whole = glued if line.tag not in _HEADINGS and glued in _BLANKS.sub("", title) else " ".join(run)
    return (whole, index + len(run) - 1) if len(whole) <= MOST else (line.text, index)


def _set_alike(page: Outline, line: Line, after: Line) -> bool:
    """Whether two lines stand in one element, or in two beside each other that have the same attributes."""
    one, other = page.elements[line.element], page.elements[after.element]
    alike = one.parent == other.parent and line.tag == after.tag and one.attributes == other.attributes
    return line.element == after.element or alike


def _going_on(line: Line, after: Line, title: str) -> list[str]:
    """The second line of a heading that the document's title has deeper within, or where that is cut off."""
    goes_on = plain(line.text + after.text) in plain(title) or _CUT_OFF.search(title)
    joined = after.element == line.element and goes_on and not _NOT_HEAD.match(after.text)
    return [after.text] if joined else []


def _below_section(page: Outline, scored: list[Candidate], title: str) -> list[Candidate]:
    """The candidates, those put back that name a section in a heading over the headline's own: one with which
    the document's title begins only where that names nothing but section and site."""
    parts = _SPLIT.split(title)
    named = "" if all(count_han(part) <= SECTION or is_site_name(part) for part in parts) else plain(title)
    heads = [i for _, i, text in scored if page.lines[i].tag in _HEADINGS and count_han(text) > SECTION]
    last = max(heads, default=-1)
    return [
        (score - _HEADINGS["h1"], index, text)
        if index < last and count_han(text) <= SECTION and not named.startswith(plain(text))
        else (score, index, text)
        for score, index, text in scored
    ]


def _begins_as_office(line: Line, wanted: str) -> bool:
    """Whether a line is the name of the office with which the document's title begins, before the section
    and the headline."""
    own = plain(line.text)
    return 2 * len(own) < len(wanted) and wanted.startswith(own) and _OFFICE.fullmatch(line.text) is not None


def _names_section(title: str) -> bool:
    return max(map(count_han, _SPLIT.split(title))) <= SECTION


def _opening(page: Outline, first_body_line: int) -> list[tuple[str, int]]:
    """The first line of the body where it is set like a headline: on pages with one box for all."""
    line = page.lines[first_body_line]
    labelled = _LABEL.search(line.text) or _STANDS.search(line.text)
    opens = 6 <= line.size <= 50 and not _STOP.search(line.text) and not labelled
    return [(line.text, first_body_line)] if opens else []


def _just_above(page: Outline, first_body_line: int) -> list[tuple[str, int]]:
    """The nearest line above the body that could be a headline, when the document's title is none."""
    near = [
        (line.text, index)
        for index in range(first_body_line - 1, max(-1, first_body_line - 7), -1)
        if 6 <= (line := page.lines[index]).size <= 50
        and not line.linked
        and not _STANDS.search(line.text)
        and not DATED.match(line.text)
        and not ENGLISH_DAY.match(line.text)
    ]
    plainly = [found for found in near if not _LABEL.search(found[0])]
    return (plainly or [found for found in near if weigh(page.lines[found[1]]) > LABELLED])[:1]


def is_site_name(title: str) -> bool:
    """Whether a document's title names the site or a section instead of an article."""
    return count_han(title) < 4 or (_SITE.search(title) or _OFFICE.fullmatch(title)) is not None


def _links_itself(line: Line, wanted: str) -> bool:
    """Whether a linked heading is the page's own: blogs link the title of a post to the post. `wanted` is the
    document's title, of which a headline is the greater part; the name of a site may begin it too."""
    if line.tag not in _HEADINGS:
        return False
    own = plain(line.text)
    return wanted.startswith(own) and 2 * len(own) > len(wanted)


def _score(page: Outline, index: int, text: str, wanted: str) -> float:
    """How much speaks for a line as the headline, or for the `text` that begins on it."""
    line = page.lines[index]
    score = _HEADINGS.get(line.tag, 0.0)
    names = words(page.elements[line.element].attributes)
    if _NAMES.search(names):
        score += 0.8
    own = plain(text)
    if own and wanted:
        if wanted.startswith(own):
            score += 1.0 + 2.0 * len(own) / len(wanted) if count_han(own) >= 4 or len(own) > 8 else 0.0
        elif len(own) > 8 and wanted.endswith(own):
            score += 1.0 + 2.0 * len(own) / len(wanted)
        elif own in wanted:
            score += 0.8 + 1.2 * len(own) / len(wanted) if len(own) >= 6 else 0.0
        elif wanted in own and len(wanted) >= 6 and not _DATE.search(text):
            score += 1.5
    return score


def strip_site(title: str) -> str:
    """A document's title without the names of section and site behind (or before) the headline."""
    if (named := _IN_BRACKETS.search(title)) and is_outlet(named[1]):
        title = title[: named.start()]
    parts = [part for part in _SPLIT.split(title) if part.strip()]
    if len(parts) < 2:
        before, _, last = title.rpartition(" ")
        return before if count_han(before) >= 6 and is_outlet(last) else title
    longest = max(parts[:2], key=len)
    if is_outlet(longest):
        longest = next((part for part in parts if count_han(part) >= 6 and not is_outlet(part)), longest)
    return longest if count_han(longest) >= 6 else parts[0] if count_han(parts[0]) >= 6 else title
