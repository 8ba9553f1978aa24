"""The publisher's own system: HTML5, canonical link, JSON-LD."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell


def _article_path(place: Place) -> str:
    return f"/article_{place.number}_{place.page}.html" if place.page > 1 else f"/article_{place.number}.html"


def _list_path(page: int) -> str:
    return f"/news/?page={page}" if page > 1 else "/news/"


def _article(view: ArticleView) -> str:
    say = view.say
    canonical = f'<link rel="canonical" href="{view.canonical}">\n' if view.canonical else ""
    tags = "".join(
        f'<a class="tag" href="/search?q={number}">{tag}</a>' for number, tag in enumerate(view.tags)
    )
    return shell(
        head(
            view.host, f"{view.headline} | {say(view.host.brand)}", f"{view.robots}{canonical}{view.json_ld}"
        ),
        f"""<header class="masthead"><a href="/">{say(view.host.brand)}</a><nav>
<a href="/news/">{say("资讯")}</a></nav></header>
<main><article class="story">
<nav class="breadcrumb"><a href="/">{say("首页")}</a> / <a href="{view.lists}">{view.section}</a></nav>
<h1>{view.headline}</h1>
<p class="byline">{view.info}</p>
<div class="story-body">
{view.body}
</div>
{view.after}<nav class="parts">{anchors(view.pages, '<a href="{href}">{text}</a>')}</nav>
<footer>{tags}</footer>
</article>
<aside><h2>{say("延伸阅读")}</h2><ul>{anchors(view.related, '<li><a href="{href}">{text}</a></li>')}</ul>
</aside></main>
<footer class="site">{say("未经授权不得转载")} &copy; {say(view.host.brand)}</footer>""",
    )


def _listing(view: ListView) -> str:
    following = f'<a rel="next" href="{view.following}">{view.say("下一页")}</a>' if view.following else ""
    return shell(
        head(view.host, view.title),
        f"""<header class="masthead">{view.say(view.host.brand)}</header>
<ol class="stories">
{anchors(view.entries, '<li><a href="{href}">{text}</a> <time>{date}</time></li>')}
</ol>
<nav class="pages">{anchors(view.pager, '<a href="{href}">{text}</a>')}{following}</nav>
<ul class="elsewhere">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/article_(?P<number>\d+)(?:_(?P<page>\d+))?\.html"),
    list_path=_list_path,
    list_pattern=re.compile(r"/news/(?:\?page=(?P<page>\d+))?"),
    article=_article,
    listing=_listing,
    paragraph="<p>{}</p>",
    subhead="<h2>{}</h2>",
    info_shapes=("publisher",),
)
