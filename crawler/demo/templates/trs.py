"""A government page as TRS builds it: `tYYYYMMDD_N.htm`, `.TRS_Editor`, a print-and-font-size bar."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell


def _article_path(place: Place) -> str:
    return f"/zwxx/dtxw/{place.date:%Y%m}/t{place.date:%Y%m%d}_{place.number}.htm"


def _list_path(page: int) -> str:
    return f"/zwxx/dtxw/index_{page - 1}.htm" if page > 1 else "/zwxx/dtxw/"


def _article(view: ArticleView) -> str:
    say = view.say
    return shell(
        head(
            view.host,
            f"{view.headline}_{say(view.host.brand)}",
            view.robots + f'<meta name="ArticleTitle" content="{view.headline}">\n'
            f'<meta name="PubDate" content="{view.shown:%Y-%m-%d %H:%M}">\n',
        ),
        f"""<div class="header">{say(view.host.brand)}</div>
<div class="nav"><a href="/">{say("首页")}</a><a href="{view.lists}">{say("政务动态")}</a></div>
<div class="location">{say("当前位置：")}<a href="/">{say("首页")}</a>&gt;
<a href="{view.lists}">{say("动态新闻")}</a></div>
<div class="xl_title">{view.headline}</div>
<div class="xl_info">{view.info}</div>
<div class="xl_con"><div class="TRS_Editor">
{view.body}
</div></div>
{view.after}<div class="xl_tool">{say("扫一扫在手机打开当前页")}
<a href="javascript:window.print()">{say("打印本页")}</a>
<a href="javascript:window.close()">{say("关闭窗口")}</a></div>
<div class="footer">{say("主办单位：")}{say(view.host.brand)}
{say("网站标识码：")}0000000000 <a href="{view.lists}">{say("网站地图")}</a></div>""",
    )


def _listing(view: ListView) -> str:
    entries = anchors(view.entries, '<li><a href="{href}">{text}</a><span>[{date}]</span></li>')
    return shell(
        head(view.host, view.title),
        f"""<div class="header">{view.say(view.host.brand)}</div>
<ul class="gl_list">
{entries}
</ul>
<div class="page">{anchors(view.pager, '<a href="{href}">{text}</a>')}</div>
<ul class="more">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/zwxx/dtxw/\d{6}/t\d{8}_(?P<number>\d+)\.htm(?P<page>)"),
    list_path=_list_path,
    list_pattern=re.compile(r"/zwxx/dtxw/(?:index_(?P<page>\d+)\.htm)?"),
    article=_article,
    listing=_listing,
    paged=False,
    machine_dated=True,
    paragraph='<p align="justify">　　{}</p>',
    subhead='<p align="center"><strong>{}</strong></p>',
    info_shapes=("tools", "government", "government"),
)
