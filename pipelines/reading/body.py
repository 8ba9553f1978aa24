"""Which lines of a page are the article: the part of the tree whose lines weigh most.

Every line has a weight, positive for running text and negative for link lists and short scraps; the body is
the element whose lines add up highest, narrowed to its heaviest run of lines (a maximum-sum segment over
text blocks, Pasternack and Roth 2009, restricted to subtrees). What a page marks as comments, related
links or controls weighs against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from pipelines.reading.columns import column
from pipelines.reading.edges import kept_lines, widened, without_spam
from pipelines.reading.occasions import tells_event
from pipelines.reading.outline import IN_FAVOUR, Element, Outline, words
from pipelines.reading.tables import IN_TABLE, SHORT_CELL, is_data
from pipelines.reading.teasers import answers, headed, teasers
from pipelines.reading.weight import ENDING, LABELLED, OUTSIDE, weigh

AGAINST = re.compile(
    r"comment|reply|pinglun|liuyan|guestbook|\bcmt|\bpl\b|relat|recom|tuijian|\bhot|remen|rank|paihang|share|fenxiang|\bnav|daohang|"
    r"menu|\bfoot|copyright|side[-_]?bar|crumb|bread|weizhi|location|position|\bads?\d*\b|[-_ ]ads?[-_ ]|"
    r"guanggao|advert|banner|\btags?\b|hottag|biaoqian|pagination|login|search|toolbar|toplist|news_?list|"
    r"xiangguan|xgwz|xgnews|xgyd|keyword|disclaimer|shengming|statement|editor[-_ ]?info|survey|vote|"
    r"weather|subscri|newsletter|sign-?up|promo|friend[-_]?link|prev[-_]?next|prenext|gotop|download|qrcode|author[-_]?(?:card|bio|intro|desc)|about[-_]?author|\bbio\b|"
    r"more[-_ ]|aside|complementary|guide|hidden|"
    r"cookie|consent|\bcc-window|\bmodal\b|popup|agreement|xieyi|privacy|\bcol-(?:md|lg|xl)-[234]\b"
)
"""Names (class, id, role) of elements whose text is none of the article's: English and pinyin."""

_COLUMN = re.compile(r" side[-_]?bar")
COMMENTS = re.compile(r"comment|reply|pinglun|liuyan|guestbook|\bcmt|\bpl\b")

_POSTS = (re.compile(r'id="(?:postmessage|read)_\w'), re.compile(r'id="pid\d'))
"""How forums name the text of a post (Discuz, phpwind), and the post with its author (Discuz on phones)."""

GAP = 160.0
"""Weight of the links and scraps after which running text is no longer the same article but comments or a
disclaimer: about ten links. On the reference pages 80 to 1,000 give the same F1 to the third decimal."""

PARAGRAPH = -2.0
"""Weight of a short paragraph without a sentence."""

MOST = 0.86
SENTENCE, TWO_SENTENCES = 20.0, 80.0
"""An inner element is the body when it holds this share of the weight, or all but two sentences of it (and at
least 0.78). Both reference halves and the own pages give the same for shares between 0.82 and 0.9."""


@dataclass(frozen=True, slots=True)
class Body:
    """The chosen lines (indexes into the outline's, in order), and whether lines of spam were taken off their
    ends."""

    lines: tuple[int, ...]
    spam: bool = False


def weights(page: Outline) -> list[float]:
    """The weight of each line, after the names of the elements around it were heard."""
    found = [weigh(line) for line in page.lines]
    total = sum(weight for weight in found if weight > 0) or 1.0
    ends: tuple[int, int] | None = None
    for element in page.filled:
        if element.attributes and voice(element.attributes) < 0:
            inside = sum(w for w in found[element.first : element.last] if w > 0)
            beside = False
            if inside >= 0.4 * total and _COLUMN.search(words(element.attributes)):
                ends = ends or _article_ends(page, found)
                beside = ends[0] <= element.first or ends[1] >= element.last
            if inside < 0.4 * total or beside or _are_comments(element, found):
                for i in range(element.first, element.last):
                    found[i] = min(found[i], OUTSIDE, -0.3 * abs(found[i]))
        if element.tag == "table" and is_data(page, element, found):
            cells = found[element.first : element.last]
            found[element.first : element.last] = [IN_TABLE if w in SHORT_CELL else w for w in cells]
        elif element.tag in ("footer", "nav", "aside"):
            for i in range(element.first, element.last):
                found[i] = min(OUTSIDE, found[i])
    for i in _events(page, found):
        found[i] = PARAGRAPH
    for i in (
        *teasers(page, found),
        *headed(page, found, TWO_SENTENCES),
        *answers(page, found, TWO_SENTENCES),
    ):
        found[i] = -0.3 * abs(found[i])
    return found


def _events(page: Outline, found: list[float]) -> list[int]:
    """The lines like labels that tell when an event is, set as the next one is, which tells where."""
    pairs = ((i, line, page.lines[i + 1]) for i, line in enumerate(page.lines[:-1]) if found[i] == LABELLED)
    return [
        i
        for i, line, after in pairs
        if line.tag == after.tag in ("p", "div")
        and page.elements[line.element].parent == page.elements[after.element].parent
        and tells_event(line.text, after.text)
    ]


def _are_comments(element: Element, found: list[float]) -> bool:
    """Whether an element named so holds comments, however many: an article stands before them, of a sentence
    where a heading says so too (网友评论). One around the whole page belongs to a section of opinion."""
    if not COMMENTS.search(words(element.attributes)):
        return False
    headed = found[element.first] == ENDING
    return sum(w for w in found[: element.first] if w > 0) >= (SENTENCE if headed else TWO_SENTENCES)


def _article_ends(page: Outline, found: list[float]) -> tuple[int, int]:
    """(first end, last start) of the elements named as the article's that hold running text: a column that
    lies behind the one or before the other stands beside an article, however short that is."""
    text = [0, *accumulate(weight > 0 for weight in found)]
    named = [
        element
        for element in page.filled
        if voice(element.attributes) > 0 and text[element.last] > text[element.first]
    ]
    return min((e.last for e in named), default=len(found) + 1), max((e.first for e in named), default=-1)


@lru_cache(maxsize=1 << 14)
def voice(attributes: str) -> int:
    """What the names of an element say of its text: 1 an article's, -1 none of it, 0 nothing."""
    names = words(attributes)
    if not names:
        return 0
    return 1 if IN_FAVOUR.search(names) else -1 if AGAINST.search(names) else 0


def find_body(page: Outline, within: range | None = None) -> Body | None:
    """The lines of the article, or None when nothing on the page (on the lines `within`) weighs anything."""
    found = weights(page)
    if within is not None:
        found = [weight if i in within else min(weight, OUTSIDE) for i, weight in enumerate(found)]
    sums = [0.0, *accumulate(found)]
    best, chosen = 0.0, -1
    for place, element in enumerate(page.filled):
        value = sums[element.last] - sums[element.first]
        if value <= 0 or value * 1.15 < best or element.tag in ("html", "head"):
            continue
        if element.attributes and voice(element.attributes) > 0:
            value *= 1.15
        if value >= best:
            best, chosen = value, place
    if chosen < 0:
        return None
    element = _first_post(page, sums) or column(page, sums, _innermost(page, sums, chosen))
    first, last = _heaviest(found, element.first, element.last)
    first, last = widened(page, found, element, first, last)
    kept = kept_lines(page, found, first, last)
    clean = without_spam(page, kept)
    return Body(tuple(clean), spam=len(clean) < len(kept))


def _first_post(page: Outline, sums: list[float]) -> Element | None:
    """The post that opens a thread of a forum, whatever the answers weigh."""
    posts = [(kind, element) for element in page.filled if (kind := _post(element.attributes)) is not None]
    filled = [(kind, post) for kind, post in posts if sums[post.last] > sums[post.first]]
    return min(filled, key=lambda found: found[0], default=(0, None))[1]


@lru_cache(maxsize=1 << 14)
def _post(attributes: str) -> int | None:
    return next((kind for kind, named in enumerate(_POSTS) if named.search(attributes)), None)


def _innermost(page: Outline, sums: list[float], chosen: int) -> Element:
    """The smallest element inside the chosen one (a place in `page.filled`) that still holds MOST of its
    weight.

    A column beside the article adds a little to the sum of the element around both.
    """
    outer = found = page.filled[chosen]
    whole = sums[outer.last] - sums[outer.first]
    wanted = min(MOST * whole, max(0.78 * whole, whole - TWO_SENTENCES))
    for element in page.filled[chosen + 1 :]:
        if element.first >= outer.last and element.first > outer.first:
            break
        if element.tag in ("table", "tbody") and _among_paragraphs(page, element, sums):
            break
        if element.tag in ("p", "a") or sums[element.last] - sums[element.first] < wanted:
            continue
        if _goes_on(page, element, sums):
            break
        found = element
    return found


def _goes_on(page: Outline, part: Element, sums: list[float]) -> bool:
    """Whether an element is one part of an article: the other, named as the article's too, stands beside it,
    as on phones where all but the start has to be unfolded. The later one begins with text, not a heading."""
    if voice(part.attributes) <= 0:
        return False
    return any(
        element.parent == part.parent
        and (element.last == part.first or element.first == part.last)
        and sums[element.last] - sums[element.first] >= SENTENCE
        and sums[(later := max(element.first, part.first)) + 1] > sums[later]
        and voice(element.attributes) > 0
        for element in page.filled
    )


def _among_paragraphs(page: Outline, table: Element, sums: list[float]) -> bool:
    """Whether a paragraph of text stands right before or behind a table: it is part of what they say."""
    around = table.parent if table.tag == "table" else page.elements[table.parent].parent
    return any(
        sums[i + 1] > sums[i]
        and page.lines[i].tag == "p"
        and page.elements[page.lines[i].element].parent == around
        for i in (table.first - 1, table.last)
        if 0 <= i < len(page.lines)
    )


def _heaviest(found: list[float], first: int, last: int) -> tuple[int, int]:
    """The run of lines with the highest sum (Kadane), that no gap of GAP parts."""
    best, total, top, start, run = 0.0, 0.0, 0.0, first, (first, last)
    for i in range(first, last):
        if total <= 0 or total < top - GAP:
            total, top, start = 0.0, 0.0, i
        total += found[i]
        top = max(top, total)
        if total > best:
            best, run = total, (start, i + 1)
    return run
