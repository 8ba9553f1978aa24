"""Where an article is from, as its page prints it: labelled, beside the date, in an element named so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipelines.reading.bylines import PHOTO, dateline_outlet, reporters_outlet, slashed_outlet
from pipelines.reading.credits import printed_in
from pipelines.reading.names import PLACES, is_name
from pipelines.reading.origin import Found, slots, trim, unlabelled
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet, publisher, publisher_of_host
from pipelines.reading.records import Extracted
from pipelines.text import count_han

_PUBLISHERS = ("ld:publisher", "og:site_name", "ld:author")
_META_SOURCES = ("source", "mediaid", "article:source", "og:article:source", "citation_journal_title")
ADDRESS = re.compile(r"https?://[\x21-\x5a\x5c\x5e-\x7e]{4,300}")
NO_VALUE = re.compile(
    both(
        r"(?:未知|不详|(?:综合)?(?:网络|网路|互联网|公开资料)(?:综合|整理|收集|搜集|转载|来源)?|本[站网报刊社台](?:原创|整理|综合|讯|专稿|(?:记者|通讯员).{0,12})?|原创|转载|admin|未知来源|网站|其[他它]|无|(?:iPhone|iPad|安卓|Android|手机|电脑|网页|PC)\S{0,4}(?:客户端|版|端)|(?:作者|读者|网友|用户)?投稿|"
    )
    + both(r"来[源自]|作者|[\W_\d]*)$"),
    re.I,
)
_DATES = re.compile(
    r"https?://\S+|\d{1,2}月\d{1,2}日|\d{2,4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?|"
    r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|[ap]m|上午|下午|星期[一二三四五六日]"
)

_PAGE = re.compile(
    r"(?P<paper>[\u3400-\u9fff]{2,10})\s*[》\s（(,，:：]*\d{4}\D\d{1,2}\D\d{1,2}.{0,16}?[A-Z\d]{1,3}\s*版"
)

_PRINTED = re.compile(r"\W*(?:来源[:：])?\W*[\u3400-\u9fff]{2,10}[》\s（(,，]*\d{4}\D[^，。]{4,16}版\W*")
"""A line below the text that names the printed page and nothing else."""

_PAGE_ALONE = re.compile(r"(?:^|[\s:：(（])第?\s*[A-Z]?\d{1,3}\s*版(?:$|[\s:：)）])")
_DIGITAL = re.compile(both("(?:数字|电子)报"))
_TITLE_PARTS = re.compile(r"\s*[-_|｜—–]+\s*")

_OFFICES = re.compile(both(r"[\u3400-\u9fff]{2,4}(?:单位|部门|机构|对象)\s*[:：]?"))
"""A cell that is a label; its value is an office that handles a matter, no source."""

_SECTION = re.compile(both("(?:动态|新闻|要闻|资讯|公告|通知|中心|频道|正文|详[情细]|文章|内容|首页|下载)$"))
"""How the names of sections end."""

SITE_LEAST = 4
"""Han characters of a site's name that the document's title ends with; shorter ones are sections as often."""

SITE = 8
"""Characters at the end of a document's title that hold the name of the site."""

_KIND = re.compile(both("(?:公众|头条|企鹅|网易|搜狐|百家|大鱼|凤凰|澎湃|人民|新华|视频|抖音|政务|媒体)号"))
"""A platform's name for its accounts, which labels the one before it."""

_NETWORK = re.compile(both("(?:微博|空间|朋友圈)$|^(?:开心|人人|豆瓣|校内)网?$"))
"""Where readers are asked to share a text, named beside its date."""

_APART = re.compile(r"[\s|丨｜·]+")
_MARKED = re.compile(r"[\[(（【][\u3400-\u9fff]{2,4}[\])）】]$")
"""How a site came by an article, behind its name: [整理], (编译)."""

_OUTLET = re.compile(r"[\u3400-\u9fffA-Za-z·]{2,16}")

_ACCOUNT_LABEL = re.compile(
    both(r"(?:^|\s)(?:微信)?公众号\s*[:：]\s*(?P<account>[^\s:：|｜丨，。]{2,20})(?:\s|$)")
)
_ACCOUNT = re.compile(r"(?:微信)?(?:公众号|公眾號)\s*[:：]?\s*[“‘「\"]?([^“”‘’「」\"（(]{2,30})")


_IDENTIFIED = re.compile(r"\s*[(（]\s*(?:ID|微信号|微信號)\s*[:：].*$", re.I)
_SENT_FROM = re.compile(r"\s*[\w.-]*·?\[FROM[: ].*$")
_GAP = re.compile(
    both(
        r"\s{2,}|\t|\s[|｜丨]\s|(?<=\S)\s+(?=\d{4}[-年/.]|(?:昨|今|前)[天日]|刚刚|\d{1,2}[-/月]\d{1,2}日?\s+\d{1,2}[:：])|"
        r"\d{4}[-年/.]\d{1,2}[-月/.]|\s*\d{1,4}\s*(?:秒|分钟|小时|天|周|个?月|年)前$"
    )
)
"""Where the value of a slot ends: a wide gap, a date or an age behind it."""

_CLIENT = re.compile(
    both(r"(?P<paper>[\u3400-\u9fff]{2,10})·[\u3400-\u9fff]{2,10}(?:客户端|新闻网|APP)(?!\S)")
)
"""A paper with the name of its client or site behind a dot."""

_NEXT_LABEL = re.compile(r"\s+(?=作者|记者|責|责|编辑|編輯|http|[\u3400-\u9fff]{2,4}[:：])")
_PLACED = re.compile(r"(\S+)\s*[(（]([\u3400-\u9fff]{2,4})[)）]")
"""A paper with the place where it appears."""

_TITLED = re.compile(r"《[^《》]{2,20}》")
_QUOTED = re.compile(r'[“"]([^“”"]+)[”"]\s*(?:(?:微信)?(?:公众号|公眾號))?')
_PATH = re.compile(r"\s[>＞»]\s")
"""What boards and accounts put behind their name; a path of folders, which names no source."""


def find_source(found: Iterable[tuple[str, Found]], extracted: Extracted, meta: dict[str, str]) -> str | None:
    """The source as printed: labelled, else an unlabelled publisher beside the date, else the dateline."""
    return next(filter(None, _sources(found, extracted, meta)), None)


def _sources(
    found: Iterable[tuple[str, Found]], extracted: Extracted, meta: dict[str, str]
) -> Iterator[str | None]:
    """What may be the source, the surest first."""
    labelled = [(place, slot.value) for place, slot in found if slot.slot == "source"]
    yield from (_source_value(value) for place, value in labelled if place != "over")
    yield from _beside_dates(extracted)
    yield _labelled_account(extracted)
    known = {value for name in _PUBLISHERS if (value := meta.get(name)) and not _is_person(value)}
    yield _vouched(extracted, known | _named_site(extracted))
    yield from (_outlet(line.text) for line in extracted.origin_lines if line.place == "outlet")
    named = filter(None, map(meta.get, _META_SOURCES))
    yield from (_source_value(value) for value in named if not value.isdigit())
    yield from (_source_value(value) for place, value in labelled if place == "over")
    yield _reporting(extracted, known)
    around = [line.text for line in extracted.origin_lines if line.place in ("over", "above")]
    yield _edition(around)
    yield _titled_edition(around, extracted.title)
    behind = [line.text for line in extracted.origin_lines if line.place in ("below", "end")]
    yield _edition(filter(_PRINTED.fullmatch, behind))
    yield from (printed[0] for printed in map(printed_in, behind) if printed)


def _beside_dates(extracted: Extracted) -> Iterator[str | None]:
    """The publishers without a label above the body, but the value of a cell that is an office's label."""
    above = [line.text for line in extracted.origin_lines if line.place == "above"]
    for before, text in zip(["", *above], above, strict=False):
        if not _OFFICES.fullmatch(before):
            yield _bare_source(text, extracted.title)


def _labelled_account(extracted: Extracted) -> str | None:
    """The account that its platform's label stands behind, above the body (某某 企鹅号)."""
    above = " ".join(line.text for line in extracted.origin_lines if line.place == "above")
    if "号" not in above and "號" not in above:
        return None
    named = (name for name, kind in pairwise(above.split()) if _KIND.fullmatch(kind))
    return next((name for name in named if _OUTLET.fullmatch(name) and not _KIND.fullmatch(name)), None)


def _reporting(extracted: Extracted, known: set[str]) -> str | None:
    """The paper of the dateline, which stands between headline and body too where it is not `known`; else the
    one whose reporter a line names."""
    title, lines = extracted.title, extracted.origin_lines
    known = known | {part for line in lines if line.place == "above" for part in _APART.split(line.text)}
    datelines = (dateline_outlet(line.text, title, known) for line in lines if line.place == "start")
    bylines = (reporters_outlet(line.text, title) for line in lines if line.place != "over")
    return next(filter(None, datelines), None) or next(filter(None, bylines), None)


def _source_value(value: str) -> str | None:
    """A labelled value that can be a source: short, not empty, no date, cut at its first wide gap."""
    if address := ADDRESS.match(value):
        return publisher_of_host(address[0])
    value = _GAP.split(value)[0]
    if account := _ACCOUNT.match(value):
        value = account[1]
    value = _SENT_FROM.sub("", _IDENTIFIED.sub("", value))
    if quoted := _QUOTED.fullmatch(value.strip()):
        value = quoted[1]
    value = trim(_NEXT_LABEL.split(value)[0])
    if "，" in value and not (is_outlet(value := value.partition("，")[0]) or _TITLED.match(value)):
        return None
    if not value or len(value) > 40 or NO_VALUE.match(value) or _PATH.search(value):
        return None
    if PHOTO.search(value) and not is_outlet(value):
        return None
    if (placed := _PLACED.fullmatch(value)) and (placed[2] in PLACES or value.startswith(placed[2])):
        value = placed[1]
    first, _, rest = value.partition(" ")
    behind = publisher(first) or rest in PLACES or (count_han(rest) > 1 and all(map(is_name, rest.split())))
    return first if rest and behind else value


def _outlet(text: str) -> str | None:
    """What an element named after the source holds: neither a place nor a person nor a date."""
    named = _source_value(text) if _OUTLET.fullmatch(text) else None
    return named if named and named not in PLACES and (is_outlet(named) or not is_name(named)) else None


def _bare_source(text: str, title: str) -> str | None:
    """The publisher beside a date; of several the first that is not a channel of the site's own (腾讯科技 on
    a page of 腾讯网)."""
    if outlet := slashed_outlet(text):
        return outlet
    if (labelled := _ACCOUNT_LABEL.search(text)) and _DATES.search(text):
        return labelled["account"]
    text = " ".join([unlabelled(text), *(slot.value for slot in slots(text) if slot.slot == "date")])
    if len(text) > 80:
        return None
    rest = _DATES.sub(" ", text)
    if (client := _CLIENT.search(rest)) and is_outlet(client["paper"]):
        return client[0]
    parts = (trim(piece).strip("《》") for piece in _APART.split(rest))
    outlets = [part for part in parts if is_outlet(part) and not _NETWORK.search(part)]
    site = title[-SITE:] if len(outlets) > 1 else ""
    others = [outlet for outlet in outlets if outlet not in site]
    return next((outlet for outlet in others if outlet[:2] not in site), next(iter(others or outlets), None))


def _is_person(value: str) -> bool:
    return is_name(value) and not is_outlet(value)


def _vouched(extracted: Extracted, known: set[str]) -> str | None:
    """What stands beside a date above the body and is `known` as the page's own site or publisher."""
    for line in extracted.origin_lines if known else ():
        if line.place == "above" and len(line.text) < 80 and _DATES.search(line.text):
            beside = trim(_DATES.sub(" ", unlabelled(line.text)))
            parts = (beside, *(_MARKED.sub("", part) for part in _APART.split(beside)))
            if vouched := next((part for part in parts if part in known), None):
                return vouched
    return None


def _named_site(extracted: Extracted) -> set[str]:
    """What the document's title ends with: the site, where it is neither a section nor a person."""
    *before, last = _TITLE_PARTS.split(extracted.title)
    told = last in extracted.breadcrumbs or _SECTION.search(last) or is_name(last)
    return {last} if before and count_han(last) >= SITE_LEAST and not told else set()


def _titled_edition(lines: Iterable[str], title: str) -> str | None:
    """The paper that begins or ends the document's title, where a line names the printed page alone."""
    if not any(map(_PAGE_ALONE.search, lines)):
        return None
    parts = _TITLE_PARTS.split(title)
    ends = (parts[0], parts[-1]) if len(parts) > 1 else ()
    return next((part for part in ends if is_outlet(part) and not _DIGITAL.search(part)), None)


def _edition(lines: Iterable[str]) -> str | None:
    """The paper of a line that names the printed page, 《南屏晚报》（2024年3月1日 第A05版）, or of two
    cells of which the second does."""
    before = ""
    for text in lines:
        for printed in filter(None, (_PAGE.search(text), _PAGE.search(f"{before} {text}"))):
            if is_outlet(printed["paper"]):
                return printed["paper"]
        before = text
    return None
