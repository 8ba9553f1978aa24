"""Extraction by parts: rules, tables, hidden text, metadata in the head, relevance, publishers, both scripts."""

from __future__ import annotations

import re

import pytest

from pipelines.reading.extract import extract
from pipelines.reading.headline import strip_site
from pipelines.reading.metadata import read_metadata
from pipelines.reading.names import split_names
from pipelines.reading.phrases import both
from pipelines.reading.publishers import normalise, publisher, publisher_of_host
from pipelines.reading.records import Extracted
from pipelines.reading.relevance import relevance
from pipelines.reading.weight import names_origin
from pipelines.sites import Selectors

URL = "http://a.test/1.html"
BODY = "".join(f"<p>第{i}段说明审查周期如何缩短，企业为什么表示欢迎。</p>" for i in range(1, 6))
NOTE = "".join(f"<p>编后第{i}条：本期导读由编辑部整理，读者可以来信讨论。</p>" for i in range(1, 9))


def read(html: str, rules: Selectors | None = None) -> Extracted:
    page = extract(html, URL, rules)
    assert isinstance(page, Extracted), page
    return page


def test_rules_replace_the_general_reading() -> None:
    html = f"""<h1>网站大标题</h1><div class="t">专利审查提速</div><div class="o">来源：某报</div><div class="d">2021-03-01</div>
    <div class="b">{BODY}<p class="ad">点这里领取一份精美的礼物，先到先得。</p></div><div class="n">{NOTE}</div><a class="x" href="1_2.html">下页</a>"""
    assert "编后" in read(html).body
    rules = Selectors(headline=".t", body=".b", origin=".o", date=".d", next=".x", remove=(".ad",))
    page = read(html, rules)
    assert page.headline == "专利审查提速"
    assert [block.text[:3] for block in page.blocks] == [f"第{i}段" for i in range(1, 6)]
    told = read_metadata(page, URL, "2021-03-02T00:00:00Z")
    assert (told.source, told.date_published) == ("某报", "2021-03-01T00:00:00+08:00")
    assert page.page_urls == (URL, "http://a.test/1_2.html")


@pytest.mark.parametrize("selector", [".missing", ":::", "div[", ""])
def test_a_rule_that_matches_nothing_leaves_the_general_reading(selector: str) -> None:
    html = f"<h1>专利审查提速</h1>{BODY}"
    assert read(html, Selectors(headline=selector, body=selector, origin=selector, next=selector)) == read(
        html
    )


def test_rows_of_a_table_stay_together() -> None:
    table = "<table><tr><th>年份</th><th>授权量</th></tr><tr><td>2020</td><td>一千二百件</td></tr></table>"
    blocks = read(f"<h1>专利审查提速</h1><div>{BODY}{table}{BODY}</div>").blocks
    assert [block.text for block in blocks if block.kind == "table"] == ["年份\t授权量", "2020\t一千二百件"]


@pytest.mark.parametrize(
    "junk",
    [
        '<span style="display:none">, r% l2 [0 _/ Z</span>',
        '<font style="font-size:0px">k8 P!</font>',
        '<font class="jammer">, r% l2 [0 _/ Z</font>',
        '<i style="visibility: hidden">看不见</i>',
        "<span hidden>看不见</span>",
        '<b style="display:none">外<i>层</i>看<br>不见</b>',
    ],
)
def test_hidden_text_is_no_text(junk: str) -> None:
    page = read(f"<h1>专利审查提速</h1><p>审查周期{junk}缩短，企业欢迎。</p>{BODY}")
    assert page.blocks[0].text == "审查周期缩短，企业欢迎。"


def test_what_the_head_says() -> None:
    head = """<link rel=canonical href="/c.html"><meta name=keywords content="专利,审查"><meta name=robots content="NOARCHIVE">
    <meta name="tdm-reservation" content="1"><script type="application/ld+json">{"@type":["NewsArticle"],
    "datePublished":"2021-03-01T08:00:00+08:00","author":[{"name":"张三"},{"name":"某某网"}]}</script>"""
    page = read(
        f"<html lang=zh-CN><head><title>专利审查提速_某网</title>{head}</head><h1>专利审查提速</h1>{BODY}"
    )
    told = read_metadata(page, URL, "2021-03-02T00:00:00Z")
    assert (told.headline, told.authors) == ("专利审查提速", ("张三",))
    assert (told.date_published, told.canonical_url) == ("2021-03-01T08:00:00+08:00", "http://a.test/c.html")
    assert (told.keywords, told.noarchive, told.tdm_reservation) == (("专利", "审查"), True, True)


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[]",
        '{"@type": 5}',
        '{"@graph": {"a": 1}}',
        '"x"',
        "null",
        '{"@type":"NewsArticle","author":{"name":[1]}}',
    ],
)
def test_json_ld_of_any_shape_is_borne(data: str) -> None:
    read(f'<script type="application/ld+json">{data}</script><h1>专利审查提速</h1>{BODY}')


def test_map_text_changes_every_visible_text() -> None:
    page = read(f"<title>专利审查提速</title><h1>专利审查提速</h1><p>来源：某报</p>{BODY}")
    seen: list[str] = []

    def change(field: str, text: str) -> str:
        seen.append(field)
        return f"{text}。"

    changed = page.map_text(change)
    assert set(seen) == {"headline", "article_body", "origin", "title"}
    assert all(block.text.endswith("。。") for block in changed.blocks)
    assert page.map_text(lambda _, text: text) == page


def test_patterns_are_written_once_for_both_scripts() -> None:
    pattern = re.compile(both(r"来源[:：]\s*[发布]"))
    assert pattern.match("来源：发")
    assert pattern.match("來源: 佈")
    assert both(r"[^来]\u4e00") == r"[^来來]\u4e00"


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("新华社电", ("新华社",)),
        ("中国知识产权报/中国知识产权资讯网", ("中国知识产权资讯网",)),
        ("溪山日报/新华网客户端", ("溪山日报", "新华网")),
        ("《人民日报》", ("人民日报",)),
        ("www.chinanews.com", ("中国新闻网",)),
        ("溪山日报", ("溪山日报",)),
    ],
)
def test_publishers_are_normalised(printed: str, names: tuple[str, ...]) -> None:
    assert normalise(printed) == names


def test_hosts_stand_for_their_subdomains_only() -> None:
    assert publisher_of_host("http://ip.people.com.cn/n1/2021/1.html") == "人民网"
    assert publisher_of_host("http://notpeople.com.cn/") is None
    assert publisher_of_host("http://[") is None
    assert publisher("来历不明的小报") is None


def test_relevance_tells_the_field() -> None:
    field = relevance("专利侵权案宣判", "法院认定被告侵犯专利权，判令停止侵权。" * 5)
    other = relevance("今晚有雨", "气象台预计今晚到明天有中到大雨，请市民带伞出行。" * 5)
    assert 0.0 <= other < 0.2
    assert 0.5 < field <= 1.0
    assert relevance("", "") == 0.0


@pytest.mark.parametrize(
    ("slot", "names"),
    [
        ("张三、李四", ("张三", "李四")),
        ("记者 张三 实习生 李四", ("张三", "李四")),
        ("张三(北京某某律师事务所)", ("张三",)),
        ("翁同和 卞之琳", ("翁同和", "卞之琳")),
        ("张三 和 李四", ("张三", "李四")),
        ("人民网李四、农村日报记者张三", ("李四", "张三")),
        ("IPRdaily王小二", ("王小二",)),
        ("新华网友王明", ("新华网友王明",)),
        ("admin", ()),
        ("管理员", ()),
        ("为什么这样说？", ()),
    ],
)
def test_names_of_a_slot(slot: str, names: tuple[str, ...]) -> None:
    assert split_names(slot) == names


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("橙城晨报记者 段星河 文/图", True),
        ("记者王明 通讯员李华 文/图", True),
        ("文/图 段星河", True),
        ("（文：材料学院 甘棠 图：白一帆 审核：闵行）", True),
        ("文/司马清 和煜律师事务所合伙人", True),
        ("编校：王明 审核：李华 签发：赵前", True),
        ("宋知远 · 2014-09-18 · 3,120 views · 12 replies", True),
        ("□ 文/图 本报记者 段星河", True),
        ("记者节快乐", False),
        ("文图书馆", False),
        ("图文直播：开庭现场", False),
        ("设计 从图纸到产品", False),
        ("记者走进工厂 通讯员培训", False),
    ],
)
def test_lines_that_only_credit(line: str, told: bool) -> None:
    assert names_origin(line) is told


@pytest.mark.parametrize(
    "text",
    [
        "<p>　　审查周期缩短，企业欢迎。　　代理机构也表示，流程更加清楚。</p>",
        "<pre>审查周期缩短，企业欢迎。\n\n代理机构也表示，流程更加清楚。</pre>",
        "<div>审查周期缩短，企业欢迎。<br><br>代理机构也表示，流程更加清楚。</div>",
    ],
)
def test_paragraphs_without_tags(text: str) -> None:
    page = read(f"<h1>专利审查提速</h1><div>{text}{BODY}</div>")
    assert [block.text for block in page.blocks[:2]] == [
        "审查周期缩短，企业欢迎。",
        "代理机构也表示，流程更加清楚。",
    ]


def test_spam_lines_are_kept_out_and_named() -> None:
    spam = "<p>久久精品无码，国产一区二区三区，高清视频在线观看，免费看片。</p>"
    page = read(f"<div>{spam}<h1>专利审查提速</h1>{BODY}</div>")
    assert page.noise == ("spam",)
    assert "无码" not in page.body + page.headline
    honest = "<p>该博彩网站以棋牌、百家乐招揽玩家投注，被判侵犯著作权。</p>"
    page = read(f"<div><h1>专利审查提速</h1>{BODY}{honest}{BODY}</div>")
    assert page.noise == ()
    assert "百家乐" in page.body


@pytest.mark.parametrize(
    "title",
    [
        "{}_海州日报", "{}::海州日报", "{} :: 海州日报", "{}【海州日报】", "{} (海州在线)", "{} 海州在线",
        "{} » 海州日报", "{}——海州日报数字报", "{}|灯具|专利_海州在线", "海州日报_法治频道_{}", "{}",
    ],
)  # fmt: skip
def test_the_names_of_a_site_go_from_a_title(title: str) -> None:
    assert strip_site(title.format("灯饰外观设计案调解结案")) == "灯饰外观设计案调解结案"


def test_what_was_escaped_twice_is_read_as_meant() -> None:
    page = read(
        "<h1>专利审查提速</h1><p>周期缩短，企业欢迎。&amp;ldquo;好&amp;rdquo;&amp;#8226;A&amp;B，效率提升。</p>"
    )
    assert page.body == "周期缩短，企业欢迎。“好”•A&B，效率提升。"


def test_an_article_that_a_script_makes_visible_is_read() -> None:
    hidden = (
        '<div class="{}" style="visibility: hidden"><p>审查周期缩短，企业普遍欢迎，费用没有增加。</p></div>'
    )
    assert "费用没有增加" in read(f"<h1>专利审查提速</h1>{hidden.format('rich_media_content')}").body
    junk = extract(
        f"<h1>专利审查提速</h1>{hidden.format('x')}<p>周期缩短，企业欢迎，效率提升。</p>", "http://a.test/"
    )
    assert isinstance(junk, Extracted)
    assert "费用没有增加" not in junk.body


CARD = "<a href='/{0}'><h3>第{0}号专利许可合同备案公告发布</h3><p>备案公告称，许可双方已经办理手续，期限为五年，每年一付。</p></a>"


def test_paragraphs_in_a_link_around_them_are_text_and_cards_of_other_articles_are_not() -> None:
    paragraphs = [
        "一款雪糕的外包装与一位插画师的作品高度近似，被判赔偿十二万元。",
        "法院认为，线条与配色体现了作者的个性选择，厂商未能说明独立创作的过程。",
        "判决还要求厂商刊登声明，消除影响。",
    ]
    cards = "".join(CARD.format(number) for number in range(4))
    told = read(
        f"<h1>网红雪糕外包装被判侵权</h1><a href='app://open'><div>{''.join(f'<p>{text}</p>' for text in paragraphs)}"
        f"</div></a><div>{cards}</div>"
    )
    assert [block.text for block in told.blocks] == paragraphs


@pytest.mark.parametrize("end", ["", "责任编辑：", " 责任编辑：苏禾"])
def test_a_link_back_to_the_portal_is_cut_off_the_last_paragraph(end: str) -> None:
    text = "功夫都在诗外，这是十五年打官司的心得。"
    told = read(
        f"<h1>攻防战</h1><p>守住一个商标，每年要花三百万元。</p><p>{text}<a href='/'>返回海州网，查看更多</a>{end}</p>"
    )
    assert told.blocks[-1].text == text
