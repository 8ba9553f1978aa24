"""DedeCMS, two generations of its templates: `.viewbox` (5.7) and `.newsview` (5.1 to 5.3)."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell


def _article_path(place: Place) -> str:
    page = f"_{place.page}" if place.page > 1 else ""
    return f"/a/zhishi/{place.date:%Y/%m%d}/{place.number}{page}.html"


def _list_path(page: int) -> str:
    return f"/a/zhishi/list_1_{page}.html" if page > 1 else "/a/zhishi/"


def _nav(view: ArticleView | ListView) -> str:
    words = ("首页", "知识", "资讯", "会员", "留言")
    links = "".join(
        f'<li><a href="{"/" if n == 0 else "/a/zhishi/"}"><span>{view.say(word)}</span></a></li>'
        for n, word in enumerate(words)
    )
    logo = f'<h1 class="logo">{view.say(view.host.brand)}</h1>'
    return f'<div class="header">{logo}<ul class="nav">{links}</ul></div>'


def _side(view: ArticleView) -> str:
    return (
        f'<div class="pright"><dl class="tbox"><dt>{view.say("热点内容")}</dt><dd><ul class="c1 ico2">'
        f"{anchors(view.related)}</ul></dd></dl></div>"
    )


def _article(view: ArticleView) -> str:
    say = view.say
    pager = anchors(view.pages, '<li><a href="{href}">{text}</a></li>')
    return shell(
        head(
            view.host,
            f"{view.headline}_{say(view.host.brand)}",
            view.robots + f'<meta name="keywords" content="{view.keywords}" />\n',
        ),
        f"""{_nav(view)}
<div class="w960 center"><div class="pleft">
<div class="place"><strong>{say("当前位置:")}</strong>
<a href="/">{say("主页")}</a> &gt; <a href="{view.lists}">{view.section}</a> &gt; </div>
<div class="viewbox">
<div class="title"><h2>{view.headline}</h2></div>
<div class="info"><small>{view.info}</small></div>
<div class="intro">{view.description}</div>
<div class="content"><table width="100%"><tr><td>
{view.body}
{view.after}<br />({say("责任编辑：")}admin)
</td></tr></table></div>
<div class="dede_pages"><ul class="pagelist">{pager}</ul></div>
<div class="handle"><div class="digg">{say("顶一下")}(12) {say("踩一下")}(3)</div>
<a href="/plus/feedback.php?aid={view.place.number}" rel="nofollow">{say("发表评论")}</a></div>
</div></div>
{_side(view)}
</div>
<div class="footer">Copyright &copy; {say(view.host.brand)} {say("版权所有")}</div>""",
    )


def _listing(view: ListView) -> str:
    items = anchors(
        view.entries, '<li><a href="{href}" class="title">{text}</a><span class="info">{date}</span></li>'
    )
    pager = anchors(view.pager, '<li><a href="{href}">{text}</a></li>')
    return shell(
        head(view.host, view.title),
        f"""{_nav(view)}
<div class="listbox"><ul class="e2">
{items}
</ul></div>
<div class="dede_pages"><ul class="pagelist">{pager}</ul></div>
<div class="flink"><ul>{anchors(view.extras, '<li><a href="{href}">{text}</a></li>')}</ul></div>""",
    )


def _old_article(view: ArticleView) -> str:
    say = view.say
    return shell(
        head(view.host, f"{view.headline} - {say(view.host.brand)}", view.robots),
        f"""{_nav(view)}
<div class="newsview">
<div class="title"><h1>{view.headline}</h1></div>
<div class="info"><strong>{view.info}</strong></div>
<div class="content">
{view.body}
{view.after}</div>
<div class="pages"><ul class="plist">{anchors(view.pages, '<li><a href="{href}">{text}</a></li>')}</ul>
</div>
</div>
<div class="other"><h3>{say("相关文章")}</h3><ul>{anchors(view.related)}</ul></div>
<div class="copyright">{say("本站部分内容转自互联网，如有侵权请来信告知，我们将尽快删除。")}</div>""",
    )


def _old_listing(view: ListView) -> str:
    return shell(
        head(view.host, view.title),
        f"""{_nav(view)}
<ul class="newslist">
{anchors(view.entries)}
</ul>
<div class="pages"><ul class="plist">{anchors(view.pager, '<li><a href="{href}">{text}</a></li>')}</ul>
</div>
<ul class="more">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/a/zhishi/\d{4}/\d{4}/(?P<number>\d+)(?:_(?P<page>\d+))?\.html"),
    list_path=_list_path,
    list_pattern=re.compile(r"/a/zhishi/(?:list_1_(?P<page>\d+)\.html)?"),
    article=_article,
    listing=_listing,
    paragraph="<div>　　{}</div>",
    info_shapes=("four_slots", "four_slots", "empty_source", "editor_chain"),
)
OLD = replace(
    SYSTEM,
    article=_old_article,
    listing=_old_listing,
    paragraph="　　{}<br />",
    subhead="<strong>{}</strong><br />",
    info_shapes=("glued", "no_year", "empty_tail", "date_author"),
)
