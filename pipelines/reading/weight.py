"""What one line of a page looks like by itself: running text, a label, a link, a disclaimer, spam."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.reading.credits import printed_in, writers
from pipelines.reading.outline import Line, unglossed
from pipelines.reading.phrases import both, phrases

_STRONG_MARKS = re.compile(r"[，。！？；!?;]|,(?!\d)")
_SEPARATED = re.compile(r"[:：|丨]")
_STOP = re.compile(r"[。！？!?；;]")
_PAUSES = ("，", "、")
"""How a clause ends that goes on in the next line, as accounts set theirs."""

TAIL = re.compile(rf"^[\s【\[（(·■◆●▲☆★>»►◎※・\-—=|]*(?:{phrases('tail')})", re.I)
CONTROL = re.compile(rf"^[\s【\[（(<†①-⑳👆👇👉☞▼↓►▶]*(?:{phrases('control')})")
DISCLAIMER = re.compile(
    rf"^[\s“\"•·※＊*#＃【\[（(■◆▲▼↑↓-]*(?:[\d一二三四五]{{1,2}}[、.．)）]\s*)?(?:{phrases('disclaimer')})",
    re.I,
)
"""How disclaimers, contact lines, calls to sign up begin (a line that only mentions such words is text)."""

DISCLAIMER_WITHIN = re.compile(phrases("disclaimer_within"), re.I)
HEAD = 60
"""Characters from the start of a line in which the words of a disclaimer make it one."""

LABELS = re.compile(
    both(
        r"(?=[来稿作时日发点阅查浏评编责字出更撰提楼悬人记通转摘])(?:[来稿]\s*源|作\s*者|时\s*间|日\s*期|发[布表](?:者|于)?|点击|阅读|[查浏][看览]|评论|编\s*辑|责编|字号|出版|"
        r"更新|撰文|记\s*者|通讯员|转载?自|摘自|提问者?|楼主|悬赏|人气)\s*[:：|丨]"
    )
)
DATED = re.compile(
    r"(?=[\d〇零○一二三四五六七八九])"
    r"(?:\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}日?|(?<![\d年])\d{1,2}月\d{1,2}日|"
    r"[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)"
)
ENGLISH_DAY = re.compile(r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}(?!\d)")
_NAMES = r"[\u3400-\u9fff·]{2,4}(?:[\s、，;；]+[\u3400-\u9fff·]{2,4}){0,5}"
_ROLES = both(
    r"(?:记者|通讯员|撰文|作者|(?:责任|图片|视频|文字|美术|栏目)?编辑|责编|主编|编译|校对|摄影|摄像|剪辑|审核|[一二三](?=审\s*[:：])审|监制|统筹|文字|来源)"
)
_CREDITED = both(rf"(?:{_ROLES}|供稿|撰稿|文[/／]?图|[文图])")
"""What stands before a colon in brackets that close a text; who follows may be an office."""

_OF_ANOTHER = re.compile(
    both(r"\W*(?:[一二三四五六七八九十\d]{1,2}\s*[、.．]\s*(?:时间|日期)|")
    + rf"(?:[一二三四五六七八九十\d]{{1,2}}\s*[、.．]\s*)?(?:{phrases('label.not_origin')}))\s*[:：]"
)
"""How a line begins that tells when an event is (活动时间：), or is one of several such (一、时间：)."""

_BEFORE_DATE = re.compile(r"[\u3400-\u9fff]{2,10}\s*[·•|｜丨]\s*")
"""A name set off from the date behind it."""

_ROLE_SIGN = re.compile(both("[者员文编责校摄剪审监统来稿生图案计自笔采]"))
"""What every role has one of, and most lines have none of."""

_MORE_ROLES = both(r"(?:编校|签发|复审|策划|设计|文案|供[图稿]|美编|排版|配图|制[作图])")
"""Roles that are words of texts, too: such with a colon or a bar only."""

_SIGNS = r"[:：/／|丨｜│]"
_PICTURED = both(r"(?:文\s*[/／、]?\s*[图摄]|图\s*[/／、]?\s*文)")
_GLUED = both(r"[\u3400-\u9fff]{0,10}(?:记者|通讯员|实习生|编辑|责编)[\u3400-\u9fff]{2,3}")
_ROW = rf"(?:[\u3400-\u9fff·+]{{0,12}}\s*{_ROLES}[\s／/:：|丨｜│]|{_MORE_ROLES}\s*{_SIGNS})\s*{_NAMES}"
_REPORTED = re.compile(
    both(
        r"[【（(□■◎●◆]?\s*(?:(?:本[报网刊台站社]|首席|实习|见习|特约|全媒体)*(?:记者|通讯员|撰文)[\s／/:：][^，。！？；]{2,24}|"
        r"文\s*[|丨｜│/／][^，。！？；]{2,8}\s(?:图|编辑|责编|摄影)\s*[|丨｜│/／][^，。！？；]{2,8}|"
        r"[\u3400-\u9fff]{0,8}(?:记者|编辑)\s*[|丨｜][^，。！？；]{2,24}|"
        r"记者[^，。！？；／/]{2,12}[／/][^，。！？；／/]{2,4}(?:报道|报导))[】）)]?|"
    )
    + both(rf"文\s*[|丨｜│/／]\s*{_NAMES}(?:\s*(?:律师|博士|教授)|\s+[\u3400-\u9fff]{{4,16}})?|")
    + both(rf"{_NAMES}\s*发自[\u3400-\u9fff]{{2,6}}|")
    + both(
        r"(?:[执主]笔|采写|撰文)\s*[|丨｜│/／:：]\s*[^，。！？；]{2,24}|"
        r"[【\[（(](?:文|撰文|执笔|作者)\s*[|丨｜│/／]\s*[^，。！？；]{2,24}[】\]）)]|"
        rf"(?:文\s*{_SIGNS}\s*)?《[^《》]{{2,10}}》[\u3400-\u9fff]{{0,4}}(?:作者|记者|撰稿人?|主笔)[:：\s]\s*{_NAMES}|"
    )
    + rf"[【\[]\s*{_ROLES}\s*[】\]]\s*[^，。！？；]{{2,24}}|"
    + both(rf"[\u3400-\u9fff、]{{2,20}}供稿(?:\s+(?:{_ROLES}|供?图)\s*{_SIGNS}\s*{_NAMES})*|")
    + rf"(?:[□■◎●◆]\s*)?(?:[文图]\s*[/／|｜]\s*[文图]?\s*)?(?:{_ROW}[\s;；]*)+{_PICTURED}?|"
    rf"{_PICTURED}[:：\s]\s*{_NAMES}|(?:[\u3400-\u9fff]{{2,8}}[报報网網社台]\s+)?{_GLUED}(?:\s+{_GLUED}\s*{_PICTURED}?|\s*{_PICTURED})|"
    rf"[(（](?:\s*{_CREDITED}\s*{_SIGNS}\s*[\u3400-\u9fff·]{{2,12}}"
    r"(?:[\s、，;；]+[\u3400-\u9fff·]{2,4}){0,5}[\s,，;；]*)+[)）]"
)
"""Who reported, edited, took pictures, and nothing else. In brackets behind the paper's name it closes the
text."""

_SPAM = re.compile(phrases("spam"), re.I)
SPAM_WORDS = 3
_ATTACHED = re.compile(both(r"^(?:附件|附表)|\.(?:docx?|xlsx?|pptx?|pdf|wps|zip|rar)[)）\]】]?$"), re.I)
"""A link to a file of the article: its signature may stand behind."""

_TOLD = re.compile(
    both(
        r"(?:发布|更新|作者|编辑|声明|来源|投稿|推荐|转发|下载|订阅|点击)[\u3400-\u9fff]+[^:：|丨]*，(?:[^:：|丨]{8}|[^:：|丨]+。$)"
    )
)
"""A sentence that begins with the word of a label: 发布会上介绍，……"""

_SENTENCE = re.compile(r"[^:：|丨｜，。]{4,60}[，；？].*[。？][”」』）)]?$")
"""A sentence of two parts that states or asks: no label with its value, no call (！)."""

_CALLS = re.compile(phrases("calls"), re.I)
"""What a sentence says that is a disclaimer or a call, as paragraphs on rights do not that begin alike:
未经许可，……的，构成侵权。"""

_COUNTER = re.compile(
    r"[\[(]?\d{1,2} ?/ ?\d{1,2}[\])]?|\+\d{1,3}|advertisement|ads?|sponsored|"
    r"[-=*~_\s]*(?:the\s+)?end[-=*~_.\s]*",
    re.I,
)
"""Which part of how many a page shows, what stands over an advertisement and behind a text."""

ENDING = -25.0
"""Weight of a line behind which an article is over, and of a disclaimer."""

LABELLED = -8.0
"""Weight of a line that operates the page or labels the article's origin."""

OUTSIDE = -6.0
"""Weight from which down a line is none of the article's, as lines are in elements named as none of it."""


def weigh(line: Line) -> float:
    """How much a line looks like running text: characters outside links if there are sentence marks,
    negative for links and scraps. Tuned on half of the reference hosts, checked on the other half."""
    size, free = line.size, line.size - line.linked
    if line.text.isascii():
        return -8.0 if _COUNTER.fullmatch(line.text) else -3.0
    if line.linked * 2 > size:
        if ("." in line.text or line.text[0] == "附") and _ATTACHED.search(line.text):
            return -3.0
        return -6.0 - 0.5 * (size if size < 40 else 40)
    text = unglossed(line.text)
    shown = size - len(line.text) + len(text)
    if (shown < 60 and CONTROL.match(text) and not _TOLD.match(text) and not _is_told(text)) or (
        shown < 200 and names_origin(text)
    ):
        return LABELLED
    if (TAIL.match(text) or (size < 400 and (DISCLAIMER.match(text)))) and not _is_told(text):
        return ENDING
    if size < 400 and DISCLAIMER_WITHIN.search(text, 0, HEAD):
        return ENDING
    if size < 60 and text[0].isascii() and ENGLISH_DAY.match(text):
        return LABELLED
    if free >= 12 and (marks := len(_STRONG_MARKS.split(line.text, 5)) - 1):
        return float(min(free, 400)) + 8.0 * marks
    if free >= 30:
        return free * 0.3
    return -2.0 if line.tag == "p" else -5.0


def _is_told(text: str) -> bool:
    """Whether a line that begins like a disclaimer, a heading or a control is a sentence of a text."""
    return _SENTENCE.match(text) is not None and not _CALLS.search(text, 0, HEAD)


def names_origin(text: str) -> bool:
    """Whether a line says where an article is from: two labels, or one and a date without a stop, or who
    reported it and nothing else."""
    labels = len(LABELS.findall(text)) if _SEPARATED.search(text) else 0
    if labels == 1 and _OF_ANOTHER.match(text):
        return False
    if (
        labels > 1
        or (len(text) < 30 and _ROLE_SIGN.search(text) and _REPORTED.fullmatch(text))
        or writers(text)
        or printed_in(text) is not None
    ):
        return True
    if len(text) > 100 or text.endswith(_PAUSES) or _STOP.search(text) or not (dated := DATED.search(text)):
        return False
    begins = dated.start() < 3 or _BEFORE_DATE.fullmatch(text, 0, dated.start()) is not None
    return labels > 0 or (begins and 2 < len(text) - len(dated[0]) < 60 and "，" not in text[dated.end() :])


def is_spam(text: str) -> bool:
    """Whether a line is spam: three different words of it. An article about such sites has them apart."""
    return len(text) < 300 and len(set(_SPAM.findall(unglossed(text)))) >= SPAM_WORDS


def any_spam(texts: Iterable[str]) -> bool:
    """Whether one of some lines is spam; those of most pages have too few such words all together."""
    lines = tuple(texts)
    return len(_SPAM.findall(unglossed("\n".join(lines)))) >= SPAM_WORDS and any(map(is_spam, lines))
