"""Discuz portal: `.bm.vw h1.ph`, `p.xg1` with bars between its slots, `td#article_content`, hidden junk."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell

_JUNK = '<span style="display:none">, r% l2 [0 _/ Z{}</span>'


def _article_path(place: Place) -> str:
    return f"/article-{place.number}-{place.page}.html"


def _list_path(page: int) -> str:
    return f"/portal.php?mod=list&catid=2&page={page}" if page > 1 else "/portal.php?mod=list&catid=2"


def _article(view: ArticleView) -> str:
    say = view.say
    return shell(
        head(
            view.host,
            f"{view.headline} - {say(view.host.brand)} - Powered by Discuz!",
            view.robots + f'<meta name="keywords" content="{view.headline}" />\n',
        ),
        f"""<div id="nv"><ul><li><a href="/">{say("门户")}</a></li><li>
<a href="/member.php?mod=logging&amp;action=login">{say("登录")}</a></li></ul></div>
<div id="pt" class="bm cl"><div class="z"><a href="/">{say("首页")}</a> <em>&rsaquo;</em>
<a href="{view.lists}">{view.section}</a> <em>&rsaquo;</em> {say("查看内容")}</div></div>
<div class="bm vw">
<div class="h hm"><h1 class="ph">{view.headline}</h1>
<p class="xg1">{view.info}</p></div>
<div class="s"><div><strong>{say("摘要")}</strong>: {view.description}</div></div>
<div class="d"><table cellpadding="0" cellspacing="0" class="vwtb"><tr><td id="article_content">
{view.body}{_JUNK.format(view.place.number)}
{view.after}</td></tr></table>
<div class="ptw pbw cl">{anchors(view.pages, '<a href="{href}">{text}</a>')}</div></div>
<div id="click_div">{say("鲜花")} {say("握手")} {say("雷人")} {say("路过")} {say("鸡蛋")}</div>
</div>
<div id="comment" class="bm"><div class="bm_h"><h3>{say("最新评论")}</h3></div>
{"".join(f"<dl><dd>{comment}</dd></dl>" for comment in view.comments)}</div>
<div id="related_article" class="bm"><div class="bm_h"><h3>{say("相关阅读")}</h3></div>
<ul class="xl">{anchors(view.related)}</ul></div>
<div id="ft">Powered by Discuz! X3.4</div>""",
    )


def _listing(view: ListView) -> str:
    entries = anchors(
        view.entries,
        '<dl class="bbda cl"><dt class="xs2"><a href="{href}" class="xi2">{text}</a></dt>'
        '<dd><span class="xg1">{date}</span></dd></dl>',
    )
    following = f'<a href="{view.following}" class="nxt">{view.say("下一页")}</a>' if view.following else ""
    pager = anchors(view.pager, '<a href="{href}">{text}</a>')
    return shell(
        head(view.host, view.title),
        f"""<div class="bm_c xld">
{entries}
</div>
<div class="pgs cl"><div class="pg">{pager}{following}</div></div>
<ul class="ml">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/article-(?P<number>\d+)-(?P<page>\d+)\.html"),
    list_path=_list_path,
    list_pattern=re.compile(r"/portal\.php\?mod=list&catid=2(?:&page=(?P<page>\d+))?"),
    article=_article,
    listing=_listing,
    paragraph="<div>　　{}</div>",
    subhead="<div><strong>{}</strong></div>",
    info_shapes=("bars", "bars", "authors_glued", "address"),
)
