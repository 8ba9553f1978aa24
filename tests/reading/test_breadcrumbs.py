"""The path of sections over an article, as content systems set it."""

from __future__ import annotations

import pytest

from pipelines.reading.extract import extract
from pipelines.reading.records import Extracted

TEXT = "<h1>茶厂的商标</h1><p>茶厂在去年注册了三枚商标，今年又申请了两件外观设计专利，都已经受理。</p>"
PATHS = (
    (
        '<div class="dqwz">当前位置：<a href="/">首页</a> &gt; <a href="/a">新闻</a> &gt; 正文</div>',
        ("新闻",),
    ),
    (
        "<div>当前位置： <table><tr><td><a href='/'>首页</a></td><td>&gt;</td><td><a href='/a'>新闻中心</a></td>"
        "<td>&gt;</td><td><a href='/b'>工作动态</a></td></tr></table></div>",
        ("新闻中心", "工作动态"),
    ),
    ('<div class="breadcrumb"><a href="/">首頁</a><a href="/s">社會</a></div>', ("社會",)),
    ('<p class="crumb">您的位置：<a href="/">首页</a> &raquo; <a href="/n">资讯</a></p>', ("资讯",)),
    ("<div>当前位置：</div><p>六月三日的消息</p>", ()),
    ('<div class="location">发布于湖北</div>', ()),
)


@pytest.mark.parametrize(("path", "sections"), PATHS, ids=[path[:40] for path, _ in PATHS])
def test_path_of_sections(path: str, sections: tuple[str, ...]) -> None:
    found = extract(f"<html><body>{path}{TEXT}</body></html>", "http://a.test/1.html")
    assert isinstance(found, Extracted)
    assert found.breadcrumbs == sections
