"""The line that names source, date and author, in the shapes that real pages give it.

A shape is a format string; the fields it names are what the page shows, so the truth can be read off it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from string import Formatter

from crawler.demo.fate import between
from crawler.demo.network import Copy


@dataclass(frozen=True, slots=True)
class Shape:
    """`before` stands over the body, `after` behind it."""

    before: str
    after: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """Names of the slots that this shape fills."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.before + self.after) if name)


_BAR = '<span class="pipe">|</span>'
SHAPES: dict[str, Shape] = {
    "publisher": Shape(
        '来源：<span class="source">{source}</span> 作者：<span class="author">{author}</span> '
        "<time>{minute}</time>"
    ),
    "own_line": Shape("<div>来源: {source}</div><br /><br />"),
    "own_line_dated": Shape("<div>来源: {source}/{source}网</div><div>{chinese_day}</div><br />"),
    "empty_line": Shape("<div>来源: </div><br />"),
    "four_slots": Shape("时间:{minute} 来源:{source} 作者:{author} 点击:{clicks}次"),
    "empty_source": Shape("时间:{minute} 来源: 作者:{author} 点击:{clicks}次"),
    "empty_tail": Shape("发布时间:{minute} 作者:{author} 来源:"),
    "editor_chain": Shape(
        "时间:{minute} 来源:{source} 作者:{author} 点击:{clicks}次",
        "<p>编辑：{editor} 二审：{second_editor} 三审：{third_editor}</p>",
    ),
    "glued": Shape("来源:{source}发布时间:{minute}作者:{author}"),
    "date_author": Shape("{day}{author}"),
    "authors_glued": Shape(f"{{minute}}{_BAR}作者: {{authors_glued}}{_BAR}来自: {{source}}"),
    "bars": Shape(
        f"{{minute}}{_BAR}发布者: admin{_BAR}查看: {{clicks}}{_BAR}评论: 0{_BAR}"
        f"原作者: {{author}}{_BAR}来自: {{source}}"
    ),
    "no_year": Shape("{month_day} 来源:{source}"),
    "no_colon": Shape("{chinese_day} 来源{source}客户端"),
    "next_line": Shape("来源<br />{source}<br />{minute}"),
    "wen": Shape("文/{author} {day}"),
    "bar_author": Shape('<span class="byline">作者 | {author}</span>'),
    "phpcms": Shape("{minute}  来源：{source}  评论：0 点击："),
    "tools": Shape("{minute} 来源：{source} 字号：[大 中 小] 转发 打印"),
    "government": Shape("发布日期：{minute} 信息来源：{source} 浏览次数：{clicks}"),
    "source_after": Shape("{minute}", "<p>来源：{source}</p>"),
    "photo": Shape(
        '<span class="author">{author}</span>', "<p>图片来源：{author}摄</p><p>本文来源：{source}</p>"
    ),
    "original_title": Shape("{minute}", "<p>原标题：{headline}</p><p>稿件来源：{source}</p>"),
    "address": Shape(f"{{minute}}{_BAR}发布者: admin{_BAR}来自: {{origin_url}}"),
    "relative": Shape("{source} {author} {ago}"),
}
_NAMES_SOURCE = ("source", "origin_url")
_DATED = ("minute", "day", "chinese_day", "month_day", "ago")


def slots(copy: Copy, origin_url: str, today: date, seed: int) -> dict[str, str]:
    """The values of all slots for one copy."""
    story, shown = copy.story, copy.date
    editor = story.editors[0] if story.editors else "admin"
    return {
        "source": story.source,
        "author": " ".join(story.authors) or "佚名",
        "authors_glued": "".join(story.authors) + story.source,
        "editor": editor,
        "second_editor": story.editors[-1] if len(story.editors) > 1 else "值班编辑",
        "third_editor": "值班主任",
        "minute": f"{shown:%Y-%m-%d %H:%M}",
        "day": f"{shown:%Y-%m-%d}",
        "chinese_day": f"{shown.year}年{shown.month}月{shown.day}日",
        "month_day": f"{shown:%m-%d %H:%M}",
        "ago": ago(shown.date(), today),
        "clicks": str(between(20, 3000, seed, copy.host.name, copy.index, "clicks")),
        "headline": story.headline,
        "origin_url": origin_url,
    }


def ago(shown: date, today: date) -> str:
    """A date as the lazy page prints it: days up to a month, then months, then years (rounded down)."""
    days = max((today - shown).days, 0)
    if days < 30:
        return f"{days}天前" if days else "今天"
    return f"{days // 30}个月前" if days < 365 else f"{days // 365}年前"


def shows(shape: Shape, field: str) -> bool:
    """Whether a shape shows the `source`, the `author` or a `date` of any kind."""
    wanted = {"source": _NAMES_SOURCE, "date": _DATED, "author": ("author", "authors_glued")}[field]
    return not shape.fields.isdisjoint(wanted)
