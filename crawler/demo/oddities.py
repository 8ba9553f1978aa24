"""Pages that are no articles: dead links, walls, loops, calendars, media; each on one named host.

They stand at addresses that look like articles where real ones do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.demo.answer import Answer, page, plain, redirect
from crawler.demo.hosts import Host
from crawler.demo.network import Network
from crawler.demo.render import encode, path_of, url_of
from crawler.demo.views import Anchor, head, shell

_FIXED = "Mon, 04 Jan 2021 00:00:00 GMT"
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")
_MEDIA = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "zip": "application/zip",
}
_MEDIA_PATH = re.compile(r"/(?:uploads|files)/[\w-]+\.(?P<kind>gif|jpg|pdf|mp4|zip)")
_CALENDAR = re.compile(r"/rili/(?P<year>\d{4})-(?P<month>\d\d)\.html")


@dataclass(frozen=True, slots=True)
class Oddity:
    """One page of one host: `text` is how the list links to it ("" where only other pages do)."""

    host: str
    path: str
    text: str
    answer: Callable[[Network, Host, str], Answer]


def answer_oddity(network: Network, host: Host, path: str) -> Answer | None:
    """The answer where a path is one of the oddities of a host or media, else None."""
    if found := _MEDIA_PATH.fullmatch(path):
        return Answer(200, (("Content-Type", _MEDIA[found["kind"]]),), _GIF)
    for oddity in _ODDITIES:
        if oddity.host == host.name and re.fullmatch(oddity.path, path):
            return oddity.answer(network, host, path)
    return None


def links_to_oddities(network: Network, host: Host) -> tuple[Anchor, ...]:
    """The links that the first list page of a host shows beside its articles."""
    own = [Anchor(link, text) for name, link, text in _LINKS if name == host.name]
    if host.name == "www.shangwutong.test" and network.copied[host.name]:
        number = host.first_number + network.copied[host.name][0]
        own.append(
            Anchor(f"/index.php?m=content&amp;c=index&amp;a=show&amp;catid=6&amp;id={number}", "旧版链接")
        )
    return tuple(own)


def _html(host: Host, title: str, body: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    text = shell(head(host, title), body)
    answer = page(encode(host, text), _FIXED, host.header_label)
    return answer if status == 200 else Answer(status, (*answer.headers[:1], *headers), answer.body)


def _soft_404(_network: Network, host: Host, _path: str) -> Answer:
    return _html(
        host,
        "提示信息",
        "<div class='tip'><p>抱歉，您访问的页面不存在或已被删除！</p><p><a href='/'>返回首页</a></p></div>",
    )


def _login_wall(_network: Network, host: Host, _path: str) -> Answer:
    return _html(
        host,
        "提示信息",
        "<div id='messagetext'><p>抱歉，您需要登录后才能查看本文，没有账号？请先注册。</p></div>"
        "<form action='/member.php'><input name='username'><input type='password' name='password'></form>",
    )


def _captcha(_network: Network, host: Host, _path: str) -> Answer:
    return _html(
        host,
        "安全验证",
        "<h1>安全验证</h1><p>您的访问过于频繁，请输入验证码后继续访问。</p>"
        "<img src='/uploads/captcha.gif'><form><input name='captcha'></form>",
    )


def _blocked(_network: Network, host: Host, _path: str) -> Answer:
    return _html(
        host,
        "403 Forbidden",
        "<h1>访问被拒绝</h1><p>您的请求带有不合法参数，已被网站管理员设置拦截。</p>",
        403,
    )


def _loop(_network: Network, _host: Host, path: str) -> Answer:
    return redirect("/huan/yi.html" if path.endswith("er.html") else "/huan/er.html", 302)


def _old_address(network: Network, host: Host, path: str) -> Answer:
    index = int(path.rpartition("=")[2]) - host.first_number
    if not 0 <= index < len(network.stories) or not network.has(host, index):
        return plain(404, "404")
    return redirect(path_of(network, host, index), 301)


def _moved_list(_network: Network, host: Host, _path: str) -> Answer:
    return redirect(url_of(host, "/list-6-1.html"), 302)


def _refresh(_network: Network, host: Host, _path: str) -> Answer:
    text = shell(
        head(host, "跳转中", '<meta http-equiv="refresh" content="0; url=/list-6-1.html">\n'),
        "<p>正在跳转……</p>",
    )
    return page(encode(host, text), _FIXED, host.header_label)


def _calendar(_network: Network, host: Host, path: str) -> Answer:
    """A month with a link to the one before and the one after, for ever."""
    found = _CALENDAR.fullmatch(path)
    assert found is not None
    months = int(found["year"]) * 12 + int(found["month"]) - 1
    near = ((months + step, word) for step, word in ((-1, "上一月"), (1, "下一月")))
    links = "".join(f'<a href="/rili/{n // 12:04}-{n % 12 + 1:02}.html">{word}</a> ' for n, word in near)
    days = "".join(
        f'<td><a href="/rili/{found["year"]}-{found["month"]}.html?ri={day}">{day}</a></td>'
        for day in range(1, 29)
    )
    return _html(host, f"{found['year']}年{found['month']}月", f"{links}<table><tr>{days}</tr></table>")


_ODDITIES = (
    Oddity(
        "www.zhishitong.test",
        r"/rili/\d{4}-\d\d\.html(?:\?ri=\d+)?",
        "日历",
        lambda n, h, p: _calendar(n, h, p.partition("?")[0]),
    ),
    Oddity("www.zhishitong.test", r"/huan/(?:yi|er)\.html", "专题", _loop),
    Oddity("www.wenkuhui.test", r"/a/zhishi/2020/0102/2\.html", "如何申请商标", _soft_404),
    Oddity("www.qiyedao.test", r"/zixun/2020-01-01/1\.html", "专利年费减缴指南", _captcha),
    Oddity("www.qiyedao.test", r"/zixun/2020-01-01/2\.html", "企业知识产权手册", _blocked),
    Oddity("bbs.falvquan.test", r"/article-1-1\.html", "会员专享：诉讼文书范本", _login_wall),
    Oddity("www.shangwutong.test", r"/index\.php\?m=content&c=index&a=show&catid=6&id=\d+", "", _old_address),
    Oddity("www.shangwutong.test", r"/news/", "新闻", _moved_list),
    Oddity("www.shangwutong.test", r"/tiaozhuan\.html", "更多", _refresh),
)
_LINKS = (
    ("www.zhishitong.test", "/rili/2026-11.html", "日历"),
    ("www.zhishitong.test", "/huan/yi.html", "专题"),
    ("www.wenkuhui.test", "/a/zhishi/2020/0101/1.html", "专利撰写入门"),
    ("www.wenkuhui.test", "/a/zhishi/2020/0102/2.html", "如何申请商标"),
    ("www.wenkuhui.test", "/files/baogao-2021.pdf", "年度报告下载"),
    ("www.qiyedao.test", "/zixun/2020-01-01/1.html", "专利年费减缴指南"),
    ("www.qiyedao.test", "/zixun/2020-01-01/2.html", "企业知识产权手册"),
    ("bbs.falvquan.test", "/article-1-1.html", "会员专享：诉讼文书范本"),
    ("www.shangwutong.test", "/news/", "新闻"),
    ("www.shangwutong.test", "/tiaozhuan.html", "更多"),
    ("ip.linjiang-gov.test", "/files/xuanchuan.mp4", "宣传片"),
    ("www.ipqianyan.test", "/search?q=zhuanli", "搜索：专利"),
)
