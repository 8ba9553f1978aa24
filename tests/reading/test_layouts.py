"""Every kind of thing that stands over, in and behind an article, in every way to set the article."""

from __future__ import annotations

import pytest

from pipelines.reading.extract import extract
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Extracted

URL, FETCHED = "http://a.test/a/1.html", "2026-03-15T03:00:00Z"
TEXT = (
    "给短视频配一段曲子，究竟要不要先问过作者？北岭市互联网审判庭日前给出了答案。",
    "原告是独立音乐人，2022年7月，他的纯音乐在平台上线，三个月里播放超过两千万次。",
    "同年冬天，他发现一家家具公司的三十七条推广视频都用了副歌，每条二十秒上下。",
    "公司答辩说，曲子来自剪辑软件自带的曲库，公司有理由相信可以自由使用。",
    "法院认为，曲库的协议写明只供个人使用，用于商业推广超出了授权，判令赔偿。",
)
LINKS = "<ul><li><a href=1>三部门发文规范专利代理行为</a></li><li><a href=2>短剧平台下架侵权作品四百部</a></li></ul>"

SET: dict[str, tuple[str, str]] = {
    "paragraphs": ("<div class=content>{}</div>", "<p>{}</p>"),
    "a box without a name": ("<div>{}</div>", "<p>{}</p>"),
    "a cell": ("<table><tr><td>{}</td></tr></table>", "<p>{}</p>"),
    "an article": ("<article>{}</article>", "<p>{}</p>"),
    "divs": ("<div class=nr>{}</div>", "<div>{}</div>"),
    "broken lines": ("<div id=zw>{}</div>", "\u3000\u3000{}<br><br>"),
}

OVER = {
    "sizes": "<div>字号：<a>大</a> <a>中</a> <a>小</a></div>",
    "sharing": "<div>分享到：<a>微信</a><a>微博</a></div>",
    "audio": "<div>听新闻 00:00 / 03:21</div>",
    "video": "<div>视频加载中，请稍候</div>",
    "counts": "<div>0评论 3收藏 12赞</div>",
    "photographer": "<p>图/李丽</p>",
    "source": "<p>来源：北岭日报</p>",
    "writer": "<p>文/王强</p>",
    "headline before": "<p>（原标题：给短视频配乐要不要付钱）</p>",
    "keywords": "<div>关键词：音乐 版权 短视频</div>",
    "disclaimer": "<div>本文为转载，不代表本站观点</div>",
    "changed": "<div>更新时间：2026-03-02</div>",
}

WITHIN = {
    "advertisement": ("<div class=abc><a href=x>99元注册商标，包通过，不成功退款</a></div>", ()),
    "word of advertisement": ("<p>-- 广告 --</p>", ()),
    "link": ("<p>相关阅读：<a href=1>插画师的合同该怎么签</a></p>", ()),
    "box of links": (f"<div><b>延伸阅读</b>{LINKS}</div>", ()),
    "account": ("<div>关注公众号“知产圈”，获取更多资讯</div>", ()),
    "tools": ("<div>分享 收藏 举报</div>", ()),
    "stars": ("<p>* * *</p>", ()),
    "subheading": ("<h3>争议焦点</h3>", ("争议焦点",)),
    "bold subheading": ("<p><strong>争议焦点</strong></p>", ("争议焦点",)),
    "caption": ("<figure><img><figcaption>涉案视频截图</figcaption></figure>", ("涉案视频截图",)),
    "definitions": ("<dl><dt>曲库</dt><dd>软件自带的音乐。</dd></dl>", ("曲库", "软件自带的音乐。")),
    "list": ("<ul><li>删除视频</li><li>赔偿损失</li></ul>", ("删除视频", "赔偿损失")),
    "table": (
        "<table border=1><tr><td>年份</td><td>件数</td></tr><tr><td>2024</td><td>312</td></tr></table>",
        ("年份\t件数", "2024\t312"),
    ),
    "dialogue": ("<p>“是吗？”</p><p>“是的。”</p>", ("“是吗？”", "“是的。”")),
    "time": ("<p>时间：2022年11月</p>", ("时间：2022年11月",)),
    "number of a case": ("<p>（2025）北0101民初123号</p>", ("（2025）北0101民初123号",)),
    "note": ("<p>注：文中人物均为化名。</p>", ("注：文中人物均为化名。",)),
}

BEHIND = {
    "sharing": "<div>分享到：<a>微信</a><a>微博</a></div>",
    "neighbours": "<p>上一篇：<a>专利年费减缴</a></p><p>下一篇：<a>商标代理新规</a></p>",
    "links": f"<h3>相关阅读</h3>{LINKS}",
    "disclaimer": "<p>声明：本文来源于网络，版权归原作者所有，如有侵权请联系我们删除。</p>",
    "opinion": "<p>（本文仅代表作者个人观点，与本网无关。）</p>",
    "comments": "<div class=pl><h4>网友评论</h4><div><b>老王</b><p>写得真好，支持原创，希望多判一点。</p></div></div>",
    "app": "<div>下载某某客户端，阅读体验更佳，海量资讯随时看。</div>",
    "code": "<div><p>扫描二维码关注某某公众号，获取更多精彩内容。</p></div>",
    "author": "<div><h4>作者简介</h4><p>王强，律师，执业十年，擅长著作权诉讼，欢迎交流。</p></div>",
    "reprint": "<div>本文由某某网编辑整理，如需转载请注明出处：http://a.test/1.html</div>",
    "counts": "<div>点赞 12\u3000收藏 3\u3000评论 0</div>",
    "telephone": "<p>违法和不良信息举报电话：0000-0000000</p>",
    "membership": "<div>开通会员，畅读全站文章，每天只需一毛钱。</div>",
}


def page(pieces: list[str], box: str) -> str:
    return (
        "<title>给短视频配乐要付钱吗_某某网</title><div><a href=/>首页</a><a href=/a>新闻</a></div>"
        "<div class=main><h1>给短视频配乐要付钱吗</h1><div>2026-03-01 08:00\u3000来源：北岭日报\u3000作者：王强</div>"
        f"{box.format(''.join(pieces))}</div><div>© 某某网</div>"
    )


def check(html: str, wanted: tuple[str, ...]) -> None:
    read = extract(html, URL)
    assert isinstance(read, Extracted), read
    told = read_metadata(read, URL, FETCHED)
    assert tuple(block.text for block in read.blocks) == wanted
    assert (told.source, told.authors) == ("北岭日报", ("王强",))
    assert told.date_published == "2026-03-01T08:00:00+08:00"


@pytest.mark.parametrize("way", SET)
@pytest.mark.parametrize("kind", OVER)
def test_what_stands_over_the_text_is_none(way: str, kind: str) -> None:
    box, paragraph = SET[way]
    check(page([OVER[kind], *map(paragraph.format, TEXT)], box), TEXT)


@pytest.mark.parametrize("way", SET)
@pytest.mark.parametrize("kind", WITHIN)
@pytest.mark.parametrize("place", [1, 2, 4])
def test_what_stands_in_the_text(way: str, kind: str, place: int) -> None:
    box, paragraph = SET[way]
    inside, text = WITHIN[kind]
    pieces = [*map(paragraph.format, TEXT)]
    check(page([*pieces[:place], inside, *pieces[place:]], box), (*TEXT[:place], *text, *TEXT[place:]))


@pytest.mark.parametrize("way", SET)
@pytest.mark.parametrize("kind", BEHIND)
def test_what_stands_behind_the_text_is_none(way: str, kind: str) -> None:
    box, paragraph = SET[way]
    check(page([*map(paragraph.format, TEXT), BEHIND[kind]], box), TEXT)


@pytest.mark.parametrize("way", [way for way, (_, paragraph) in SET.items() if paragraph.startswith("<p")])
@pytest.mark.parametrize("kind", ["caption", "definitions", "list", "dialogue", "number of a case", "note"])
def test_what_ends_the_text(way: str, kind: str) -> None:
    box, paragraph = SET[way]
    inside, text = WITHIN[kind]
    check(page([*map(paragraph.format, TEXT), inside], box), (*TEXT, *text))
