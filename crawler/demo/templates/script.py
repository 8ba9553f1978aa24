"""A page whose article only a browser sees: the text is packed into a script that unpacks it."""

from __future__ import annotations

import base64
import json
import re

from crawler.demo.views import ArticleView, ListView, Place, System, anchors, head, shell

_UNPACK = """
const packed = document.getElementById("packed").textContent;
const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
const story = JSON.parse(new TextDecoder().decode(bytes));
document.title = story.headline;
document.getElementById("app").innerHTML =
  `<article><h1>${story.headline}</h1><p class="info">${story.info}</p>
<div class="text">${story.body}</div></article>`;
"""


def _article_path(place: Place) -> str:
    return f"/read/{place.number}"


def _list_path(page: int) -> str:
    return f"/?page={page}" if page > 1 else "/"


def _article(view: ArticleView) -> str:
    story = {"headline": view.headline, "info": view.info, "body": view.body}
    packed = base64.b64encode(json.dumps(story, ensure_ascii=False).encode()).decode()
    return shell(
        head(view.host, view.say(view.host.brand), view.robots),
        f"""<div id="app">{view.say("正在加载")}…</div>
<noscript>{view.say("请启用 JavaScript 后阅读本文。")}</noscript>
<script type="text/plain" id="packed">{packed}</script>
<script>{_UNPACK}</script>""",
    )


def _listing(view: ListView) -> str:
    return shell(
        head(view.host, view.title),
        f"""<ul>
{anchors(view.entries, '<li><a href="{href}">{text}</a></li>')}
</ul>
<div>{anchors(view.pager, '<a href="{href}">{text}</a>')}</div>""",
    )


SYSTEM = System(
    article_path=_article_path,
    article_pattern=re.compile(r"/read/(?P<number>\d+)(?P<page>)"),
    list_path=_list_path,
    list_pattern=re.compile(r"/(?:\?page=(?P<page>\d+))?"),
    article=_article,
    listing=_listing,
    paged=False,
    info_shapes=("publisher",),
)
