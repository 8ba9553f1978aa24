"""Lines that name the origin of an article, cut into labelled slots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Slot = Literal["source", "author", "editor", "date", "modified", "original", "rights", "url", "other"]

_LABELS: tuple[tuple[Slot, str], ...] = (
    ("other", r"(?:资料|資料|数据|數據|图片|圖片|图|圖|资金|視頻|视频|素材|配图)\s*(?:来源|來源|源)|投稿邮箱|责编邮箱|作者(?:单位|單位|简介|簡介|邮箱)|本文作者为|编辑部|編輯部|编辑推荐"),
    ("modified", r"(?:最[后後]|最近)?(?:更新|修改)(?:时间|時間|日期|于|於)?|最[后後]更新"),
    ("date", r"(?:发布|發布|發佈|发表|發表|发稿|發稿|上传|上傳|录入|錄入|添加|加入|创建|日志|新闻|文章|编辑|编写|出版|刊登|公布|公开|时间|時間|提交|上线|发文|成文|建檔|張貼|張帖|上架)(?:时间|時間|日期|于|於)|出版|(?<!其)(?:时\s*间|時\s*間|日\s*期)|发布|發布|發佈|发表于|發表於"),
    ("original", r"(?:原|原文|投稿|原始)(?:标题|標題|题目|題目)|原题|原題|原文題目"),
    ("url", r"(?:原文|文章|来源|來源|本文)?(?:链接|鏈接|連結|地址|网址|網址)|(?:阅读|查看)原文"),
    ("source", r"(?:文章|信息|稿件|新闻|新聞|内容|內容|消息|原文|本文|转载|轉載)?(?:来\s*源|來\s*源)(?:于|於|自|网站|網站|单位|媒体)?|稿\s*源|(?:本文)?(?:转自|轉自|转载自|轉載自|摘自|选自|選自|原载|原載|首发于|首发|来自|來自)|出\s*[处處]|供\s*稿(?:单位|單位)?|发布(?:机构|单位|机关)|发文(?:机关|单位)|媒体名称"),
    ("editor", r"(?:本文|本版|网络|網絡|网页|网站|新媒体|值班|首席|执行|執行|见习|实习|特约)?(?:责\s*任\s*编\s*辑|責\s*任\s*編\s*輯|责\s*编|責\s*編|编\s*辑|編\s*輯|主\s*编|主\s*編|编审|編審|审编|审\s*核|審\s*核|初\s*审|一\s*审|二\s*审|三\s*审|终\s*审|初\s*審|一\s*審|二\s*審|三\s*審|終\s*審|复\s*审|监\s*制|監\s*製|審\s*校|审\s*校|签\s*发|總編輯?|总编辑?)(?:人员)?"),
    ("author", r"(?:本文|文章|原文|稿件)?作\s*者|(?:本报|本報|本网|本刊|特约|特約|实习|實習|见习|見習|首席|全媒体|融媒体|采写|采访|撰稿|文字)*(?:记\s*者|記\s*者)|通[讯訊][员員]|撰\s*稿(?:人)?|撰\s*文|(?:采|採)\s*写|采\s*编|作者署名|译\s*者|譯\s*者|编译|編譯|投稿人?|供稿人|发布(?:者|人)|发表人|作家"),
    ("rights", r"版权(?:声明|说明|归属|所有)|版權(?:聲明|說明|所有)|声\s*明|聲\s*明|免责声明|著作权声明"),
    ("other", r"点击(?:量|数|率|次数)?|點擊(?:量|數|率)?|阅读(?:量|数|次数|人数)?|閱讀(?:量|數|次數)?|浏览(?:量|数|次数|字号|次)?|瀏覽(?:量|數|次數|次)?|访问(?:量|次数)?|人气|人氣|热度|评论(?:数)?|評論|字号|字號|字体(?:大小)?|字體|打印|列印|[转轉][发發]|收藏|分享(?:到|至)?|关键[词字]|關鍵[詞字]|标签|標[簽籤]|栏目|欄目|分类|分類|类别|類別|所属栏目|编号|文号|索引号|主题词|下载|订阅|摄影|攝影|摄|美编|美編|校对|校對|排版|设计|制图|核稿|电话|邮箱|网友评论|查看|回复|次数|推荐|图|來訪|views?|tags?|source_url|繁体|简体|大|中|小|人参与"),
)
_SEPARATOR = r"\s*[:：﹕∶|丨｜/／╱]\s*"
_SEPARATED = re.compile(r"[:：﹕∶|丨｜/／╱]")
_WORDS = "|".join(f"(?P<{slot}{number}>{words})" for number, (slot, words) in enumerate(_LABELS))
_FIRST = "".join(sorted(set(re.findall("[\u3400-\u9fff]", "".join(words for _, words in _LABELS)))))
"""Characters that labels are made of: a look ahead for one of them passes over all other places at once."""

_LABEL = re.compile(rf"(?=[{_FIRST}A-Za-z])(?:(?:{_WORDS}){_SEPARATOR})|(?<![\u3400-\u9fff])文\s*[/／|丨｜╱:：]\s*(?P<author98>)|(?<![A-Za-z])[Bb][Yy]\s*[:：]\s*(?P<author99>)")
_ONLY = re.compile(rf"[\s【\[|]*(?:{_WORDS})\s*")
_BARE = re.compile(
    r"(?:^|(?<=[\s()（）\[\]【】|丨｜\d日]))(?:(?P<source1>(?:文章|稿件|信息)?来源|(?:文章|稿件)?來源|稿源|转自|轉自|转载自|摘自)|(?P<author1>作者|本报记者|本報記者|记者|記者|通讯员|通訊員)|(?P<editor1>责任编辑|責任編輯|责编|責編|编辑|編輯)|(?P<date1>发布时间|發布時間|发表于|發表於|发布于|發佈於|时间|時間))\s*(?=[^\s:：|/，。、；的为為是])"
)
_UNRENDERED = re.compile(r"\[!--.*?--\]|\{/?[\w:.$=' ]+\}|<%.*?%>|\$\{.*?\}|\{\{.*?\}\}")
"""What a content system was to fill in and did not."""

_TOOLS = re.compile(
    r"(?:字[号號體体]|复制链接|複製連結|我要(?:评论|評論|投稿|纠错)|我来说两句|参与评论|网友评论|扫一扫|手机(?:看|阅读)|(?:阅读|查看)原文|加入收藏|QQ空间|人参与|【(?:大|打印|字|繁|复制|收藏|关闭)|"
    r"(?:[\s|【\[（(《丨｜／/]+|^)(?:打印|列印|转发|轉發|转寄|轉寄|收藏|分享|复制|评论|評論|讨论|討論|纠错|点击|點擊|阅读|閱讀|浏览|瀏覽|关闭|關閉|繁体|简体|繁體|簡體|返回|大\s*[中|]|[A-]{2}|A[+-]|T\s*\|?\s*T|"
    r"微信|微博|关注|推荐|推薦|转贴|进入|更多|朗读|听新闻|论坛|有\d+人|\d+\s*(?:次|人|条|views?)))(?![\u3400-\u9fff]{0,2}(?:报|网|社|台)).*$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One slot of a line: what it says it is, and its value as printed ("" for an empty slot); `bare` when no
    colon or bar stood behind the label."""

    slot: Slot
    label: str
    value: str
    bare: bool = False


def slots(line: str) -> tuple[Found, ...]:
    """The labelled slots of a line, in order: `来源:X发布时间:Y作者:Z` has three. Empty slots are kept."""
    parted = _SEPARATED.search(line) is not None
    marks = [(m.start(), m.end(), _slot_of(m), m[0], False) for m in _LABEL.finditer(line)] if parted else []
    taken = [(start, end) for start, end, *_ in marks]
    for m in _BARE.finditer(line):
        if not any(start < m.end() and m.start() < end for start, end in taken):
            marks.append((m.start(), m.end(), _slot_of(m), m[0], True))
    if not marks:
        alone = _ONLY.fullmatch(line) if len(line) < 10 else None
        return (Found(_slot_of(alone), line.strip(" 【[|"), ""),) if alone else ()
    marks.sort()
    ends = [start for start, *_ in marks[1:]] + [len(line)]
    return tuple(
        Found(slot, label.strip(" :：|丨｜/／╱"), trim(line[end:stop]), bare)
        for (_, end, slot, label, bare), stop in zip(marks, ends, strict=True)
    )


def unlabelled(line: str) -> str:
    """The part of a line before its first label."""
    starts = [found.start() for pattern in (_LABEL, _BARE) if (found := pattern.search(line))]
    return line[: min(starts)] if starts else line


def _slot_of(match: re.Match[str]) -> Slot:
    name = next(key for key, value in match.groupdict().items() if value is not None)
    return name.rstrip("0123456789")  # type: ignore[return-value]


def trim(value: str) -> str:
    """A value without the brackets and bars around it and the words of tools behind it."""
    value = _TOOLS.sub("", _UNRENDERED.sub("", value))
    value = value.strip(" \t　:：|丨｜·•-–—_,，;；。、/／>＞»&")
    value = re.sub(r"^[(（\[【<《「『]+(?=[^)）\]】>》」』]*$)|[(（\[【<《「『]+$", "", value)
    if re.fullmatch(r"[(（\[【<《「『].*[)）\]】>》」』]", value) and not value.startswith("《"):
        value = value[1:-1]
    value = re.sub(r"(?<![(（\[【<《「『])[)）\]】>」』]+$", "", value) if not re.search(r"[(（\[【<《「『]", value) else value
    return value.strip(" \t　:：|丨｜·•-–—_,，;；。、/／>＞»&")
