"""Bylines without a label: datelines, closing brackets, 报╱记者 lines, names beside a date."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from pipelines.reading.credits import footnoted, roled, unpictured, writers
from pipelines.reading.names import PLACES, is_name, split_names
from pipelines.reading.origin import trim, unlabelled
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet, publisher
from pipelines.reading.weight import DATED

_DATELINE = re.compile(
    both(
        r"^[\s【\[（(〔]*(?P<outlet>[\u3400-\u9fff]{1,8}?(?:网|社|报|台|在线))?"
        r"(?:[\u3400-\u9fff]{0,8}?(?:(?:\d{4}年)?(?:\d{1,2}|[一二三四五六七八九十]{1,2})月)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)?[\u3400-\u9fff]{0,4}?(?:专讯|讯|电|消息|报道|报导)"
        r"[】\]）)〕]?\s*(?P<open>[（(【〔])?(?P<people>[^）)】〕]{0,60})"
    )
)
_DAY_OF_REPORT = re.compile(
    both(r"\s*(?:\d{1,2}月)?\d{1,2}日\s*(?:专讯|讯|电|消息|报道)|(?<=[\u3400-\u9fff]{3})讯(?=[\s(（])")
)
_BRACKET = re.compile(
    both(
        r"[（(【〔\[]\s*(?P<people>(?:[^（(【〔\[）)】〕\]]{0,10}(?:记者|通讯员|文|编辑|责编|责任编辑|作者|撰文|来源|编)|"
        r"[\u3400-\u9fff]{2,6}(?:报道|报导))[^（(【〔\[）)】〕\]]{0,60})[）)】〕\]]"
    )
)
_SLASHED = re.compile(
    both(
        r"[【\[（(]?\s*(?P<outlet>[\u3400-\u9fff]{2,10}(?:报|社|网|台))\s*[╱/／]\s*"
        r"(?P<people>[^／/╱】\]）)]{2,40})(?:[╱/／][^】\]]{0,20})?[】\]）)]?"
    )
)
_ITS_REPORTER = re.compile(
    both(r"[【\[（(□■◎●◆\s]*(?P<outlet>[\u3400-\u9fff]{2,9}[报网社台])(?:首席|实习|见习|全媒体)?记者[\s:：]")
)
_OF_A_TITLE = re.compile(
    both(
        r"(?:(?:作者|采写|撰文|文|来源)[\s:：/／|｜]*)?《(?P<outlet>[^《》]{2,12})》(?:杂志|周刊|月刊)?"
        r"(?:首席|特约|实习|见习|资深|本刊)?(?:记者|撰稿人?|主笔)[\s:：/／|｜]+(?P<people>[\u3400-\u9fff·、\s]{2,20})"
    )
)
_SLASH = re.compile("[╱/／]")
_WROTE = re.compile(r"(?:^|(?<=[\s(（]))(?P<people>[\u3400-\u9fff·]{2,4})\s*[/／]\s*文(?![\u3400-\u9fff])")
_AROUND_DATE = re.compile(
    both(
        r"(?P<before>[\u3400-\u9fff·、\s]{2,30}?)?\s*[|丨｜·/]?\s*"
        r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?|"
        r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.?,? \d{4}|"
        r"\d{1,4}\s*(?:年|个月|天|小时|分钟|周)前|[昨前今]天(?:\s*\d{1,2}[:：]\d{2})?)"
        r"\s*[|丨｜·/]?\s*(?P<after>[\u3400-\u9fff·、\s]{2,30})?\s*"
    )
)
_COUNTS = re.compile(
    both(
        r"(?:\s*[·•|｜丨]\s*(?:约?[\d,.]+\s*[万千kKwW+]*\s*"
        r"(?:views?|repl(?:y|ies)|likes?|comments?|min(?:ute)?s? read|"
        r"[次人条]?(?:阅读|评论|浏览|点赞|回复)|[分字]钟?)|"
        r"(?:阅读|评论|浏览)(?:时[间长])?[:：]?\s*(?:约?需?)\s*[\d,.]+\s*[万千分钟次]*))+\s*$|"
        r"(?<=[\d\u3400-\u9fff])(?:\s+[\d,.]+[万千kKwW]?\+?){1,3}$"
    ),
    re.I,
)
"""How often a text was read, and how long that takes, behind its date."""

_ACCOUNT = re.compile(both(r"[通报网台社号说谈圈界派帮刊库站榜频]$"))
"""How accounts are named that have a surname for a first character: 云岭通."""

_CLOSING = re.compile(r"[（(][^()（）]+[)）]\s*$")
_PEOPLE = re.compile(
    both(
        r"(?:记者|通讯员|实习生|撰文|(?<![\u3400-\u9fff/／])文(?!章)|(?<=[图圖摄攝])文|作者(?!单位|简介|系|为|是))\s*[:：/／|]?\s*(?P<names>[\u3400-\u9fff·、，,/\s]{2,40})"
        r"(?P<dated>\d{1,2}日)?"
    )
)
_EDITORS = re.compile(both(r"\s*(?:责任编辑|责编|编辑)\s*[:：]"))
_WRITERS = re.compile(both("记者|通讯员|作者|撰文"))
"""An intern named behind the editor edits, and does not write."""

_PLACED = re.compile(both(rf"(?:{'|'.join(sorted(PLACES))})\s*$"))
_NO_GIVEN = re.compile(both("[的了到在是有与和不页版件室网报社区业词书馆器法品店街市县省界库站谈圈]"))
"""What the name of a section or a tool has where a person has a given name: 金融界, 高新区, 关键词."""

_TOOLS_AND_BARS = re.compile(both(r"[\[［]\s*微博\s*[\]］]|[|｜丨]"))
_POSTED = re.compile(both(r"由\s*(?P<people>[^\s，。]{2,20}?)\s*(?:[在于]|发[布表]|提交)(?=.*\d)"))
_NAMES_ALONE = re.compile(r"[\u3400-\u9fff]{2,4}(?:[\s、]+[\u3400-\u9fff]{2,4}){0,4}")
_PUBLISHING = re.compile(both(r"(?P<people>[\u3400-\u9fff]{3})\s+发[表布]于(?=.*\d)"))
_DISPATCHED = re.compile(both(rf"(?P<people>{_NAMES_ALONE.pattern})\s*发自[\u3400-\u9fff]{{2,6}}"))
_MARKED = re.compile(rf"[□■◎●◆]\s*(?P<people>{_NAMES_ALONE.pattern})")
_REPORTS = re.compile(
    both(
        r"[\u3400-\u9fff]{0,8}?记者(?P<people>[\u3400-\u9fff·、\s]{2,30}?)(?:摄影)?(?:报道|报导)[:：，,。\s]"
    )
)
_SIGNATURE = re.compile(rf"(?:.*[。！？”])?[（(]\s*(?P<people>{_NAMES_ALONE.pattern})\s*[)）]")
_FOOTNOTED = re.compile(r"(?<=[\u3400-\u9fff])[*＊※†\d①]{1,2}$")
_TOLD = re.compile(both(r"\s*([\u3400-\u9fff]{2,4})(?:报道|报导)\s*"))
PHOTO = re.compile(both(r"摄(?!影报[道导])|图[/／]|供图|图片|资料照|资料图|照片"))
"""A credit of a picture, not of the article."""


def byline(text: str, place: str) -> tuple[str, ...]:
    """The authors that a line without labels names; `place` as in OriginLine."""
    if place == "above" and len(text) < 60 and (named := _set_apart(text)):
        return named
    if (slashed := _slashed(text)) and (names := persons(slashed["people"])):
        return names
    closing = _CLOSING.search(text) if place == "end" else None
    if wrote := writers(closing[0] if closing else text):
        return wrote
    for people in _mentions(text, place):
        reporters = [name for found in _PEOPLE.finditer(people) for name in _reporters(found)]
        if not reporters and (told := _TOLD.fullmatch(people)):
            reporters = list(persons(told[1]))
        if reporters:
            return tuple(dict.fromkeys(reporters))
    if place == "start" and (reports := _REPORTS.match(text)):
        return persons(reports["people"])
    return _signed(text, place)


def _set_apart(text: str) -> tuple[str, ...]:
    """The names on a line between headline and body that a date, 由 … 提交 or /文 tells from a subheading."""
    if dated := _AROUND_DATE.fullmatch(_COUNTS.sub("", unlabelled(text))):
        beside = (_unpublished(part) for part in (dated["before"], dated["after"]) if part)
        named = (persons(part) for part in beside if _may_be_names(part))
        if names := next(filter(None, named), ()):
            return names
    if names := _behind_outlet(text) or roled(text) or footnoted(text):
        return names
    other = (
        _POSTED.match(text) or _PUBLISHING.match(text) or _WROTE.search(text) or _DISPATCHED.fullmatch(text)
    )
    return persons(other["people"]) if other else ()


def _unpublished(part: str) -> str:
    """What stands beside a date without the names of papers."""
    return " ".join(piece for piece in part.split() if not is_outlet(piece))


def _may_be_names(part: str) -> bool:
    return not (is_outlet(part) or _ACCOUNT.search(part) or PHOTO.search(part))


def _behind_outlet(text: str) -> tuple[str, ...]:
    """The name behind that of a paper on a dated line, as portals set it (日期 某某晚报 某某 我要评论)."""
    dated = DATED.search(text)
    behind = trim(_TOOLS_AND_BARS.sub(" ", text[dated.end() :])).split() if dated else []
    place = next((n for n, part in enumerate(behind) if is_outlet(part)), len(behind))
    return _one_name(behind[place + 1 :])


def behind_source(value: str) -> tuple[str, ...]:
    """The name behind that of a paper in its slot (来源：某某晚报 某某)."""
    paper, *named = value.split()[:3] or [""]
    return _one_name(named) if named and is_outlet(paper) else ()


def _one_name(named: list[str]) -> tuple[str, ...]:
    told = len(named) == 1 and len(named[0]) < 4 and not _NO_GIVEN.search(named[0], 1)
    return persons(named[0]) if told else ()


def name_alone(lines: Iterable[str]) -> tuple[str, ...]:
    """The name of three characters, or the names with 、 between, that are all of one of the lines between
    headline and body; behind the occasion of a speech, in brackets, it is the speaker's."""
    before = ""
    for printed in lines:
        text = _FOOTNOTED.sub("", printed)
        if (
            len(text) == 3
            and is_name(text)
            and not _NO_GIVEN.search(text, 1)
            and before[:1] not in ("（", "(")
        ):
            return (text,)
        row = re.split(r"\s*、\s*", text) if "、" in text and len(text) < 20 else []
        if len(row) > 1 and all(map(is_name, row)):
            return tuple(row)
        before = text
    return ()


def _signed(text: str, place: str) -> tuple[str, ...]:
    """Names alone: in brackets behind a dateline or as the line that ends the text, behind a mark (□) over
    it. One of two characters may be a word (连载), and is none."""
    if place == "start":
        dateline = _DATELINE.match(text)
        people = dateline["people"] if dateline and dateline["open"] else ""
    else:
        shape = {"end": _SIGNATURE, "above": _MARKED}.get(place)
        signature = shape.fullmatch(text) if shape else None
        people = signature["people"] if signature and len(signature["people"]) > 2 else ""
    if not _NAMES_ALONE.fullmatch(people.strip()):
        return ()
    named = re.split(r"[\s、]+", people.strip())
    return tuple(dict.fromkeys(named)) if all(map(is_name, named)) and not any(map(is_outlet, named)) else ()


def _mentions(text: str, place: str) -> list[str]:
    """The pieces of a line that may name reporters: behind a dateline, in brackets at either end."""
    matches = [_DATELINE.match(text)] if place == "start" else []
    matches += list(_BRACKET.finditer(text))[-1:] if place in ("end", "below") else []
    matches += list(_BRACKET.finditer(text[:120]))[:1] if place in ("start", "above") else []
    return [
        match["people"]
        for match in matches
        if match
        and match["people"]
        and not PHOTO.search(unpictured(match["people"]))
        and (not _EDITORS.match(match["people"]) or _WRITERS.search(match["people"]))
    ]


def _reporters(found: re.Match[str]) -> tuple[str, ...]:
    """The persons of a mention. Before a day a place is glued behind them (记者某某台北16日电): where it is
    not a known one, nobody can tell where the name ends."""
    if not found["dated"]:
        return persons(unpictured(found["names"]))
    placed = _PLACED.search(found["names"])
    return persons(found["names"][: placed.start()]) if placed else ()


def _slashed(text: str) -> re.Match[str] | None:
    return _SLASHED.fullmatch(text.strip()) if _SLASH.search(text) else None


def slashed_outlet(text: str) -> str | None:
    """The paper of a line like 【联合报╱记者某某／即时报导】."""
    slashed = _slashed(text)
    return slashed["outlet"] if slashed else None


def dateline_outlet(text: str, title: str, known: Collection[str] = ()) -> str | None:
    """The agency or paper of a dateline, when it is a known publisher, the document's title begins or ends
    with its name (本报讯 names none) or it is `known` as the page's own."""
    if own := next((name for name in known if name and _reports(text, name)), None):
        return own
    dateline = _DATELINE.match(text)
    outlet = dateline["outlet"] if dateline else None
    vouched = outlet and (
        publisher(outlet) or outlet in (title[: len(outlet)], title[-len(outlet) :]) or outlet in known
    )
    return outlet if vouched else None


def _reports(text: str, name: str) -> bool:
    """Whether a text is the report of who has the name: it begins with that, a day and 消息, or with that and
    讯 (本报讯 names nobody)."""
    return text.startswith(name) and name[0] != "本" and _DAY_OF_REPORT.match(text, len(name)) is not None


def reporters_outlet(text: str, title: str) -> str | None:
    """The paper whose reporter a short line names: 《某某》记者 某某, or 某某早报记者 某某 when the
    document's title begins or ends with its name."""
    titled = _OF_A_TITLE.fullmatch(text) if "《" in text and len(text) < 40 else None
    if titled and persons(titled["people"]):
        return titled["outlet"]
    told = _ITS_REPORTER.match(text) if len(text) < 40 else None
    outlet = told["outlet"] if told else None
    return outlet if outlet and outlet in (title[: len(outlet)], title[-len(outlet) :]) else None


def persons(text: str) -> tuple[str, ...]:
    """The names of persons in a text, nothing else."""
    return tuple(name for name in split_names(text) if is_name(name) and not is_outlet(name))
