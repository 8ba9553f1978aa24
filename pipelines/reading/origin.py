"""Lines that name the origin of an article, cut into labelled slots."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from pipelines.reading.names import is_name
from pipelines.reading.outline import unglossed
from pipelines.reading.phrases import both, names, phrases, starts
from pipelines.reading.publishers import is_outlet

Slot = Literal[
    "source",
    "author",
    "poster",
    "editor",
    "date",
    "written",
    "modified",
    "original",
    "rights",
    "url",
    "other",
]

_SEPARATOR = r"\s*[:：﹕∶|丨｜/／╱]\s*"
_SEPARATED = re.compile(r"[:：﹕∶|丨｜/／╱]|\b[Bb][Yy]\s")
_BOXED = re.compile(r"[【\[]\s*([\u3400-\u9fff]{2,4}|[\u3400-\u9fff]\s[\u3400-\u9fff])\s*[】\]]\s*[:：]?")
"""A label in brackets without a colon: 【记者】某某, 【作 者】某某."""

_BARS = re.compile("[│┃∣]")
"""Lines of frames and of formulas that pages print as bars."""

_SLOT: dict[str, Slot] = {
    "not_origin": "other",
    "credit": "other",
    "writer": "author",
    "by": "author",
    "behind": "author",
    "of": "author",
}
_LABELS = {name: phrases(f"label.{name}") for name in names("label")}
_WORDS = "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items() if name != "other")
_OTHER = rf"(?P<other>{_LABELS['other']})\s*[:：﹕∶]\s*"
"""Words of tools and counters: labels with a colon only, since 评论 may end a name before a bar."""

_FIRST = "".join(starts(f"label.{name}") for name in names("label"))
"""Characters that labels begin with: a look ahead for one of them passes over all other places at once."""

_LABEL = re.compile(
    rf"(?=[{_FIRST}A-Za-z])(?:(?:{_WORDS}){_SEPARATOR}|{_OTHER})|(?<![\u3400-\u9fff])文\s*[/／|丨｜╱:：]\s*(?P<writer>)"
    + both(r"|(?P<credit>图|摄影?|制图|美编|校对|设计)\s*[/／|丨｜╱]\s*")
    + r"|(?<![A-Za-z])[Bb][Yy](?:\s*[:：]\s*|\s+(?=[\u3400-\u9fff]))(?P<by>)"
)
_ONLY = re.compile(rf"[\s【\[|]*(?:{_WORDS}|(?P<other>{_LABELS['other']}))\s*")
_BARE = re.compile(
    r"(?:^|(?<=[\s()（）\[\]【】|丨｜\d日□■◎●◆]))(?:"
    + both(
        r"(?P<source>(?:(?:以下)?文章|稿件|信息)?来源[于自]?|综合(?:整理)?自|稿源|来自(?=\s)|转自|(?:本文|文章)?(?:经?授权)?转载自|(?:本文)?摘自|本文来自(?:微信)?(?:公众号)?|(?:本文)?(?:原载|原刊|选自|出自|刊于|首发)于?(?=《))|(?P<author>Author(?=\s+[\u3400-\u9fff])|作者(?!简介|介绍|单位|信息|声明|授权)|[\u3400-\u9fff+]{0,10}记者|(?:本报)?通讯员|(?:特约)?撰稿人?(?=\s)|撰文(?=\s)|执笔(?=\s))|"
        r"(?P<editor>(?!图片|视频|视觉|美术|音频)[\u3400-\u9fff]{0,4}(?:编辑|责编)|(?:[一二三初复终]审|审[核校]|监制)(?=\s+[\u3400-\u9fff]{2,4}(?:\s|$)))|(?P<date>发布时间|(?:本文)?发[表布]于|时间)"
    )
    + r")\s*(?=[^\s:：|/，。、；的为為是])"
    + both(r"|^《[^《》]{2,10}》[\u3400-\u9fff]{0,4}(?P<of>作者|记者|撰稿人?|主笔)(?=\s+[\u3400-\u9fff])")
)
"""Labels without a colon: only at the start of a line or behind a gap, bracket, bar or date."""

_MAY_BE_BARE = re.compile(both("[源自者员辑编间于审制载刊稿文笔]|Author"))
"""What every bare label has one of: to look for these first takes a third of the time on lines without."""

_BEHIND = re.compile(r"(?<=[，,])(?P<behind>作者)(?=\s*[^\s，。：:的为為是]{2,16}$)")
"""The author behind the account of which an article is a copy: 以下文章来源于某某 ，作者某某."""

_OF_TIME = re.compile(both(r"时\s*间|日\s*期"))
_COMPOUND = re.compile(r"(?:^|[\s|丨｜(（\[【])([\u3400-\u9fff]{2,6})$")
_ASIDE = re.compile(r"[(（][^()（）]{0,12}[)）]")
_CLOSED = re.compile(r"[)）\]】〕]")
_OPENED = ("(", "（", "[", "【", "〔")
_SHUT = (")", "）", "]", "】", "〕")
_UNRENDERED = re.compile(r"\[!--.*?--\]|\{/?[\w:.$=' ]+\}|<%.*?%>|\$\{.*?\}|\{\{.*?\}\}")
"""What a content system was to fill in and did not."""

_TOOLS = re.compile(
    rf"(?:{phrases('tools_anywhere')}|{phrases('tools_counted')}\s*[(（]\d*[)）]|(?:[\s|【\[（(《丨｜／/]+|^)(?:{phrases('tools_apart')}))"
    r"(?![\u3400-\u9fff]{0,2}(?:报|報|网|網|社|台|臺)).*$"
)
_OPEN = re.compile(r"^[(（\[【<《「『]+(?=[^)）\]】>》」』]*$)|[(（\[【<《「『]+$")
_OPENING, _CLOSING = re.compile(r"[(（\[【<《「『]"), ")）]】>」』"
_WRAPPED = re.compile(r"[(（\[【<「『].*[)）\]】>」』]")
_EDGES = " \t\u3000:：|丨｜·•-–—_,，;；。、/／>＞»&"


class Found(msgspec.Struct, frozen=True, gc=False):
    """One slot of a line: what it says it is, and its value as printed ("" for an empty slot); `bare` when no
    colon or bar stood behind the label."""

    slot: Slot
    label: str
    value: str
    bare: bool = False


@lru_cache(maxsize=64)
def slots(line: str) -> tuple[Found, ...]:
    """The labelled slots of a line, in order: `来源:X发布时间:Y作者:Z` has three. Empty slots are kept.

    Cached: source, authors and date each look at the lines around a headline.
    """
    line = _BARS.sub("｜", unglossed(line))
    if "【" in line or "[" in line:
        line = _BOXED.sub(r" \1：", line)
    labels, bare_labels = _labels(line)
    marks = [(m.start(), m.end(), "other" if _is_part(line, m) else _slot_of(m), m[0], False) for m in labels]
    taken = [(start, end) for start, end, *_ in marks]
    for m in bare_labels:
        if not any(start < m.end() and m.start() < end for start, end in taken):
            marks.append((m.start(), m.end(), _slot_of(m), m[0], True))
    if not marks:
        alone = _ONLY.fullmatch(line) if len(line) < 10 else None
        return (Found(_slot_of(alone), line.strip(" 【[|"), ""),) if alone else ()
    marks.sort()
    ends = [start for start, *_ in marks[1:]] + [len(line)]
    found = []
    for (start, end, slot, label, bare), stop in zip(marks, ends, strict=True):
        within = bare or _is_within(line[:start])
        value = _CLOSED.split(_ASIDE.sub("", line[end:stop]))[0] if within else line[end:stop]
        value = until_closed(line[end:stop]).strip(_EDGES) if slot == "original" else trim(value)
        found.append(Found(slot, label.strip(" :：|丨｜/／╱"), value, bare))
    return tuple(found)


def _is_within(before: str) -> bool:
    """Whether what follows stands in a bracket that is open."""
    last = max(map(before.rfind, _OPENED))
    return last >= 0 and not _CLOSED.search(before, last)


def until_closed(title: str) -> str:
    """A title up to the bracket that closes what its label stands in; brackets of its own, and words that are
    a tool's elsewhere (老字号), belong to it."""
    depth = 0
    for place, char in enumerate(title):
        depth += (char in _OPENED) - (char in _SHUT)
        if depth < 0:
            return title[:place]
    return title


def _is_part(line: str, label: re.Match[str]) -> bool:
    """Whether a label of dates is only the end of one that is not known, 申请日期 or 最后回复时间: what
    stands before it from a gap on is neither a paper nor a person."""
    if not _OF_TIME.match(label[0]):
        return False
    before = _COMPOUND.search(line[: label.start()])
    return before is not None and not (is_outlet(before[1]) or is_name(before[1]))


def unlabelled(line: str) -> str:
    """The part of a line before its first label."""
    starts = [labels[0].start() for labels in _labels(line) if labels]
    return line[: min(starts)] if starts else line


@lru_cache(maxsize=64)
def _labels(line: str) -> tuple[tuple[re.Match[str], ...], tuple[re.Match[str], ...]]:
    """The labels of a line with a separator and those without. Cached: what stands before them is asked for
    beside the slots."""
    labels = tuple(_LABEL.finditer(line)) if _SEPARATED.search(line) else ()
    bare = tuple(_BARE.finditer(line)) if _MAY_BE_BARE.search(line) else ()
    return labels, (*bare, *_BEHIND.finditer(line)) if "作者" in line else bare


def _slot_of(match: re.Match[str]) -> Slot:
    name = next(key for key, value in match.groupdict().items() if value is not None)
    return _SLOT.get(name, name)  # type: ignore[arg-type]


def trim(value: str) -> str:
    """A value without the brackets and bars around it and the words of tools behind it."""
    value = _TOOLS.sub("", _UNRENDERED.sub("", value))
    value = value.strip(_EDGES)
    value = _OPEN.sub("", value)
    if _WRAPPED.fullmatch(value):
        value = value[1:-1]
    if not _OPENING.search(value):
        value = value.rstrip(_CLOSING)
    return value.strip(_EDGES)
