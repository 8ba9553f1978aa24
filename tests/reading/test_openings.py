"""The edges of a body: subheadings and summaries that open it, labels and advertisements that do not."""

from __future__ import annotations

import pytest

from pipelines.reading.extract import extract
from pipelines.reading.metadata import read_metadata
from pipelines.reading.records import Extracted

URL = "http://a.test/1.html"
FIRST = "省局周二公布统计，上半年受理的申请比去年同期多出两成，其中企业提交的占了大半。"
TEXT = f"<p>{FIRST}</p><p>负责人说，审查周期也在缩短，平均只要十四个月，明年还会更快。</p>"


def blocks(inside: str, above: str = "") -> list[str]:
    html = f"<title>半年统计公布</title><h1>半年统计公布</h1>{above}<div class=c>{inside}</div>"
    page = extract(html, URL)
    assert isinstance(page, Extracted), page
    return [block.text for block in page.blocks]


@pytest.mark.parametrize("tag", ["h2", "h3", "p"])
def test_a_subheading_before_the_first_paragraph_is_text(tag: str) -> None:
    assert blocks(f"<{tag}>申请量增加两成</{tag}>{TEXT}")[:2] == ["申请量增加两成", FIRST]


def test_a_subheading_among_divs() -> None:
    inside = TEXT.replace("<p>", "<div>").replace("</p>", "</div>")
    assert blocks(f"<div>申请量增加两成：企业占大半</div>{inside}")[0] == "申请量增加两成：企业占大半"


@pytest.mark.parametrize(
    "line",
    [
        "<p>2021-03-01 09:00</p>",
        "<p>来源：某日报</p>",
        "<p><a href=/x>申请量增加两成</a></p>",
        "<div>來(lái)源: 電商與知識(shí)產(chǎn)權(quán)報(bào)/電商與知識(shí)產(chǎn)權(quán)報(bào)網(wǎng)</div>",
        "<p>全场清仓三折起，量大免费送货，欢迎来电。</p>",
    ],
)
def test_what_is_no_subheading(line: str) -> None:
    assert blocks(line + TEXT)[0] == FIRST


@pytest.mark.parametrize(
    "line",
    [
        "原标(biāo)题：半年统计公布，申请量比去年同期多出两成",
        "稿件来源：某某观察",
        "图片来源：张三摄",
        "【版权说明】半年统计公布 由网友上传分享，本站仅提供存储空间，权利人可要求下架。",
    ],
)
def test_labels_behind_the_text_are_none_of_it(line: str) -> None:
    assert blocks(f"{TEXT}<p>{line}</p>")[-1].startswith("负责人说")


def test_a_second_paragraph_that_begins_like_a_control() -> None:
    short = "小小的数字，何以值得关注？记者跟随统计员，看了一天。"
    assert blocks(TEXT.replace("</p><p>", f"</p><p>{short}</p><p>"))[1] == short


def test_a_summary_cut_from_the_text_and_damaged_apart_from_it() -> None:
    damaged = FIRST.replace("统计", "统□").replace("申请", "申請")
    assert blocks(TEXT, f"<div>摘要: {damaged[:30]}</div>")[0] == FIRST


def test_a_summary_in_its_own_words_is_text() -> None:
    own = "摘要：审查更快了，半年里企业交来的新申请明显多于从前，受访者普遍满意。"
    assert blocks(TEXT, f"<div>{own}</div>")[:2] == [own, FIRST]


@pytest.mark.parametrize(
    ("line", "source"),
    [("来源: 某某日报/某某日报网", "某某日报/某某日报网"), ("来源:</p><p>立等可取，量大从优。", None)],
)
def test_what_stands_behind_the_label_of_a_source(line: str, source: str | None) -> None:
    page = extract(f"<h1>半年统计公布</h1><p>{line}</p><div class=c>{TEXT}</div>", URL)
    assert isinstance(page, Extracted)
    assert read_metadata(page, URL, "2021-03-02T00:00:00Z").source == source
