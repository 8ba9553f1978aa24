"""EmpireCMS: `.title_info h1`, `.info_text`, `#text`; a template tag that was never rendered stays behind."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell


def _article_path(place: Place) -> str:
    page = f"_{place.page}" if place.page > 1 else ""
    return f"/zixun/{place.date:%Y-%m-%d}/{place.number}{page}.html"


def _list_path(page: int) -> str:
    return f"/zixun/index_{page}.html" if page > 1 else "/zixun/"


def _article(view: ArticleView) -> str:
    say = view.say
    return shell(
        head(
            view.host,
            f"{view.headline} - {say(view.host.brand)}",
            view.robots + f'<meta name="description" content="{view.description}" />\n',
        ),
        f"""<div class="top"><a href="/">{say(view.host.brand)}</a>
<a href="/zixun/">{say("资讯中心")}</a></div>
<table width="100%" class="position"><tr>
<td>{say("您当前的位置：")}<a href="/">{say("首页")}</a> &gt; <a href="{view.lists}">{view.section}</a>
</td></tr></table>
<table width="100%" class="title_info"><tr><td><h1>{view.headline}</h1></td></tr>
<tr><td class="info_text">{view.info}</td></tr></table>
<table width="100%"><tr><td id="text"><font id="zoom">
{view.body}
{view.after}</font></td></tr></table>
<p align="center">{anchors(view.pages, '<a href="{href}">{text}</a>')}</p>
<div class="tags">[!--temp.tags--]</div>
<table class="box"><tr><td><strong>{say("相关资讯")}</strong></td></tr><tr><td>
<ul>{anchors(view.related)}</ul></td></tr></table>
<div class="foot">{say("免责声明：本站转载之文章仅为传递信息，不代表本站观点，版权归原作者所有。")}</div>""",
    )


def _listing(view: ListView) -> str:
    entries = anchors(
        view.entries, '<tr><td><a href="{href}" target="_blank">{text}</a></td><td>{date}</td></tr>'
    )
    return shell(
        head(view.host, view.title),
        f"""<div class="top"><a href="/">{view.say(view.host.brand)}</a></div>
<table class="box">{entries}</table>
<div class="list_page">{anchors(view.pager, '<a href="{href}">{text}</a>')}</div>
<div class="links">{anchors(view.extras, '<a href="{href}">{text}</a>')}</div>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/zixun/\d{4}-\d\d-\d\d/(?P<number>\d+)(?:_(?P<page>\d+))?\.html"),
    list_path=_list_path,
    list_pattern=re.compile(r"/zixun/(?:index_(?P<page>\d+)\.html)?"),
    article=_article,
    listing=_listing,
    paragraph='<p style="text-indent: 2em;">{}</p>',
    subhead='<p style="text-indent: 2em;"><b>{}</b></p>',
    info_shapes=("tools", "glued", "no_colon", "original_title"),
)
