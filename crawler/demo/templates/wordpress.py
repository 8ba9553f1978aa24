"""WordPress: `h1.entry-title`, `.entry-meta time`, `.entry-content`."""

from __future__ import annotations

import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell


def _article_path(place: Place) -> str:
    return f"/archives/{place.number}"


def _list_path(page: int) -> str:
    return f"/page/{page}/" if page > 1 else "/"


def _article(view: ArticleView) -> str:
    say = view.say
    tags = ", ".join(f'<a href="/?s={number}" rel="tag">{tag}</a>' for number, tag in enumerate(view.tags))
    return shell(
        head(
            view.host,
            f"{view.headline} &#8211; {say(view.host.brand)}",
            view.robots + '<link rel="alternate" type="application/rss+xml" href="/feed/" />\n',
        ),
        f"""<header class="site-header"><p class="site-title">
<a href="/" rel="home">{say(view.host.brand)}</a></p></header>
<main id="main" class="site-main">
<article id="post-{view.place.number}" class="post type-post hentry">
<header class="entry-header"><h1 class="entry-title">{view.headline}</h1>
<div class="entry-meta">
<time class="entry-date published" datetime="{view.shown.isoformat()}">{view.shown:%Y-%m-%d}</time>
{view.info}</div></header>
<div class="entry-content">
{view.body}
{view.after}</div>
<footer class="entry-footer"><span class="cat-links"><a href="{view.lists}">{view.section}</a></span>
<span class="tags-links">{say("标签:")} {tags}</span></footer>
</article>
<div id="comments" class="comments-area"><h2>{say("发表评论")}</h2>
<p>{say("您的邮箱地址不会被公开。")}</p>
<ol>{"".join(f"<li>{comment}</li>" for comment in view.comments)}</ol></div>
</main>
<aside class="widget-area"><h2>{say("近期文章")}</h2><ul>
{anchors(view.related, '<li><a href="{href}">{text}</a></li>')}</ul></aside>""",
    )


def _listing(view: ListView) -> str:
    entries = anchors(
        view.entries,
        '<article class="post"><h2 class="entry-title"><a href="{href}" rel="bookmark">{text}</a></h2>'
        '<time class="entry-date">{date}</time></article>',
    )
    older = (
        f'<div class="nav-previous"><a href="{view.following}">{view.say("较早文章")}</a></div>'
        if view.following
        else ""
    )
    return shell(
        head(view.host, view.title, '<link rel="alternate" type="application/rss+xml" href="/feed/" />\n'),
        f"""<main>
{entries}
<nav class="pagination">{older}{anchors(view.pager, '<a class="page-numbers" href="{href}">{text}</a>')}</nav>
</main><ul class="blogroll">{anchors(view.extras)}</ul>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/archives/(?P<number>\d+)(?P<page>)"),
    list_path=_list_path,
    list_pattern=re.compile(r"/(?:page/(?P<page>\d+)/)?"),
    article=_article,
    listing=_listing,
    paged=False,
    machine_dated=True,
    paragraph="<p>{}</p>",
    subhead="<h3>{}</h3>",
    info_shapes=("bar_author", "source_after", "photo"),
)
