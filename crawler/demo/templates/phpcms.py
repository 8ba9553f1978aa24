"""PHPCMS v9: the line of date and source is a span inside the `#Article h1`."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell


def _article_path(place: Place) -> str:
    page = f"-{place.page}" if place.page > 1 else ""
    return f"/html/news/{place.date:%Y/%m%d}/{place.number}{page}.html"


def _list_path(page: int) -> str:
    return f"/list-6-{page}.html"


def _article(view: ArticleView) -> str:
    say = view.say
    return shell(
        head(
            view.host,
            f"{view.headline} - {view.section} - {say(view.host.brand)}",
            view.robots
            + f'<meta name="keywords" content="{view.keywords}">\n'
            + f'<meta name="description" content="{view.description}">\n',
        ),
        f"""<div class="header"><a class="logo" href="/">{say(view.host.brand)}</a><div class="search">
<a href="/index.php?m=search">{say("搜索")}</a></div></div>
<div class="main"><div class="col-left">
<div class="crumbs"><a href="/">{say("首页")}</a><span> &gt; </span>
<a href="{view.lists}">{view.section}</a> &gt; {say("正文")}</div>
<div id="Article">
<h1>{view.headline}<br />
<span>{view.info}</span></h1>
<div class="content">
{view.body}
{view.after}</div>
<div id="pages" class="text-c">{anchors(view.pages, '<a href="{href}">{text}</a>')}</div>
<p style="margin-bottom:10px"><strong>{say("相关热词搜索：")}</strong>{" ".join(view.tags)}</p>
<p class="f14"><strong>{say("相关阅读：")}</strong></p><ul class="otherlist">{anchors(view.related)}</ul>
</div></div></div>
<div class="footer">{say("关于我们")} | {say("联系方式")} | {say("版权声明")}</div>""",
    )


def _listing(view: ListView) -> str:
    entries = anchors(view.entries, '<li><span class="rt">{date}</span>·<a href="{href}">{text}</a></li>')
    return shell(
        head(view.host, view.title),
        f"""<ul class="list lh24 f14">
{entries}
</ul>
<div id="pages" class="text-c mg_t20">{anchors(view.pager, '<a href="{href}">{text}</a>')}</div>
<ul class="links">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/html/news/\d{4}/\d{4}/(?P<number>\d+)(?:-(?P<page>\d+))?\.html"),
    list_path=_list_path,
    list_pattern=re.compile(r"/list-6-(?P<page>\d+)\.html"),
    article=_article,
    listing=_listing,
    paragraph="<p>　　{}</p>",
    info_shapes=("phpcms", "wen", "next_line", "source_after"),
)
