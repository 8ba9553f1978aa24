"""Pages that are no article, each with its own reason, and articles that speak of such pages."""

from __future__ import annotations

import pytest

from pipelines.reading.extract import extract
from pipelines.reading.records import Extracted
from pipelines.records import Drop, Reason

URL = "http://a.test/1.html"
NAV = "".join(f'<li><a href="/c{i}/">栏目{i}</a></li>' for i in range(9))


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("提示", "您访问的文章已被删除，3秒后返回首页。", Reason.SOFT_404),
        ("404", "页面走丢了", Reason.SOFT_404),
        ("出错了", "抱歉，没有找到您要的内容。", Reason.SOFT_404),
        ("錯誤訊息", "很抱歉，您要找的網頁不存在或已經移除。", Reason.SOFT_404),
        ("Error", "404 Not Found", Reason.SOFT_404),
        ("会员登录", "您需要先登录才能查看全文。", Reason.LOGIN_WALL),
        ("提示信息", "抱歉，您所在的用户组无法进行此操作。", Reason.LOGIN_WALL),
        ("會員專區", "登入後即可閱讀全文，還不是會員？", Reason.LOGIN_WALL),
        ("安全检查", "请输入验证码以继续访问。", Reason.CAPTCHA),
        ("人机验证", "为确认您不是机器人，请完成下方的验证。", Reason.CAPTCHA),
        ("", "当前环境异常，完成验证后即可继续访问。", Reason.CAPTCHA),
        ("访问验证", "请按住滑块，拖动到最右边", Reason.CAPTCHA),
        ("警告", "您的网络存在异常流量，请输入下图中的字符继续", Reason.CAPTCHA),
        ("Verifying...", "Verifying you are human. This may take a few seconds.", Reason.CAPTCHA),
        ("", "该内容已被发布者删除", Reason.SOFT_404),
        ("", "此内容因违规无法查看，查看对应规则", Reason.SOFT_404),
        ("温馨提示", "哎呀，您要看的页面去旅行了~", Reason.SOFT_404),
        ("海州新闻", "该内容暂时无法显示", Reason.SOFT_404),
        ("系统提示", "参数错误，没有相关记录！", Reason.SOFT_404),
        ("海州财经", "本文为付费内容，购买后可阅读全文", Reason.LOGIN_WALL),
        ("知产圈", "成为会员，解锁本篇完整内容", Reason.LOGIN_WALL),
        ("提示", "抱歉，该内容在您所在的地区不可用", Reason.BLOCKED),
        ("Just a moment...", "Checking your browser before accessing.", Reason.CAPTCHA),
        ("拦截提示", "当前访问疑似黑客攻击，已被网站管理员设置为拦截。", Reason.BLOCKED),
        ("403 Forbidden", "nginx", Reason.BLOCKED),
        ("访问受限", "您的访问过于频繁，请稍后再试。", Reason.BLOCKED),
    ],
)
def test_a_notice_is_dropped_with_its_reason(title: str, text: str, reason: Reason) -> None:
    html = (
        f"<html><head><title>{title}</title></head><body><ul>{NAV}</ul><div><p>{text}</p></div></body></html>"
    )
    drop = extract(html, URL)
    assert isinstance(drop, Drop)
    assert (drop.reason, drop.url) == (reason, URL)
    assert drop.detail


@pytest.mark.parametrize(
    "shell",
    [
        '<div id="app"></div><script src="/js/app.js"></script>',
        '<div id="root"><!-- --></div><script>window.__DATA__={}</script>',
        "<noscript>本网站需要启用JavaScript才能运行。</noscript><script src=a.js></script>",
        '<script>window.location.href="/real.html"</script>',
        '<meta http-equiv="refresh" content="0;url=/new/1.html">正在前往新的地址',
    ],
)
def test_a_page_that_a_script_would_fill_needs_a_browser(shell: str) -> None:
    drop = extract(f"<html><head><title>要闻</title></head><body>{shell}</body></html>", URL)
    assert isinstance(drop, Drop)
    assert drop.reason == Reason.NEEDS_BROWSER


def test_a_list_is_dropped_as_one() -> None:
    rows = "".join(
        f'<li><a href="/{i}.html">第{i}号专利许可合同备案公告发布</a><span>03-0{i % 9 + 1}</span></li>'
        for i in range(30)
    )
    drop = extract(f"<ul>{rows}</ul>", URL)
    assert isinstance(drop, Drop)
    assert drop.reason == Reason.LIST_PAGE


def test_a_list_with_teasers_is_dropped_as_one() -> None:
    rows = "".join(
        f'<div><h3><a href="/{i}.html">第{i}号专利许可合同备案公告发布</a></h3><p>备案公告称，许可双方已经办理手续，期限为五年……</p></div>'
        for i in range(20)
    )
    drop = extract(f"<div>{rows}</div>", URL)
    assert isinstance(drop, Drop)
    assert drop.reason == Reason.LIST_PAGE


@pytest.mark.parametrize(
    "sentence",
    [
        "法院认为，侵权链接已被删除，商品页面不存在，但损害已经发生。",
        "平台要求卖家登录后才能查看投诉材料，权利人为此提起诉讼。",
        "该验证码技术的专利权人主张，登录时请输入验证码的步骤落入保护范围。",
        "涉案网站随后被拒绝访问，网站防火墙的日志成为证据。",
    ],
)
def test_an_article_that_speaks_of_such_pages_is_an_article(sentence: str) -> None:
    text = (
        f"<p>{sentence}</p>"
        + "<p>合议庭在判决中写道，权利的边界应当清楚，证据的来源应当合法，双方都有举证的责任。</p>" * 6
    )
    page = extract(
        f"<html><head><title>一起侵权纠纷</title></head><body><h1>一起侵权纠纷</h1>{text}</body></html>", URL
    )
    assert isinstance(page, Extracted)
    assert sentence in page.body


def test_a_page_in_another_language_is_named_so() -> None:
    text = (
        "<p>The office said that the plan, discussed for years, would be carried out before winter.</p>" * 8
    )
    drop = extract(f"<h1>Plan</h1>{text}", URL)
    assert isinstance(drop, Drop)
    assert drop.reason == Reason.NOT_CHINESE


ENTRY = "海洋装备产业的快速审查通道今日开通，企业可以在线提交申请，审查周期压缩到三个月以内。"


@pytest.mark.parametrize(
    "feed",
    [
        f"<?xml version='1.0'?><rss version='2.0'><channel><item><description>{ENTRY * 3}</description></item></channel></rss>",
        f"<rss><channel><item><title><![CDATA[通道开通]]></title><description><![CDATA[<p>{ENTRY}</p>]]></description></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='html'>&lt;p&gt;{ENTRY}</content></entry></feed>",
        f"<rdf:RDF><item><title>通道</title><description>{ENTRY}</description></item></rdf:RDF>",
        "<urlset><url><loc>http://a.test/1.html</loc></url></urlset>",
    ],
)
def test_a_feed_is_a_list_whatever_text_its_entries_hold(feed: str) -> None:
    drop = extract(feed, URL)
    assert isinstance(drop, Drop)
    assert (drop.reason, drop.url) == (Reason.LIST_PAGE, URL)


@pytest.mark.parametrize(
    "data",
    [
        f'{{"code": 0, "data": [{{"title": "通道开通", "content": "{ENTRY}"}}]}}',
        f'show({{"content": "{ENTRY}"}})',
        f"document.write('<p>{ENTRY}</p>');",
        f'var notice = "{ENTRY}";',
    ],
)
def test_data_and_scripts_are_no_page(data: str) -> None:
    drop = extract(data, URL)
    assert isinstance(drop, Drop)
    assert drop.reason == Reason.NOT_HTML


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "<h1>{{ article.title }}</h1><p>{{ article.source }}</p><p>{{ article.count }}</p>",
            Reason.NO_ARTICLE,
        ),
        (
            "<div>Copyright © 2004-2024 Example Intellectual Property Co., Ltd. All Rights Reserved.</div>"
            "<div>Tel: 010-88886666</div><div>Email: a@a.test</div><div>Powered by PHPCMS</div>",
            Reason.NO_ARTICLE,
        ),
        ("<pre><a href=a>a.pdf</a> 2019-03-01 10:22 1.2M</pre>" * 9, Reason.NO_ARTICLE),
        (
            "<div>中文版 首页 机构职能</div><p>Applicants may now file all documents online, a move that is expected to "
            "shorten the average examination by two weeks.</p><div>主办：某局</div>",
            Reason.NOT_CHINESE,
        ),
        ("<p>특허청은 올해 상반기 출원 건수가 작년보다 늘었다고 밝혔다.</p>", Reason.NOT_CHINESE),
        (
            '<div id="app"><div>Loading, please wait</div></div><script src="a.js"></script>',
            Reason.NEEDS_BROWSER,
        ),
        ("<h1>网站正在建设中，敬请期待！</h1>", Reason.BLOCKED),
    ],
)
def test_only_running_text_in_another_script_is_not_chinese(body: str, reason: Reason) -> None:
    drop = extract(f"<html><head><title>资讯</title></head><body>{body}</body></html>", URL)
    assert isinstance(drop, Drop)
    assert drop.reason == reason
