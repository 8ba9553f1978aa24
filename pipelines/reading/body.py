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

from pipelines.reading.tree import Element, Line, Outline, unglossed, words
from pipelines.text import plain

_MARKS = re.compile(r"[，。！？；：、,!?;…”」』]")
_STRONG_MARKS = re.compile(r"[，。！？；,!?;]")
AGAINST = re.compile(
    r"comment|reply|pinglun|\bpl\b|relat|recommend|tuijian|\bhot|rank|paihang|share|fenxiang|\bnav|menu|\bfoot|footer|copyright|sidebar|"
    r"side[-_]?bar|breadcrumb|crumb|\bads?\b|[-_ ]ads?[-_ ]|guanggao|advert|banner|\btags?\b|hottag|pagination|login|search|toolbar|"
    r"toplist|newslist|news_list|morenews|xiangguan|keyword|disclaimer|shengming|statement|editor[-_ ]?info|survey|vote|weather|subscribe|promo|"
    r"friend[-_]?link|prev[-_]?next|prenext|gotop|download|qrcode|author[-_]card|more[-_ ]|aside|complementary|bread|location|position|guide|hidden|recom|remen|biaoqian|weizhi|daohang|xgwz|xgnews|xgyd"
)
IN_FAVOUR = re.compile(
    r"article[-_ ]?(?:body|content|text|con\b)|articlebody|artibody|trs_editor|v_news_content|vsb_content|wp_articlecontent|entry[-_]content|"
    r"post[-_](?:body|content)|news[-_]?(?:body|content|text|con)|main[-_]?text|content[-_]?(?:main|text|body)|\bendtext\b|\bzoom\b|\bnewstext\b|"
    r"article_content|rich_media_content|js_content|text[-_]content|detail[-_]?(?:content|text|body)|\bcontent\b|\btext\b|\barticle\b|story|cnt_main_article"
)
TAIL = re.compile(
    r"^[\s【\[（(·■◆●▲☆★>»►◎※・\-—=|]*(?:(?:相[关關]|延伸|推[荐薦]|更多|精彩|热门|熱門|热点|熱點|最新|猜你|相似|同类|同類|往期|今日|本周|本週|编辑推荐)"
    r"(?:阅读|閱讀|新闻|新聞|文章|链接|連結|鏈接|报道|報道|報導|推荐|推薦|内容|內容|专题|專題|资讯|資訊|评论|評論|标签|標簽|標籤|图片|圖片|喜欢|喜歡|搜索|搜尋|信息|資料|资料|关键词|文章列表|产品|问题|知识|回顾|话题|視頻|视频|热词|产业)"
    r"|相[关關][^，。：:]{0,8}[:：]?$|相[关關](?:[热熱][词詞]|搜索)|(?:最新|全部|[热熱][门門]|精彩|所有)(?:[评評][论論]|回[复復覆])|下面列出|本[页頁]收集|本文地址"
    r"|上一[篇页頁则則条條]|下一[篇页頁则則条條]|分享[到至给給]|[网網]友[评評][论論]|我要[评評][论論]|[发發]表[评評][论論]|[查看]+[评評][论論]|共有?\s*\d+\s*[条條人]|"
    r"用户评论|读者评论|回[应應]文章|返回[顶頂首列]|收藏本[页頁]|打印本[页頁]|关[闭閉]窗口|[關关][閉闭][視窗窗口]|扫一扫|掃一掃|微信扫|打开微信|长按|加[关關]注|"
    r"关于我们|關於我們|联系我们|聯絡我們|友情[链連][接結]|版权所有|版權所有|copyright|©|[京沪粤浙苏川鲁豫鄂湘闽皖冀津渝赣琼蒙辽吉黑陕甘宁青新藏云贵桂晋]ICP|"
    r"[Ii][Cc][Pp]备|(?:本文)?(?:关键[词字]|關鍵[詞字])\s*[:：]|(?:热门)?(?:标签|標簽|標籤|[Tt]ags?)\s*[:：]|您可能|你可能|大家都在|看[过過]本文|\d+\s*楼\b|登[录錄]\s*[|/]?\s*注[册冊])",
    re.I,
)
NOISE = re.compile(
    r"^[\s【\[（(<]*(?:责任编辑|責任編輯|责编|責編|编辑|編輯|(?:文章)?来源|(?:文章)?來源|作者|(?:发布|發布|發佈|更新)(?:时间|時間|日期)?|字[号號體体]|"
    r"打印|列印|[转轉][发發寄]|繁体|简体|点击|點擊|浏览|瀏覽|阅读[量数]|访问量|人气|我来说两句|我要纠错|纠错|推薦|推荐|转贴|投稿|手机看新闻|"
    r"[大中小][\s|/]*[大中小]|T\s*\|?\s*T|本文来自|进入论坛|声明|聲明|免责|免責|特别声明|版权声明|訂閱|订阅|下载|下載|【打印|【关闭|【字|跳至|跳转|图片新闻)"
)


_LETTER = re.compile(r"[^\W_]")
GAP = 160.0
"""Weight of the links and scraps after which running text is no longer the same article but comments or a
disclaimer: about ten links. On the reference pages 80 to 1,000 give the same F1 to the third decimal."""

MOST = 0.86
TWO_SENTENCES = 80.0
"""An inner element is the body when it holds this share of the weight, or all but two sentences of it (and at
least 0.78). Both reference halves and the own pages give the same for shares between 0.82 and 0.9."""

LABELS = re.compile(
    r"(?:[来來稿]\s*源|作\s*者|[时時]\s*[间間]|日\s*期|[发發][布佈表](?:者|于|於)?|[点點][击擊]|[阅閱][读讀]|[查浏瀏][看览覽]|[评評][论論]|[编編]\s*[辑輯]|[责責][编編]|字[号號]|出版|更新|撰文)\s*[:：|丨]"
)
_DATED = re.compile(
    r"(?:\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}|(?<![\d年])\d{1,2}月\d{1,2}日|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月)"
)
_STOP = re.compile(r"[。！？!?；;]")

DISCLAIMER = re.compile(
    r"^[\s•·※＊*【\[（(■◆-]*(?:[\d一二三四五]{1,2}[、.．)）]\s*)?(?:(?:特别|特別|鄭重|嚴正|法律|溫馨|温馨|郑重|严正|重要|版权|版權|免责|免責|本网|本站|腾讯|新浪|网站|网易|搜狐|权利|風險|风险|法律|投资)?(?:声明|聲明|申明|提示)\s*[:：]|"
    r".{0,12}(?:声明|聲明)\s*[:：]\s*本文(?:标题|標題)|以上就是|凡(?:本[网網站]|[注註]明|[来來]源|署名|是|[转轉][载載]|未)|(?:本[网網]?站?|[^，。]{2,10}[网網])(?:所有|[转轉][载載]|刊[载載]|登[载載]|部分|[发發]布|[内內]容|拥有|凡)|"
    r"(?:以上|本文|文中|文章|此文|上述)[^。]{0,24}(?:不代表|[仅僅]代表|与本[网站]|[仅僅]供)|版[权權](?:所有|[归歸]|[属屬])|如(?:有|果|涉及|发现|發現|您)[^。]{0,30}(?:侵[权權]|版[权權]|[联聯]系)|"
    r"未[经經][^。]{0,20}(?:授[权權]|[许許]可|允[许許]|同意)|[转轉][载載](?:请|請|须|須|时|本文|自|目的)|[欢歡]迎[^。]{0,12}(?:[转轉][载載]|投稿|[关關]注|[订訂][阅閱]|[爆報报]料|下[载載])|"
    r"(?:[违違]法|不良)[^。]{0,8}信息|[举舉][报報]|(?:[联聯]系|[热熱][线線]|新[闻聞]|[报報]料|客服|投稿)?(?:[电電][话話]|[邮郵]箱|[传傳]真|[热熱][线線]|QQ群?)\s*[:：]|地址\s*[:：]|您若|若您|"
    r"[扫掃][描一]|[长長]按|[点點][击擊](?:[阅閱][读讀]|[这這]里|[关關]注|下[载載])|(?:[请請]|需)(?:登[录錄]|[注註][册冊])|[注註][册冊][^。]{0,20}[微号帐账]|已有[帐账]号|.{0,30}(?:侵[权權]必究|[转轉][载載][须請请][^。]{0,4}[注註]明|版[权權]所有|[风風][险險]自[担擔]|不代表本[网網站][^。]{0,6}[观觀立])|.{0,60}(?:All Rights Reserved|Copyright|[京沪粤浙苏川鲁豫鄂湘闽皖冀津渝赣琼]ICP[备证]))"
)
"""How disclaimers, contact lines and calls to sign up begin (one that only mentions such words is text)."""


_SUMMARY = re.compile(r"^[\s【\[（(]*(?:内容|內容|文章|新闻)?(?:摘\s*要|导\s*[读语讀語]|導\s*[讀語]|提\s*要|核心提示|概要|简介)[】\]）)\s]*[:：\s]")
_SUMMARY_NAMES = re.compile(r"\bsummary|abstract|zhaiyao|daodu|daoyu|\bdigest|article-?intro|\blead\b|\bdesc\b")


@dataclass(frozen=True, slots=True)
class Body:
    """The chosen lines (indexes into the outline's, in order) and the element around them."""

    lines: tuple[int, ...]
    element: int
    weight: float


def weigh(line: Line) -> float:
    """How much a line looks like running text: characters outside links if there are sentence marks,
    negative for links and scraps. Tuned on half of the reference hosts, checked on the other half."""
    size, free = line.size, line.size - line.linked
    if line.text.isascii():
        return -3.0
    if line.linked * 2 > size:
        return -6.0 - 0.5 * min(size, 40)
    marks = len(_STRONG_MARKS.findall(line.text))
    text = unglossed(line.text)
    if (size < 60 and NOISE.match(text)) or (size < 200 and names_origin(text)):
        return -8.0
    if TAIL.match(text) or (size < 400 and DISCLAIMER.match(text)):
        return -25.0
    if marks and free >= 12:
        return float(min(free, 400)) + 8.0 * min(marks, 5)
    if free >= 30:
        return free * 0.3
    return -2.0 if line.tag == "p" else -5.0


def names_origin(text: str) -> bool:
    """Whether a line says where an article is from: two labels, or a date or label on a line without a stop."""
    labels = len(LABELS.findall(text))
    if labels > 1:
        return True
    dated = _DATED.search(text)
    if len(text) > 100 or not (dated or labels) or _STOP.search(text):
        return False
    return bool(labels and dated) or (dated is not None and dated.start() < 3 and 2 < len(text) - len(dated[0]) < 60)


def weights(page: Outline) -> list[float]:
    """The weight of each line, after the names of the elements around it were heard."""
    found = [weigh(line) for line in page.lines]
    total = sum(weight for weight in found if weight > 0) or 1.0
    for element in page.elements:
        if element.last <= element.first:
            continue
        if element.attributes and voice(element.attributes) < 0:
            inside = sum(w for w in found[element.first : element.last] if w > 0)
            if inside < 0.4 * total:
                for i in range(element.first, element.last):
                    found[i] = min(-4.0, -0.3 * abs(found[i]))
        if element.tag in ("footer", "nav", "aside"):
            for i in range(element.first, element.last):
                found[i] = min(-4.0, found[i])
    return found


@lru_cache(maxsize=1 << 14)
def voice(attributes: str) -> int:
    """What the names of an element say of its text: 1 an article's, -1 none of it, 0 nothing."""
    names = words(attributes)
    if not names:
        return 0
    return 1 if IN_FAVOUR.search(names) else -1 if AGAINST.search(names) else 0


def find_body(page: Outline) -> Body | None:
    """The lines of the article, or None when nothing on the page weighs anything."""
    found = weights(page)
    sums = [0.0]
    for weight in found:
        sums.append(sums[-1] + weight)
    best, chosen = 0.0, -1
    for index, element in enumerate(page.elements):
        if element.last <= element.first or element.tag in ("html", "head"):
            continue
        value = sums[element.last] - sums[element.first]
        if value > 0 and element.attributes and voice(element.attributes) > 0:
            value *= 1.15
        if value >= best and value > 0:
            best, chosen = value, index
    if chosen < 0:
        return None
    chosen = _innermost(page, sums, chosen)
    element = page.elements[chosen]
    first, last = _heaviest(found, element.first, element.last)
    first, last = _widened(page, found, element, first, last)
    return Body(tuple(_kept(page, found, first, last)), chosen, best)


def _innermost(page: Outline, sums: list[float], chosen: int) -> int:
    """The smallest element inside the chosen one that still holds MOST of its weight.

    A column beside the article adds a little to the sum of the element around both.
    """
    outer = page.elements[chosen]
    whole = sums[outer.last] - sums[outer.first]
    wanted = min(MOST * whole, max(0.78 * whole, whole - TWO_SENTENCES))
    for index in range(chosen + 1, len(page.elements)):
        element = page.elements[index]
        if element.first >= outer.last and element.first > outer.first:
            break
        if element.last > element.first and element.tag not in ("p", "a") and sums[element.last] - sums[element.first] >= wanted:
            chosen = index
    return chosen


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


def _widened(page: Outline, found: list[float], element: Element, first: int, last: int) -> tuple[int, int]:
    """The run with the short lines before and behind it that are set as its own lines are: headings at the
    start, lists and signatures at the end have no sentence marks to weigh."""
    lines = page.lines

    def alike(line: Line, core: Line) -> bool:
        around = page.elements[core.element].parent
        if line.tag == core.tag:
            return line.element == core.element or (page.elements[line.element].parent == around and line.tag not in ("td", "div"))
        return core.tag == "p" and line.element == around

    start, end = lines[first], lines[last - 1]
    if element.tag == "p" and element.parent >= 0:
        element = page.elements[element.parent]
    while first > element.first and found[first - 1] > -5.5 and alike(lines[first - 1], start) and not _DATED.match(lines[first - 1].text):
        first -= 1
    while last < element.last and found[last] > -5.5 and alike(lines[last], end):
        last += 1
    return first, last


def _kept(page: Outline, found: list[float], first: int, last: int) -> list[int]:
    """The lines of a run without links, labels and scraps of controls."""
    kept = []
    for i in range(first, last):
        line = page.lines[i]
        if found[i] <= -6.0 or line.linked * 2 > line.size or (line.size < 3 and not _LETTER.search(line.text)):
            continue
        kept.append(i)
    return kept


def find_summary(page: Outline, head: int, first: int) -> int | None:
    """The line of a summary (摘要, 导读) between headline and body, which belongs to the article."""
    for index in range(max(head + 1, first - 6, 0), first):
        line = page.lines[index]
        names = words(page.elements[line.element].attributes)
        if line.size < 20 or line.linked or NOISE.match(unglossed(line.text)) or not (_SUMMARY.match(unglossed(line.text)) or _SUMMARY_NAMES.search(names)):
            continue
        start = plain(_SUMMARY.sub("", line.text))[:20]
        if start not in plain(page.lines[first].text):
            return index
    return None
