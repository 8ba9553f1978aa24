"""The seed's system: title twice, hot tags, origin line inside the body, disclaimer, related articles."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell

_DISCLAIMER = (
    ";如发现本文内容存在版权问题,烦请提供相关信息告之我们,我们将及时沟通与处理。"
    "本站内容采集于网络,涉及言论、版权与本站无关。"
)


def _article_path(place: Place) -> str:
    return f"/zhishi/{place.number}.html"


def _list_path(page: int) -> str:
    return f"/zhishi/list_{page}.html" if page > 1 else "/zhishi/"


def _notice(view: ArticleView) -> str:
    """The block of title, keywords and disclaimer that this system puts under every article."""
    say = view.say
    return (
        f"{say(view.host.brand)}{say('声明:本文标题')}《{view.headline}》,{say('本文关键词')}&nbsp; "
        f"{view.keywords},"
        f"{say(_DISCLAIMER)}"
    )


def _article(view: ArticleView) -> str:
    say = view.say
    hot = " ".join(f'<a href="/tag/{number}.html">{tag}</a>' for number, tag in enumerate(view.hot_tags))
    tags = " ".join(f'<a href="/tag/{number}.html">{tag}</a>' for number, tag in enumerate(view.hot_tags[:4]))
    return shell(
        head(view.host, f"{view.headline}-{say(view.host.brand)}", view.robots),
        f"""<div class="logo"><a href="/">{say(view.host.brand)}</a></div>
<div class="weizhi">
<a href="/">{say("主页")}</a> &gt; <a href="{view.lists}">{say("知识库")}</a> &gt; {view.headline}</div>
<div class="wenzhang">
<h1>{view.headline}</h1>
<div class="remen">{say("热门标签:")}{hot}</div>
<div class="neirong">
{view.info}
{view.body}
{view.after}<div class="biaoqian">{say("标签:")}{tags}</div>
<p class="shengming">{_notice(view)}</p>
</div>
<ul class="xg"><li>{say("相关文章")}</li>
<li>{say("下面列出与本文章")}《{view.headline}》{say("相关的同类信息!")}</li>
<li>{say("本页收集关于")}{view.headline}{say("的相关信息资讯供网民参考!")}</li></ul>
<ul class="tuijian"><li>{say("推荐文章")}</li>
{anchors(view.related, '<li><a href="{href}">{text}</a></li>')}</ul>
</div>""",
    )


def _listing(view: ListView) -> str:
    return shell(
        head(view.host, view.title),
        f"""<div class="logo"><a href="/">{view.say(view.host.brand)}</a></div>
<ul class="liebiao">
{anchors(view.entries, '<li><a href="{href}">{text}</a></li>')}
</ul>
<div class="fenye">{anchors(view.pager, '<a href="{href}">{text}</a>')}</div>
<ul class="qita">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/zhishi/(?P<number>\d+)\.html(?P<page>)"),
    list_path=_list_path,
    list_pattern=re.compile(r"/zhishi/(?:list_(?P<page>\d+)\.html)?"),
    article=_article,
    listing=_listing,
    paged=False,
    paragraph="<p>&nbsp;&nbsp;{}</p>",
    subhead="<p>&nbsp;&nbsp;<strong>{}</strong></p>",
    info_shapes=("own_line", "own_line", "own_line_dated", "empty_line"),
)
