"""Names of persons as bylines print them: split, cleared of titles, told from what is no name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pipelines.reading.phrases import both

_TABLE = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
PLACES = frozenset(_TABLE["places"].split())
SURNAMES = frozenset(_TABLE["surnames"]) - {"\n"}
COMPOUND = frozenset(_TABLE["compound"].split())
NOT_NAMES = frozenset(_TABLE["not_names"].split())

_ROLE = r"(?:记者|通讯员|实习生|作者|编辑|撰稿人?|撰文|文|摄影|见习|评论员|研究员)"
_TITLES = re.compile(
    both(
        r"^(?:(?:本[报网刊社台]|实习|见习|特[约派]|首席|全媒体|融媒体|资深|驻[\u4e00-\u9fff]{1,6}?|[新华人民]{2}[网社])*"
        + _ROLE
        + r"\s*[:：/／|丨｜]?\s*)+"
    )
)
_TAIL = re.compile(
    both(
        rf"\s*(?:[/／]?(?:文|图|摄影?|(?:{'|'.join(sorted(PLACES))})*(?:报道|报导)|编辑|综合|综述|整理|撰|编译|发自.*|律师|博士|教授|主任|等))+$"
    )
)
_SEPARATORS = re.compile(
    r"[、，,;；/／|丨｜&＆]+|(?:\s*(?:和|与|與)|\s+(?:和|与|與)\s+)(?=[\u4e00-\u9fff]{2,3}$)|(?<![a-z.])\s+|\s+(?![A-Z\s])"
)
"""A blank between Latin words is part of a name, and so is 和 before a blank (翁同和 某某)."""

_MAY_BE_NAME = re.compile(r"[\u3400-\u9fff]{2,4}")
"""What is a name in a row with 、 that has a name with a known surname."""

_FOREIGN = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:[·•・‧.][\u4e00-\u9fffA-Z]{1,8}){1,3}|"
    r"[A-Z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){0,3}"
)
_LATIN = re.compile(r"[A-Z][a-z'-]+(?: [A-Z][A-Za-z.'-]*){1,2}")
_HAN_ONLY = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"[。？！?!“”]")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+|[_\s]?(?<![A-Za-z])[A-Z]{1,3}\d{3,}\b")
"""Addresses, and the numbers under which a portal keeps its editors (王某_NB12345)."""

_FOOTNOTE = re.compile(r"(?<=[\u3400-\u9fff])\s?[\d*†①-⑳]{1,2}(?=[\s，,、;；]|$)")
"""The number of an author's institute."""

_ROMANISED = re.compile(r"(?<=[\u3400-\u9fff]{2})\s+[A-Z][a-z]+(?: [A-Z][a-z]+){1,2}$")
"""A person's name once more in Latin letters."""

_EDGES = " \u3000:：()（）[]【】<>《》-—/|,，;；。."

_ORGANISED = re.compile(
    both(
        r"[报网社台院局所会处部司厅刊]$|大学|公司|中心|评论$|观察$|时[讯报]$|杂志$|[律事][师务]|研究|代理|团队|前沿|知识产|知产|法律|专利|商标|版权|财经|科技|新闻|资讯|频道"
    )
)
"""What a row of names, or a name of four characters, never has in it."""

_OFFICE = re.compile(
    both(
        rf"(?:{'|'.join(_TABLE['places'].split())})[\u3400-\u9fff()（）]*"
        r"(?:事务所|公司|大学|学院|研究[院所]|法院|检察院|局|中心|协会|报社?|网|社|刊|杂志|评论|观察|时[讯报]|资讯)"
    )
)
"""A firm, office or paper, to be told where it is glued behind a name."""

_NOT_OFFICE = re.compile(
    both(
        r"\d|来源|相关|文章|新闻$|标题|时间|字号|打印|\ufffd|[授转][权载]|[，。！？?!]|订阅|热线|电话|投稿|关注|点击|[的了在是]"
    )
)


_ENGAGED = re.compile(
    both(
        r"(?:[A-Za-z][A-Za-z0-9.]{2,}[\u3400-\u9fff]{0,4}?|[\u3400-\u9fff]{2,10}记者|"
        r"[\u3400-\u9fff]{2,8}(?:[日晚早晨]报|报社|网))(?P<name>[\u3400-\u9fff]{2,3})"
    )
)
"""A name behind that of the paper or site it works for (某某日报张三)."""


def is_name(text: str) -> bool:
    """Whether a text is the name of one person: Chinese with a known surname, or foreign as usual."""
    if text.lower() in NOT_NAMES or text in PLACES:
        return False
    if _HAN_ONLY.fullmatch(text):
        if text[:2] in NOT_NAMES or (len(text) == 4 and _ORGANISED.search(text)):
            return False
        if text[:2] in COMPOUND and 3 <= len(text) <= 4:
            return True
        return (2 <= len(text) <= 3 and text[0] in SURNAMES) or (
            len(text) == 4 and text[0] in SURNAMES and text[1] in SURNAMES
        )
    return _FOREIGN.fullmatch(text) is not None and len(text) <= 30


_EMPLOYED = re.compile(r"(?P<names>[^:：]{2,40})[:：](?P<office>[^:：]{4,40})")
"""Names with the office they work for behind a colon (某某、某某：某某大学法学院)."""


def split_names(text: str) -> tuple[str, ...]:
    """The names in a slot of authors: separators, titles and what is no name taken out, glued names parted.

    A slot that names no person but an office or a firm is given as it stands; one that names both gives the
    persons only.
    """
    if _SENTENCE.search(text):
        return ()
    if (employed := _EMPLOYED.fullmatch(text)) and _ORGANISED.search(employed["office"]):
        text = employed["names"]
    text = _ROMANISED.sub("", _FOOTNOTE.sub("", _MAIL.sub(" ", text)))
    text = re.sub(r"[(（\[【][^)）\]】]{0,40}[)）\]】]", " ", text).strip(_EDGES)
    if _LATIN.fullmatch(text):
        return (text,)
    parts = [_bare(part) for part in _parts(text)]
    persons = [name for part in parts for name in unglue(part)]
    if persons and "、" in text and all(map(_may_be_name, parts)):
        return tuple(dict.fromkeys(parts))
    if persons:
        return tuple(dict.fromkeys(persons))
    if "，" in text:  # a sentence: 编辑：感谢收看，再见
        return ()
    kept = [
        p
        for p in parts
        if 2 <= len(p) <= 20
        and p.lower() not in NOT_NAMES
        and _HAN_ONLY.search(p)
        and not _NOT_OFFICE.search(p)
    ]
    return tuple(dict.fromkeys(kept))[:4]


def _may_be_name(part: str) -> bool:
    """Whether a part of a row may be a name in print: 某飞刀 beside 张三."""
    return bool(_MAY_BE_NAME.fullmatch(part)) and part not in NOT_NAMES and not _ORGANISED.search(part)


def _parts(text: str) -> list[str]:
    """Pieces between separators; single characters with a blank between them are one name (李 明)."""
    text = re.sub(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[ 　]+([\u3400-\u9fff])(?![\u3400-\u9fff])", r"\1\2", text
    )
    return [part for part in _SEPARATORS.split(text) if part]


def _bare(part: str) -> str:
    """A part without the titles before it and the words behind it; 文 may belong to a name (骆文, 文森)."""
    whole = part.strip()
    part = _TITLES.sub("", whole)
    if is_name(whole) and not is_name(part):
        part = whole
    bare = _TAIL.sub("", part).strip(" :：.。")
    named = is_name(part) and (len(bare) < 2 or part == f"{bare}文")
    return part if named else bare


def unglue(text: str) -> tuple[str, ...]:
    """Names without separators parted at surnames, an office glued behind them off: 张三李四 -> 张三, 李四;
    () for what is no row of names."""
    if is_name(text):
        return (text,)
    if (engaged := _ENGAGED.fullmatch(text)) and is_name(engaged["name"]):
        return (engaged["name"],)
    if not _HAN_ONLY.fullmatch(text) or not 4 <= len(text) <= 30:
        return ()
    return _row(text, bool(_ORGANISED.search(text))) or ()


def _row(text: str, with_office: bool) -> tuple[str, ...] | None:
    """The names that make up a text, () at its end; with an office the row must end in one. None: no row."""
    if not text or (with_office and _OFFICE.fullmatch(text)):
        return None if with_office and not text else ()
    for size in (3, 2):
        if text[0] in SURNAMES and len(text) >= size and text[:size] not in NOT_NAMES:
            rest = _row(text[size:], with_office)
            if rest is not None:
                return (text[:size], *rest)
    return None
